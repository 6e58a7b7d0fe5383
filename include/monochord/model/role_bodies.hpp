// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/role.hpp>

namespace monochord {

/// POST /guilds/{guild_id}/roles.
/// https://docs.discord.com/developers/resources/guild#create-guild-role
struct create_guild_role_body {
  maybe<std::string_view> name{};
  maybe<monochord::flags<permission>> permissions{};
  maybe<int> color{};  ///< deprecated: 0xRRGGBB
  maybe<role_colors> colors{};
  maybe<bool> hoist{};
  maybe<std::string_view> icon{};  ///< a data URI
  maybe<std::string_view> unicode_emoji{};
  maybe<bool> mentionable{};
};

/// PATCH /guilds/{guild_id}/roles/{role_id}. Absent is left as it is.
/// https://docs.discord.com/developers/resources/guild#modify-guild-role
struct modify_guild_role_body {
  maybe<std::string_view> name{};
  maybe<monochord::flags<permission>> permissions{};
  maybe<int> color{};  ///< deprecated: 0xRRGGBB
  maybe<role_colors> colors{};
  maybe<bool> hoist{};
  maybe<std::string_view> icon{};  ///< a data URI
  maybe<std::string_view> unicode_emoji{};
  maybe<bool> mentionable{};
};

/// One role of PATCH /guilds/{guild_id}/roles.
/// https://docs.discord.com/developers/resources/guild#modify-guild-role-positions
struct role_position_body {
  role_id id{};
  maybe<int> position{};
};

static_assert(std::is_trivially_destructible_v<create_guild_role_body>);
static_assert(std::is_trivially_destructible_v<modify_guild_role_body>);
static_assert(std::is_trivially_destructible_v<role_position_body>);

}  // namespace monochord
