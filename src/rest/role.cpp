// SPDX-License-Identifier: MIT
#include <monochord/model/role.hpp>
#include <monochord/model/role_bodies.hpp>
#include <monochord/rest/role.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<std::vector<role>> role_routes::get_guild_roles(guild_id guild, const call_options& options) {
  return decoded<std::vector<role>>(queue_of(*this), make({method::get, "/guilds/{guild_id}/roles"}, options, guild));
}

task<role> role_routes::get_guild_role(guild_id guild, role_id which, const call_options& options) {
  return decoded<role>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/roles/{role_id}"}, options, guild, which));
}

task<flat_map<role_id, int>> role_routes::get_guild_role_member_counts(guild_id guild, const call_options& options) {
  return decoded<flat_map<role_id, int>>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/roles/member-counts"}, options, guild));
}

task<role> role_routes::create_guild_role(guild_id guild, const create_guild_role_body& body,
                                          const call_options& options) {
  return decoded<role>(queue_of(*this),
      with(queue_of(*this), make({method::post, "/guilds/{guild_id}/roles"}, options, guild), body));
}

task<std::vector<role>> role_routes::modify_guild_role_positions(guild_id guild, list<role_position_body> body,
                                                                 const call_options& options) {
  return decoded<std::vector<role>>(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/roles"}, options, guild), body));
}

task<role> role_routes::modify_guild_role(guild_id guild, role_id which, const modify_guild_role_body& body,
                                          const call_options& options) {
  return decoded<role>(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/roles/{role_id}"}, options, guild, which), body));
}

task<> role_routes::delete_guild_role(guild_id guild, role_id role, const call_options& options) {
  return done(queue_of(*this), make({method::del, "/guilds/{guild_id}/roles/{role_id}"}, options, guild, role));
}

}  // namespace monochord::rest
