// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "protocol/rate_limiter.hpp"

namespace monochord::protocol {

/// One quota of Discord's: a bucket hash together with major parameters; or, before the hash is known, a route's own.
struct rate_bucket {
  /// By how much Discord's durations may be too long.
  static constexpr duration rounding = std::chrono::milliseconds{50};

  enum class mode : std::uint8_t { learning, limited, unlimited };
  std::string key;
  mode how = mode::learning;
  int limit = 1;
  int remaining = 1;                   // by the last answer, less what was sent since
  std::optional<time_point> reset_at;  // at the latest; nothing: no answer yet in the present window
  time_point ends_after = time_point::min();  // the present window, at the earliest
  time_point last_end = time_point::min();    // of the window before it, at the latest
  time_point seen_at = time_point::min();     // when the first answer of the present window was there
  time_point closed_until = time_point::min();  // by a 429, whatever answers to what was sent before it say
  int in_flight = 0;

  /// When one more may go; time_point::max() when only an answer can tell.
  time_point next(time_point now) {
    if (how == mode::unlimited) return now;
    if (how == mode::learning) return in_flight == 0 ? std::max(now, reset_at.value_or(now)) : time_point::max();
    if (now < closed_until) return closed_until;
    if (reset_at && now >= *reset_at) {
      // A new window. What is still in flight may be counted in it; when it ends, the next answer will say.
      remaining = std::max(limit - in_flight, 0);
      last_end = *reset_at;
      reset_at.reset();
    }
    if (remaining > 0) return now;
    if (reset_at) return *reset_at;
    return in_flight == 0 ? now : time_point::max();  // every answer was lost: ask with one
  }

  void sent() {
    ++in_flight;
    if (remaining > 0) --remaining;
  }

  /// An answer without numbers. It gives nothing back: what was sent is taken. Only if the route itself has answered,
  /// and not something on the way to it, is there no limit to obey.
  void learn_nothing(bool from_route) {
    if (!from_route) return;
    if (how == mode::learning || (how == mode::limited && remaining == 0 && !reset_at && in_flight == 0))
      how = mode::unlimited;
  }

  /// An answer to what was sent at `sent_at`; it holds no slot any more.
  void learn(int new_limit, int reported, duration reset_after, time_point sent_at, time_point now) {
    reported = std::max(reported, 0);
    // The window of the answer ends between these.
    const auto earliest = sent_at + reset_after;
    const auto latest = now + reset_after;
    // One that has passed: it was over before the present one was first heard of. Any other that ends sooner than was
    // said before is Discord's latest word on the present one.
    const bool sooner = reset_at && latest < ends_after;
    if (how == mode::limited && (reset_at ? sooner && earliest <= seen_at + rounding : earliest <= last_end)) return;
    const bool fresh = how != mode::limited || !reset_at || now >= *reset_at || earliest > *reset_at;
    // In a window that we have been counting, what is in flight is already taken off, and answers may come in another
    // order than they were given: the least counts. In a new one the answer may have been given before or after the
    // others were counted: assume before.
    remaining = fresh ? std::max(reported - in_flight, 0) : std::min(remaining, reported);
    reset_at = fresh ? latest : std::min(*reset_at, latest);
    ends_after = fresh || sooner ? earliest : std::max(ends_after, earliest);
    if (fresh) seen_at = now;
    how = mode::limited;
    limit = std::max(new_limit, 1);
  }

  void close_until(time_point until) {
    closed_until = std::max(closed_until, until);
    remaining = 0;
    reset_at = std::max(reset_at.value_or(until), until);
  }
};

}  // namespace monochord::protocol
