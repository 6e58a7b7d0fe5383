// SPDX-License-Identifier: MIT
// Clocks, simulations and the executor that never takes every thread.
#include <atomic>
#include <barrier>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>

#include "loop.hpp"
#include "net/limited_executor.hpp"
#include "net/side_threads.hpp"
#include "support/catch.hpp"
#include <monochord/run_blocking.hpp>

namespace monochord::net_test {
namespace {

namespace asio = boost::asio;

task<> note_at(testing::simulation& sim, duration after, int number, std::vector<int>& order) {
  const auto wait = sim.clock()->make_timer(sim.executor());
  const error_code error = co_await wait->wait_until(sim.clock()->now() + after);
  order.push_back(error ? -number : number);
}

TEST_CASE("a simulation moves time only when nothing can run, and to the next timer") {
  testing::simulation sim;
  std::vector<int> order;
  sim.spawn(note_at(sim, 30s, 3, order));
  sim.spawn(note_at(sim, 10s, 1, order));
  sim.spawn(note_at(sim, 10s, 2, order));
  sim.settle();
  CHECK(order.empty());
  CHECK(sim.elapsed() == 0s);
  CHECK(sim.clock()->pending() == 3);
  sim.run_until([&] { return !order.empty(); });
  CHECK(sim.elapsed() == 10s);
  sim.run_for(15s);
  CHECK(order == std::vector{1, 2});
  CHECK(sim.elapsed() == 25s);
  sim.run_until([&] { return order.size() == 3; });
  CHECK(sim.elapsed() == 30s);
  CHECK(order.back() == 3);
}

task<int> give(int value) { co_return value; }
task<int> give_text() { throw std::runtime_error("no value"); co_return 0; }
task<> wait_for_ever(testing::simulation& sim) {
  const auto wait = sim.clock()->make_timer(sim.executor());
  for (;;) {
    const error_code stopped = co_await wait->wait_until(sim.clock()->now() + 1h);
    if (stopped) throw error(errc::cancelled, "cancelled");
  }
}
task<> wait_for_nobody(bool& ended) {
  std::shared_ptr<net::parked> kept;
  const error_code woken = co_await net::park([&](std::shared_ptr<net::parked> wait) { kept = std::move(wait); });
  ended = static_cast<bool>(woken);
}

TEST_CASE("a simulation gives values, throws, and says what waits when nothing can progress") {
  testing::simulation sim;
  CHECK(sim.run(give(7)) == 7);
  CHECK_THROWS_WITH(sim.run(give_text()), "no value");
  bool ended = false;
  CHECK_THROWS_WITH(sim.run(wait_for_nobody(ended)), Catch::Contains("nothing can ever progress") &&
                                                        Catch::Contains("0 timers wait, 1 other operations"));
  CHECK(ended);  // it was cancelled
  CHECK_THROWS_WITH(sim.run(wait_for_ever(sim), 90min), Catch::Contains("not done after 3600") && Catch::Contains("1 timers"));
  sim.spawn([]() -> task<> { throw std::runtime_error("a spawned one failed"); co_return; }());
  CHECK_THROWS_WITH(sim.settle(), "a spawned one failed");
}

TEST_CASE("what waits when a simulation ends is destroyed with it") {
  const auto witness = std::make_shared<int>(1);
  {
    testing::simulation sim;
    const auto hold = [](std::shared_ptr<int> held, testing::simulation& in) -> task<> {
      co_await wait_for_ever(in);
      *held = 2;
    };
    sim.spawn(hold(witness, sim));
    sim.settle();
    CHECK(witness.use_count() == 2);
  }
  CHECK(witness.use_count() == 1);
}

task<int> block(std::promise<void>& started) {
  co_return co_await run_blocking([&] {
    started.set_value();
    return 42;
  });
}

TEST_CASE("time stands still while a blocking call or a hold is under way") {
  testing::simulation sim;
  std::vector<int> order;
  sim.spawn(note_at(sim, 1s, 1, order));
  std::promise<void> started;
  CHECK(sim.run(block(started)) == 42);
  CHECK(sim.elapsed() == 0s);

  std::promise<void> release;
  auto hold = std::make_unique<testing::manual_clock::hold>(sim.clock());
  CHECK(sim.clock()->holds() == 1);
  std::thread other([&] {
    release.get_future().wait();
    asio::post(sim.executor(), [&] { order.push_back(0); });
    hold.reset();
  });
  release.set_value();
  sim.run_until([&] { return order.size() == 2; });
  other.join();
  CHECK(order == std::vector{0, 1});
}

/// Blocks a thread until it is released; owns all that it touches.
struct blocker {
  std::promise<void> started, release;
  std::promise<void> ended;
  static std::function<void()> work(std::shared_ptr<blocker> self) {
    return [self] {
      self->started.set_value();
      self->release.get_future().wait();
      self->ended.set_value();
    };
  }
};

TEST_CASE("a call on a side thread gives its error, and time stands still meanwhile") {
  testing::simulation sim;
  net::side_threads threads(1);
  std::vector<int> order;
  sim.spawn(note_at(sim, 1s, 1, order));
  const auto other = std::this_thread::get_id();
  bool elsewhere = false;
  const std::function<void()> look = [&] { elsewhere = std::this_thread::get_id() != other; };
  const std::function<void()> fail = [] { throw error(errc::upload_failed, "gone"); };
  for (int i = 0; i < 20; ++i) {
    sim.run(threads.run(look));
    CHECK(sim.run(failure_of(threads.run(fail))).code == errc::upload_failed);
  }
  CHECK(elsewhere);
  CHECK(sim.elapsed() == 0s);
  CHECK(order.empty());
}

TEST_CASE("a call on a side thread that nobody wants any more is left alone, and one behind it never begins") {
  net::side_threads threads(1);
  asio::io_context context;
  const auto hung = std::make_shared<blocker>();
  bool begun = false;
  std::vector<error_code> seen;
  asio::cancellation_signal signals[2];
  const std::function<void()> works[] = {blocker::work(hung), [&begun] { begun = true; }};
  for (int i = 0; i < 2; ++i) {
    asio::co_spawn(context, failure_of(threads.run(works[i])),
                   asio::bind_cancellation_slot(signals[i].slot(), [&](std::exception_ptr, failure what) { seen.push_back(what.code); }));
  }
  context.poll();
  hung->started.get_future().wait();
  for (auto& signal : signals) asio::post(context, [&] { signal.emit(asio::cancellation_type::terminal); });
  context.run();  // returns although the thread still hangs
  CHECK(seen == std::vector<error_code>{errc::cancelled, errc::cancelled});
  hung->release.set_value();
  hung->ended.get_future().wait();
  context.restart();
  const std::function<void()> last = [] {};
  asio::co_spawn(context, threads.run(last), asio::detached);
  context.run();
  CHECK(!begun);
}

TEST_CASE("a side thread that comes back after its context has gone finds nobody") {
  net::side_threads threads(2);
  int destroyed = 0, resumed = 0;
  const auto wait_for = [&](std::function<void()> work) -> task<> {
    struct last {
      int& count;
      ~last() { ++count; }
    } const on_end{destroyed};
    co_await threads.run(std::move(work));
    ++resumed;
  };
  for (int i = 1; i <= 50; ++i) {
    const auto hung = std::make_shared<blocker>();
    auto context = std::make_unique<asio::io_context>();
    asio::co_spawn(*context, wait_for(blocker::work(hung)), asio::detached);
    context->poll();
    hung->started.get_future().wait();
    hung->release.set_value();  // so the two race
    context.reset();
    hung->ended.get_future().wait();
    REQUIRE(destroyed == i);  // with its context, not by the thread, which is another's
  }
  CHECK(resumed == 0);  // nobody ran the contexts any more
}

TEST_CASE("timers of the manual clock are cancelled by cancel, by destruction and with their coroutine") {
  testing::simulation sim;
  auto wait = sim.clock()->make_timer(sim.executor());
  std::vector<error_code> seen;
  const auto sleeper = [](timer& on, time_point when, std::vector<error_code>& into) -> task<> {
    into.push_back(co_await on.wait_until(when));
  };
  sim.spawn(sleeper(*wait, sim.clock()->now() + 1s, seen));
  sim.settle();
  wait->cancel();
  sim.settle();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0] == errc::cancelled);
  sim.spawn(sleeper(*wait, sim.clock()->now() + 1s, seen));
  sim.settle();
  wait.reset();
  sim.settle();
  REQUIRE(seen.size() == 2);
  CHECK(seen[1] == errc::cancelled);
  CHECK(sim.clock()->pending() == 0);
  wait = sim.clock()->make_timer(sim.executor());
  sim.spawn(sleeper(*wait, sim.clock()->now(), seen));  // already passed
  sim.settle();
  REQUIRE(seen.size() == 3);
  CHECK(!seen[2]);
  sim.clock()->step_utc(-1h);
  CHECK(sim.clock()->utc_now() == timestamp(std::chrono::sys_days{std::chrono::January / 1 / 2026} - 1h));
}

TEST_CASE("the system clock's timers complete and can be cancelled") {
  asio::io_context context;
  const auto time = system_clock();
  std::vector<error_code> seen;
  const auto sleeper = [](clock& on, timer& with, duration by, std::vector<error_code>& into) -> task<> {
    into.push_back(co_await with.wait_until(on.now() + by));
  };
  const auto soon = time->make_timer(context.get_executor());
  const auto late = time->make_timer(context.get_executor());
  asio::co_spawn(context, sleeper(*time, *soon, 1ms, seen), asio::detached);
  asio::co_spawn(context, sleeper(*time, *late, 1h, seen), [](std::exception_ptr) {});
  asio::post(context, [&] { late->cancel(); });
  context.run();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0] == errc::cancelled);
  CHECK(!seen[1]);
}

TEST_CASE("functions of a limited executor never occupy more threads than its limit") {
  asio::thread_pool pool(3);
  const auto limited = net::make_limited_executor(pool.get_executor(), 2);
  std::mutex mutex;
  std::condition_variable changed;
  int running = 0, most = 0, done = 0;
  bool open = false;
  for (int i = 0; i < 20; ++i) {
    asio::post(limited, [&] {
      std::unique_lock lock(mutex);
      most = std::max(most, ++running);
      changed.notify_all();
      changed.wait(lock, [&] { return open; });
      --running;
      ++done;
    });
  }
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return running == 2; });
  }
  std::promise<void> third;  // the third thread is free although 20 functions block
  asio::post(pool, [&] { third.set_value(); });
  third.get_future().wait();
  {
    const std::lock_guard lock(mutex);
    CHECK(running == 2);
    open = true;
    changed.notify_all();
  }
  pool.join();
  CHECK(done == 20);
  CHECK(most == 2);
}

TEST_CASE("a limited executor of one thread keeps the order") {
  asio::thread_pool pool(2);
  const auto limited = net::make_limited_executor(pool.get_executor(), 1);
  std::vector<int> order;  // needs no lock: that is the point
  for (int i = 0; i < 200; ++i) asio::post(limited, [&order, i] { order.push_back(i); });
  pool.join();
  REQUIRE(order.size() == 200);
  CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("short functions of a limited executor share a turn, and a long one gives it to others") {
  asio::io_context context(1);
  const auto limited = net::make_limited_executor(context.get_executor(), 1);
  std::string order;
  const auto run = [&](duration first) {
    order.clear();
    asio::post(limited, [&, first] {
      order += 'a';
      const auto ends = std::chrono::steady_clock::now() + first;
      while (std::chrono::steady_clock::now() < ends) continue;
    });
    asio::post(context, [&] { order += '|'; });
    asio::post(limited, [&] { order += 'b'; });
    context.restart();
    context.run();
    return order;
  };
  CHECK(run(20ms) == "a|b");  // however busy the machine is
  bool shared = false;
  for (int i = 0; i < 100 && !shared; ++i) shared = run(0s) == "ab|";
  CHECK(shared);
}

task<int> add_on(asio::any_io_executor on, int a, int b) {
  co_await asio::post(on, asio::use_awaitable);
  co_return a + b;
}

TEST_CASE("coroutines run on a limited executor, also on strands over it, and a throwing function gives its turn back") {
  asio::io_context context;
  const auto limited = net::make_limited_executor(context.get_executor(), 1);
  auto sum = asio::co_spawn(limited, add_on(asio::make_strand(limited), 2, 3), asio::use_future);
  asio::post(limited, [] { throw std::runtime_error("a handler"); });
  bool after = false;
  asio::post(limited, [&] { after = true; });
  int thrown = 0;
  for (bool again = true; again;) {
    try {
      context.run();
      again = false;
    } catch (const std::runtime_error&) {
      ++thrown;
    }
  }
  CHECK(thrown == 1);
  CHECK(after);
  CHECK(sum.get() == 5);
}

TEST_CASE("functions that wait when the pool is destroyed are destroyed with it") {
  const auto witness = std::make_shared<int>(0);
  {
    asio::io_context context;
    const auto limited = net::make_limited_executor(context.get_executor(), 1);
    for (int i = 0; i < 3; ++i) asio::post(limited, [witness, limited] { ++*witness; });
  }
  CHECK(witness.use_count() == 1);
  CHECK(*witness == 0);
}

}  // namespace
}  // namespace monochord::net_test
