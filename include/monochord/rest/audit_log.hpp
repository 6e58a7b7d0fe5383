// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct audit_log;
struct get_guild_audit_log_query;
class rest_client;

namespace rest {

/// The audit log. Types: `model/audit_log.hpp`, `model/audit_log_bodies.hpp`.
class audit_log_routes {
 public:
  /// Who changed what; needs VIEW_AUDIT_LOG. 45 days are kept.
  /// https://docs.discord.com/developers/resources/audit-log#get-guild-audit-log
  task<audit_log> get_guild_audit_log(guild_id guild, const call_options& options = {});
  task<audit_log> get_guild_audit_log(guild_id guild, const get_guild_audit_log_query& query,
                                      const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  audit_log_routes() = default;
};

}  // namespace rest

}  // namespace monochord
