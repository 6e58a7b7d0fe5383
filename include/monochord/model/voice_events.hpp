// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/scalar.hpp>
#include <monochord/model/voice_state.hpp>

namespace monochord {

/// Somebody joined, moved within or left voice.
/// https://docs.discord.com/developers/events/gateway-events#voice-state-update
struct voice_state_update {
  monochord::voice_state voice_state;
  std::shared_ptr<const monochord::voice_state> before{};  ///< as the cache had it; null where it did not
};

/// Where to connect for voice; `token` is a secret.
/// https://docs.discord.com/developers/events/gateway-events#voice-server-update
struct voice_server_update {
  std::string token;
  monochord::guild_id guild_id;
  maybe<std::string> endpoint;
};

/// How an effect moves.
/// https://docs.discord.com/developers/events/gateway-events#voice-channel-effect-send-animation-types
enum class animation_type : std::int32_t {
  premium = 0,
  basic = 1,
};

/// Somebody sent an effect or played a sound.
/// https://docs.discord.com/developers/events/gateway-events#voice-channel-effect-send
struct voice_channel_effect_send {
  monochord::channel_id channel_id;
  monochord::guild_id guild_id;
  monochord::user_id user_id;
  maybe<box<monochord::emoji>> emoji;
  maybe<monochord::animation_type> animation_type;
  optional<int> animation_id;
  optional<scalar> sound_id;
  optional<double> sound_volume;
};

/// A voice session began or ended; `voice_start_time` in seconds since 1970.
/// https://docs.discord.com/developers/events/gateway-events#voice-channel-start-time-update
struct voice_channel_start_time_update {
  channel_id id;
  monochord::guild_id guild_id;
  maybe<std::int64_t> voice_start_time;
};

/// The status of a voice channel changed.
/// https://docs.discord.com/developers/events/gateway-events#voice-channel-status-update
struct voice_channel_status_update {
  channel_id id;
  monochord::guild_id guild_id;
  maybe<std::string> status;
};

}  // namespace monochord
