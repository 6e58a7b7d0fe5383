// SPDX-License-Identifier: MIT
#include "net/deadline.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

namespace monochord::net {

namespace asio = boost::asio;

task<bool> run_before(clock& time, time_point deadline, task<> work) {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  const auto limit = time.make_timer(here);
  auto group = asio::experimental::make_parallel_group(
      asio::co_spawn(here, std::move(work), asio::deferred),
      asio::co_spawn(here, limit->wait_until(deadline), asio::deferred));
  const auto [order, work_error, timer_error, timer_result] =
      co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  // A timer that was itself cancelled means that the caller was: then the work says how it ended.
  if (order[0] == 1 && !timer_error && !timer_result) co_return false;
  if (work_error) std::rethrow_exception(work_error);
  co_return true;
}

}  // namespace monochord::net
