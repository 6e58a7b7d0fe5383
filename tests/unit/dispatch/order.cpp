// SPDX-License-Identifier: MIT
// Which events wait for each other, what happens when there are too many, and what counts as handled meanwhile.
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "protocol/handled_position.hpp"
#include "unit/dispatch/fixture.hpp"

namespace asio = boost::asio;
namespace mc = monochord;
using namespace std::chrono_literals;
using fixture = mc::tests::dispatch_fixture;
using mc::event_order;
using mc::tests::claim_counter;
using mc::tests::gate;

namespace {

const mc::id_filter any;

std::string deletion_of(std::uint64_t message, std::uint64_t channel, std::uint64_t guild) {
  return R"({"id":")" + std::to_string(message) + R"(","channel_id":")" + std::to_string(channel) +
         (guild ? R"(","guild_id":")" + std::to_string(guild) : std::string()) + R"("})";
}

mc::dispatch::dispatcher_options in(event_order order) {
  mc::dispatch::dispatcher_options how;
  how.order = order;
  return how;
}

/// Handlers of deletions that stop until their message's gate opens.
struct stepwise {
  explicit stepwise(fixture& with) : f(with) {
    f.on<mc::message_delete>([this](const mc::message_delete& event) -> mc::task<> {
      const auto id = event.id.value();
      log += "+" + std::to_string(id);
      gates.try_emplace(id, f.context);
      co_await gates.at(id).wait();
      log += "-" + std::to_string(id);
    });
  }
  void let_go(std::uint64_t id) {
    gates.at(id).open();
    f.poll();
  }
  fixture& f;
  std::map<std::uint64_t, gate> gates;
  std::string log;
};

}  // namespace

TEST_CASE("per guild one event begins when the one before it has ended, guilds side by side") {
  fixture f(100, in(event_order::per_guild));
  stepwise bot(f);
  f.deliver("MESSAGE_DELETE", deletion_of(1, 8, 9));
  f.deliver("MESSAGE_DELETE", deletion_of(2, 18, 9));
  f.deliver("MESSAGE_DELETE", deletion_of(3, 28, 10));
  f.deliver("MESSAGE_DELETE", deletion_of(4, 38, 0));  // private channels go by themselves
  f.deliver("MESSAGE_DELETE", deletion_of(5, 38, 0));
  f.deliver("MESSAGE_DELETE", deletion_of(6, 48, 0));
  f.poll();
  CHECK(bot.log == "+1+3+4+6");
  CHECK(f.events->counters().events_queued == 2);
  bot.let_go(4);
  CHECK(bot.log == "+1+3+4+6-4+5");
  bot.let_go(1);
  CHECK(bot.log == "+1+3+4+6-4+5-1+2");
  for (const auto id : {2, 3, 5, 6}) bot.let_go(static_cast<std::uint64_t>(id));
  CHECK(f.events->running() == 0);
}

TEST_CASE("per shard one event begins when all handlers of the one before it have ended") {
  fixture f(100, in(event_order::per_shard));
  gate slow(f.context);
  std::string log;
  f.on<mc::message_delete>([&](const mc::message_delete& event) -> mc::task<> {
    log += "a" + event.id.str();
    co_await slow.wait();
  });
  f.on<mc::message_delete>([&](const mc::message_delete& event) { log += "b" + event.id.str(); });
  f.on_raw([&](const mc::raw_event& sent) { log += "r" + std::to_string(sent.sequence); });
  f.deliver("MESSAGE_DELETE", deletion_of(1, 8, 9), 1, nullptr, 0);
  f.deliver("MESSAGE_DELETE", deletion_of(2, 8, 10), 2, nullptr, 0);
  f.deliver("MESSAGE_DELETE", deletion_of(3, 8, 9), 3, nullptr, 1);
  f.poll();
  CHECK(log == "r1a1b1r3a3b3");  // the handlers of one event side by side
  slow.open();
  f.poll();
  CHECK(log == "r1a1b1r3a3b3r2a2b2");
  slow.open();
  f.poll();
  CHECK(f.events->running() == 0);
}

TEST_CASE("a handler that waits for an event lets the next of its guild begin") {
  fixture f(100, in(event_order::per_guild));
  std::string log;
  f.on<mc::message_delete>([&](const mc::message_delete& event) -> mc::task<> {
    log += "+" + event.id.str();
    if (event.id == mc::message_id{1}) {
      const auto answer = co_await f.next<mc::message_delete>(mc::in_guild(mc::guild_id{9}));
      log += "(" + answer->id.str() + ")";
    }
    log += "-" + event.id.str();
  });
  f.deliver("MESSAGE_DELETE", deletion_of(1, 8, 9));
  f.poll();
  CHECK(log == "+1");
  f.deliver("MESSAGE_DELETE", deletion_of(2, 8, 9));
  f.poll();
  CHECK(log.find("+2-2") != std::string::npos);
  CHECK(log.find("(2)-1") != std::string::npos);
}

TEST_CASE("reading waits when too many events wait for their turn") {
  auto how = in(event_order::per_shard);
  how.max_queued = 2;
  fixture f(100, std::move(how));
  stepwise bot(f);
  CHECK(f.deliver("MESSAGE_DELETE", deletion_of(1, 8, 9)));
  CHECK(f.deliver("MESSAGE_DELETE", deletion_of(2, 8, 9)));
  CHECK_FALSE(f.deliver("MESSAGE_DELETE", deletion_of(3, 8, 9)));
  bool has_room = false;
  f.spawn([&]() -> mc::task<> {
    co_await f.events->room();
    has_room = true;
  });
  f.poll();
  CHECK_FALSE(has_room);
  bot.let_go(1);
  CHECK(has_room);
  CHECK(f.events->counters().dropped == 0);
  bot.let_go(2);
  bot.let_go(3);
}

TEST_CASE("what may be dropped makes room, the oldest first, and counts as handled") {
  auto how = in(event_order::concurrent);
  how.max_queued = 3;
  how.overflow = mc::drop_oldest<mc::typing_start, mc::presence_update>();
  fixture f(1, std::move(how));
  stepwise bot(f);
  claim_counter claims;
  f.on<mc::typing_start>([&](const mc::typing_start& event) { bot.log += "t" + event.user_id.str(); });
  const auto type = [&](int user) {
    const auto text = R"({"channel_id":"8","timestamp":1,"user_id":")" + std::to_string(user) + "\"}";
    return f.deliver("TYPING_START", text, 1, &claims.source);
  };
  const auto remove = [&](std::uint64_t id) {
    return f.deliver("MESSAGE_DELETE", deletion_of(id, 8, 9), 1, &claims.source);
  };
  CHECK(remove(1));  // runs; reading goes on, since there is a place in the queue
  CHECK(type(1));
  CHECK(remove(2));
  CHECK(type(2));
  CHECK(claims.dealt_with == 0);
  CHECK(type(3));  // instead of 1
  CHECK(claims.dealt_with == 1);
  CHECK(remove(3));        // instead of 2
  CHECK_FALSE(remove(4));  // instead of 3; now there is nothing left to drop
  CHECK(claims.dealt_with == 3);
  CHECK(f.events->counters().dropped == 3);
  CHECK_FALSE(type(4));  // so this one goes itself
  CHECK(f.events->counters().dropped == 4);
  f.poll();
  for (const auto id : {1, 2, 3, 4}) bot.let_go(static_cast<std::uint64_t>(id));
  CHECK(bot.log == "+1-1+2-2+3-3+4-4");
  CHECK(claims.dealt_with == claims.claimed);
}

TEST_CASE("whoever waits for an event has it although its handlers never had their turn") {
  auto how = in(event_order::per_shard);
  how.max_queued = 0;
  how.overflow = mc::drop_oldest<mc::typing_start>();
  fixture f(100, std::move(how));
  stepwise bot(f);
  f.on<mc::typing_start>([&](const mc::typing_start&) { FAIL("was dropped"); });
  std::string typed;
  f.spawn([&]() -> mc::task<> { typed = (co_await f.next<mc::typing_start>(any))->user_id.str(); });
  f.poll();
  f.deliver("MESSAGE_DELETE", deletion_of(1, 8, 9));
  f.deliver("TYPING_START", R"({"channel_id":"8","timestamp":1,"user_id":"3"})");
  f.poll();
  CHECK(typed == "3");
  bot.let_go(1);
}

TEST_CASE("at the end what waits for its turn is not dealt with") {
  fixture f(100, in(event_order::per_guild));
  claim_counter claims;
  stepwise bot(f);
  for (std::uint64_t id = 1; id <= 3; ++id) f.deliver("MESSAGE_DELETE", deletion_of(id, 8, 9), id, &claims.source);
  f.poll();
  f.open = false;  // nobody starts any more
  bot.let_go(1);
  CHECK(bot.log == "+1-1");
  CHECK(claims.claimed == 3);
  CHECK(claims.dealt_with == 1);
  CHECK(f.events->running() == 0);
  CHECK(f.events->counters().events_queued == 0);
}

/// As a shard does it: events in their order, claims that are dealt with at any time. Whatever is dealt with was really
/// done.
TEST_CASE("the handled position never passes an event that is not done, under each order and overflow") {
  for (std::uint32_t seed = 1; seed <= 120; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    auto how = in(static_cast<event_order>(seed % 3));
    how.max_queued = 1 + below(5);
    const bool drops = below(2) == 0;
    if (drops) how.overflow = mc::drop_oldest<mc::typing_start>();
    mc::protocol::handled_position position(1h);
    position.restart(0);
    std::map<std::int64_t, bool> finished;  // by sequence: of what has a handler that came to its end
    std::map<std::int64_t, bool> was_dropped;
    {
      fixture f(1 + below(4), std::move(how));
      std::vector<std::unique_ptr<gate>> working;
      const auto work = [&](const mc::raw_event& sent) -> mc::task<> {
        const auto seq = static_cast<std::int64_t>(sent.sequence);
        const auto waits = below(3);
        if (waits == 0) co_await f.next<mc::guild_delete>(any, 1h);
        if (waits == 1) {
          working.push_back(std::make_unique<gate>(f.context));
          auto& mine = *working.back();
          co_await mine.wait();
        }
        finished[seq] = true;
      };
      f.on<mc::message_delete>([&](const mc::message_delete&, const mc::raw_event& sent) { return work(sent); });
      f.on<mc::typing_start>([&](const mc::typing_start&, const mc::raw_event& sent) { return work(sent); });
      bool room = true;
      for (std::int64_t seq = 1; seq <= 60; ++seq) {
        while (!room) {
          if (!working.empty()) working[below(working.size())]->open();
          f.poll();
          f.deliver("GUILD_DELETE", R"({"id":"1"})");  // for those who wait for one
          f.poll();
          f.spawn([&]() -> mc::task<> {
            co_await f.events->room();
            room = true;
          });
          f.poll();
        }
        bool claimed = false;
        const mc::detail::claim_source claims = [&] {
          claimed = true;
          return mc::tests::claim_that([&, seq] {
            if (!finished.contains(seq)) was_dropped[seq] = true;
            position.done(seq);
          });
        };
        const auto text = deletion_of(static_cast<std::uint64_t>(seq), 8, 1 + below(3));
        const bool typing = below(2) == 0;
        const auto before = f.events->counters().dropped;
        const auto typed = R"({"channel_id":"8","timestamp":1,"user_id":"3","guild_id":"2"})";
        room = typing ? f.deliver("TYPING_START", typed, static_cast<std::uint64_t>(seq), &claims)
                      : f.deliver("MESSAGE_DELETE", text, static_cast<std::uint64_t>(seq), &claims);
        position.came(seq, claimed && !was_dropped.contains(seq), mc::time_point{});
        CHECK(f.events->counters().dropped - before <= 1);
        if (below(3) == 0) f.poll();
        if (!working.empty() && below(2) == 0) working[below(working.size())]->open();
        for (std::int64_t at = 1; at <= position.position(); ++at)
          REQUIRE((finished.contains(at) || was_dropped.contains(at)));
      }
      CHECK(f.events->counters().dropped == was_dropped.size());
      CHECK((drops || was_dropped.empty()));
      f.open = false;  // the end comes at any point: what has not ended is given up
    }
    for (std::int64_t at = 1; at <= position.position(); ++at)
      CHECK((finished.contains(at) || was_dropped.contains(at)));
  }
}

TEST_CASE("plain functions and coroutines begin in the order of their events, and of their registration") {
  fixture f;
  std::string log;
  const auto note = [&log](char who, const mc::message_delete& event) {
    log += who + std::to_string(event.id.value()) + ' ';
  };
  f.on<mc::message_delete>([&](const mc::message_delete& event) { note('a', event); });
  f.on<mc::message_delete>([&](const mc::message_delete& event) -> mc::task<> {
    note('b', event);
    co_return;
  });
  f.on<mc::message_delete>([&](const mc::message_delete& event) { note('c', event); });
  for (std::uint64_t id = 1; id <= 3; ++id) f.deliver("MESSAGE_DELETE", deletion_of(id, 8, 9));
  CHECK(log.empty());  // nothing runs where events are read
  f.poll();
  CHECK(log == "a1 b1 c1 a2 b2 c2 a3 b3 c3 ");
  log.clear();
  f.deliver("MESSAGE_DELETE", deletion_of(4, 8, 9));
  f.poll();
  CHECK(log == "a4 b4 c4 ");
}

TEST_CASE("plain functions keep the order of their guild, give their place back, and report what they throw") {
  fixture f(1, in(event_order::per_guild));
  std::string log;
  f.on<mc::message_delete>([&](const mc::message_delete& event) {
    log += std::to_string(event.id.value()) + ' ';
    if (event.id.value() == 2) throw std::runtime_error("bad");
  });
  for (std::uint64_t id = 1; id <= 4; ++id) f.deliver("MESSAGE_DELETE", deletion_of(id, 8, 9 + id % 2));
  f.poll();
  CHECK(log == "1 2 3 4 ");
  CHECK(f.errors == std::vector<std::string>{"MESSAGE_DELETE: bad"});
  const auto counted = f.events->counters();
  CHECK(counted.handlers_started == 4);
  CHECK(counted.handlers_failed == 1);
  CHECK(counted.handlers_running == 0);
  CHECK(counted.events_queued == 0);
}

TEST_CASE("an event whose plain handlers never ran is not handled, one whose have is") {
  claim_counter claims;
  {
    fixture f;
    int ran = 0;
    f.on<mc::message_delete>([&](const mc::message_delete&) { ++ran; });
    f.deliver("MESSAGE_DELETE", deletion_of(1, 8, 9), 1, &claims.source);
    f.poll();
    CHECK(ran == 1);
    CHECK(claims.dealt_with == 1);
    f.deliver("MESSAGE_DELETE", deletion_of(2, 8, 9), 2, &claims.source);
    f.jobs->cancel();
    f.poll();
    CHECK(ran == 1);
    CHECK(claims.dealt_with == 1);
    f.deliver("MESSAGE_DELETE", deletion_of(3, 8, 9), 3, &claims.source);
  }  // the context goes with what waits there
  CHECK(claims.dealt_with == 1);
}

TEST_CASE("an event whose handler hides that it was cancelled is not handled") {
  fixture f;
  claim_counter claims;
  gate held(f.context);
  int ended = 0;
  const bool forgets = GENERATE(false, true);
  f.on<mc::message_delete>([&](const mc::message_delete&) -> mc::task<> {
    co_await held.wait();  // which throws nothing
    if (forgets) co_await boost::asio::this_coro::reset_cancellation_state();
    ++ended;
  });
  f.deliver("MESSAGE_DELETE", deletion_of(1, 8, 9), 1, &claims.source);
  f.poll();
  f.jobs->cancel();
  f.poll();
  CHECK(ended == 1);
  CHECK(claims.dealt_with == 0);
  CHECK(f.errors.empty());
  CHECK(f.events->counters().handlers_running == 0);
}

TEST_CASE("a removed handler goes with its own last call, whatever else is at work on the event") {
  fixture f;
  gate held(f.context);
  auto kept = std::make_shared<int>(0);
  const std::weak_ptr<int> there = kept;
  const auto quick = f.on<mc::message_delete>([kept](const mc::message_delete&) { ++*kept; });
  kept.reset();
  bool ended = false;
  f.on<mc::message_delete>([&](const mc::message_delete&) -> mc::task<> {
    co_await held.wait();
    ended = true;
  });
  f.deliver("MESSAGE_DELETE", deletion_of(1, 8, 9));
  f.poll();
  REQUIRE(there.lock());
  CHECK(*there.lock() == 1);
  f.events->remove(quick);
  CHECK(there.expired());
  CHECK_FALSE(ended);
  held.open();
  f.poll();
  CHECK(ended);
}

TEST_CASE("calls that cannot be started for want of memory keep no places, and their event is not handled") {
  for (const auto order : {event_order::concurrent, event_order::per_guild}) {
    fixture f(100, in(order));
    claim_counter claims;
    int begun = 0;
    for (int i = 0; i < 3; ++i)
      f.on<mc::message_delete>([&](const mc::message_delete&) -> mc::task<> {
        ++begun;
        co_return;
      });
    f.before_spawn = [spawned = 0]() mutable {
      if (++spawned == 2) throw std::bad_alloc();
    };
    CHECK_THROWS_AS(f.deliver("MESSAGE_DELETE", deletion_of(1, 8, 9), 1, &claims.source), std::bad_alloc);
    f.poll();
    CHECK(begun == 1);
    CHECK(f.events->running() == 0);
    CHECK(claims.claimed == 1);
    CHECK(claims.dealt_with == 0);
    CHECK(f.deliver("MESSAGE_DELETE", deletion_of(2, 8, 9), 2, &claims.source));
    f.poll();
    CHECK(begun == 4);
    CHECK(claims.dealt_with == 1);
  }
}
