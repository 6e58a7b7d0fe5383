// SPDX-License-Identifier: MIT
// Handlers that work for too long, as the watch sees them; integration/waiting.cpp has those of a client.
#include <boost/asio/detached.hpp>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "dispatch/slow_watch.hpp"
#include "unit/dispatch/fixture.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::dispatch::slow_watch;
using lines = std::vector<std::string>;

namespace {

struct fixture : mc::tests::dispatch_fixture {
  explicit fixture(mc::duration limit = 5s) {
    watch = std::make_shared<slow_watch>(
        mc::dispatch::slow_watch_options{clock, limit,
                                         [this](mc::task<> work) {
                                           ++spawned;
                                           boost::asio::co_spawn(context, std::move(work), boost::asio::detached);
                                           return true;
                                         },
                                         [this](const mc::dispatch::slow_handler& one) {
                                           told.push_back(one.event + " " + std::to_string(one.where.line()));
                                         }});
  }
  /// Of a thread of its own, as most of the stripes are.
  slow_watch::mark& mark() {
    slow_watch::mark* made = nullptr;
    std::thread([&] { made = &marks.emplace_back(); }).join();
    return *made;
  }
  void begin(slow_watch::mark& one, std::string_view event, std::source_location where = std::source_location::current()) {
    watch->begin(one, event, where, clock->now());
    poll();
  }
  void advance(mc::duration time) {
    clock->advance(time);
    poll();
  }

  std::shared_ptr<slow_watch> watch;
  std::deque<slow_watch::mark> marks;
  lines told;
  int spawned = 0;
};

}  // namespace

TEST_CASE("who works for too long is told of once, with the event and the place, whatever thread it is of") {
  fixture f;
  auto &a = f.mark(), &b = f.mark(), &c = f.mark();
  const auto line = std::to_string(__LINE__ + 1);
  f.begin(a, "MESSAGE_CREATE");
  f.advance(1s);
  f.begin(b, "READY", std::source_location());
  f.begin(c, "TYPING_START");
  f.advance(3s);
  f.watch->end(c);
  CHECK(f.told.empty());
  f.advance(1s);
  CHECK(f.told == lines{"MESSAGE_CREATE " + line});
  f.advance(1s);
  CHECK(f.told == lines{"MESSAGE_CREATE " + line, "READY 0"});
  f.watch->end(a);
  f.begin(a, "MESSAGE_CREATE");  // goes on: was told of
  f.begin(c, "TYPING_START");    // was not
  f.advance(5s);
  CHECK(f.told.size() == 3);
  CHECK(f.told.back().starts_with("TYPING_START "));
  for (auto* const one : {&a, &b, &c}) f.watch->end(*one);
}

TEST_CASE("one watches all who work, however quick, and nobody does where nobody worked for long") {
  fixture f;
  auto &a = f.mark(), &b = f.mark();
  f.begin(a, "READY");
  f.begin(b, "READY");
  CHECK(f.spawned == 1);
  f.watch->end(a);
  f.watch->end(b);
  f.begin(a, "READY");
  f.watch->end(a);
  CHECK(f.spawned == 1);
  f.advance(5s);  // it finds nobody
  CHECK(f.told.empty());
  f.begin(a, "READY");
  CHECK(f.spawned == 2);
  f.advance(5s);
  CHECK(f.told.size() == 1);
  f.watch->end(a);
}

TEST_CASE("without a limit nobody is watched") {
  fixture f(mc::duration::max());
  f.begin(f.mark(), "READY");
  CHECK(f.spawned == 0);
}
