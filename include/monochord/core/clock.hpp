// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>

#include <monochord/core/error.hpp>
#include <monochord/core/task.hpp>
#include <monochord/core/timestamp.hpp>

namespace monochord {

/// Monotonic time. All waits and deadlines run on it. Wall-clock time decides only what Discord or another process has dated:
/// to which bucket the deletion of a message counts, by the message's age, and whether a stored budget of session starts is
/// still today's.
using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

/// `now + wait`, or the end of time where that is past it: a timeout of `milliseconds::max()` means "none".
template <class Rep, class Period>
constexpr time_point after(time_point now, std::chrono::duration<Rep, Period> wait) noexcept {
  using coarse = std::chrono::duration<Rep, Period>;
  if (wait >= std::chrono::duration_cast<coarse>(time_point::max() - now)) return time_point::max();
  return now + std::chrono::duration_cast<duration>(wait);
}

/// One wait at a time on a clock. Not thread-safe: use it from the executor it was made for. Destroying it cancels.
class timer {
 public:
  virtual ~timer() = default;
  /// Completes with no error at `when` (at once if that has passed), with `errc::cancelled` after `cancel()` or when
  /// the awaiting coroutine is cancelled.
  virtual task<error_code> wait_until(time_point when) = 0;
  virtual void cancel() noexcept = 0;
};

/// Where all time of a client comes from: `client_options::clock`. The default is the system's; tests give a
/// `testing::manual_clock`. Thread-safe.
class clock {
 public:
  virtual ~clock() = default;
  virtual time_point now() const noexcept = 0;
  virtual timestamp utc_now() const noexcept = 0;
  virtual std::unique_ptr<timer> make_timer(boost::asio::any_io_executor executor) = 0;
};

/// std::chrono's steady and system clocks.
std::shared_ptr<clock> system_clock();

}  // namespace monochord
