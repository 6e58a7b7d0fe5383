// SPDX-License-Identifier: MIT
#include "net/task_group.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "net/limited_executor.hpp"
#include "net/strand.hpp"
#include "support/catch.hpp"
#include <monochord/testing/manual_clock.hpp>
#include <optional>
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

TEST_CASE("what the error handler throws comes out of run(), and the task has ended all the same") {
  boost::asio::io_context context(1);
  const auto fails = []() -> mc::task<> {
    throw std::runtime_error("failed");
    co_return;
  };
  const bool limited = GENERATE(false, true);
  boost::asio::any_io_executor on = context.get_executor();
  if (limited) on = net::make_limited_executor(on, 1);
  const auto group =
      std::make_shared<net::task_group>(on, [](std::exception_ptr) { throw std::logic_error("the handler failed"); });
  REQUIRE(group->spawn(fails()));
  CHECK_THROWS_AS(context.run(), std::logic_error);
  CHECK(group->running() == 0);
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
    auto joined = boost::asio::co_spawn(net::make_strand(threads.get_executor()),
                                        group->join(*time, time->now() + 30s), boost::asio::use_future);
    REQUIRE(joined.get());
  }
}

namespace {

struct note final : net::short_job {
  note(std::vector<std::string>& list, std::string name) : to(list), what(std::move(name)) {}
  ~note() override { to.push_back("end of " + what); }
  void run() override {
    to.push_back(what);
    if (what == "bad") throw std::runtime_error("failed");
  }
  void drop() noexcept override { to.push_back("no " + what); }
  std::vector<std::string>& to;
  const std::string what;
};

mc::task<> noted(std::vector<std::string>& to) {
  to.push_back("task");
  co_return;
}

}  // namespace

TEST_CASE("jobs begin in their order, a task behind them too, and join waits for them") {
  fixture f;
  std::vector<std::string> seen;
  CHECK(f.group->run(std::make_shared<note>(seen, "a")));
  CHECK(f.group->run(std::make_shared<note>(seen, "bad")));
  CHECK(f.group->spawn(noted(seen)));
  CHECK(f.group->running() == 3);
  CHECK(seen.empty());  // nothing runs within the call
  CHECK(f.join(1h));
  CHECK(seen == std::vector<std::string>{"a", "end of a", "bad", "end of bad", "task"});
  CHECK(f.errors.size() == 1);
  CHECK(f.group->running() == 0);
}

TEST_CASE("jobs that have not begun are dropped when the group is cancelled, and none is taken when it is closed") {
  fixture f;
  std::vector<std::string> seen;
  CHECK(f.group->run(std::make_shared<note>(seen, "a")));
  f.group->close();
  CHECK(!f.group->run(std::make_shared<note>(seen, "b")));
  f.group->cancel();
  CHECK(f.join(1h));
  CHECK(seen == std::vector<std::string>{"end of b", "no a", "end of a"});
  CHECK(f.group->running() == 0);
  CHECK(f.errors.empty());
}

TEST_CASE("jobs that wait go with the executor") {
  const bool limited = GENERATE(false, true);
  std::vector<std::string> seen;
  std::weak_ptr<net::task_group> group;
  {
    boost::asio::io_context context;
    const boost::asio::any_io_executor pool = context.get_executor();
    const auto made = std::make_shared<net::task_group>(limited ? net::make_limited_executor(pool, 1) : pool, nullptr);
    group = made;
    CHECK(made->run(std::make_shared<note>(seen, "a")));
    CHECK(made->run(std::make_shared<note>(seen, "b")));
  }
  CHECK(seen == std::vector<std::string>{"no a", "end of a", "no b", "end of b"});
  CHECK(group.expired());
}

TEST_CASE("jobs and functions of a limited executor begin in one order, and a job comes again once it is over") {
  boost::asio::io_context context;
  const auto limited = net::make_limited_executor(context.get_executor(), 1);
  std::vector<std::string> seen;
  int failed = 0;
  const auto group = std::make_shared<net::task_group>(limited, [&](std::exception_ptr) { ++failed; });
  const auto twice = std::make_shared<note>(seen, "a");
  CHECK(group->run(twice));
  boost::asio::post(limited, [&] {
    seen.push_back("function");
    CHECK(group->run(twice));
  });
  CHECK(group->run(std::make_shared<note>(seen, "bad")));
  CHECK(seen.empty());
  context.run();
  CHECK(seen == std::vector<std::string>{"a", "function", "bad", "end of bad", "a"});
  CHECK(failed == 1);
  CHECK(group->running() == 0);
}

TEST_CASE("jobs occupy as many threads as the executor has, each from its own start on") {
  struct meeting {
    std::mutex mutex;
    std::condition_variable all_here;
    int here = 0;
    int met = 0;
  } place;
  constexpr int many = 8;  // more than there are cores
  struct visitor final : net::short_job {
    explicit visitor(meeting& at) : where(at) {}
    void run() override {
      std::unique_lock lock(where.mutex);
      if (++where.here == many) where.all_here.notify_all();
      where.met += where.all_here.wait_for(lock, 20s, [&] { return where.here == many; }) ? 1 : 0;
    }
    void drop() noexcept override {}
    meeting& where;
  };
  boost::asio::thread_pool pool(many);
  const auto group = std::make_shared<net::task_group>(pool.get_executor(), nullptr);
  for (int i = 0; i < many; ++i) group->run(std::make_shared<visitor>(place));
  pool.join();
  CHECK(place.met == many);  // none waits for one that another was put behind
}

TEST_CASE("jobs of several threads all run, each once, and whoever joins is told of the last") {
  struct count final : net::short_job {
    explicit count(std::atomic<int>& all) : to(all) {}
    void run() override { ++to; }
    void drop() noexcept override {}
    std::atomic<int>& to;
  };
  const auto time = mc::system_clock();
  boost::asio::thread_pool pool(4);
  for (int round = 1; round <= 50; ++round) {
    std::atomic<int> ran{0};
    const boost::asio::any_io_executor all = pool.get_executor();
    const auto group = std::make_shared<net::task_group>(round % 2 == 0 ? all : net::make_limited_executor(all, 3), nullptr);
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
      threads.emplace_back([&] {
        for (int j = 0; j < 200; ++j) group->run(std::make_shared<count>(ran));
      });
    for (auto& one : threads) one.join();
    auto joined = boost::asio::co_spawn(net::make_strand(pool.get_executor()), group->join(*time, time->now() + 30s), boost::asio::use_future);
    REQUIRE(joined.get());
    REQUIRE(ran == 600);
    REQUIRE(group->running() == 0);
  }
}

TEST_CASE("whoever joins a group waits for what comes before it learns that the group was empty") {
  struct nothing final : net::short_job {
    void run() override {}
    void drop() noexcept override {}
  };
  boost::asio::io_context context, pool;
  const auto group = std::make_shared<net::task_group>(pool.get_executor(), nullptr);
  mc::testing::manual_clock time;
  group->run(std::make_shared<nothing>());
  std::optional<bool> joined;
  boost::asio::co_spawn(context, group->join(time, mc::time_point::max()), [&](std::exception_ptr, bool all) { joined = all; });
  context.poll();
  pool.run();  // the job ends, and says so
  group->run(std::make_shared<nothing>());
  context.restart();
  context.poll();
  CHECK_FALSE(joined);
  pool.restart();
  pool.run();
  context.restart();
  context.poll();
  CHECK(joined == std::optional(true));
}

namespace {

struct long_note final : net::long_job {
  long_note(std::vector<std::string>& list, std::string name, std::function<mc::task<>()> work)
      : to(list), what(std::move(name)), work(std::move(work)) {}
  ~long_note() override { to.push_back("end of " + what); }
  mc::task<> start() override {
    to.push_back(what);
    return work();
  }
  void ended(std::exception_ptr error, bool was_cancelled) override {
    to.push_back(what + " ended" + (was_cancelled ? ", cancelled" : ""));
    if (error) std::rethrow_exception(error);
  }
  void drop() noexcept override { to.push_back("no " + what); }
  std::vector<std::string>& to;
  const std::string what;
  const std::function<mc::task<>()> work;
};

/// Somebody whose strand it is.
struct somebody final : net::place_holder {
  void wait() noexcept override {}
  void go_on() noexcept override {}
  void cut_short() noexcept override {}
};

}  // namespace

TEST_CASE("a job that waits is told of its end on its strand, and is gone for whoever joins") {
  fixture f;
  std::vector<std::string> seen;
  const auto holder = std::make_shared<somebody>();
  std::shared_ptr<net::place_holder> found;
  const auto look = [&]() -> mc::task<> {
    found = net::holder_of(co_await boost::asio::this_coro::executor);
    co_await f.work(2s);
    seen.push_back("goes on");
  };
  CHECK(f.group->spawn(std::make_shared<long_note>(seen, "a", look), holder));
  CHECK(f.group->running() == 1);
  CHECK(seen.empty());  // nothing runs within the call
  CHECK(f.join(1h));
  CHECK(f.sim.elapsed() == 2s);
  CHECK(found == holder);
  CHECK(seen == std::vector<std::string>{"a", "goes on", "a ended", "end of a"});
  CHECK(f.errors.empty());
}

TEST_CASE("what a job throws as it starts is told to it like what it throws later, and its own way out is the error handler") {
  fixture f;
  std::vector<std::string> seen;
  const auto at_once = []() -> mc::task<> { throw std::runtime_error("failed"); };
  CHECK(f.group->spawn(std::make_shared<long_note>(seen, "a", at_once), nullptr));
  CHECK(f.join(1h));
  CHECK(f.group->spawn(std::make_shared<long_note>(seen, "b", [&] { return f.fail_after(1s); }), nullptr));
  CHECK(f.join(1h));
  CHECK(seen == std::vector<std::string>{"a", "a ended", "end of a", "b", "b ended", "end of b"});
  CHECK(f.errors.size() == 2);
}

TEST_CASE("a job that waits for nothing ends in the turn in which it began") {
  boost::asio::io_context context;
  const auto limited = net::make_limited_executor(context.get_executor(), 1);
  const auto group = std::make_shared<net::task_group>(limited, nullptr);
  std::vector<std::string> seen;
  const auto at_once = []() -> mc::task<> { co_return; };
  CHECK(group->spawn(std::make_shared<long_note>(seen, "a", at_once), nullptr));
  boost::asio::post(limited, [&] { seen.push_back("behind it"); });
  context.run();
  CHECK(seen == std::vector<std::string>{"a", "a ended", "end of a", "behind it"});
  CHECK(group->running() == 0);
}

TEST_CASE("a job learns that it was cancelled whatever it makes of that, and nothing is done with one after close") {
  fixture f;
  std::vector<std::string> seen;
  CHECK(f.group->spawn(std::make_shared<long_note>(seen, "a", [&] { return f.stubborn(3s); }), nullptr));
  f.sim.settle();
  f.group->close();
  CHECK_FALSE(f.group->spawn(std::make_shared<long_note>(seen, "b", [&] { return f.work(1s); }), nullptr));
  f.group->cancel();
  CHECK(f.join(1h));
  CHECK(f.sim.elapsed() == 3s);
  CHECK(seen == std::vector<std::string>{"a", "end of b", "a ended, cancelled", "end of a"});
  CHECK(f.errors.empty());
}

TEST_CASE("jobs that wait are dropped with the executor, begun or not") {
  const bool limited = GENERATE(false, true);
  std::vector<std::string> seen;
  std::weak_ptr<net::task_group> group;
  {
    boost::asio::io_context context;
    const boost::asio::any_io_executor pool = context.get_executor();
    const auto made = std::make_shared<net::task_group>(limited ? net::make_limited_executor(pool, 1) : pool, nullptr);
    group = made;
    mc::testing::manual_clock time;
    const auto forever = [&]() -> mc::task<> {
      const auto wait = time.make_timer(co_await boost::asio::this_coro::executor);
      co_await wait->wait_until(mc::time_point::max());
    };
    CHECK(made->spawn(std::make_shared<long_note>(seen, "a", forever), std::make_shared<somebody>()));
    context.poll();
    CHECK(made->spawn(std::make_shared<long_note>(seen, "b", forever), nullptr));
  }
  std::sort(seen.begin() + 1, seen.end());
  CHECK(seen == std::vector<std::string>{"a", "end of a", "end of b", "no a", "no b"});
  CHECK(group.expired());
}
