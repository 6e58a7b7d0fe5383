// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct channel;
struct connection;
struct create_group_dm_body;
struct get_current_user_guilds_query;
struct member;
struct modify_current_user_body;
struct partial_guild;
struct user;
class rest_client;

namespace rest {

/// Users, and what belongs to the bot's own. The routes of the current user take a user's bearer token instead of the
/// bot's (`call_options::bearer_token`) and are then about that user. Types: `model/user.hpp`, `model/guild.hpp`,
/// `model/member.hpp`, `model/channel.hpp`, `model/connection.hpp`, `model/user_bodies.hpp`.
class user_routes {
 public:
  /// The bot's own user; with a bearer token its user: scope identify, for the address also email.
  /// https://docs.discord.com/developers/resources/user#get-current-user
  task<user> get_current_user(const call_options& options = {});
  /// Any user. https://docs.discord.com/developers/resources/user#get-user
  task<user> get_user(user_id which, const call_options& options = {});
  /// Changes the bot's own user. Fires USER_UPDATE.
  /// https://docs.discord.com/developers/resources/user#modify-current-user
  task<user> modify_current_user(const modify_current_user_body& body, const call_options& options = {});
  /// The guilds of the bot, 200 unless the query says otherwise, in the order of their ids; with a bearer token those
  /// of its user, scope guilds. https://docs.discord.com/developers/resources/user#get-current-user-guilds
  task<std::vector<partial_guild>> get_current_user_guilds(const call_options& options = {});
  task<std::vector<partial_guild>> get_current_user_guilds(const get_current_user_guilds_query& query,
                                                           const call_options& options = {});
  /// The user whose bearer token it is, as a member; scope guilds.members.read.
  /// https://docs.discord.com/developers/resources/user#get-current-user-guild-member
  task<member> get_current_user_guild_member(std::string_view bearer_token, guild_id guild,
                                             const call_options& options = {});
  /// Leaves a guild. Fires GUILD_DELETE and GUILD_MEMBER_REMOVE.
  /// https://docs.discord.com/developers/resources/user#leave-guild
  task<> leave_guild(guild_id guild, const call_options& options = {});
  /// The direct channel with somebody, made when there is none. Open one only when the user asked for it: many at a
  /// time get the bot blocked. https://docs.discord.com/developers/resources/user#create-dm
  task<channel> create_dm(user_id recipient, const call_options& options = {});
  /// Makes a group of users who gave access with the scope gdm.join; at most 10 at a time. Fires CHANNEL_CREATE.
  /// https://docs.discord.com/developers/resources/user#create-group-dm
  task<channel> create_group_dm(const create_group_dm_body& body, const call_options& options = {});
  /// The accounts that a user connected; needs a bearer token, scope connections.
  /// https://docs.discord.com/developers/resources/user#get-current-user-connections
  task<std::vector<connection>> get_current_user_connections(const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  user_routes() = default;
};

}  // namespace rest

}  // namespace monochord
