// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/model/file_body.hpp>

namespace monochord {

/// POST /guilds/{guild_id}/stickers, a form. The file is a PNG, APNG, GIF or Lottie JSON of at most 512 KiB.
/// https://docs.discord.com/developers/resources/sticker#create-guild-sticker
struct create_guild_sticker_body {
  std::string_view name{};
  std::string_view description{};  ///< empty, or 2 characters and more
  std::string_view tags{};  ///< the emoji that stands for it, and what else it is found by
  file_body file{};
};

/// PATCH /guilds/{guild_id}/stickers/{sticker_id}.
/// https://docs.discord.com/developers/resources/sticker#modify-guild-sticker
struct modify_guild_sticker_body {
  maybe<std::string_view> name{};
  maybe<std::string_view> description{};
  maybe<std::string_view> tags{};
};

static_assert(std::is_trivially_destructible_v<create_guild_sticker_body>);
static_assert(std::is_trivially_destructible_v<modify_guild_sticker_body>);

}  // namespace monochord
