// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>

#include <monochord/core/clock.hpp>

namespace monochord::protocol {

/// At most `limit` requests in any `window` where they arrive, which nobody here can see: a request counts from its
/// grant until a window after the last moment at which it can have arrived. That is `travel` after it was started, or
/// when its answer is there, if that is sooner.
class sliding_window {
 public:
  sliding_window(int limit, duration window, duration travel)
      : limit_(static_cast<std::size_t>(std::max(limit, 0))), window_(window), travel_(travel) {}

  /// When one more may go; time_point::max() while only the start of another can tell.
  time_point next(time_point now) {
    forget(now);
    const auto from = std::max(now, paused_until_);
    if (limit_ == 0) return from;
    const auto counted = granted_ + arrived_.size();
    if (counted < limit_) [[likely]] return from;
    const auto too_many = counted - limit_ + 1;
    if (too_many > arrived_.size()) return time_point::max();
    return std::max(from, arrived_[too_many - 1] + window_);
  }
  void granted() { ++granted_; }
  void started(time_point now) {
    insert(now + travel_);
    --granted_;
  }
  /// It is there, and has not been `started`.
  void arrived(time_point now) {
    --granted_;
    insert(now);
  }
  void started_again(time_point before, time_point now) {
    erase(before + travel_);
    insert(now + travel_);
  }
  void answered(time_point started_at, time_point now) {
    if (now < started_at + travel_ && erase(started_at + travel_)) insert(now);
  }
  /// It has not been sent after all: it will be started again, or given back.
  void put_off(time_point started_at) {
    erase(started_at + travel_);
    ++granted_;
  }
  /// It will not be started.
  void given_back() { --granted_; }
  void pause_until(time_point until) { paused_until_ = std::max(paused_until_, until); }
  bool idle(time_point now) const {
    return now >= paused_until_ && granted_ == 0 && (arrived_.empty() || now - arrived_.back() >= window_);
  }

 private:
  void forget(time_point now) {
    while (!arrived_.empty() && now - arrived_.front() >= window_) arrived_.pop_front();
  }
  /// Behind the last that is not later. From the end, for mostly few are.
  std::deque<time_point>::iterator behind(time_point at) {
    auto found = arrived_.end();
    for (int steps = 0; found != arrived_.begin() && *std::prev(found) > at; --found)
      if (++steps > 16) return std::upper_bound(arrived_.begin(), found, at);
    return found;
  }
  void insert(time_point at) {
    if (limit_ == 0) return;
    if (arrived_.empty() || arrived_.back() <= at) [[likely]] arrived_.push_back(at);
    else arrived_.insert(behind(at), at);
  }
  bool erase(time_point at) {
    const auto found = behind(at);
    if (found == arrived_.begin() || *std::prev(found) != at) return false;
    arrived_.erase(std::prev(found));
    return true;
  }

  std::size_t limit_;
  duration window_;
  duration travel_;
  std::size_t granted_ = 0;             // and not started yet
  std::deque<time_point> arrived_;      // at the latest, in order: what comes and goes is near the end; nothing without a limit
  time_point paused_until_ = time_point::min();
};

}  // namespace monochord::protocol
