// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct create_guild_soundboard_sound_body;
struct modify_guild_soundboard_sound_body;
struct send_soundboard_sound_body;
struct soundboard_list;
struct soundboard_sound;
class rest_client;

namespace rest {

/// Sounds of the soundboard. Types: `model/soundboard_sound.hpp`, `model/soundboard_list.hpp`,
/// `model/soundboard_bodies.hpp`.
class soundboard_routes {
 public:
  /// Plays a sound in the voice channel that the bot is in, neither deaf nor muted; needs SPEAK and USE_SOUNDBOARD, for
  /// a sound of another guild USE_EXTERNAL_SOUNDS. Fires VOICE_CHANNEL_EFFECT_SEND.
  /// https://docs.discord.com/developers/resources/soundboard#send-soundboard-sound
  task<> send_soundboard_sound(channel_id channel, const send_soundboard_sound_body& body,
                               const call_options& options = {});
  /// The sounds that everybody may use.
  /// https://docs.discord.com/developers/resources/soundboard#list-default-soundboard-sounds
  task<std::vector<soundboard_sound>> list_default_soundboard_sounds(const call_options& options = {});
  /// The sounds of a guild; with CREATE_GUILD_EXPRESSIONS or MANAGE_GUILD_EXPRESSIONS also who made them.
  /// https://docs.discord.com/developers/resources/soundboard#list-guild-soundboard-sounds
  task<soundboard_list> list_guild_soundboard_sounds(guild_id guild, const call_options& options = {});
  /// One sound of a guild; with CREATE_GUILD_EXPRESSIONS or MANAGE_GUILD_EXPRESSIONS also who made it.
  /// https://docs.discord.com/developers/resources/soundboard#get-guild-soundboard-sound
  task<soundboard_sound> get_guild_soundboard_sound(guild_id guild, soundboard_sound_id which,
                                                    const call_options& options = {});
  /// Makes a sound; needs CREATE_GUILD_EXPRESSIONS. Fires GUILD_SOUNDBOARD_SOUND_CREATE.
  /// https://docs.discord.com/developers/resources/soundboard#create-guild-soundboard-sound
  task<soundboard_sound> create_guild_soundboard_sound(guild_id guild, const create_guild_soundboard_sound_body& body,
                                                       const call_options& options = {});
  /// Changes a sound; one of the bot's own needs CREATE_GUILD_EXPRESSIONS or MANAGE_GUILD_EXPRESSIONS, one of others the
  /// latter. Fires GUILD_SOUNDBOARD_SOUND_UPDATE.
  /// https://docs.discord.com/developers/resources/soundboard#modify-guild-soundboard-sound
  task<soundboard_sound> modify_guild_soundboard_sound(guild_id guild, soundboard_sound_id which,
                                                       const modify_guild_soundboard_sound_body& body,
                                                       const call_options& options = {});
  /// Deletes a sound; one of the bot's own needs CREATE_GUILD_EXPRESSIONS or MANAGE_GUILD_EXPRESSIONS, one of others the
  /// latter. Fires GUILD_SOUNDBOARD_SOUND_DELETE.
  /// https://docs.discord.com/developers/resources/soundboard#delete-guild-soundboard-sound
  task<> delete_guild_soundboard_sound(guild_id guild, soundboard_sound_id which, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  soundboard_routes() = default;
};

}  // namespace rest

}  // namespace monochord
