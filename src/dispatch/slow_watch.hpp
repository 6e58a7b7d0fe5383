// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include <mutex>
#include <source_location>
#include <string>
#include <string_view>

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

/// Looks after handlers that work for too long. One timer for all, and none while nobody works. Thread-safe.
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
    std::string_view event;
    std::source_location where;
    time_point since;
    bool listed = false;
    bool told = false;
    std::list<mark*>::iterator place;
  };

  explicit slow_watch(slow_watch_options options) : options_(std::move(options)) {}

  /// `event` lives until the `end` that follows.
  void begin(mark& one, std::string_view event, const std::source_location& where);
  void end(mark& one);

 private:
  static task<> watch(std::shared_ptr<slow_watch> self);

  const slow_watch_options options_;
  std::mutex mutex_;          // guards what follows, and the marks
  std::list<mark*> working_;  // the longest first
  bool watching_ = false;
};

}  // namespace monochord::dispatch
