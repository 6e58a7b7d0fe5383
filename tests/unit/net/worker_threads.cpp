// SPDX-License-Identifier: MIT
#include "net/worker_threads.hpp"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <future>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "net/limited_executor.hpp"
#include "support/catch.hpp"

namespace asio = boost::asio;
namespace net = monochord::net;
using namespace std::chrono_literals;

namespace {

struct fixture {
  asio::io_context context{2};
  asio::executor_work_guard<asio::io_context::executor_type> keeps{context.get_executor()};
  asio::any_io_executor user = net::make_limited_executor(context.get_executor(), 1);

  /// A function that goes on when another one, which comes behind it, has run. Ends the run; true when it did not wait
  /// in vain.
  void hold_up() {
    asio::post(user, [this] {
      asio::post(context, [this] { came.set_value(); });
      went_on = came.get_future().wait_for(10s) == std::future_status::ready;
      context.stop();
    });
  }

  std::promise<void> came;
  bool went_on = false;
};

/// Which threads ran something, until there are enough of them or it takes too long.
class seen_threads {
 public:
  seen_threads(asio::io_context& of, std::size_t enough) : of_(of), enough_(enough) {}
  void note() {
    const std::lock_guard lock(mutex_);
    all_.insert(std::this_thread::get_id());
    if (all_.size() == enough_ || std::chrono::steady_clock::now() > ends_) of_.stop();
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return all_.size();
  }

 private:
  asio::io_context& of_;
  const std::size_t enough_;
  const std::chrono::steady_clock::time_point ends_ = std::chrono::steady_clock::now() + 10s;
  mutable std::mutex mutex_;
  std::set<std::thread::id> all_;
};

}  // namespace

TEST_CASE("a function that is held up holds up nothing that comes behind it") {
  fixture on;
  net::worker_threads threads(on.context, 2);
  on.hold_up();
  threads.run();
  CHECK(on.went_on);
}

TEST_CASE("neither does one that comes when there was nothing to do for long") {
  fixture on;
  net::worker_threads threads(on.context, 2);
  asio::steady_timer later(on.context, 30 * net::worker_threads::tick);
  later.async_wait([&](const boost::system::error_code&) { on.hold_up(); });
  threads.run();
  CHECK(on.went_on);
}

TEST_CASE("nor one that comes from elsewhere, of which nobody says that it is work") {
  fixture on;
  net::worker_threads threads(on.context, 2);
  std::thread elsewhere([&] {
    std::this_thread::sleep_for(30 * net::worker_threads::tick);  // all are asleep
    asio::post(on.context, [&] {
      asio::post(on.context, [&] { on.came.set_value(); });
      on.went_on = on.came.get_future().wait_for(10s) == std::future_status::ready;
      on.context.stop();
    });
  });
  threads.run();
  elsewhere.join();
  CHECK(on.went_on);
}

TEST_CASE("whoever stepped in for one that did not say what it is with goes back when that is over") {
  fixture on;
  net::worker_threads threads(on.context, 2);
  const auto first = std::this_thread::get_id();
  bool is_alone = false;
  std::thread elsewhere([&] {
    std::this_thread::sleep_for(30 * net::worker_threads::tick);  // all are asleep
    std::promise<void> over;
    asio::post(on.context, [&] {
      asio::post(on.context, [&] { on.came.set_value(); });
      on.went_on = on.came.get_future().wait_for(10s) == std::future_status::ready;
      over.set_value();
    });
    over.get_future().wait();
    const auto ends = std::chrono::steady_clock::now() + 10s;
    for (int alone = 0; alone < 20 && std::chrono::steady_clock::now() < ends;) {  // so often in a row
      std::this_thread::sleep_for(net::worker_threads::tick);
      std::promise<std::thread::id> who;
      asio::post(on.context, [&] { who.set_value(std::this_thread::get_id()); });
      alone = who.get_future().get() == first ? alone + 1 : 0;
    }
    is_alone = std::chrono::steady_clock::now() < ends;
    on.context.stop();
  });
  threads.run();
  elsewhere.join();
  CHECK(on.went_on);
  CHECK(is_alone);
}

TEST_CASE("what comes is run all the time while a thread is held up that does not say so, and others have joined") {
  fixture on;
  net::worker_threads threads(on.context, 3);
  asio::post(on.context, [&] { on.went_on = on.came.get_future().wait_for(10s) == std::future_status::ready; });
  std::atomic<int> ran{0}, late{0};
  std::thread asks([&] {
    const auto begin = std::chrono::steady_clock::now();
    for (auto now = begin; now < begin + 3s; now = std::chrono::steady_clock::now()) {
      asio::post(on.context, [&, now] {
        ++ran;
        if (std::chrono::steady_clock::now() > now + 50ms) ++late;
      });
      std::this_thread::sleep_for(20ms);
    }
    on.came.set_value();
    asio::post(on.context, [&] { on.context.stop(); });
  });
  threads.run();
  asks.join();
  CHECK(on.went_on);
  CHECK(ran > 20);
  CHECK(late <= ran / 4);  // those before somebody had joined, and what a busy machine does
}

TEST_CASE("all threads work when there is work for all") {
  for (const unsigned count : {1U, 2U, 3U}) {
    fixture on;
    net::worker_threads threads(on.context, count);
    seen_threads seen(on.context, count);
    std::function<void()> work = [&] {
      seen.note();
      const auto until = std::chrono::steady_clock::now() + net::worker_threads::late;
      while (std::chrono::steady_clock::now() < until) continue;
      asio::post(on.context, work);
    };
    for (int i = 0; i < 8; ++i) asio::post(on.context, work);
    threads.run();
    CHECK(seen.count() == count);
  }
}

TEST_CASE("several threads work where each function waits a little for something else") {
  fixture on;
  net::worker_threads threads(on.context, 2);
  seen_threads seen(on.context, 2);
  std::function<void()> work = [&] {
    const net::worker_threads::working now;
    seen.note();
    std::this_thread::sleep_for(2 * net::worker_threads::late);
    asio::post(on.context, work);
  };
  for (int i = 0; i < 4; ++i) asio::post(on.context, work);
  threads.run();
  CHECK(seen.count() == 2);
}

TEST_CASE("several threads work where functions wait in another queue") {
  fixture on;
  const auto user = net::make_limited_executor(on.context.get_executor(), 2);
  net::worker_threads threads(on.context, 3, user);
  seen_threads seen(on.context, 2);
  std::function<void()> work = [&] {
    seen.note();
    const auto until = std::chrono::steady_clock::now() + 100us;
    while (std::chrono::steady_clock::now() < until) continue;
    asio::post(user, work);
  };
  for (int i = 0; i < 100; ++i) asio::post(user, work);  // of which the context has two at a time
  threads.run();
  CHECK(seen.count() == 2);
}

TEST_CASE("what a function throws comes out where the threads are run") {
  fixture on;
  net::worker_threads threads(on.context, 2);
  asio::post(on.context, [] { throw std::runtime_error("thrown"); });
  CHECK_THROWS_WITH(threads.run(), "thrown");
}

TEST_CASE("also what is thrown on a thread that has joined") {
  fixture on;
  net::worker_threads threads(on.context, 2);
  bool joined = false;
  asio::post(on.context, [&] {
    const net::worker_threads::working now;
    asio::post(on.context, [&, first = std::this_thread::get_id()] {
      joined = std::this_thread::get_id() != first;
      on.came.set_value();
      throw std::runtime_error("thrown elsewhere");
    });
    on.went_on = on.came.get_future().wait_for(10s) == std::future_status::ready;
  });
  CHECK_THROWS_WITH(threads.run(), "thrown elsewhere");
  CHECK(on.went_on);
  CHECK(joined);
}
