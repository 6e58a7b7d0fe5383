// SPDX-License-Identifier: MIT
#include <monochord/model/ban.hpp>
#include <monochord/model/ban_bodies.hpp>
#include <monochord/rest/ban.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<std::vector<ban>> ban_routes::get_guild_bans(guild_id guild, const call_options& options) {
  return decoded<std::vector<ban>>(queue_of(*this), make({method::get, "/guilds/{guild_id}/bans"}, options, guild));
}
task<std::vector<ban>> ban_routes::get_guild_bans(guild_id guild, const get_guild_bans_query& query,
                                                  const call_options& options) {
  return decoded<std::vector<ban>>(queue_of(*this),
      asking(queue_of(*this), make({method::get, "/guilds/{guild_id}/bans"}, options, guild), query));
}

task<ban> ban_routes::get_guild_ban(guild_id guild, user_id user, const call_options& options) {
  return decoded<ban>(queue_of(*this), make({method::get, "/guilds/{guild_id}/bans/{user_id}"}, options, guild, user));
}

task<> ban_routes::create_guild_ban(guild_id guild, user_id user, const create_guild_ban_body& body,
                                    const call_options& options) {
  return done(queue_of(*this),
      with(queue_of(*this), make({method::put, "/guilds/{guild_id}/bans/{user_id}"}, options, guild, user), body));
}

task<> ban_routes::remove_guild_ban(guild_id guild, user_id user, const call_options& options) {
  return done(queue_of(*this), make({method::del, "/guilds/{guild_id}/bans/{user_id}"}, options, guild, user));
}

task<bulk_ban_result> ban_routes::bulk_guild_ban(guild_id guild, const bulk_guild_ban_body& body,
                                                 const call_options& options) {
  return decoded<bulk_ban_result>(queue_of(*this),
      with(queue_of(*this), make({method::post, "/guilds/{guild_id}/bulk-ban"}, options, guild), body));
}

}  // namespace monochord::rest
