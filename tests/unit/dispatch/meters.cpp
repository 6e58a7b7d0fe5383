// SPDX-License-Identifier: MIT
// What is counted of events and of handlers.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <monochord/model/events.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "dispatch/dispatcher.hpp"
#include "dispatch/event_tally.hpp"
#include "dispatch/handler_meter.hpp"
#include "support/catch.hpp"

namespace asio = boost::asio;
namespace mc = monochord;
using namespace std::chrono_literals;
using namespace monochord::dispatch;

namespace {

/// A clock that a test sets.
struct set_clock final : mc::clock {
  mc::time_point now() const noexcept override { return time; }
  mc::timestamp utc_now() const noexcept override { return {}; }
  std::unique_ptr<mc::timer> make_timer(asio::any_io_executor) override { return nullptr; }
  mc::time_point time{1h};
};

struct measured {
  measured() {
    dispatcher_options how;
    how.spawn = [this](std::shared_ptr<mc::net::long_job> one, std::shared_ptr<mc::net::place_holder> holder) {
      return jobs->spawn(std::move(one), std::move(holder));
    };
    how.run = [this](std::shared_ptr<mc::net::short_job> one) { return jobs->run(std::move(one)); };
    how.clock = time;
    how.max_running = 100;
    how.meter = meter;
    events = std::make_shared<dispatcher>(std::move(how));
  }
  template <class E, class F>
  void on(F f) {
    events->add(mc::event_type_of<E>(), std::make_unique<mc::detail::typed_handler<E, F>>(std::move(f)));
  }
  void deliver() {
    constexpr std::string_view deletion = R"({"id":"7","channel_id":"8","guild_id":"9"})";
    events->deliver({0, 1, "MESSAGE_DELETE", deletion}, {deletion.data(), deletion.size(), deletion.size()});
  }

  asio::io_context context;
  std::shared_ptr<mc::net::task_group> jobs = std::make_shared<mc::net::task_group>(context.get_executor(), nullptr);
  std::shared_ptr<set_clock> time = std::make_shared<set_clock>();
  std::shared_ptr<handler_meter> meter = std::make_shared<handler_meter>(time);
  std::shared_ptr<dispatcher> events;
};

}  // namespace

TEST_CASE("each event has a number of its own, and every other name has one together") {
  std::set<std::size_t> seen;
  for (const auto name : event_names) {
    const auto number = event_number(name);
    CHECK(event_name(number) == name);
    seen.insert(number);
  }
  CHECK(seen.size() == event_count);
  CHECK(event_count >= 80);
  CHECK(event_number("MESSAGE_CREATE") != event_number("MESSAGE_DELETE"));
  for (const std::string name :
       {"", "R", "MESSAGE", "MESSAGE_CREATED", "message_create", "MESSAGE_CREATE ", "GUILD_X_CREATE", "READYREADY"})
    CHECK(event_number(name) == unknown_event);
  // The same ends, the same length, another middle.
  CHECK(event_number("GUILD_MEMBERS_CHONK") == unknown_event);
  std::string other = "GUILD_MEMBERS_CHUNK";
  other[10] = '\0';
  CHECK(event_number(other) == unknown_event);
  CHECK(event_name(unknown_event) == "other");
}

TEST_CASE("events are counted on many threads, and none is lost") {
  event_tally all;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&all, i] {
      for (int n = 0; n < 10'000; ++n)
        all.count(n % 2 == 0 ? "MESSAGE_CREATE" : i % 2 == 0 ? "TYPING_START" : "NEWER_THAN_THIS");
    });
  }
  threads.clear();
  CHECK(all.of(event_number("MESSAGE_CREATE")) == 60'000);
  CHECK(all.of(event_number("TYPING_START")) == 30'000);
  CHECK(all.of(unknown_event) == 30'000);
  CHECK(all.of(event_number("READY")) == 0);
}

TEST_CASE("a handler is measured from its first step to its end, whatever that is") {
  measured m;
  bool fails = false;
  m.on<mc::message_delete>([&](const mc::message_delete&) -> mc::task<> {
    CHECK(m.meter->at_work() == 1);
    m.time->time += 30ms;
    if (fails) throw std::runtime_error("broken");
    co_return;
  });
  m.deliver();
  CHECK(m.events->running() == 1);
  CHECK(m.meter->at_work() == 0);  // it has not begun
  m.time->time += 5s;              // which nobody counts
  m.context.poll();
  CHECK(m.meter->at_work() == 0);
  fails = true;
  m.deliver();
  m.context.restart();
  m.context.poll();

  const auto seen = m.meter->look();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].type == "MESSAGE_DELETE");
  CHECK(seen[0].times.count() == 2);
  CHECK(seen[0].times.sum == 60ms);
  CHECK(seen[0].times.counts[mc::histogram::bucket_of(30ms)] == 2);
  CHECK(seen[0].failed == 1);
}

TEST_CASE("a handler that is destroyed before its end has come to one for the meter") {
  auto m = std::make_unique<measured>();
  const auto meter = m->meter;
  m->on<mc::message_delete>([&, time = m->time](const mc::message_delete&) -> mc::task<> {
    time->time += 1s;
    co_await asio::post(asio::use_awaitable);
    co_await asio::post(asio::use_awaitable);
  });
  m->deliver();
  m->context.run_one();
  CHECK(meter->at_work() == 1);
  m->context.stop();
  m.reset();
  CHECK(meter->at_work() == 0);
  CHECK(meter->look().at(0).times.count() == 1);
}
