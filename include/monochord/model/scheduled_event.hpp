// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/scheduled_event_exception.hpp>
#include <monochord/model/scheduled_event_user.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// How far an event is.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-object-guild-scheduled-event-status
enum class scheduled_event_status : std::int32_t {
  scheduled = 1,
  active = 2,
  completed = 3,
  canceled = 4,
};

/// Where an event takes place.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-object-guild-scheduled-event-entity-types
enum class scheduled_event_entity : std::int32_t {
  none = 0,
  stage_instance = 1,
  voice = 2,
  external = 3,
};

/// Who can see an event.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-object-guild-scheduled-event-privacy-level
enum class scheduled_event_privacy : std::int32_t {
  guild_only = 2,
};

/// How often an event takes place.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-recurrence-rule-object-guild-scheduled-event-recurrence-rule-frequency
enum class recurrence_frequency : std::int32_t {
  yearly = 0,
  monthly = 1,
  weekly = 2,
  daily = 3,
};

/// Monday is 0.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-recurrence-rule-object-guild-scheduled-event-recurrence-rule-weekday
enum class weekday : std::int32_t {
  monday = 0,
  tuesday = 1,
  wednesday = 2,
  thursday = 3,
  friday = 4,
  saturday = 5,
  sunday = 6,
};

/// January is 1.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-recurrence-rule-object-guild-scheduled-event-recurrence-rule-month
enum class month : std::int32_t {
  january = 1,
  february = 2,
  march = 3,
  april = 4,
  may = 5,
  june = 6,
  july = 7,
  august = 8,
  september = 9,
  october = 10,
  november = 11,
  december = 12,
};

/// Where an external event takes place.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-object-guild-scheduled-event-entity-metadata
struct scheduled_event_metadata {
  optional<std::string> location;
};

/// A day of the n-th week of a month.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-recurrence-rule-object-guild-scheduled-event-recurrence-rule-nweekday-structure
struct recurrence_n_weekday {
  int n = 0;
  weekday day{};
};

/// When an event takes place again.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-recurrence-rule-object-guild-scheduled-event-recurrence-rule-structure
struct recurrence_rule {
  // Compiled once, in the library.
  recurrence_rule();
  recurrence_rule(const recurrence_rule&);
  recurrence_rule(recurrence_rule&&) noexcept;
  recurrence_rule& operator=(const recurrence_rule&);
  recurrence_rule& operator=(recurrence_rule&&) noexcept;
  ~recurrence_rule();

  timestamp start;
  maybe<timestamp> end;
  recurrence_frequency frequency{};
  int interval = 0;
  maybe<std::vector<weekday>> by_weekday;
  maybe<std::vector<recurrence_n_weekday>> by_n_weekday;
  maybe<std::vector<month>> by_month;
  maybe<std::vector<int>> by_month_day;
  maybe<std::vector<int>> by_year_day;
  maybe<int> count;
};

/// Something that a guild announced.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-object-guild-scheduled-event-structure
struct scheduled_event {
  // Compiled once, in the library.
  scheduled_event();
  scheduled_event(const scheduled_event&);
  scheduled_event(scheduled_event&&) noexcept;
  scheduled_event& operator=(const scheduled_event&);
  scheduled_event& operator=(scheduled_event&&) noexcept;
  ~scheduled_event();

  scheduled_event_id id;
  monochord::guild_id guild_id;
  maybe<monochord::channel_id> channel_id;
  maybe<user_id> creator_id;
  std::string name;
  maybe<std::string> description;
  timestamp scheduled_start_time;
  maybe<timestamp> scheduled_end_time;
  scheduled_event_privacy privacy_level{};
  scheduled_event_status status{};
  scheduled_event_entity entity_type{};
  maybe<any_id> entity_id;
  maybe<box<scheduled_event_metadata>> entity_metadata;
  box<user> creator;
  optional<int> user_count;
  maybe<std::string> image;
  maybe<box<monochord::recurrence_rule>> recurrence_rule;
  // not documented
  maybe<box<scheduled_event_user>> user_rsvp;  ///< the bot's own
  optional<std::vector<scheduled_event_exception>> guild_scheduled_event_exceptions;
};

}  // namespace monochord
