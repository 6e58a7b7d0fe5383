// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/flat_map.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct create_guild_role_body;
struct modify_guild_role_body;
struct role;
struct role_position_body;
class rest_client;

namespace rest {

/// Roles of guilds. Types: `model/role.hpp`, `model/role_bodies.hpp`.
class role_routes {
 public:
  /// The roles of a guild.
  /// https://docs.discord.com/developers/resources/guild#get-guild-roles
  task<std::vector<role>> get_guild_roles(guild_id guild, const call_options& options = {});
  /// One role.
  /// https://docs.discord.com/developers/resources/guild#get-guild-role
  task<role> get_guild_role(guild_id guild, role_id which, const call_options& options = {});
  /// How many members each role has, without @everyone.
  /// https://docs.discord.com/developers/resources/guild#get-guild-role-member-counts
  task<flat_map<role_id, int>> get_guild_role_member_counts(guild_id guild, const call_options& options = {});
  /// Makes a role; needs MANAGE_ROLES. Fires GUILD_ROLE_CREATE.
  /// https://docs.discord.com/developers/resources/guild#create-guild-role
  task<role> create_guild_role(guild_id guild, const create_guild_role_body& body, const call_options& options = {});
  /// Moves roles, and gives all of them; needs MANAGE_ROLES. Fires a GUILD_ROLE_UPDATE each.
  /// https://docs.discord.com/developers/resources/guild#modify-guild-role-positions
  task<std::vector<role>> modify_guild_role_positions(guild_id guild, list<role_position_body> body,
                                                      const call_options& options = {});
  /// Changes a role; needs MANAGE_ROLES. Fires GUILD_ROLE_UPDATE.
  /// https://docs.discord.com/developers/resources/guild#modify-guild-role
  task<role> modify_guild_role(guild_id guild, role_id which, const modify_guild_role_body& body,
                               const call_options& options = {});
  /// Deletes a role; needs MANAGE_ROLES. Fires GUILD_ROLE_DELETE.
  /// https://docs.discord.com/developers/resources/guild#delete-guild-role
  task<> delete_guild_role(guild_id guild, role_id role, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  role_routes() = default;
};

}  // namespace rest

}  // namespace monochord
