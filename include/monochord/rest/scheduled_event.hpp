// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct count_guild_scheduled_event_users_query;
struct create_guild_scheduled_event_body;
struct create_guild_scheduled_event_exception_body;
struct get_guild_scheduled_event_users_query;
struct modify_guild_scheduled_event_body;
struct scheduled_event;
struct scheduled_event_exception;
struct scheduled_event_user;
struct scheduled_event_user_counts;
struct update_guild_scheduled_event_exception_body;
struct with_user_count_query;
class rest_client;

namespace rest {

/// Scheduled events. Types: `model/scheduled_event.hpp`, `model/scheduled_event_bodies.hpp`.
class scheduled_event_routes {
 public:
  /// The scheduled events of a guild that the bot may see.
  /// https://docs.discord.com/developers/resources/guild-scheduled-event#list-scheduled-events-for-guild
  task<std::vector<scheduled_event>> list_scheduled_events_for_guild(guild_id guild, const call_options& options = {});
  task<std::vector<scheduled_event>> list_scheduled_events_for_guild(guild_id guild,
                                                                     const with_user_count_query& query,
                                                                     const call_options& options = {});
  /// Makes an event, 100 at most that are scheduled or active; needs CREATE_EVENTS or MANAGE_EVENTS, and what its
  /// channel needs. Fires GUILD_SCHEDULED_EVENT_CREATE.
  /// https://docs.discord.com/developers/resources/guild-scheduled-event#create-guild-scheduled-event
  task<scheduled_event> create_guild_scheduled_event(guild_id guild, const create_guild_scheduled_event_body& body,
                                                     const call_options& options = {});
  /// One event.
  /// https://docs.discord.com/developers/resources/guild-scheduled-event#get-guild-scheduled-event
  task<scheduled_event> get_guild_scheduled_event(guild_id guild, scheduled_event_id event,
                                                  const call_options& options = {});
  task<scheduled_event> get_guild_scheduled_event(guild_id guild, scheduled_event_id event,
                                                  const with_user_count_query& query, const call_options& options = {});
  /// Changes an event, also starts and ends it; needs MANAGE_EVENTS, for events of the bot CREATE_EVENTS does. Fires
  /// GUILD_SCHEDULED_EVENT_UPDATE.
  /// https://docs.discord.com/developers/resources/guild-scheduled-event#modify-guild-scheduled-event
  task<scheduled_event> modify_guild_scheduled_event(guild_id guild, scheduled_event_id event,
                                                     const modify_guild_scheduled_event_body& body,
                                                     const call_options& options = {});
  /// Deletes an event; needs MANAGE_EVENTS, for events of the bot CREATE_EVENTS does. Fires
  /// GUILD_SCHEDULED_EVENT_DELETE.
  /// https://docs.discord.com/developers/resources/guild-scheduled-event#delete-guild-scheduled-event
  task<> delete_guild_scheduled_event(guild_id guild, scheduled_event_id event, const call_options& options = {});
  /// Who is interested, in the order of their ids. Types: `model/scheduled_event_user.hpp`.
  /// https://docs.discord.com/developers/resources/guild-scheduled-event#get-guild-scheduled-event-users
  task<std::vector<scheduled_event_user>> get_guild_scheduled_event_users(guild_id guild, scheduled_event_id event,
                                                                          const call_options& options = {});
  task<std::vector<scheduled_event_user>> get_guild_scheduled_event_users(guild_id guild, scheduled_event_id event,
                                                                          const get_guild_scheduled_event_users_query& query,
                                                                          const call_options& options = {});
  /// How many are interested in the event and in its exceptions. In Discord's specification, not in its
  /// documentation.
  task<scheduled_event_user_counts> count_guild_scheduled_event_users(guild_id guild, scheduled_event_id event,
                                                                      const call_options& options = {});
  task<scheduled_event_user_counts> count_guild_scheduled_event_users(guild_id guild, scheduled_event_id event,
                                                                      const count_guild_scheduled_event_users_query& query,
                                                                      const call_options& options = {});
  /// Who is interested in one exception. In Discord's specification, not in its documentation.
  task<std::vector<scheduled_event_user>> list_guild_scheduled_event_exception_users(guild_id guild,
                                                                                     scheduled_event_id event,
                                                                                     any_id exception,
                                                                                     const call_options& options = {});
  task<std::vector<scheduled_event_user>> list_guild_scheduled_event_exception_users(guild_id guild,
                                                                                     scheduled_event_id event,
                                                                                     any_id exception,
                                                                                     const get_guild_scheduled_event_users_query& query,
                                                                                     const call_options& options = {});
  /// Moves or cancels one repetition. In Discord's specification, not in its documentation. Types:
  /// `model/scheduled_event_exception.hpp`.
  task<scheduled_event_exception> create_guild_scheduled_event_exception(guild_id guild, scheduled_event_id event,
                                                                         const create_guild_scheduled_event_exception_body& body,
                                                                         const call_options& options = {});
  /// Changes an exception. In Discord's specification, not in its documentation.
  task<scheduled_event_exception> update_guild_scheduled_event_exception(guild_id guild, scheduled_event_id event,
                                                                         any_id exception,
                                                                         const update_guild_scheduled_event_exception_body& body,
                                                                         const call_options& options = {});
  /// Takes an exception back. In Discord's specification, not in its documentation.
  task<> delete_guild_scheduled_event_exception(guild_id guild, scheduled_event_id event, any_id exception,
                                                const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  scheduled_event_routes() = default;
};

}  // namespace rest

}  // namespace monochord
