// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>

namespace monochord {

/// PATCH /guilds/{guild_id}/widget. Absent is left as it is.
/// https://docs.discord.com/developers/resources/guild#modify-guild-widget
struct modify_guild_widget_body {
  maybe<bool> enabled{};
  maybe<monochord::channel_id> channel_id{};  ///< of the invite; null: none
};

/// GET /guilds/{guild_id}/widget.png.
/// https://docs.discord.com/developers/resources/guild#get-guild-widget-image
struct get_guild_widget_image_query {
  maybe<std::string_view> style{};  ///< shield (default), banner1 to banner4
};

static_assert(std::is_trivially_destructible_v<modify_guild_widget_body>);
static_assert(std::is_trivially_destructible_v<get_guild_widget_image_query>);

}  // namespace monochord
