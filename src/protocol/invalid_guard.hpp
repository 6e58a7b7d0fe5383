// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>

#include <monochord/core/clock.hpp>

namespace monochord::protocol {

/// Counts the answers that Discord's front counts against an address: 401, 403 and 429 (but not of scope `shared`) of the
/// last ten minutes. 10,000 of them block the address.
/// https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
class invalid_guard {
 public:
  /// `closes_at`: 0 never closes.
  invalid_guard(std::size_t closes_at, duration window) : closes_at_(closes_at), window_(window) {}

  void count(time_point now) {
    forget(now);
    times_.push_back(now);
  }
  std::size_t seen(time_point now) {
    forget(now);
    return times_.size();
  }
  /// When one more may go while `in_flight` others may still be answered badly; time_point::max() when only they can tell.
  time_point next(std::size_t in_flight, time_point now) {
    if (closes_at_ == 0) return now;
    forget(now);
    if (times_.size() + in_flight < closes_at_) [[likely]] return now;
    // So many must leave the window before there is room for one.
    if (times_.size() < closes_at_) return time_point::max();
    return times_[times_.size() - closes_at_] + window_;
  }
  /// When one more may go although all those are answered badly; time_point::max() when time alone does not tell.
  time_point next_by_time(std::size_t in_flight) const {
    const auto counted = times_.size() + in_flight;
    if (counted < closes_at_) return time_point::min();
    const auto too_many = counted - closes_at_ + 1;
    return too_many > times_.size() ? time_point::max() : times_[too_many - 1] + window_;
  }

 private:
  void forget(time_point now) {
    while (!times_.empty() && now - times_.front() >= window_) times_.pop_front();
  }
  std::size_t closes_at_;
  duration window_;
  std::deque<time_point> times_;
};

}  // namespace monochord::protocol
