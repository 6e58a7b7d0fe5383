// SPDX-License-Identifier: MIT
#include <monochord/model/guild.hpp>
#include <monochord/model/new_member_welcome.hpp>
#include <monochord/model/onboarding.hpp>
#include <monochord/model/onboarding_bodies.hpp>
#include <monochord/rest/onboarding.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<guild_onboarding> onboarding_routes::get_guild_onboarding(guild_id guild, const call_options& options) {
  return decoded<guild_onboarding>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/onboarding"}, options, guild));
}

task<guild_onboarding> onboarding_routes::modify_guild_onboarding(guild_id guild,
                                                                  const modify_guild_onboarding_body& body,
                                                                  const call_options& options) {
  return decoded<guild_onboarding>(queue_of(*this),
      with(queue_of(*this), make({method::put, "/guilds/{guild_id}/onboarding"}, options, guild), body));
}

task<welcome_screen> onboarding_routes::get_guild_welcome_screen(guild_id guild, const call_options& options) {
  return decoded<welcome_screen>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/welcome-screen"}, options, guild));
}

task<welcome_screen> onboarding_routes::modify_guild_welcome_screen(guild_id guild,
                                                                    const modify_guild_welcome_screen_body& body,
                                                                    const call_options& options) {
  return decoded<welcome_screen>(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/welcome-screen"}, options, guild), body));
}

task<optional<new_member_welcome>> onboarding_routes::get_guild_new_member_welcome(guild_id guild,
                                                                                   const call_options& options) {
  return decoded_or_nothing<new_member_welcome>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/new-member-welcome"}, options, guild));
}

}  // namespace monochord::rest
