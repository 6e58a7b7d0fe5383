// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/view_map.hpp>

namespace monochord {

/// PATCH /users/@me. Pictures are data URIs.
/// https://docs.discord.com/developers/resources/user#modify-current-user
struct modify_current_user_body {
  maybe<std::string_view> username{};
  maybe<std::string_view> avatar{};
  maybe<std::string_view> banner{};
};

/// Which guilds, in the order of their ids.
/// https://docs.discord.com/developers/resources/user#get-current-user-guilds
struct get_current_user_guilds_query {
  maybe<guild_id> before{};
  maybe<guild_id> after{};
  maybe<int> limit{};
  maybe<bool> with_counts{};
};

/// POST /users/@me/channels.
/// https://docs.discord.com/developers/resources/user#create-dm
struct create_dm_body {
  user_id recipient_id{};
};

/// POST /users/@me/channels. The tokens are secrets.
/// https://docs.discord.com/developers/resources/user#create-group-dm
struct create_group_dm_body {
  list<std::string_view> access_tokens{};  ///< of users, with the scope gdm.join
  maybe<text_map> nicks{};  ///< by the id of the user
};

static_assert(std::is_trivially_destructible_v<modify_current_user_body>);
static_assert(std::is_trivially_destructible_v<get_current_user_guilds_query>);
static_assert(std::is_trivially_destructible_v<create_dm_body>);
static_assert(std::is_trivially_destructible_v<create_group_dm_body>);

}  // namespace monochord
