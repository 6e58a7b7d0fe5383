// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct add_guild_member_body;
struct list_guild_members_query;
struct member;
struct modify_current_member_body;
struct modify_current_user_nick_body;
struct modify_guild_member_body;
struct search_guild_members_query;
class rest_client;

namespace rest {

/// Members of guilds. Types: `model/member.hpp`, `model/member_bodies.hpp`.
class member_routes {
 public:
  /// One member.
  /// https://docs.discord.com/developers/resources/guild#get-guild-member
  task<member> get_guild_member(guild_id guild, user_id user, const call_options& options = {});
  /// Members in the order of their ids, 1 unless the query says otherwise; needs the intent guild_members to be switched
  /// on. All of them: `members_of` of `rest/guild_pages.hpp`.
  /// https://docs.discord.com/developers/resources/guild#list-guild-members
  task<std::vector<member>> list_guild_members(guild_id guild, const call_options& options = {});
  task<std::vector<member>> list_guild_members(guild_id guild, const list_guild_members_query& query,
                                               const call_options& options = {});
  /// Members whose name or nickname begins so.
  /// https://docs.discord.com/developers/resources/guild#search-guild-members
  task<std::vector<member>> search_guild_members(guild_id guild, const search_guild_members_query& query,
                                                 const call_options& options = {});
  /// Takes a user in who gave access with the scope guilds.join; needs CREATE_INSTANT_INVITE. Nothing when the user
  /// was in already. Fires GUILD_MEMBER_ADD.
  /// https://docs.discord.com/developers/resources/guild#add-guild-member
  task<optional<member>> add_guild_member(guild_id guild, user_id user, const add_guild_member_body& body,
                                          const call_options& options = {});
  /// Changes a member; what each field needs stands beside it (to move somebody to another voice channel MOVE_MEMBERS).
  /// Fires GUILD_MEMBER_UPDATE.
  /// https://docs.discord.com/developers/resources/guild#modify-guild-member
  task<optional<member>> modify_guild_member(guild_id guild, user_id user, const modify_guild_member_body& body,
                                             const call_options& options = {});
  /// Changes the bot as a member. Fires GUILD_MEMBER_UPDATE.
  /// https://docs.discord.com/developers/resources/guild#modify-current-member
  task<member> modify_current_member(guild_id guild, const modify_current_member_body& body,
                                     const call_options& options = {});
  /// Deprecated by Discord for `modify_current_member`. Fires GUILD_MEMBER_UPDATE.
  /// https://docs.discord.com/developers/resources/guild#modify-current-user-nick
  task<> modify_current_user_nick(guild_id guild, const modify_current_user_nick_body& body,
                                  const call_options& options = {});
  /// Kicks a member; needs KICK_MEMBERS. Fires GUILD_MEMBER_REMOVE.
  /// https://docs.discord.com/developers/resources/guild#remove-guild-member
  task<> remove_guild_member(guild_id guild, user_id user, const call_options& options = {});
  /// Gives a role; needs MANAGE_ROLES and a higher role. Fires GUILD_MEMBER_UPDATE.
  /// https://docs.discord.com/developers/resources/guild#add-guild-member-role
  task<> add_guild_member_role(guild_id guild, user_id user, role_id role, const call_options& options = {});
  /// Takes a role away; needs MANAGE_ROLES and a higher role. Fires GUILD_MEMBER_UPDATE.
  /// https://docs.discord.com/developers/resources/guild#remove-guild-member-role
  task<> remove_guild_member_role(guild_id guild, user_id user, role_id role, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  member_routes() = default;
};

}  // namespace rest

}  // namespace monochord
