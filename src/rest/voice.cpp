// SPDX-License-Identifier: MIT
#include <monochord/rest/voice.hpp>

#include <monochord/model/voice_bodies.hpp>
#include <monochord/model/voice_region.hpp>
#include <monochord/model/voice_state.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<std::vector<voice_region>> voice_routes::list_voice_regions(const call_options& options) {
  return decoded<std::vector<voice_region>>(queue_of(*this), make({method::get, "/voice/regions"}, options));
}

task<voice_state> voice_routes::get_current_user_voice_state(guild_id guild, const call_options& options) {
  return decoded<voice_state>(queue_of(*this),
                              make({method::get, "/guilds/{guild_id}/voice-states/@me"}, options, guild));
}

task<voice_state> voice_routes::get_user_voice_state(guild_id guild, user_id user, const call_options& options) {
  return decoded<voice_state>(queue_of(*this),
                              make({method::get, "/guilds/{guild_id}/voice-states/{user_id}"}, options, guild, user));
}

task<> voice_routes::modify_current_user_voice_state(guild_id guild, const modify_current_user_voice_state_body& body,
                                                     const call_options& options) {
  return done(
      queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/voice-states/@me"}, options, guild), body));
}

task<> voice_routes::modify_user_voice_state(guild_id guild, user_id user, const modify_user_voice_state_body& body,
                                             const call_options& options) {
  return done(queue_of(*this),
              with(queue_of(*this),
                   make({method::patch, "/guilds/{guild_id}/voice-states/{user_id}"}, options, guild, user), body));
}

}  // namespace monochord::rest
