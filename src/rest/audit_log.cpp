// SPDX-License-Identifier: MIT
#include <monochord/model/audit_log.hpp>
#include <monochord/model/audit_log_bodies.hpp>
#include <monochord/rest/audit_log.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<audit_log> audit_log_routes::get_guild_audit_log(guild_id guild, const call_options& options) {
  return decoded<audit_log>(queue_of(*this), make({method::get, "/guilds/{guild_id}/audit-logs"}, options, guild));
}
task<audit_log> audit_log_routes::get_guild_audit_log(guild_id guild, const get_guild_audit_log_query& query,
                                                      const call_options& options) {
  return decoded<audit_log>(queue_of(*this),
      asking(queue_of(*this), make({method::get, "/guilds/{guild_id}/audit-logs"}, options, guild), query));
}

}  // namespace monochord::rest
