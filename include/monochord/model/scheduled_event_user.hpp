// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/flat_map.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// Whether somebody wants to attend.
enum class scheduled_event_response : std::int32_t {
  uninterested = 0,
  interested = 1,
};

/// Somebody who wants to attend an event.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#guild-scheduled-event-user-object-guild-scheduled-event-user-structure
struct scheduled_event_user {
  monochord::scheduled_event_id guild_scheduled_event_id;
  maybe<any_id> guild_scheduled_event_exception_id;
  optional<monochord::user_id> user_id;
  box<monochord::user> user;
  box<monochord::member> member;
  optional<scheduled_event_response> response;
};

/// How many want to attend an event, and single occurrences of it. Not documented.
struct scheduled_event_user_counts {
  int guild_scheduled_event_count = 0;
  flat_map<std::string, int> guild_scheduled_event_exception_counts;
};

}  // namespace monochord
