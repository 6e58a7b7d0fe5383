// SPDX-License-Identifier: MIT
#include <monochord/rest/user.hpp>

#include <monochord/model/channel.hpp>
#include <monochord/model/connection.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/user.hpp>
#include <monochord/model/user_bodies.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<user> user_routes::get_current_user(const call_options& options) {
  return decoded<user>(queue_of(*this), make({method::get, "/users/@me"}, options));
}

task<user> user_routes::get_user(user_id which, const call_options& options) {
  return decoded<user>(queue_of(*this), make({method::get, "/users/{user_id}"}, options, which));
}

task<user> user_routes::modify_current_user(const modify_current_user_body& body, const call_options& options) {
  return decoded<user>(queue_of(*this), with(queue_of(*this), make({method::patch, "/users/@me"}, options), body));
}

task<std::vector<partial_guild>> user_routes::get_current_user_guilds(const call_options& options) {
  return decoded<std::vector<partial_guild>>(queue_of(*this), make({method::get, "/users/@me/guilds"}, options));
}
task<std::vector<partial_guild>> user_routes::get_current_user_guilds(const get_current_user_guilds_query& query,
                                                                      const call_options& options) {
  return decoded<std::vector<partial_guild>>(
      queue_of(*this), asking(queue_of(*this), make({method::get, "/users/@me/guilds"}, options), query));
}

task<member> user_routes::get_current_user_guild_member(std::string_view bearer_token, guild_id guild,
                                                        const call_options& options) {
  return decoded<member>(queue_of(*this),
                         make({method::get, "/users/@me/guilds/{guild_id}/member"}, as(bearer_token, options), guild));
}

task<> user_routes::leave_guild(guild_id guild, const call_options& options) {
  return done(queue_of(*this), make({method::del, "/users/@me/guilds/{guild_id}"}, options, guild));
}

task<channel> user_routes::create_dm(user_id recipient, const call_options& options) {
  return decoded<channel>(queue_of(*this), with(queue_of(*this), make({method::post, "/users/@me/channels"}, options),
                                                create_dm_body{.recipient_id = recipient}));
}

task<channel> user_routes::create_group_dm(const create_group_dm_body& body, const call_options& options) {
  return decoded<channel>(queue_of(*this),
                          with(queue_of(*this), make({method::post, "/users/@me/channels"}, options), body));
}

task<std::vector<connection>> user_routes::get_current_user_connections(const call_options& options) {
  return decoded<std::vector<connection>>(queue_of(*this), make({method::get, "/users/@me/connections"}, options));
}

}  // namespace monochord::rest
