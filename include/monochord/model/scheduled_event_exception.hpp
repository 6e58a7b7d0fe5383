// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>

namespace monochord {

/// An occurrence of a recurring event that is different, or cancelled. Not documented.
struct scheduled_event_exception {
  scheduled_event_id event_id;
  any_id event_exception_id;
  maybe<timestamp> scheduled_start_time;
  maybe<timestamp> scheduled_end_time;
  bool is_canceled = false;
};

}  // namespace monochord
