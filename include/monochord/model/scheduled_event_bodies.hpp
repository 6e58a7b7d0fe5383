// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/scheduled_event.hpp>

namespace monochord {

/// Where an external event takes place.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-object-guild-scheduled-event-entity-metadata
struct scheduled_event_metadata_body {
  maybe<std::string_view> location{};
};

/// When an event repeats; Discord takes only some combinations.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-recurrence-rule-object
struct recurrence_rule_body {
  timestamp start{};
  maybe<timestamp> end{};  ///< cannot be set today
  recurrence_frequency frequency{};
  int interval = 1;
  maybe<list<weekday>> by_weekday{};
  maybe<list<recurrence_n_weekday>> by_n_weekday{};
  maybe<list<month>> by_month{};
  maybe<list<int>> by_month_day{};
  maybe<list<int>> by_year_day{};  ///< cannot be set today
  maybe<int> count{};  ///< cannot be set today
};

/// POST /guilds/{guild_id}/scheduled-events.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#create-guild-scheduled-event
struct create_guild_scheduled_event_body {
  maybe<monochord::channel_id> channel_id{};  ///< of stage and voice events
  maybe<scheduled_event_metadata_body> entity_metadata{};  ///< of external events
  std::string_view name{};
  scheduled_event_privacy privacy_level = scheduled_event_privacy::guild_only;
  timestamp scheduled_start_time{};
  maybe<timestamp> scheduled_end_time{};  ///< external events need one
  maybe<std::string_view> description{};
  scheduled_event_entity entity_type{};
  maybe<std::string_view> image{};  ///< a data URI
  maybe<recurrence_rule_body> recurrence_rule{};
};

/// PATCH /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}. Absent is left as it is.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#modify-guild-scheduled-event
struct modify_guild_scheduled_event_body {
  maybe<monochord::channel_id> channel_id{};  ///< of stage and voice events
  maybe<scheduled_event_metadata_body> entity_metadata{};  ///< of external events
  maybe<std::string_view> name{};
  maybe<scheduled_event_privacy> privacy_level{};
  maybe<timestamp> scheduled_start_time{};
  maybe<timestamp> scheduled_end_time{};
  maybe<std::string_view> description{};
  maybe<scheduled_event_entity> entity_type{};
  maybe<scheduled_event_status> status{};  ///< starts, ends or cancels it
  maybe<std::string_view> image{};  ///< a data URI
  maybe<recurrence_rule_body> recurrence_rule{};
};

/// Whether numbers of subscribers come along.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#list-scheduled-events-for-guild
struct with_user_count_query {
  maybe<bool> with_user_count{};
};

/// GET /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/users.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#get-guild-scheduled-event-users
struct get_guild_scheduled_event_users_query {
  maybe<int> limit{};  ///< 100 by default
  maybe<bool> with_member{};
  maybe<user_id> before{};
  maybe<user_id> after{};
};

/// GET /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/users/counts; not documented.
/// https://docs.discord.com/developers/resources/guild-scheduled-event
struct count_guild_scheduled_event_users_query {
  list<any_id> guild_scheduled_event_exception_ids{};
};

/// POST .../scheduled-events/{guild_scheduled_event_id}/exceptions; not documented.
/// https://docs.discord.com/developers/resources/guild-scheduled-event
struct create_guild_scheduled_event_exception_body {
  timestamp original_scheduled_start_time{};  ///< which of the repetitions
  maybe<timestamp> scheduled_start_time{};
  maybe<timestamp> scheduled_end_time{};
  maybe<bool> is_canceled{};
};

/// PATCH .../scheduled-events/{guild_scheduled_event_id}/exceptions/{exception_id}; not documented.
/// https://docs.discord.com/developers/resources/guild-scheduled-event
struct update_guild_scheduled_event_exception_body {
  maybe<timestamp> scheduled_start_time{};
  maybe<timestamp> scheduled_end_time{};
  maybe<bool> is_canceled{};
};

static_assert(std::is_trivially_destructible_v<scheduled_event_metadata_body>);
static_assert(std::is_trivially_destructible_v<recurrence_rule_body>);
static_assert(std::is_trivially_destructible_v<create_guild_scheduled_event_body>);
static_assert(std::is_trivially_destructible_v<modify_guild_scheduled_event_body>);
static_assert(std::is_trivially_destructible_v<with_user_count_query>);
static_assert(std::is_trivially_destructible_v<get_guild_scheduled_event_users_query>);
static_assert(std::is_trivially_destructible_v<count_guild_scheduled_event_users_query>);
static_assert(std::is_trivially_destructible_v<create_guild_scheduled_event_exception_body>);
static_assert(std::is_trivially_destructible_v<update_guild_scheduled_event_exception_body>);

}  // namespace monochord
