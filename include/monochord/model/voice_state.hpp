// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/optional_bool.hpp>

namespace monochord {

/// Somebody in a voice channel.
/// https://docs.discord.com/developers/resources/voice#voice-state-object-voice-state-structure
struct voice_state {
  // Compiled once, in the library.
  voice_state();
  voice_state(const voice_state&);
  voice_state(voice_state&&) noexcept;
  voice_state& operator=(const voice_state&);
  voice_state& operator=(voice_state&&) noexcept;
  ~voice_state();

  maybe<monochord::guild_id> guild_id;
  maybe<monochord::channel_id> channel_id;
  monochord::user_id user_id;
  box<monochord::member> member;
  std::string session_id;
  bool deaf = false;
  bool mute = false;
  bool self_deaf = false;
  bool self_mute = false;
  maybe<bool> self_stream;
  optional_bool self_video;
  bool suppress = false;
  maybe<timestamp> request_to_speak_timestamp;
};

}  // namespace monochord
