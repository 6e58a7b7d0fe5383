// SPDX-License-Identifier: MIT
#include <monochord/model/scheduled_event.hpp>
#include <monochord/model/scheduled_event_bodies.hpp>
#include <monochord/model/scheduled_event_exception.hpp>
#include <monochord/model/scheduled_event_user.hpp>
#include <monochord/rest/scheduled_event.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<std::vector<scheduled_event>> scheduled_event_routes::list_scheduled_events_for_guild(guild_id guild,
                                                                                           const call_options& options) {
  return decoded<std::vector<scheduled_event>>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/scheduled-events"}, options, guild));
}
task<std::vector<scheduled_event>> scheduled_event_routes::list_scheduled_events_for_guild(guild_id guild,
                                                                                           const with_user_count_query& query,
                                                                                           const call_options& options) {
  return decoded<std::vector<scheduled_event>>(queue_of(*this),
      asking(queue_of(*this), make({method::get, "/guilds/{guild_id}/scheduled-events"}, options, guild), query));
}

task<scheduled_event> scheduled_event_routes::create_guild_scheduled_event(guild_id guild,
                                                                           const create_guild_scheduled_event_body& body,
                                                                           const call_options& options) {
  return decoded<scheduled_event>(queue_of(*this),
      with(queue_of(*this), make({method::post, "/guilds/{guild_id}/scheduled-events"}, options, guild), body));
}

task<scheduled_event> scheduled_event_routes::get_guild_scheduled_event(guild_id guild, scheduled_event_id event,
                                                                        const call_options& options) {
  return decoded<scheduled_event>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}"}, options, guild, event));
}
task<scheduled_event> scheduled_event_routes::get_guild_scheduled_event(guild_id guild, scheduled_event_id event,
                                                                        const with_user_count_query& query,
                                                                        const call_options& options) {
  return decoded<scheduled_event>(queue_of(*this),
      asking(queue_of(*this), make({method::get, "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}"},
          options, guild, event), query));
}

task<scheduled_event> scheduled_event_routes::modify_guild_scheduled_event(guild_id guild, scheduled_event_id event,
                                                                           const modify_guild_scheduled_event_body& body,
                                                                           const call_options& options) {
  return decoded<scheduled_event>(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}"},
          options, guild, event), body));
}

task<> scheduled_event_routes::delete_guild_scheduled_event(guild_id guild, scheduled_event_id event,
                                                            const call_options& options) {
  return done(queue_of(*this),
      make({method::del, "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}"}, options, guild, event));
}

task<std::vector<scheduled_event_user>> scheduled_event_routes::get_guild_scheduled_event_users(guild_id guild,
                                                                                                scheduled_event_id event,
                                                                                                const call_options& options) {
  return decoded<std::vector<scheduled_event_user>>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/users"}, options, guild,
          event));
}
task<std::vector<scheduled_event_user>> scheduled_event_routes::get_guild_scheduled_event_users(guild_id guild,
                                                                                                scheduled_event_id event,
                                                                                                const get_guild_scheduled_event_users_query& query,
                                                                                                const call_options& options) {
  return decoded<std::vector<scheduled_event_user>>(queue_of(*this),
      asking(queue_of(*this), make({method::get,
          "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/users"}, options, guild, event), query));
}

task<scheduled_event_user_counts> scheduled_event_routes::count_guild_scheduled_event_users(guild_id guild,
                                                                                            scheduled_event_id event,
                                                                                            const call_options& options) {
  return decoded<scheduled_event_user_counts>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/users/counts"}, options,
          guild, event));
}
task<scheduled_event_user_counts> scheduled_event_routes::count_guild_scheduled_event_users(guild_id guild,
                                                                                            scheduled_event_id event,
                                                                                            const count_guild_scheduled_event_users_query& query,
                                                                                            const call_options& options) {
  return decoded<scheduled_event_user_counts>(queue_of(*this),
      asking(queue_of(*this), make({method::get,
          "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/users/counts"}, options, guild, event), query));
}

task<std::vector<scheduled_event_user>> scheduled_event_routes::list_guild_scheduled_event_exception_users(
                                                                                                           guild_id guild,
                                                                                                           scheduled_event_id event,
                                                                                                           any_id exception,
                                                                                                           const call_options& options) {
  return decoded<std::vector<scheduled_event_user>>(queue_of(*this),
      make({method::get,
          "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/{guild_scheduled_event_exception_id}/users"}, options, guild, event, exception));
}
task<std::vector<scheduled_event_user>> scheduled_event_routes::list_guild_scheduled_event_exception_users(
                                                                                                           guild_id guild,
                                                                                                           scheduled_event_id event,
                                                                                                           any_id exception,
                                                                                                           const get_guild_scheduled_event_users_query& query,
                                                                                                           const call_options& options) {
  return decoded<std::vector<scheduled_event_user>>(queue_of(*this),
      asking(queue_of(*this), make({method::get,
          "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/{guild_scheduled_event_exception_id}/users"}, options, guild, event, exception), query));
}

task<scheduled_event_exception> scheduled_event_routes::create_guild_scheduled_event_exception(guild_id guild,
                                                                                               scheduled_event_id event,
                                                                                               const create_guild_scheduled_event_exception_body& body,
                                                                                               const call_options& options) {
  return decoded<scheduled_event_exception>(queue_of(*this),
      with(queue_of(*this), make({method::post,
          "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/exceptions"}, options, guild, event), body));
}

task<scheduled_event_exception> scheduled_event_routes::update_guild_scheduled_event_exception(guild_id guild,
                                                                                               scheduled_event_id event,
                                                                                               any_id exception,
                                                                                               const update_guild_scheduled_event_exception_body& body,
                                                                                               const call_options& options) {
  return decoded<scheduled_event_exception>(queue_of(*this),
      with(queue_of(*this), make({method::patch,
          "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/exceptions/{exception_id}"}, options, guild, event, exception), body));
}

task<> scheduled_event_routes::delete_guild_scheduled_event_exception(guild_id guild, scheduled_event_id event,
                                                                      any_id exception, const call_options& options) {
  return done(queue_of(*this),
      make({method::del, "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/exceptions/{exception_id}"},
          options, guild, event, exception));
}

}  // namespace monochord::rest
