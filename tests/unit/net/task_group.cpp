// SPDX-License-Identifier: MIT
#include "net/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include <monochord/testing/simulation.hpp>

namespace mc = monochord;
namespace net = mc::net;
using namespace std::chrono_literals;

namespace {

struct fixture {
  mc::task<> sleep(mc::duration time) {
    const auto here = co_await boost::asio::this_coro::executor;
    const auto wait = sim.clock()->make_timer(here);
    if (co_await wait->wait_until(sim.clock()->now() + time)) throw mc::error(mc::errc::cancelled, "cancelled");
  }
  mc::task<> work(mc::duration time) {
    co_await sleep(time);
    ++done;
  }
  mc::task<> fail_after(mc::duration time) {
    co_await sleep(time);
    throw std::runtime_error("failed");
  }
  mc::task<> stubborn(mc::duration time) {
    try {
      co_await sleep(24h);
    } catch (const mc::error&) {
      ++stubborn_seen;
    }
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
    co_await sleep(time);
    ++done;
  }
  bool join(mc::duration limit) { return sim.run(group->join(*sim.clock(), sim.clock()->now() + limit)); }

  mc::testing::simulation sim;
  int done = 0, stubborn_seen = 0;
  std::vector<std::exception_ptr> errors;
  std::shared_ptr<net::task_group> group =
      std::make_shared<net::task_group>(sim.executor(), [this](std::exception_ptr error) { errors.push_back(error); });
};

}  // namespace

TEST_CASE("join returns when the last task ends, at once when there is none") {
  fixture f;
  CHECK(f.join(1h));
  f.group->spawn(f.work(3s));
  f.group->spawn(f.work(5s));
  CHECK(f.group->running() == 2);
  CHECK(f.join(1h));
  CHECK(f.sim.elapsed() == 5s);
  CHECK(f.done == 2);
}

TEST_CASE("join gives up at its deadline and can be called again") {
  fixture f;
  f.group->spawn(f.work(10s));
  CHECK(!f.join(4s));
  CHECK(f.sim.elapsed() == 4s);
  CHECK(f.join(1h));
  CHECK(f.sim.elapsed() == 10s);
}

TEST_CASE("an error is reported, the cancellation that was asked for is not") {
  fixture f;
  f.group->spawn(f.fail_after(1s));
  f.group->spawn(f.work(1h));
  f.sim.run_for(2s);
  CHECK(f.errors.size() == 1);
  f.group->cancel();
  CHECK(f.join(1s));
  CHECK(f.errors.size() == 1);
  CHECK(f.done == 0);
  CHECK(f.sim.elapsed() == 2s);
}

TEST_CASE("a task may take its time to end after it was cancelled") {
  fixture f;
  f.group->spawn(f.stubborn(3s));
  f.sim.settle();
  f.group->cancel();
  CHECK(!f.join(2s));
  CHECK(f.stubborn_seen == 1);
  CHECK(f.join(2s));
  CHECK(f.done == 1);
}

TEST_CASE("after close nothing starts, what runs goes on") {
  fixture f;
  f.group->spawn(f.work(1s));
  f.group->close();
  CHECK(!f.group->spawn(f.work(1s)));
  CHECK(f.join(1h));
  CHECK(f.done == 1);
}

TEST_CASE("a task that is spawned while the group is cancelled from another thread ends") {
  boost::asio::thread_pool threads(3);
  const auto time = mc::system_clock();
  const auto forever = [](std::shared_ptr<mc::clock> time) -> mc::task<> {
    const auto wait = time->make_timer(co_await boost::asio::this_coro::executor);
    if (co_await wait->wait_until(mc::time_point::max())) throw mc::error(mc::errc::cancelled, "cancelled");
  };
  for (int i = 0; i < 300; ++i) {
    const auto group = std::make_shared<net::task_group>(threads.get_executor(), [](std::exception_ptr) {});
    std::thread canceller([&] {
      group->close();
      group->cancel();
    });
    for (int k = 0; k < 4; ++k) group->spawn(forever(time));
    canceller.join();
    auto joined = boost::asio::co_spawn(threads, group->join(*time, time->now() + 30s), boost::asio::use_future);
    REQUIRE(joined.get());
  }
}
