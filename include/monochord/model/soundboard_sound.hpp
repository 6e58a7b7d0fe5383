// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// A sound that can be played in a voice channel.
/// https://docs.discord.com/developers/resources/soundboard#soundboard-sound-object-soundboard-sound-structure
struct soundboard_sound {
  // Compiled once, in the library.
  soundboard_sound();
  soundboard_sound(const soundboard_sound&);
  soundboard_sound(soundboard_sound&&) noexcept;
  soundboard_sound& operator=(const soundboard_sound&);
  soundboard_sound& operator=(soundboard_sound&&) noexcept;
  ~soundboard_sound();

  std::string name;
  soundboard_sound_id sound_id;
  double volume = 0;
  maybe<monochord::emoji_id> emoji_id;
  maybe<std::string> emoji_name;
  optional<monochord::guild_id> guild_id;
  bool available = false;
  box<monochord::user> user;
};

}  // namespace monochord
