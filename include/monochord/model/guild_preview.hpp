// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/guild_feature.hpp>
#include <monochord/model/sticker.hpp>

namespace monochord {

/// What everybody may know of a discoverable guild.
/// https://docs.discord.com/developers/resources/guild#guild-preview-object-guild-preview-structure
struct guild_preview {
  // Compiled once, in the library.
  guild_preview();
  guild_preview(const guild_preview&);
  guild_preview(guild_preview&&) noexcept;
  guild_preview& operator=(const guild_preview&);
  guild_preview& operator=(guild_preview&&) noexcept;
  ~guild_preview();

  guild_id id;
  std::string name;
  maybe<std::string> icon;
  maybe<std::string> splash;
  maybe<std::string> discovery_splash;
  maybe<std::string> home_header;
  std::vector<emoji> emojis;
  std::vector<guild_feature> features;
  int approximate_member_count = 0;
  int approximate_presence_count = 0;
  maybe<std::string> description;
  std::vector<sticker> stickers;
};

}  // namespace monochord
