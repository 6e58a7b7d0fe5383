// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>

namespace monochord {

/// PATCH /guilds/{guild_id}/voice-states/@me.
/// https://docs.discord.com/developers/resources/voice#modify-current-user-voice-state
struct modify_current_user_voice_state_body {
  maybe<monochord::channel_id> channel_id{};  ///< the stage that the bot is in
  maybe<bool> suppress{};
  maybe<timestamp> request_to_speak_timestamp{};  ///< null: no longer
};

/// PATCH /guilds/{guild_id}/voice-states/{user_id}.
/// https://docs.discord.com/developers/resources/voice#modify-user-voice-state
struct modify_user_voice_state_body {
  maybe<monochord::channel_id> channel_id{};  ///< the stage that the user is in
  maybe<bool> suppress{};
};

static_assert(std::is_trivially_destructible_v<modify_current_user_voice_state_body>);
static_assert(std::is_trivially_destructible_v<modify_user_voice_state_body>);

}  // namespace monochord
