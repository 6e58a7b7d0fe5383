// SPDX-License-Identifier: MIT
#include <monochord/rest/soundboard.hpp>

#include <monochord/model/soundboard_bodies.hpp>
#include <monochord/model/soundboard_list.hpp>
#include <monochord/model/soundboard_sound.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<> soundboard_routes::send_soundboard_sound(channel_id channel, const send_soundboard_sound_body& body,
                                                const call_options& options) {
  return done(queue_of(*this),
              with(queue_of(*this),
                   make({method::post, "/channels/{channel_id}/send-soundboard-sound"}, options, channel), body));
}

task<std::vector<soundboard_sound>> soundboard_routes::list_default_soundboard_sounds(const call_options& options) {
  return decoded<std::vector<soundboard_sound>>(queue_of(*this),
                                                make({method::get, "/soundboard-default-sounds"}, options));
}

task<soundboard_list> soundboard_routes::list_guild_soundboard_sounds(guild_id guild, const call_options& options) {
  return decoded<soundboard_list>(queue_of(*this),
                                  make({method::get, "/guilds/{guild_id}/soundboard-sounds"}, options, guild));
}

task<soundboard_sound> soundboard_routes::get_guild_soundboard_sound(guild_id guild, soundboard_sound_id which,
                                                                     const call_options& options) {
  return decoded<soundboard_sound>(
      queue_of(*this), make({method::get, "/guilds/{guild_id}/soundboard-sounds/{sound_id}"}, options, guild, which));
}

task<soundboard_sound> soundboard_routes::create_guild_soundboard_sound(guild_id guild,
                                                                        const create_guild_soundboard_sound_body& body,
                                                                        const call_options& options) {
  return decoded<soundboard_sound>(
      queue_of(*this),
      with(queue_of(*this), make({method::post, "/guilds/{guild_id}/soundboard-sounds"}, options, guild), body));
}

task<soundboard_sound> soundboard_routes::modify_guild_soundboard_sound(guild_id guild, soundboard_sound_id which,
                                                                        const modify_guild_soundboard_sound_body& body,
                                                                        const call_options& options) {
  return decoded<soundboard_sound>(
      queue_of(*this),
      with(queue_of(*this),
           make({method::patch, "/guilds/{guild_id}/soundboard-sounds/{sound_id}"}, options, guild, which), body));
}

task<> soundboard_routes::delete_guild_soundboard_sound(guild_id guild, soundboard_sound_id which,
                                                        const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/guilds/{guild_id}/soundboard-sounds/{sound_id}"}, options, guild, which));
}

}  // namespace monochord::rest
