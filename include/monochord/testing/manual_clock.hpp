// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include <monochord/core/clock.hpp>

namespace monochord::testing {

/// A clock that stands still until it is told to move: 60 s of waiting cost a test microseconds. Thread-safe.
class manual_clock final : public clock {
 public:
  /// The wall clock begins at 2026-01-01T00:00:00Z.
  manual_clock();
  ~manual_clock() override;

  time_point now() const noexcept override;
  timestamp utc_now() const noexcept override;
  std::unique_ptr<timer> make_timer(boost::asio::any_io_executor executor) override;

  /// Moves time and completes what has come due, earliest first (first made first among equals), by a post to each
  /// timer's executor.
  void advance(duration by);
  /// Moves to the earliest timer and completes all that are due then; false when none waits. For simulations.
  bool advance_to_next();
  /// When the earliest timer is due.
  std::optional<time_point> next() const;
  /// Timers that wait.
  std::size_t pending() const;
  /// Moves the wall clock alone, as an NTP step does.
  void step_utc(duration by);

  /// While one of these lives, a simulation does not move time: work is under way that its executor cannot see.
  class hold {
   public:
    explicit hold(std::shared_ptr<manual_clock> on);
    hold(hold&&) noexcept = default;
    hold& operator=(hold&&) noexcept = delete;
    ~hold();

   private:
    std::shared_ptr<manual_clock> clock_;
  };
  /// How many holds live.
  std::size_t holds() const;

  struct impl;

 private:
  std::shared_ptr<impl> impl_;
};

}  // namespace monochord::testing
