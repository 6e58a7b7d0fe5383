// SPDX-License-Identifier: MIT
#include <monochord/model/integration.hpp>
#include <monochord/rest/integration.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<std::vector<integration>> integration_routes::get_guild_integrations(guild_id guild, const call_options& options) {
  return decoded<std::vector<integration>>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/integrations"}, options, guild));
}

task<> integration_routes::delete_guild_integration(guild_id guild, integration_id integration,
                                                    const call_options& options) {
  return done(queue_of(*this),
      make({method::del, "/guilds/{guild_id}/integrations/{integration_id}"}, options, guild, integration));
}

}  // namespace monochord::rest
