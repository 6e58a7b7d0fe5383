// SPDX-License-Identifier: MIT
#include "net/next_in_line.hpp"

#include <boost/asio/defer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "net/limited_executor.hpp"
#include "net/strand.hpp"
#include "net/worker_threads.hpp"
#include "support/catch.hpp"

namespace asio = boost::asio;
namespace net = monochord::net;
using namespace std::chrono_literals;

namespace {

struct fixture {
  std::optional<asio::io_context> context{std::in_place, 2};
  std::string ran, dropped;
  std::mutex mutex;  // guards `ran` while several threads run

  void note(char name) {
    const std::lock_guard lock(mutex);
    ran += name;
  }

  /// Gone when it is called or dropped.
  class noted final : public net::queued_function {
   public:
    noted(fixture& in, char name, std::function<void()> what) : in_(in), name_(name), what_(std::move(what)) {}
    void call() override {
      const std::unique_ptr<noted> gone(this);
      in_.note(name_);
      if (what_) what_();
    }
    void drop() noexcept override {
      in_.dropped += name_;
      delete this;
    }

   private:
    fixture& in_;
    const char name_;
    const std::function<void()> what_;
  };

  bool take(char name, std::function<void()> what = {}, bool soon = false) {
    auto one = std::make_unique<noted>(*this, name, std::move(what));
    const bool taken = net::next_in_line::take(*context, *one, soon);
    if (taken) static_cast<void>(one.release());
    return taken;
  }
  void post(char name) {
    asio::post(*context, [this, name] { ran += name; });
  }
  /// Where a socket brought something.
  void came(std::function<void()> what) {
    asio::post(*context, [this, what = std::move(what)] { net::next_in_line::around(*context, what); });
  }
  void run(unsigned threads = 1) {
    context->restart();
    net::worker_threads(*context, threads).run();
  }
};

}  // namespace

TEST_CASE("what is begun where something came runs right after it, on the same thread, before all that waits") {
  fixture it;
  std::thread::id begun, done;
  it.came([&] {
    begun = std::this_thread::get_id();
    it.post('c');
    CHECK(it.take('a', [&] { done = std::this_thread::get_id(); }));
    CHECK(it.take('b'));
    CHECK(it.ran.empty());
  });
  it.run();
  CHECK(it.ran == "abc");
  CHECK(begun == done);
}

TEST_CASE("a few at a time, and the rest behind what waits, in its order") {
  fixture it;
  it.came([&] {
    it.post('x');
    for (const char name : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'}) CHECK(it.take(name));
  });
  it.came([&] { it.post('y'); });
  it.run();
  CHECK(it.ran.size() == 12);
  CHECK(it.ran.starts_with("abcd"));
  CHECK(it.ran.find('x') < it.ran.find('i'));
  std::erase_if(it.ran, [](char name) { return name >= 'x'; });
  CHECK(it.ran == "abcdefghij");
}

TEST_CASE("nothing is taken elsewhere, for another context, or while a function runs that does not return soon") {
  fixture it, other;
  CHECK_FALSE(it.take('a'));
  asio::post(*it.context, [&] { CHECK_FALSE(it.take('b', {}, true)); });
  it.came([&] {
    CHECK_FALSE(other.take('c', {}, true));
    CHECK(it.take('d', [&] {
      CHECK_FALSE(it.take('e'));
      CHECK(it.take('f', {}, true));
    }));
  });
  net::next_in_line::around(*it.context, [&] { CHECK_FALSE(it.take('g', {}, true)); });
  it.run();
  CHECK(it.ran == "df");
  CHECK(it.dropped.empty());
}

TEST_CASE("what waits behind one that is held up is run by whoever steps in, also where both wait for their turn again") {
  const bool in_queue = GENERATE(false, true);
  fixture it;
  std::promise<void> came;
  bool went_on = false;
  it.came([&] {
    // Not taken where the other thread happens to have stepped in already.
    const auto begin = [&](char name, std::function<void()> what) {
      if (!it.take(name, what)) asio::post(*it.context, what);
    };
    for (int i = 0; in_queue && i < 4; ++i) begin('.', [] {});
    begin('a', [&] { went_on = came.get_future().wait_for(10s) == std::future_status::ready; });
    begin('b', [] {});
    begin('c', [&] { came.set_value(); });
  });
  it.run(3);
  CHECK(went_on);
}

TEST_CASE("one that is held up in the queue holds up none of those behind it where others have joined already") {
  fixture it;
  std::promise<void> joined, came;
  int went_on = 0;
  const auto wait = [&](std::promise<void>& until) { went_on += until.get_future().wait_for(10s) == std::future_status::ready; };
  it.came([&] {
    const auto begin = [&](char name, std::function<void()> what) {
      if (!it.take(name, what)) asio::post(*it.context, what);
    };
    begin('a', [&] { wait(joined); });
    begin('b', [&] {
      joined.set_value();
      wait(came);
    });
    begin('c', [&] { came.set_value(); });
  });
  it.run(3);
  CHECK(went_on == 2);
}

TEST_CASE("what is deferred where something came does not stay with a thread that is held up") {
  const bool limited = GENERATE(true, false);
  fixture it;
  const asio::any_io_executor plain = it.context->get_executor();
  const asio::any_io_executor limit = net::make_limited_executor(plain, 2);
  const asio::any_io_executor one = limited ? limit : net::make_strand(plain), other = limited ? limit : net::make_strand(plain);
  std::promise<void> came;
  bool went_on = false;
  it.came([&] {
    asio::defer(one, [&] { went_on = came.get_future().wait_for(10s) == std::future_status::ready; });
    asio::defer(other, [&] { came.set_value(); });
  });
  it.run(3);
  CHECK(went_on);
}

TEST_CASE("a strand that somebody went through who is held up then does not stay with him, nor does a limit's turn") {
  enum class by { strand_in_limit, strand_in_context, limit };
  const auto what = GENERATE(by::strand_in_limit, by::strand_in_context, by::limit);
  const bool behind = GENERATE(false, true);  // where something came, or in its turn
  fixture it;
  const asio::any_io_executor plain = it.context->get_executor();
  const asio::any_io_executor limit = net::make_limited_executor(plain, 2);
  const asio::any_io_executor strand = net::make_strand(plain);
  std::promise<void> came;
  bool went_on = false;
  const auto begin = [&] {
    const auto let_go = [&] { came.set_value(); };
    const auto hold = [&] { went_on = came.get_future().wait_for(10s) == std::future_status::ready; };
    const auto go_through = [&, let_go, hold] {
      asio::dispatch(strand, [&, let_go] { asio::post(strand, let_go); });
      hold();
    };
    if (what == by::strand_in_limit) return asio::post(limit, go_through);
    if (what == by::strand_in_context) return asio::post(plain, go_through);
    asio::post(limit, [&, let_go] { asio::defer(limit, let_go); });
    asio::post(limit, hold);
  };
  if (behind) it.came(begin);
  else begin();
  it.run(3);
  CHECK(went_on);
}

TEST_CASE("one that throws takes nothing from those behind it") {
  fixture it;
  it.came([&] {
    CHECK(it.take('a', [] { throw std::runtime_error("thrown"); }));
    CHECK(it.take('b'));
  });
  CHECK_THROWS_AS(it.run(), std::runtime_error);
  it.came([&] {
    CHECK(it.take('c'));
    throw std::logic_error("thrown where it came");
  });
  CHECK_THROWS_AS(it.run(), std::logic_error);
  it.run();
  CHECK(it.ran == "abc");
  CHECK(it.dropped.empty());
}

TEST_CASE("what has not begun when the context is stopped waits for it to run again, or goes with it") {
  const bool again = GENERATE(true, false);
  fixture it;
  it.came([&] {
    CHECK(it.take('a', [&] { it.context->stop(); }));
    CHECK(it.take('b'));
  });
  it.run();
  CHECK(it.ran == "a");
  CHECK(it.dropped.empty());
  if (again) it.run();
  it.context.reset();
  CHECK(it.ran == (again ? "ab" : "a"));
  CHECK(it.dropped == (again ? "" : "b"));
}

TEST_CASE("a limited executor's function that is begun where something came is run there, another one at its turn") {
  fixture it;
  const asio::any_io_executor limited = net::make_limited_executor(it.context->get_executor(), 1);
  it.came([&] {
    it.post('c');
    asio::post(limited, [&] {
      it.ran += 'a';
      asio::post(limited, [&] { it.ran += 'b'; });
    });
  });
  it.run();
  CHECK(it.ran == "abc");
  asio::post(limited, [&] { it.ran += 'd'; });
  it.run();
  CHECK(it.ran == "abcd");
}
