// SPDX-License-Identifier: MIT
#include <monochord/model/guild_template.hpp>
#include <monochord/model/guild_template_bodies.hpp>
#include <monochord/rest/guild_template.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<guild_template> guild_template_routes::get_guild_template(std::string_view code, const call_options& options) {
  return decoded<guild_template>(queue_of(*this), make({method::get, "/guilds/templates/{code}"}, options, code));
}

task<std::vector<guild_template>> guild_template_routes::get_guild_templates(guild_id guild,
                                                                             const call_options& options) {
  return decoded<std::vector<guild_template>>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/templates"}, options, guild));
}

task<guild_template> guild_template_routes::create_guild_template(guild_id guild,
                                                                  const create_guild_template_body& body,
                                                                  const call_options& options) {
  return decoded<guild_template>(queue_of(*this),
      with(queue_of(*this), make({method::post, "/guilds/{guild_id}/templates"}, options, guild), body));
}

task<guild_template> guild_template_routes::sync_guild_template(guild_id guild, std::string_view code,
                                                                const call_options& options) {
  return decoded<guild_template>(queue_of(*this),
      make({method::put, "/guilds/{guild_id}/templates/{code}"}, options, guild, code));
}

task<guild_template> guild_template_routes::modify_guild_template(guild_id guild, std::string_view code,
                                                                  const modify_guild_template_body& body,
                                                                  const call_options& options) {
  return decoded<guild_template>(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/templates/{code}"}, options, guild, code), body));
}

task<guild_template> guild_template_routes::delete_guild_template(guild_id guild, std::string_view code,
                                                                  const call_options& options) {
  return decoded<guild_template>(queue_of(*this),
      make({method::del, "/guilds/{guild_id}/templates/{code}"}, options, guild, code));
}

}  // namespace monochord::rest
