// SPDX-License-Identifier: MIT
#include "net/deadline.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

namespace monochord::net {

namespace asio = boost::asio;

task<bool> race(task<> work, task<error_code> end) {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  auto group = asio::experimental::make_parallel_group(asio::co_spawn(here, std::move(work), asio::deferred),
                                                       asio::co_spawn(here, std::move(end), asio::deferred));
  const auto [order, work_error, end_error, end_result] =
      co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  // An end that was itself cancelled means that the caller was: then the work says how it ended.
  if (order[0] == 1 && !end_error && !end_result) co_return false;
  if (work_error) std::rethrow_exception(work_error);
  co_return true;
}

task<bool> run_before(clock& time, time_point deadline, task<> work) {
  const auto limit = time.make_timer(co_await asio::this_coro::executor);
  co_return co_await race(std::move(work), limit->wait_until(deadline));
}

}  // namespace monochord::net
