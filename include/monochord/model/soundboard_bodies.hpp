// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>

namespace monochord {

/// POST /channels/{channel_id}/send-soundboard-sound.
/// https://docs.discord.com/developers/resources/soundboard#send-soundboard-sound
struct send_soundboard_sound_body {
  soundboard_sound_id sound_id{};
  maybe<guild_id> source_guild_id{};  ///< of a sound of another guild
};

/// POST /guilds/{guild_id}/soundboard-sounds. The sound is a data URI of MP3 or Ogg, at most 512 KiB and 5.2 seconds.
/// https://docs.discord.com/developers/resources/soundboard#create-guild-soundboard-sound
struct create_guild_soundboard_sound_body {
  std::string_view name{};
  std::string_view sound{};
  maybe<double> volume{};
  maybe<monochord::emoji_id> emoji_id{};
  maybe<std::string_view> emoji_name{};
};

/// PATCH /guilds/{guild_id}/soundboard-sounds/{sound_id}.
/// https://docs.discord.com/developers/resources/soundboard#modify-guild-soundboard-sound
struct modify_guild_soundboard_sound_body {
  maybe<std::string_view> name{};
  maybe<double> volume{};
  maybe<monochord::emoji_id> emoji_id{};
  maybe<std::string_view> emoji_name{};
};

static_assert(std::is_trivially_destructible_v<send_soundboard_sound_body>);
static_assert(std::is_trivially_destructible_v<create_guild_soundboard_sound_body>);
static_assert(std::is_trivially_destructible_v<modify_guild_soundboard_sound_body>);

}  // namespace monochord
