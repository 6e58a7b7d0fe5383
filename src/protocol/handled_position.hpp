// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include <monochord/core/clock.hpp>

namespace monochord::protocol {

/// Up to which event of a session everything is dealt with: the base of what is promised about loss. Pure and not
/// thread-safe.
class handled_position {
 public:
  /// An event that is still worked on after `ack_after` counts as handled, so that one handler cannot hold the position for
  /// ever.
  explicit handled_position(std::chrono::milliseconds ack_after) : ack_after_(ack_after) {}

  /// Another session, or the same one in a new process: everything up to `position` is dealt with.
  void restart(std::int64_t position) {
    open_.clear();
    position_ = last_ = position;
  }
  /// An event has come; `claimed`: somebody works on it. One that is not behind all before it is ignored: a peer that counts so is
  /// none to keep a position by.
  void came(std::int64_t seq, bool claimed, time_point now) {
    if (seq <= last_) return;
    last_ = seq;
    if (open_.empty() && !claimed) {
      position_ = seq;
    } else {
      open_.push_back({seq, now, !claimed});
    }
  }
  /// An event that was claimed is dealt with. One that is not known any more is ignored.
  void done(std::int64_t seq) {
    const auto found = std::lower_bound(open_.begin(), open_.end(), seq, [](const event& one, std::int64_t at) { return one.seq < at; });
    if (found == open_.end() || found->seq != seq) return;
    found->done = true;
    advance();
  }
  /// Lets those count that have been worked on for too long, and says how many there were.
  std::size_t give_up(time_point now) {
    std::size_t late = 0;
    for (auto& one : open_) {
      if (after(one.came, ack_after_) > now) break;  // they came in order
      late += one.done ? 0 : 1;
      one.done = true;
    }
    advance();
    return late;
  }
  /// When `give_up` has something to do; nothing when nobody works.
  std::optional<time_point> next() const {
    if (open_.empty()) return std::nullopt;
    const auto until = after(open_.front().came, ack_after_);
    if (until == time_point::max()) return std::nullopt;
    return until;
  }
  /// When the oldest event came that is not dealt with; nothing when there is none.
  std::optional<time_point> oldest() const {
    if (open_.empty()) return std::nullopt;
    return open_.front().came;
  }
  /// Everything up to here is dealt with.
  std::int64_t position() const noexcept { return position_; }
  /// Events behind `position()`.
  std::size_t open() const noexcept { return open_.size(); }

 private:
  struct event {
    std::int64_t seq;
    time_point came;
    bool done;
  };
  void advance() {
    while (!open_.empty() && open_.front().done) {
      position_ = open_.front().seq;
      open_.pop_front();
    }
  }

  std::chrono::milliseconds ack_after_;
  std::int64_t position_ = 0;
  std::int64_t last_ = 0;  // that came
  std::deque<event> open_;
};

}  // namespace monochord::protocol
