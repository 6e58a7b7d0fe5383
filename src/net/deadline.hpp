// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <utility>

#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>

namespace monochord::net {

/// Runs `work` until it ends (true; what it throws is thrown) or until `end` completes without an error (false; `work`
/// was cancelled then and has ended). What `end` throws first is thrown as well. Cancelling the caller cancels both.
task<bool> race(task<> work, task<error_code> end);

/// Runs `work` until `deadline` at most: true when it ended by itself (what it throws is thrown), false when it was
/// cancelled because time was over; it has ended either way. Cancelling the caller cancels `work`.
task<bool> run_before(clock& time, time_point deadline, task<> work);

/// Runs `work` on another executor (a strand) and returns when it has ended; cancelling the caller cancels it there.
/// `co_spawn` with `use_awaitable` does not serve for this: in Boost 1.81 the cancellation that it carries to another
/// executor refers to memory of the caller that may be gone when it arrives.
task<> run_on(boost::asio::any_io_executor there, task<> work);

/// Completion token for operations that must not see cancellation themselves, because only the end of the whole
/// connection ends them cleanly: gives a tuple, never throws. Each needs an `abort_on_cancel` of its own.
inline auto uncancelled() {
  return boost::asio::as_tuple(
      boost::asio::bind_cancellation_slot(boost::asio::cancellation_slot(), boost::asio::use_awaitable));
}

/// Awaits, likewise, an operation that `begin` starts with a handler for an error and a number of bytes. It needs no coroutine of
/// its own, whose memory a token costs.
template <class Begin>
auto uncancelled(Begin begin) {
  constexpr auto token = boost::asio::as_tuple(boost::asio::deferred);
  return boost::asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
      [begin = std::move(begin)](auto done) {
        begin(boost::asio::bind_cancellation_slot(boost::asio::cancellation_slot(), std::move(done)));
      },
      token);
}

/// While one operation with `uncancelled()` is awaited in its scope, cancelling the coroutine whose state is given calls
/// `abort`. One only: when an operation ends, Asio clears the slot of the coroutine that awaited it, so the next one needs
/// another guard.
class abort_on_cancel {
 public:
  template <class F>
  abort_on_cancel(boost::asio::cancellation_state state, F abort) : slot_(state.slot()) {
    if (slot_.is_connected()) slot_.assign([abort = std::move(abort)](boost::asio::cancellation_type) { abort(); });
  }
  abort_on_cancel(const abort_on_cancel&) = delete;
  abort_on_cancel& operator=(const abort_on_cancel&) = delete;
  ~abort_on_cancel() {
    if (slot_.is_connected()) slot_.clear();
  }

 private:
  boost::asio::cancellation_slot slot_;
};

/// Whether the coroutine was cancelled; asking does not throw.
inline bool is_cancelled(const boost::asio::cancellation_state& state) noexcept {
  return state.cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace monochord::net
