// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/maybe.hpp>

namespace monochord {

/// POST /guilds/{guild_id}/templates.
/// https://docs.discord.com/developers/resources/guild-template#create-guild-template
struct create_guild_template_body {
  std::string_view name{};
  maybe<std::string_view> description{};
};

/// PATCH /guilds/{guild_id}/templates/{code}. Absent is left as it is.
/// https://docs.discord.com/developers/resources/guild-template#modify-guild-template
struct modify_guild_template_body {
  maybe<std::string_view> name{};
  maybe<std::string_view> description{};
};

static_assert(std::is_trivially_destructible_v<create_guild_template_body>);
static_assert(std::is_trivially_destructible_v<modify_guild_template_body>);

}  // namespace monochord
