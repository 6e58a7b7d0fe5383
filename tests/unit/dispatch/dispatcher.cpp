// SPDX-License-Identifier: MIT
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "unit/dispatch/fixture.hpp"

namespace asio = boost::asio;
namespace mc = monochord;
using mc::dispatch::dispatcher;

namespace {

using fixture = mc::tests::dispatch_fixture;

constexpr std::string_view deletion = R"({"id":"7","channel_id":"8","guild_id":"9"})";

}  // namespace

TEST_CASE("a handler gets its event decoded, others are not decoded") {
  fixture f;
  std::vector<std::uint64_t> seen;
  f.on<mc::message_delete>([&](const mc::message_delete& event) -> mc::task<> {
    seen.push_back(event.id.value());
    co_return;
  });
  CHECK(f.events->wants("MESSAGE_DELETE"));
  CHECK(!f.events->wants("TYPING_START"));
  f.deliver("MESSAGE_DELETE", deletion);
  f.deliver("TYPING_START", "this is not even JSON");
  f.poll();
  CHECK(seen == std::vector<std::uint64_t>{7});
  CHECK(f.errors.empty());
  const auto counters = f.events->counters();
  CHECK(counters.events == 2);
  CHECK(counters.unwanted == 1);
  CHECK(counters.handlers_started == 1);
}

TEST_CASE("an event is dealt with when the last of its handlers has ended, or when one says so") {
  fixture f;
  int claimed = 0, dealt_with = 0;
  const mc::detail::claim_source claims = [&] {
    ++claimed;
    return mc::tests::claim_that([&] { ++dealt_with; });
  };
  const auto deliver = [&](std::string_view name) {
    f.events->deliver({3, 8, name, deletion}, {deletion.data(), deletion.size(), deletion.size()}, &claims);
  };
  deliver("MESSAGE_DELETE");
  CHECK(claimed == 0);  // nobody wants it

  asio::steady_timer first(f.context, asio::steady_timer::time_point::max()), second(f.context, asio::steady_timer::time_point::max());
  const auto wait = [](asio::steady_timer& on) -> mc::task<> {
    boost::system::error_code woken;
    co_await on.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  };
  f.on<mc::message_delete>([&](const mc::message_delete&) { return wait(first); });
  f.on_raw([&](const mc::raw_event&) { return wait(second); });
  deliver("MESSAGE_DELETE");
  f.poll();
  CHECK(claimed == 1);
  first.cancel();
  f.poll();
  CHECK(dealt_with == 0);
  second.cancel();
  f.poll();
  CHECK(dealt_with == 1);

  int shard = 0;
  f.on<mc::typing_start>([&](const mc::typing_start&, const mc::raw_event& sent) -> mc::task<> {
    shard = sent.shard_id;
    sent.acknowledge();
    sent.acknowledge();
    co_await wait(first);
  });
  constexpr std::string_view typing = R"({"channel_id":"8","user_id":"9","timestamp":1})";
  f.events->deliver({3, 9, "TYPING_START", typing}, {typing.data(), typing.size(), typing.size()}, &claims);
  f.poll();
  CHECK(shard == 3);
  CHECK(dealt_with == 2);  // although its handlers go on
  first.cancel();
  second.cancel();
  f.poll();
  CHECK(dealt_with == 2);

  f.open = false;  // the end: nobody starts any more
  deliver("MESSAGE_DELETE");
  f.poll();
  CHECK(claimed == 3);
  CHECK(dealt_with == 2);
}

TEST_CASE("an event whose handler the end cuts short is not dealt with") {
  int dealt_with = 0;
  const mc::detail::claim_source claims = [&] { return mc::tests::claim_that([&] { ++dealt_with; }); };
  {
    fixture f;
    asio::steady_timer never(f.context, asio::steady_timer::time_point::max());
    f.on<mc::message_delete>([&](const mc::message_delete&) -> mc::task<> { co_await never.async_wait(asio::use_awaitable); });
    f.events->deliver({0, 1, "MESSAGE_DELETE", deletion}, {deletion.data(), deletion.size(), deletion.size()}, &claims);
    f.poll();
    f.events->close();
  }  // the context goes, and the handler with it
  CHECK(dealt_with == 0);
}

TEST_CASE("handlers start in the order of the events, plain functions included") {
  fixture f;
  std::string order;
  f.on<mc::message_delete>([&](const mc::message_delete&) { order += 'a'; });
  f.on<mc::message_delete>([&](const mc::message_delete&) -> mc::task<> {
    order += 'b';
    co_return;
  });
  f.on_raw([&](const mc::raw_event& event) { order += std::to_string(event.sequence); });
  f.deliver("MESSAGE_DELETE", deletion, 1);
  f.deliver("UNKNOWN_TO_US", "{}", 2);
  f.deliver("MESSAGE_DELETE", deletion, 3);
  f.poll();
  CHECK(order == "1ab23ab");
}

TEST_CASE("a raw event's data is one JSON value, whatever stands behind it in the payload") {
  fixture f;
  std::string seen;
  f.on_raw([&](const mc::raw_event& event) { seen = event.data; });
  f.deliver("SOMETHING_NEW", R"({"a":[1,{"b":"}"}]},"later":{"c":2}})");
  f.poll();
  CHECK(seen == R"({"a":[1,{"b":"}"}]})");
}

TEST_CASE("a removed handler is not called any more") {
  fixture f;
  int calls = 0;
  const auto first = f.on<mc::message_delete>([&](const mc::message_delete&) { ++calls; });
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(calls == 1);
  f.deliver("MESSAGE_DELETE", deletion);  // queued, not begun
  f.events->remove(first);
  CHECK(!f.events->wants("MESSAGE_DELETE"));
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(calls == 1);
  CHECK(f.events->running() == 0);
}

TEST_CASE("a handler's destructor may use the dispatcher") {
  fixture f;
  const auto other = f.on<mc::message_delete>([](const mc::message_delete&) {});
  struct says_goodbye {
    dispatcher* events;
    mc::handler_id other;
    ~says_goodbye() {
      if (!events) return;
      events->remove(other);
      events->on_error({});
    }
  };
  auto captured = std::make_shared<says_goodbye>(f.events.get(), other);
  const auto mine = f.on<mc::message_delete>([captured](const mc::message_delete&) {});
  captured.reset();
  f.events->remove(mine);  // the last owner of `captured`
  CHECK(!f.events->wants("MESSAGE_DELETE"));
}

TEST_CASE("a handler that the end cuts short has not failed") {
  fixture f;
  f.on<mc::message_delete>([](const mc::message_delete&) -> mc::task<> { throw mc::error(mc::errc::cancelled, "cut"); co_return; });
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(f.errors == std::vector<std::string>{"MESSAGE_DELETE: cut"});
  f.deliver("MESSAGE_DELETE", deletion);
  f.events->close();
  f.poll();
  CHECK(f.errors.size() == 1);
  CHECK(f.events->counters().handlers_failed == 1);
}

TEST_CASE("what a handler throws reaches on_error and nobody else") {
  fixture f;
  int others = 0;
  f.on<mc::message_delete>([](const mc::message_delete&) -> mc::task<> { throw std::runtime_error("oops"); co_return; });
  f.on<mc::message_delete>([](const mc::message_delete&) { throw std::logic_error("plain oops"); });
  f.on<mc::message_delete>([&](const mc::message_delete&) { ++others; });
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(f.errors == std::vector<std::string>{"MESSAGE_DELETE: oops", "MESSAGE_DELETE: plain oops"});
  CHECK(others == 1);
  CHECK(f.events->counters().handlers_failed == 2);
  CHECK(f.events->running() == 0);
}

TEST_CASE("an event that cannot be decoded is an error and costs only itself") {
  fixture f;
  int typed = 0, raw = 0;
  f.on<mc::message_delete>([&](const mc::message_delete&) { ++typed; });
  f.on_raw([&](const mc::raw_event&) { ++raw; });
  f.deliver("MESSAGE_DELETE", R"({"id":{}})");
  f.deliver("MESSAGE_DELETE", deletion);
  CHECK(f.errors.empty());  // the user's on_error does not run within deliver, on which heartbeats depend
  f.poll();
  CHECK(typed == 1);
  CHECK(raw == 2);
  REQUIRE(f.errors.size() == 1);
  CHECK_THAT(f.errors[0], Catch::Contains("$.id"));
  CHECK(f.events->counters().decode_errors == 1);
}

TEST_CASE("an event that cannot be decoded for the handlers of its type alone is dealt with once the error is told") {
  fixture f;
  int called = 0, dealt_with = 0;
  const mc::detail::claim_source claims = [&] { return mc::tests::claim_that([&] { ++dealt_with; }); };
  f.on<mc::message_delete>([&](const mc::message_delete&) { ++called; });
  constexpr std::string_view broken = R"({"id":{}})";
  CHECK(f.events->deliver({3, 8, "MESSAGE_DELETE", broken}, {broken.data(), broken.size(), broken.size()}, &claims));
  CHECK(f.errors.empty());
  CHECK(dealt_with == 0);
  f.poll();
  CHECK(called == 0);
  REQUIRE(f.errors.size() == 1);
  CHECK_THAT(f.errors[0], Catch::Contains("$.id"));
  CHECK(f.events->counters().decode_errors == 1);
  CHECK(dealt_with == 1);
}

TEST_CASE("at the limit of running handlers deliver says so, and room waits for the first end") {
  fixture f(2);
  asio::steady_timer gate(f.context, asio::steady_timer::time_point::max());
  f.on<mc::message_delete>([&](const mc::message_delete&) -> mc::task<> {
    boost::system::error_code opened;
    co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, opened));
  });
  CHECK(f.deliver("MESSAGE_DELETE", deletion));
  CHECK(!f.deliver("MESSAGE_DELETE", deletion));
  bool has_room = false;
  const auto strand = asio::make_strand(f.context);
  const auto wait = [&]() -> mc::task<> {
    co_await f.events->room();
    has_room = true;
  };
  asio::co_spawn(strand, wait(), asio::detached);
  f.poll();
  CHECK(!has_room);
  gate.cancel_one();
  f.poll();
  CHECK(has_room);
  CHECK(f.events->running() == 1);
  CHECK(f.events->counters().waits_for_room == 1);
  gate.cancel();
  f.poll();
  CHECK(f.events->running() == 0);
}

TEST_CASE("closing lets those go who wait for room") {
  fixture f(1);
  asio::steady_timer gate(f.context, asio::steady_timer::time_point::max());
  f.on<mc::message_delete>([&](const mc::message_delete&) -> mc::task<> {
    boost::system::error_code opened;
    co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, opened));
  });
  CHECK(!f.deliver("MESSAGE_DELETE", deletion));
  bool has_room = false;
  const auto strand = asio::make_strand(f.context);
  const auto wait = [&]() -> mc::task<> {
    co_await f.events->room();
    has_room = true;
  };
  asio::co_spawn(strand, wait(), asio::detached);
  f.poll();
  f.events->close();
  f.poll();
  CHECK(has_room);
  gate.cancel();
  f.poll();
}

TEST_CASE("a handler that can no longer be started gives its place back") {
  fixture f(1);
  f.open = false;
  f.on<mc::message_delete>([](const mc::message_delete&) { FAIL("must not run"); });
  CHECK(f.deliver("MESSAGE_DELETE", deletion));
  f.poll();
  CHECK(f.events->running() == 0);
  CHECK(f.events->counters().handlers_started == 0);
}

// --- events that are told from others --------------------------------------------------------------------------------

namespace {

/// GUILD_DELETE or GUILD_CREATE with what it means.
template <class E>
void deliver_as(fixture& f, std::string_view name, std::string_view data, const mc::detail::claim_source* claims = nullptr) {
  f.events->deliver({3, 7, name, data}, {data.data(), data.size(), data.size()}, claims, &mc::event_type_of<E>());
}

}  // namespace

TEST_CASE("what is told from an event comes after it, of the same object, and both have to end") {
  fixture f;
  int claimed = 0, dealt_with = 0;
  const mc::detail::claim_source claims = [&] {
    ++claimed;
    return mc::tests::claim_that([&] { ++dealt_with; });
  };
  std::vector<std::string> order;
  const mc::guild_delete* plain = nullptr;
  const mc::guild_delete* derived = nullptr;
  f.on<mc::guild_leave>([&](const mc::guild_leave& event, const mc::raw_event& sent) {
    derived = &event;
    order.push_back("leave of " + event.guild.id.str() + " on " + std::to_string(sent.shard_id) + " by " + std::string(sent.name));
  });
  f.on<mc::guild_delete>([&](const mc::guild_delete& event) {
    plain = &event;
    order.push_back("delete");
  });
  f.on_raw([&](const mc::raw_event& event) { order.push_back(std::string(event.name)); });
  f.on<mc::guild_unavailable>([&](const mc::guild_unavailable&) { order.push_back("outage"); });
  deliver_as<mc::guild_leave>(f, "GUILD_DELETE", R"({"id":"5"})", &claims);
  f.poll();
  CHECK(order == std::vector<std::string>{"GUILD_DELETE", "delete", "leave of 5 on 3 by GUILD_DELETE"});
  CHECK((plain != nullptr && plain == derived));
  CHECK(claimed == 1);
  CHECK(dealt_with == 1);
  CHECK(f.errors.empty());
}

TEST_CASE("an outage that GUILD_CREATE tells of is no guild_create for those who wait for outages") {
  fixture f;
  std::vector<std::string> order;
  f.on<mc::guild_unavailable>([&](const mc::guild_unavailable& event) { order.push_back("outage of " + event.guild.id.str()); });
  deliver_as<mc::guild_unavailable>(f, "GUILD_CREATE", R"({"id":"5","unavailable":true})");
  f.poll();
  CHECK(order == std::vector<std::string>{"outage of 5"});
  f.on<mc::guild_create>([&](const mc::guild_create& event) { order.push_back("create of " + event.guild.id.str()); });
  deliver_as<mc::guild_unavailable>(f, "GUILD_CREATE", R"({"id":"6","unavailable":true})");
  f.poll();
  CHECK(order == std::vector<std::string>{"outage of 5", "create of 6", "outage of 6"});
  CHECK(f.errors.empty());
}

TEST_CASE("what cannot be decoded is an error once, and a name of ours on the wire is nobody's event") {
  fixture f;
  int called = 0;
  f.on<mc::guild_join>([&](const mc::guild_join&) { ++called; });
  f.on<mc::guild_create>([&](const mc::guild_create&) { ++called; });
  deliver_as<mc::guild_join>(f, "GUILD_CREATE", R"({"id":"5"})");
  f.poll();
  CHECK(called == 0);
  CHECK(f.errors.size() == 1);
  CHECK(f.events->counters().decode_errors == 1);
  f.deliver("guild_join", "{}");
  f.deliver("all_ready", "{}");
  f.poll();
  CHECK(called == 0);
  CHECK(f.errors.size() == 1);
  CHECK(f.events->counters().unwanted == 2);
}

TEST_CASE("an event of the process itself reaches its handlers and no raw one") {
  fixture f;
  std::vector<std::string> seen;
  f.events->deliver_own(mc::event_type_of<mc::all_ready>(), std::make_shared<mc::all_ready>());  // nobody wants it
  f.on<mc::all_ready>([&](const mc::all_ready& now, const mc::raw_event& sent) {
    seen.push_back(std::to_string(now.shards) + " on " + std::to_string(sent.shard_id));
    sent.acknowledge();  // harmless
    throw std::runtime_error("oops");
  });
  f.on_raw([&](const mc::raw_event&) { seen.push_back("raw"); });
  auto now = std::make_shared<mc::all_ready>();
  now->shards = 4;
  f.events->deliver_own(mc::event_type_of<mc::all_ready>(), now);
  f.poll();
  CHECK(seen == std::vector<std::string>{"4 on -1"});
  CHECK(f.errors == std::vector<std::string>{"all_ready: oops"});
}
