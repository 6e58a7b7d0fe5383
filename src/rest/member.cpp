// SPDX-License-Identifier: MIT
#include <monochord/model/member.hpp>
#include <monochord/model/member_bodies.hpp>
#include <monochord/rest/member.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<member> member_routes::get_guild_member(guild_id guild, user_id user, const call_options& options) {
  return decoded<member>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/members/{user_id}"}, options, guild, user));
}

task<std::vector<member>> member_routes::list_guild_members(guild_id guild, const call_options& options) {
  return decoded<std::vector<member>>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/members"}, options, guild));
}
task<std::vector<member>> member_routes::list_guild_members(guild_id guild, const list_guild_members_query& query,
                                                            const call_options& options) {
  return decoded<std::vector<member>>(queue_of(*this),
      asking(queue_of(*this), make({method::get, "/guilds/{guild_id}/members"}, options, guild), query));
}

task<std::vector<member>> member_routes::search_guild_members(guild_id guild, const search_guild_members_query& query,
                                                              const call_options& options) {
  return decoded<std::vector<member>>(queue_of(*this),
      asking(queue_of(*this), make({method::get, "/guilds/{guild_id}/members/search"}, options, guild), query));
}

task<optional<member>> member_routes::add_guild_member(guild_id guild, user_id user, const add_guild_member_body& body,
                                                       const call_options& options) {
  return decoded_or_nothing<member>(queue_of(*this),
      with(queue_of(*this), holding(make({method::put, "/guilds/{guild_id}/members/{user_id}"}, options, guild, user),
                                    {body.access_token}), body));
}

task<optional<member>> member_routes::modify_guild_member(guild_id guild, user_id user,
                                                          const modify_guild_member_body& body,
                                                          const call_options& options) {
  return decoded_or_nothing<member>(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/members/{user_id}"}, options, guild, user),
          body));
}

task<member> member_routes::modify_current_member(guild_id guild, const modify_current_member_body& body,
                                                  const call_options& options) {
  return decoded<member>(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/members/@me"}, options, guild), body));
}

task<> member_routes::modify_current_user_nick(guild_id guild, const modify_current_user_nick_body& body,
                                               const call_options& options) {
  return done(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/members/@me/nick"}, options, guild), body));
}

task<> member_routes::remove_guild_member(guild_id guild, user_id user, const call_options& options) {
  return done(queue_of(*this), make({method::del, "/guilds/{guild_id}/members/{user_id}"}, options, guild, user));
}

task<> member_routes::add_guild_member_role(guild_id guild, user_id user, role_id role, const call_options& options) {
  return done(queue_of(*this),
      make({method::put, "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"}, options, guild, user, role));
}

task<> member_routes::remove_guild_member_role(guild_id guild, user_id user, role_id role, const call_options& options) {
  return done(queue_of(*this),
      make({method::del, "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"}, options, guild, user, role));
}

}  // namespace monochord::rest
