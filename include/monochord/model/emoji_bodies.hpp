// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/list.hpp>

namespace monochord {

/// POST /guilds/{guild_id}/emojis. The picture is a data URI of at most 256 KiB.
/// https://docs.discord.com/developers/resources/emoji#create-guild-emoji
struct create_guild_emoji_body {
  std::string_view name{};
  std::string_view image{};
  maybe<list<role_id>> roles{};  ///< who may use it; everybody when there are none
};

/// PATCH /guilds/{guild_id}/emojis/{emoji_id}.
/// https://docs.discord.com/developers/resources/emoji#modify-guild-emoji
struct modify_guild_emoji_body {
  maybe<std::string_view> name{};
  maybe<list<role_id>> roles{};
};

/// POST /applications/{application_id}/emojis. The picture is a data URI of at most 256 KiB.
/// https://docs.discord.com/developers/resources/emoji#create-application-emoji
struct create_application_emoji_body {
  std::string_view name{};
  std::string_view image{};
};

/// PATCH /applications/{application_id}/emojis/{emoji_id}.
/// https://docs.discord.com/developers/resources/emoji#modify-application-emoji
struct modify_application_emoji_body {
  maybe<std::string_view> name{};
};

static_assert(std::is_trivially_destructible_v<create_guild_emoji_body>);
static_assert(std::is_trivially_destructible_v<modify_guild_emoji_body>);
static_assert(std::is_trivially_destructible_v<create_application_emoji_body>);
static_assert(std::is_trivially_destructible_v<modify_application_emoji_body>);

}  // namespace monochord
