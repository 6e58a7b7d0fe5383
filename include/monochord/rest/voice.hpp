// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct modify_current_user_voice_state_body;
struct modify_user_voice_state_body;
struct voice_region;
struct voice_state;
class rest_client;

namespace rest {

/// Voice regions, and who is in a voice channel. Types: `model/voice_region.hpp`, `model/voice_state.hpp`,
/// `model/voice_bodies.hpp`.
class voice_routes {
 public:
  /// Where voice servers stand, for `rtc_region` of a channel.
  /// https://docs.discord.com/developers/resources/voice#list-voice-regions
  task<std::vector<voice_region>> list_voice_regions(const call_options& options = {});
  /// Where the bot is connected in a guild; code 10065 when nowhere.
  /// https://docs.discord.com/developers/resources/voice#get-current-user-voice-state
  task<voice_state> get_current_user_voice_state(guild_id guild, const call_options& options = {});
  /// Where somebody is connected in a guild; code 10065 when nowhere.
  /// https://docs.discord.com/developers/resources/voice#get-user-voice-state
  task<voice_state> get_user_voice_state(guild_id guild, user_id user, const call_options& options = {});
  /// Lets the bot speak on a stage or ask for it; MUTE_MEMBERS to speak, REQUEST_TO_SPEAK to ask. Fires
  /// VOICE_STATE_UPDATE. https://docs.discord.com/developers/resources/voice#modify-current-user-voice-state
  task<> modify_current_user_voice_state(guild_id guild, const modify_current_user_voice_state_body& body,
                                         const call_options& options = {});
  /// Lets somebody on a stage speak, or no longer; needs MUTE_MEMBERS. Fires VOICE_STATE_UPDATE.
  /// https://docs.discord.com/developers/resources/voice#modify-user-voice-state
  task<> modify_user_voice_state(guild_id guild, user_id user, const modify_user_voice_state_body& body,
                                 const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  voice_routes() = default;
};

}  // namespace rest

}  // namespace monochord
