// SPDX-License-Identifier: MIT
#include "net/deadline.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "net/parked.hpp"

namespace monochord::net {

namespace asio = boost::asio;

task<bool> race(task<> work, task<error_code> end) {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  auto group = asio::experimental::make_parallel_group(asio::co_spawn(here, std::move(work), asio::deferred),
                                                       asio::co_spawn(here, std::move(end), asio::deferred));
  const auto [order, work_error, end_error, end_result] =
      co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  if (order[0] == 1 && !end_error && !end_result) co_return false;
  // An end that was itself cancelled means that the caller was: then the work says how it ended.
  const auto state = co_await asio::this_coro::cancellation_state;
  if (order[0] == 1 && end_error && !is_cancelled(state)) std::rethrow_exception(end_error);
  if (work_error) std::rethrow_exception(work_error);
  co_return true;
}

task<bool> run_before(clock& time, time_point deadline, task<> work) {
  const auto limit = time.make_timer(co_await asio::this_coro::executor);
  co_return co_await race(std::move(work), limit->wait_until(deadline));
}

task<> run_on(asio::any_io_executor there, task<> work) {
  struct shared {
    asio::cancellation_signal cancel;  // on `there`, like all of this but `waiting`
    std::exception_ptr error;
    bool done = false;
    std::shared_ptr<parked> waiting;
  };
  const auto state = std::make_shared<shared>();
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  const abort_on_cancel guard(cancellation, [state, there] {
    asio::post(there, [state] {
      if (!state->done) state->cancel.emit(asio::cancellation_type::terminal);
    });
  });
  struct orphaned {
    std::shared_ptr<shared> work;
    asio::any_io_executor there;
    ~orphaned() {
      if (!work) return;
      asio::post(there, [work = std::move(work)] {
        if (!work->done) work->cancel.emit(asio::cancellation_type::terminal);
      });
    }
  } gone{state, there};  // with the context that the caller waits in: then nobody wants it any more
  auto token = uncancelled();
  co_await asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
      [&](auto done) {
        state->waiting = parked::make(parked::handler(std::move(done)), here, {}, true);
        asio::co_spawn(there, std::move(work),
                       asio::bind_cancellation_slot(state->cancel.slot(), [state](std::exception_ptr error) {
                         state->done = true;
                         state->error = std::move(error);
                         std::exchange(state->waiting, nullptr)->complete();
                       }));
      },
      token);
  gone.work = nullptr;
  if (state->error) std::rethrow_exception(state->error);
}

}  // namespace monochord::net
