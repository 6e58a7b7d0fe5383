// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>

#include <monochord/core/clock.hpp>

namespace monochord::protocol {

/// At most `limit` sendings in any `window`, counted from the sendings themselves: the first use starts it.
class sliding_window {
 public:
  sliding_window(int limit, duration window) : limit_(static_cast<std::size_t>(std::max(limit, 0))), window_(window) {}

  time_point next(time_point now) const {
    const auto free_at = limit_ == 0 || times_.size() < limit_ ? now : times_.front() + window_;
    return std::max({now, free_at, paused_until_});
  }
  void sent(time_point now) {
    if (limit_ == 0) return;
    if (times_.size() == limit_) times_.pop_front();
    times_.push_back(now);
  }
  void pause_until(time_point until) { paused_until_ = std::max(paused_until_, until); }
  bool idle(time_point now) const {
    return now >= paused_until_ && (times_.empty() || now - times_.back() >= window_);
  }

 private:
  std::size_t limit_;
  duration window_;
  std::deque<time_point> times_;
  time_point paused_until_ = time_point::min();
};

}  // namespace monochord::protocol
