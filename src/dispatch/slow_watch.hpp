// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include <mutex>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/thread_stripe.hpp"

namespace monochord::dispatch {

/// A handler that works for too long.
struct slow_handler {
  std::string event;
  std::source_location where;  ///< it was registered
};

struct slow_watch_options {
  std::shared_ptr<monochord::clock> clock;
  duration limit = duration::max();  ///< `max()`: no handler is ever slow
  /// Starts a task in the background; false when no new work is taken any more.
  std::function<bool(task<>)> spawn;
  /// Told once of each; not within a call of whoever works.
  std::function<void(const slow_handler&)> tell;
};

/// Looks after handlers that work for too long. One timer for all, and none where nobody worked for as long as that; who begins
/// or ends allocates nothing and shares a lock with few others. Thread-safe.
class slow_watch : public std::enable_shared_from_this<slow_watch> {
 public:
  /// Somebody who works now and then. Owned by whoever works, who begins and ends in turn.
  class mark {
   public:
    mark() = default;
    mark(const mark&) = delete;
    mark& operator=(const mark&) = delete;

   private:
    friend class slow_watch;
    const unsigned stripe = stripe_of_thread();
    std::string_view event;
    std::source_location where;
    time_point since;
    bool listed = false;
    bool told = false;
    mark* before = nullptr;  // in the list of its stripe
    mark* behind = nullptr;
  };

  explicit slow_watch(slow_watch_options options) : options_(std::move(options)) {}

  bool watches() const noexcept { return options_.limit < duration::max() / 2; }
  /// `event` lives until the `end` that follows.
  void begin(mark& one, std::string_view event, const std::source_location& where, time_point now);
  void end(mark& one);

 private:
  struct alignas(64) stripe {
    std::mutex mutex;       // guards what follows, and the marks of this stripe
    mark* first = nullptr;  // who works, the longest first
    mark* last = nullptr;
    void add(mark& one) noexcept;
    void take_out(mark& one) noexcept;
  };
  static task<> watch(std::shared_ptr<slow_watch> self, time_point due);
  /// Who is late by now, and when the next one would be; `max()` where nobody works.
  time_point look(std::vector<slow_handler>& late);

  const slow_watch_options options_;
  std::array<stripe, stripe_count> stripes_;
  std::atomic<bool> watching_{false};
};

}  // namespace monochord::dispatch
