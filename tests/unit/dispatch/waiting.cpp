// SPDX-License-Identifier: MIT
// client::next and streams, as far as the dispatcher makes them.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "unit/dispatch/fixture.hpp"

namespace asio = boost::asio;
namespace mc = monochord;
using namespace std::chrono_literals;
using fixture = mc::tests::dispatch_fixture;
using mc::tests::claim_counter;
using mc::tests::gate;

namespace {

constexpr std::string_view deletion = R"({"id":"7","channel_id":"8","guild_id":"9"})";
const mc::id_filter any;

std::string deletion_of(std::uint64_t message, std::uint64_t channel = 8, std::uint64_t guild = 9) {
  return R"({"id":")" + std::to_string(message) + R"(","channel_id":")" + std::to_string(channel) +
         R"(","guild_id":")" + std::to_string(guild) + R"("})";
}
std::string typing_by(std::uint64_t user) {
  return R"({"channel_id":"8","guild_id":"9","user_id":")" + std::to_string(user) + R"(","timestamp":1})";
}

}  // namespace

TEST_CASE("whoever waits for an event gets the object that the handlers get, and only what passes") {
  fixture f;
  const mc::message_delete* handled = nullptr;
  std::shared_ptr<const mc::message_delete> waited, other;
  f.on<mc::message_delete>([&](const mc::message_delete& event) { handled = &event; });
  f.spawn([&]() -> mc::task<> { waited = co_await f.next<mc::message_delete>(mc::in_guild(mc::guild_id{9})); });
  f.spawn([&]() -> mc::task<> {
    const auto is_ten = [](const mc::message_delete& event) { return event.id == mc::message_id{10}; };
    other = co_await f.next<mc::message_delete>(mc::in_channel(mc::channel_id{8}) && is_ten);
  });
  f.poll();
  f.deliver("MESSAGE_DELETE", deletion_of(6, 8, 10));
  f.poll();
  CHECK(waited == nullptr);
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  REQUIRE(waited);
  CHECK(waited->id == mc::message_id{7});
  CHECK(waited.get() == handled);
  CHECK(other == nullptr);
  f.deliver("MESSAGE_DELETE", deletion_of(10));
  f.poll();
  REQUIRE(other);
  CHECK(other.get() == handled);
  CHECK(f.errors.empty());
}

TEST_CASE("an event that only a wait is for is decoded for it, and claims nothing") {
  fixture f;
  claim_counter claims;
  int got = 0;
  f.spawn([&]() -> mc::task<> {
    while (co_await f.next<mc::message_delete>(mc::in_guild(mc::guild_id{9}))) ++got;
  });
  f.poll();
  f.deliver("MESSAGE_DELETE", R"({"id":{},"guild_id":"10"})", 1, &claims.source);  // not decoded
  f.deliver("MESSAGE_DELETE", R"({"id":{},"guild_id":"9"})", 2, &claims.source);
  f.deliver("MESSAGE_DELETE", deletion, 3, &claims.source);
  f.poll();
  CHECK(got == 1);
  CHECK(claims.claimed == 0);
  CHECK(f.errors.size() == 1);
  const auto counters = f.events->counters();
  CHECK(counters.filtered == 1);
  CHECK(counters.decode_errors == 1);
  CHECK(counters.handlers_started == 0);
}

TEST_CASE("a wait that is over in time gives null, and what came before it counts") {
  fixture f;
  std::vector<std::string> seen;
  const auto wait = [&](std::string name, mc::duration timeout) {
    f.spawn([&, name, timeout]() -> mc::task<> {
      const auto event = co_await f.next<mc::message_delete>(any, timeout);
      seen.push_back(name + (event ? " " + event->id.str() : " nothing"));
    });
  };
  wait("at once", 0s);
  wait("short", 1s);
  wait("long", 10s);
  f.poll();
  CHECK(seen == std::vector<std::string>{"at once nothing"});
  f.clock->advance(1s);
  f.poll();
  CHECK(seen.back() == "short nothing");
  f.deliver("MESSAGE_DELETE", deletion);
  f.clock->advance(10s);  // the event is there first
  f.poll();
  CHECK(seen.back() == "long 7");
  CHECK(seen.size() == 3);
  f.deliver("MESSAGE_DELETE", deletion);
  CHECK(f.events->counters().unwanted == 1);  // nobody waits any more
}

TEST_CASE("events count from the call on, not from where it is awaited") {
  fixture f;
  std::vector<std::uint64_t> seen;
  f.spawn([&]() -> mc::task<> {
    auto first = f.next<mc::message_delete>(any, 10s);
    auto dropped = f.next<mc::message_delete>(any, 10s);  // never awaited
    f.deliver("MESSAGE_DELETE", deletion);
    seen.push_back((co_await std::move(first))->id.value());
  });
  f.poll();
  CHECK(seen == std::vector<std::uint64_t>{7});
  CHECK_FALSE(f.events->counters().unwanted != 0);
  f.deliver("MESSAGE_DELETE", deletion);
  CHECK(f.events->counters().unwanted == 1);
}

TEST_CASE("of what comes before a wait is awaited the last thousand are kept") {
  fixture f;
  std::uint64_t seen = 0;
  auto waiting = f.next<mc::message_delete>(any);
  for (std::uint64_t i = 1; i <= 1'500; ++i) CHECK(f.deliver("MESSAGE_DELETE", deletion_of(i)));
  f.spawn([&]() -> mc::task<> { seen = (co_await std::move(waiting))->id.value(); });
  f.poll();
  CHECK(seen == 501);
}

TEST_CASE("what a predicate throws is thrown where it waits") {
  fixture f;
  f.spawn([&]() -> mc::task<> {
    co_await f.next<mc::message_delete>(
        [](const mc::message_delete&) -> bool { throw std::runtime_error("do not ask me"); });
  });
  f.poll();
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(f.errors == std::vector<std::string>{"spawned: do not ask me"});
}

TEST_CASE("a handler that waits gives its place up, and goes on without asking for one") {
  fixture f(1);
  gate busy(f.context);
  std::string order;
  f.on<mc::message_delete>([&](const mc::message_delete&) -> mc::task<> {
    order += 'a';
    co_await f.next<mc::typing_start>(any);
    order += 'b';
    co_await busy.wait();
    order += 'c';
  });
  f.on<mc::guild_delete>([&](const mc::guild_delete&) -> mc::task<> {
    order += '1';
    co_await busy.wait();
    order += '2';
  });
  CHECK_FALSE(f.deliver("MESSAGE_DELETE", deletion));
  f.poll();
  CHECK(order == "a");
  CHECK(f.events->counters().handlers_waiting == 1);
  CHECK_FALSE(f.deliver("GUILD_DELETE", R"({"id":"9"})"));  // starts
  f.poll();
  CHECK(order == "a1");
  f.deliver("TYPING_START", typing_by(3));
  f.deliver("GUILD_DELETE", R"({"id":"9"})");  // waits for its turn
  f.poll();
  CHECK(order == "a1b");  // two run where one may
  CHECK(f.events->counters().handlers_waiting == 0);
  CHECK(f.events->counters().events_queued == 1);
  busy.open_one();
  f.poll();
  CHECK(order == "a1b2");  // still one too many
  busy.open_one();
  f.poll();
  CHECK(order == "a1b2c1");
  busy.open();
  f.poll();
  CHECK(order == "a1b2c12");
  CHECK(f.events->running() == 0);
}

TEST_CASE("a handler that waits when everything ends is cut short, and its event is not dealt with") {
  fixture f;
  claim_counter claims;
  std::vector<std::string> seen;
  f.on<mc::message_delete>([&](const mc::message_delete&) -> mc::task<> {
    try {
      co_await f.next<mc::typing_start>(any, 1min);
    } catch (const mc::error& e) {
      seen.push_back(e.code() == mc::errc::cancelled ? "cancelled" : e.what());
      // and hides it
    }
  });
  f.on<mc::guild_delete>([&](const mc::guild_delete&) -> mc::task<> {
    co_await f.next<mc::typing_start>(any);
    seen.push_back("must not come here");
  });
  f.deliver("MESSAGE_DELETE", deletion, 1, &claims.source);
  f.deliver("GUILD_DELETE", R"({"id":"9"})", 2, &claims.source);
  f.poll();
  f.events->close();
  f.poll();
  CHECK(seen == std::vector<std::string>{"cancelled"});
  CHECK(claims.claimed == 2);
  CHECK(claims.dealt_with == 0);
  CHECK(f.errors.empty());
  CHECK(f.events->running() == 0);
  f.spawn([&]() -> mc::task<> { co_await f.next<mc::typing_start>(any); });  // too late
  f.poll();
  CHECK(f.errors == std::vector<std::string>{"spawned: the client is stopping"});
}

TEST_CASE("who waits without being given a turn makes reading wait, and does not when it is gone") {
  fixture f;
  asio::io_context stalled;
  f.deliver("MESSAGE_DELETE", deletion);
  asio::co_spawn(
      stalled,
      [](fixture& on) -> mc::task<> {
        co_await on.next<mc::message_delete>([](const mc::message_delete&) { return false; });
      }(f),
      asio::detached);
  stalled.poll();
  std::size_t read = 0;
  while (f.deliver("MESSAGE_DELETE", deletion)) REQUIRE(++read < 100'000);
  bool has_room = false;
  f.spawn([&]() -> mc::task<> {
    co_await f.events->room();
    has_room = true;
  });
  f.poll();
  CHECK_FALSE(has_room);
  stalled.restart();
  stalled.poll();
  f.poll();
  CHECK(has_room);
}

// --- streams ---------------------------------------------------------------------------------------------------------

TEST_CASE("a stream gives events in their order until it is closed, and then what it still has") {
  fixture f;
  std::vector<std::uint64_t> seen;
  bool over = false;
  auto stream = f.stream<mc::message_delete>(mc::in_guild(mc::guild_id{9}));
  f.deliver("MESSAGE_DELETE", deletion_of(1));
  f.deliver("MESSAGE_DELETE", deletion_of(2, 8, 10));
  f.deliver("MESSAGE_DELETE", deletion_of(3));
  f.spawn([&]() -> mc::task<> {
    while (const auto event = co_await stream.next()) seen.push_back(event->id.value());
    over = true;
  });
  f.poll();
  CHECK(seen == std::vector<std::uint64_t>{1, 3});
  f.deliver("MESSAGE_DELETE", deletion_of(4));
  stream.close();
  CHECK(stream.ended());
  f.deliver("MESSAGE_DELETE", deletion_of(5));
  f.poll();
  CHECK(seen == std::vector<std::uint64_t>{1, 3, 4});
  CHECK(over);
  CHECK(stream.dropped() == 0);
  CHECK(f.errors.empty());
}

TEST_CASE("a stream whose reader is slow drops what it was told to drop, counts it, and stops nobody") {
  fixture f(1);
  auto latest = f.stream<mc::message_delete>(any, {.buffer = 3});
  auto earliest = f.stream<mc::message_delete>(any, {.buffer = 2, .overflow = mc::stream_overflow::drop_newest});
  for (std::uint64_t i = 1; i <= 10; ++i) CHECK(f.deliver("MESSAGE_DELETE", deletion_of(i)));
  CHECK(latest.dropped() == 7);
  CHECK(earliest.dropped() == 8);
  std::vector<std::uint64_t> seen;
  latest.close();
  earliest.close();
  f.spawn([&]() -> mc::task<> {
    while (const auto event = co_await latest.next()) seen.push_back(event->id.value());
    while (const auto event = co_await earliest.next()) seen.push_back(event->id.value());
  });
  f.poll();
  CHECK(seen == std::vector<std::uint64_t>{8, 9, 10, 1, 2});
}

TEST_CASE("the end ends streams, for a handler that reads one too: it came to its end") {
  fixture f(1);
  claim_counter claims;
  std::vector<std::uint64_t> seen;
  bool over = false;
  f.on<mc::guild_delete>([&](const mc::guild_delete&) -> mc::task<> {
    auto stream =
        f.stream<mc::message_delete>([](const mc::message_delete& event) { return event.id.value() % 2 == 0; });
    while (const auto event = co_await stream.next()) seen.push_back(event->id.value());
    over = true;
  });
  f.deliver("GUILD_DELETE", R"({"id":"9"})", 1, &claims.source);
  f.poll();
  for (std::uint64_t i = 1; i <= 4; ++i)
    CHECK(f.deliver("MESSAGE_DELETE", deletion_of(i)));  // it has given its place up
  f.poll();
  CHECK(seen == std::vector<std::uint64_t>{2, 4});
  f.events->close();
  f.poll();
  CHECK(over);
  CHECK(claims.dealt_with == 1);
  auto late = f.stream<mc::message_delete>(any);
  CHECK(late.ended());
}

TEST_CASE("a stream is moved, taken from by several, and destroyed while somebody waits") {
  fixture f;
  std::vector<std::uint64_t> seen;
  int over = 0;
  auto first = std::make_unique<mc::event_stream<mc::message_delete>>(f.stream<mc::message_delete>(any));
  for (int i = 0; i < 2; ++i)
    f.spawn([&, from = first.get()]() -> mc::task<> {
      auto event = co_await from->next();
      if (event) seen.push_back(event->id.value());
      ++over;
    });
  f.poll();
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(seen == std::vector<std::uint64_t>{7});  // each event once
  CHECK(over == 1);
  auto second = std::move(*first);
  CHECK(first->ended());
  CHECK_FALSE(second.ended());
  second = f.stream<mc::message_delete>(any);  // what it was ends
  f.poll();
  CHECK(over == 2);
  f.deliver("MESSAGE_DELETE", deletion);
  f.spawn([&]() -> mc::task<> { co_await first->next(); });
  f.poll();
  CHECK(f.errors == std::vector<std::string>{"spawned: the stream was moved from"});
}

TEST_CASE("a wait or a read that is cancelled says so, and costs a stream nothing") {
  fixture f;
  auto stream = f.stream<mc::message_delete>(any);
  asio::cancellation_signal cancel;
  std::vector<std::string> ends;
  const auto reading = [&](bool from_stream) -> mc::task<> {
    if (from_stream)
      co_await stream.next();
    else
      co_await f.next<mc::message_delete>(any, 1min);
  };
  for (const bool from_stream : {true, false}) {
    asio::co_spawn(f.context, reading(from_stream),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error) {
                     ends.push_back(error && mc::is_cancellation(error) ? "cancelled" : "not");
                   }));
    f.poll();
    cancel.emit(asio::cancellation_type::terminal);
    f.poll();
  }
  CHECK(ends == std::vector<std::string>{"cancelled", "cancelled"});
  f.deliver("MESSAGE_DELETE", deletion);
  std::uint64_t seen = 0;
  f.spawn([&]() -> mc::task<> { seen = (co_await stream.next())->id.value(); });
  f.poll();
  CHECK(seen == 7);
}

TEST_CASE("of many who take from a stream an event wakes one, and who was woken and is cancelled wakes another") {
  fixture f;
  auto stream = f.stream<mc::message_delete>(any);
  std::vector<std::string> ends;
  const auto reading = [&](std::string name) -> mc::task<> {
    const auto event = co_await stream.next();
    ends.push_back(name + " " + (event ? event->id.str() : "null"));
  };
  asio::cancellation_signal cancel;
  asio::co_spawn(f.context, reading("first"), asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error) {
                   if (error && mc::is_cancellation(error)) ends.emplace_back("first cancelled");
                 }));
  f.poll();
  for (int i = 0; i < 200; ++i) f.spawn([&] { return reading("other"); });
  f.poll();
  cancel.emit(asio::cancellation_type::terminal);  // goes by the context: the event lets it go before
  f.deliver("MESSAGE_DELETE", deletion_of(7));
  f.poll();
  CHECK(ends == std::vector<std::string>{"first cancelled", "other 7"});
  f.deliver("MESSAGE_DELETE", deletion_of(8));
  f.deliver("MESSAGE_DELETE", deletion_of(9));
  f.context.restart();
  CHECK(f.context.poll() < 20);  // steps; it would be 200 and more if all were woken
  CHECK(ends.size() == 4);
  stream.close();
  f.poll();
  CHECK(ends.size() == 201);
}

// --- many ------------------------------------------------------------------------------------------------------------

TEST_CASE("ten thousand handlers wait while 64 may run, with and without an order") {
  using mc::event_order;
  for (const auto order : {event_order::concurrent, event_order::per_guild, event_order::per_shard}) {
    mc::dispatch::dispatcher_options how;
    how.order = order;
    fixture f(64, std::move(how));
    constexpr std::uint64_t many = 10'000;
    std::size_t begun = 0, done = 0;
    f.on<mc::message_delete>([&](const mc::message_delete& event) -> mc::task<> {
      ++begun;
      const auto answer = co_await f.next<mc::typing_start>(mc::from_user(mc::user_id{event.id.value()}));
      if (answer) ++done;
    });
    const auto read = [&](std::string_view name, std::string_view data) {
      if (f.deliver(name, data)) return;
      f.poll();  // handlers get their turn, and wait
      bool has_room = false;
      f.spawn([&]() -> mc::task<> {
        co_await f.events->room();
        has_room = true;
      });
      f.poll();
      REQUIRE(has_room);
    };
    for (std::uint64_t i = 1; i <= many; ++i) read("MESSAGE_DELETE", deletion_of(i));
    f.poll();
    REQUIRE(begun == many);
    CHECK(f.events->counters().handlers_waiting == many);
    for (std::uint64_t i = 1; i <= many; ++i) read("TYPING_START", typing_by(i));
    f.poll();
    CHECK(done == many);
    CHECK(f.events->running() == 0);
    CHECK(f.errors.empty());
  }
}
