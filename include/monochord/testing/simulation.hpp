// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <monochord/core/task.hpp>
#include <monochord/testing/manual_clock.hpp>

namespace monochord::testing {

/// What `simulation` throws when nothing can ever progress, or its limit of virtual time is over; the text says what
/// still waits.
class simulation_stuck : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One thread, one executor and one manual clock: everything that runs here sees time move only when nothing can run.
/// Give `executor()`, `clock()` and a `memory_network` to a client and to a mock, and hours pass in milliseconds, the
/// same way each time. Not thread-safe; work that it has started on other threads (`run_blocking`) is waited for.
class simulation {
 public:
  simulation();
  simulation(const simulation&) = delete;
  simulation& operator=(const simulation&) = delete;
  /// Destroys what has not ended.
  ~simulation();

  boost::asio::any_io_executor executor() const;
  std::shared_ptr<manual_clock> clock() const;
  /// Virtual time since the start.
  duration elapsed() const;

  /// Runs until `work` has ended and gives its value, or throws what it threw. Throws `simulation_stuck` when nothing
  /// can progress or `limit` of virtual time has passed; `work` is cancelled then.
  template <class T>
  T run(task<T> work, duration limit = std::chrono::hours{24}) {
    if constexpr (std::is_void_v<T>) {
      run_task(std::move(work), limit);
    } else {
      const auto value = std::make_shared<std::optional<T>>();  // the task may outlive this call when it is stuck
      run_task(store(std::move(work), value), limit);
      return std::move(**value);
    }
  }
  /// Runs until `done()`, asked after each turn. Throws as `run` does.
  void run_until(const std::function<bool()>& done, duration limit = std::chrono::hours{24});
  /// Runs for that much virtual time.
  void run_for(duration time);
  /// Runs what can run now; time stands still.
  void settle();
  /// Starts a task beside the others. What it throws is thrown by whatever runs the simulation then.
  void spawn(task<> work);

  /// One more reason not to move time: asked when nothing can run.
  void hold_while(std::function<bool()> busy);

 private:
  struct impl;

  template <class T>
  static task<> store(task<T> work, std::shared_ptr<std::optional<T>> value) {
    value->emplace(co_await std::move(work));
  }
  void run_task(task<> work, duration limit);

  std::unique_ptr<impl> impl_;
};

}  // namespace monochord::testing
