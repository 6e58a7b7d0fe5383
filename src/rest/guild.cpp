// SPDX-License-Identifier: MIT
#include <monochord/model/ban.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/guild_bodies.hpp>
#include <monochord/model/guild_preview.hpp>
#include <monochord/model/invite.hpp>
#include <monochord/model/message_search.hpp>
#include <monochord/model/thread_list.hpp>
#include <monochord/model/voice_region.hpp>
#include <monochord/rest/guild.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<guild> guild_routes::get_guild(guild_id which, const call_options& options) {
  return decoded<guild>(queue_of(*this), make({method::get, "/guilds/{guild_id}"}, options, which));
}
task<guild> guild_routes::get_guild(guild_id which, const get_guild_query& query, const call_options& options) {
  return decoded<guild>(queue_of(*this),
      asking(queue_of(*this), make({method::get, "/guilds/{guild_id}"}, options, which), query));
}

task<guild_preview> guild_routes::get_guild_preview(guild_id guild, const call_options& options) {
  return decoded<guild_preview>(queue_of(*this), make({method::get, "/guilds/{guild_id}/preview"}, options, guild));
}

task<guild> guild_routes::modify_guild(guild_id which, const modify_guild_body& body, const call_options& options) {
  return decoded<guild>(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}"}, options, which), body));
}

task<std::vector<channel>> guild_routes::get_guild_channels(guild_id guild, const call_options& options) {
  return decoded<std::vector<channel>>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/channels"}, options, guild));
}

task<channel> guild_routes::create_guild_channel(guild_id guild, const create_guild_channel_body& body,
                                                 const call_options& options) {
  return decoded<channel>(queue_of(*this),
      with(queue_of(*this), make({method::post, "/guilds/{guild_id}/channels"}, options, guild), body));
}

task<> guild_routes::modify_guild_channel_positions(guild_id guild, list<channel_position_body> body,
                                                    const call_options& options) {
  return done(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/channels"}, options, guild), body));
}

task<thread_list> guild_routes::list_active_guild_threads(guild_id guild, const call_options& options) {
  return decoded<thread_list>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/threads/active"}, options, guild));
}

task<prune_result> guild_routes::get_guild_prune_count(guild_id guild, const call_options& options) {
  return decoded<prune_result>(queue_of(*this), make({method::get, "/guilds/{guild_id}/prune"}, options, guild));
}
task<prune_result> guild_routes::get_guild_prune_count(guild_id guild, const get_guild_prune_count_query& query,
                                                       const call_options& options) {
  return decoded<prune_result>(queue_of(*this),
      asking(queue_of(*this), make({method::get, "/guilds/{guild_id}/prune"}, options, guild), query));
}

task<prune_result> guild_routes::begin_guild_prune(guild_id guild, const begin_guild_prune_body& body,
                                                   const call_options& options) {
  return decoded<prune_result>(queue_of(*this),
      with(queue_of(*this), make({method::post, "/guilds/{guild_id}/prune"}, options, guild), body));
}

task<std::vector<voice_region>> guild_routes::get_guild_voice_regions(guild_id guild, const call_options& options) {
  return decoded<std::vector<voice_region>>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/regions"}, options, guild));
}

task<std::vector<invite>> guild_routes::get_guild_invites(guild_id guild, const call_options& options) {
  return decoded<std::vector<invite>>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/invites"}, options, guild));
}

task<vanity_url> guild_routes::get_guild_vanity_url(guild_id guild, const call_options& options) {
  return decoded<vanity_url>(queue_of(*this), make({method::get, "/guilds/{guild_id}/vanity-url"}, options, guild));
}

task<incidents_data> guild_routes::modify_guild_incident_actions(guild_id guild,
                                                                 const modify_guild_incident_actions_body& body,
                                                                 const call_options& options) {
  return decoded<incidents_data>(queue_of(*this),
      with(queue_of(*this), make({method::put, "/guilds/{guild_id}/incident-actions"}, options, guild), body));
}

task<message_search_result> guild_routes::search_guild_messages(guild_id guild,
                                                                const search_guild_messages_query& query,
                                                                const call_options& options) {
  return decoded<message_search_result>(queue_of(*this),
      asking(queue_of(*this), make({method::get, "/guilds/{guild_id}/messages/search"}, options, guild), query));
}

}  // namespace monochord::rest
