// SPDX-License-Identifier: MIT
#include <monochord/model/guild_widget.hpp>
#include <monochord/model/guild_widget_bodies.hpp>
#include <monochord/rest/guild_widget.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<guild_widget_settings> guild_widget_routes::get_guild_widget_settings(guild_id guild, const call_options& options) {
  return decoded<guild_widget_settings>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/widget"}, options, guild));
}

task<guild_widget_settings> guild_widget_routes::modify_guild_widget(guild_id guild,
                                                                     const modify_guild_widget_body& body,
                                                                     const call_options& options) {
  return decoded<guild_widget_settings>(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/widget"}, options, guild), body));
}

task<guild_widget> guild_widget_routes::get_guild_widget(guild_id guild, const call_options& options) {
  return decoded<guild_widget>(queue_of(*this), make({method::get, "/guilds/{guild_id}/widget.json"}, options, guild));
}

task<std::string> guild_widget_routes::get_guild_widget_image(guild_id guild, const call_options& options) {
  return bytes(queue_of(*this), make({method::get, "/guilds/{guild_id}/widget.png"}, options, guild));
}
task<std::string> guild_widget_routes::get_guild_widget_image(guild_id guild,
                                                              const get_guild_widget_image_query& query,
                                                              const call_options& options) {
  return bytes(queue_of(*this),
      asking(queue_of(*this), make({method::get, "/guilds/{guild_id}/widget.png"}, options, guild), query));
}

}  // namespace monochord::rest
