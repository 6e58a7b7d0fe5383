// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct ban;
struct bulk_ban_result;
struct bulk_guild_ban_body;
struct create_guild_ban_body;
struct get_guild_bans_query;
class rest_client;

namespace rest {

/// Bans. Types: `model/ban.hpp`, `model/ban_bodies.hpp`.
class ban_routes {
 public:
  /// Bans in the order of the users' ids; needs BAN_MEMBERS.
  /// https://docs.discord.com/developers/resources/guild#get-guild-bans
  task<std::vector<ban>> get_guild_bans(guild_id guild, const call_options& options = {});
  task<std::vector<ban>> get_guild_bans(guild_id guild, const get_guild_bans_query& query,
                                        const call_options& options = {});
  /// One ban; 404 when there is none. Needs BAN_MEMBERS.
  /// https://docs.discord.com/developers/resources/guild#get-guild-ban
  task<ban> get_guild_ban(guild_id guild, user_id user, const call_options& options = {});
  /// Bans a user, member or not; needs BAN_MEMBERS. Fires GUILD_BAN_ADD.
  /// https://docs.discord.com/developers/resources/guild#create-guild-ban
  task<> create_guild_ban(guild_id guild, user_id user, const create_guild_ban_body& body,
                          const call_options& options = {});
  /// Lifts a ban; needs BAN_MEMBERS. Fires GUILD_BAN_REMOVE.
  /// https://docs.discord.com/developers/resources/guild#remove-guild-ban
  task<> remove_guild_ban(guild_id guild, user_id user, const call_options& options = {});
  /// Bans up to 200 users; needs BAN_MEMBERS and MANAGE_GUILD. Fires a GUILD_BAN_ADD each.
  /// https://docs.discord.com/developers/resources/guild#bulk-guild-ban
  task<bulk_ban_result> bulk_guild_ban(guild_id guild, const bulk_guild_ban_body& body,
                                       const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  ban_routes() = default;
};

}  // namespace rest

}  // namespace monochord
