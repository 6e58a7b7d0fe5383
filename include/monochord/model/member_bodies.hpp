// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/member.hpp>

namespace monochord {

/// GET /guilds/{guild_id}/members.
/// https://docs.discord.com/developers/resources/guild#list-guild-members
struct list_guild_members_query {
  maybe<int> limit{};  ///< 1 by default
  maybe<user_id> after{};
};

/// GET /guilds/{guild_id}/members/search.
/// https://docs.discord.com/developers/resources/guild#search-guild-members
struct search_guild_members_query {
  std::string_view query{};  ///< the beginning of a name or nickname
  maybe<int> limit{};  ///< 1 by default
};

/// PUT /guilds/{guild_id}/members/{user_id}. The token is a secret.
/// https://docs.discord.com/developers/resources/guild#add-guild-member
struct add_guild_member_body {
  std::string_view access_token{};  ///< of the user, with the scope guilds.join
  maybe<std::string_view> nick{};  ///< needs MANAGE_NICKNAMES
  maybe<list<role_id>> roles{};  ///< needs MANAGE_ROLES
  maybe<bool> mute{};  ///< needs MUTE_MEMBERS
  maybe<bool> deaf{};  ///< needs DEAFEN_MEMBERS
  maybe<monochord::flags<member_flag>> flags{};  ///< not documented
};

/// PATCH /guilds/{guild_id}/members/{user_id}. Absent is left as it is.
/// https://docs.discord.com/developers/resources/guild#modify-guild-member
struct modify_guild_member_body {
  maybe<std::string_view> nick{};  ///< needs MANAGE_NICKNAMES
  maybe<list<role_id>> roles{};  ///< all that the member shall have; needs MANAGE_ROLES
  maybe<bool> mute{};  ///< needs MUTE_MEMBERS
  maybe<bool> deaf{};  ///< needs DEAFEN_MEMBERS
  maybe<monochord::channel_id> channel_id{};  ///< moves to a voice channel, null disconnects; needs MOVE_MEMBERS
  maybe<timestamp> communication_disabled_until{};  ///< a timeout of up to 28 days; needs MODERATE_MEMBERS
  maybe<monochord::flags<member_flag>> flags{};
};

/// PATCH /guilds/{guild_id}/members/@me. Absent is left as it is.
/// https://docs.discord.com/developers/resources/guild#modify-current-member
struct modify_current_member_body {
  maybe<std::string_view> nick{};  ///< needs CHANGE_NICKNAME
  maybe<std::string_view> banner{};  ///< a data URI
  maybe<std::string_view> avatar{};  ///< a data URI
  maybe<std::string_view> bio{};
};

/// PATCH /guilds/{guild_id}/members/@me/nick.
/// https://docs.discord.com/developers/resources/guild#modify-current-user-nick
struct modify_current_user_nick_body {
  maybe<std::string_view> nick{};
};

static_assert(std::is_trivially_destructible_v<list_guild_members_query>);
static_assert(std::is_trivially_destructible_v<search_guild_members_query>);
static_assert(std::is_trivially_destructible_v<add_guild_member_body>);
static_assert(std::is_trivially_destructible_v<modify_guild_member_body>);
static_assert(std::is_trivially_destructible_v<modify_current_member_body>);
static_assert(std::is_trivially_destructible_v<modify_current_user_nick_body>);

}  // namespace monochord
