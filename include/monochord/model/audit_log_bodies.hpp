// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/audit_log.hpp>

namespace monochord {

/// GET /guilds/{guild_id}/audit-logs.
/// https://docs.discord.com/developers/resources/audit-log#get-guild-audit-log
struct get_guild_audit_log_query {
  maybe<monochord::user_id> user_id{};  ///< who did it
  maybe<any_id> target_id{};  ///< to whom or what
  maybe<audit_log_event> action_type{};
  maybe<audit_log_entry_id> before{};
  maybe<audit_log_entry_id> after{};  ///< oldest first then
  maybe<int> limit{};  ///< 50 by default
};

static_assert(std::is_trivially_destructible_v<get_guild_audit_log_query>);

}  // namespace monochord
