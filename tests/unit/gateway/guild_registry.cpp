// SPDX-License-Identifier: MIT
// What the shards of a client know of each other's guilds, and when a start is told to be complete.
#include <optional>

#include "unit/gateway/peer.hpp"

using namespace monochord;
using namespace monochord::gateway_test;
using gateway::guild_registry;
using protocol::guild_news;

namespace {

guild_news feed(guild_registry::member& to, const monochord::clock& time, std::string_view type,
                const std::string& data) {
  const auto event = protocol::read_guild_event(type, json::padded_text(data.data(), data.size(), data.size()));
  REQUIRE(event);
  return to.take(*event, time);
}

std::string ready(const std::string& guilds) {
  return R"({"v":10,"session_id":"x","resume_gateway_url":"ws://localhost:8080","guilds":[)" + guilds + "]}";
}

}  // namespace

TEST_CASE("a guild that another shard knows is not joined again, until that shard is gone") {
  testing::manual_clock time;
  const auto registry = std::make_shared<guild_registry>(true);
  auto old = registry->join();
  const auto fresh = registry->join();
  feed(*old, time, "READY", ready(R"({"id":"1"})"));
  feed(*fresh, time, "READY", ready(""));
  CHECK(feed(*old, time, "GUILD_CREATE", R"({"id":"1"})") == guild_news::available);
  CHECK(feed(*old, time, "GUILD_CREATE", R"({"id":"2"})") == guild_news::joined);
  CHECK(feed(*fresh, time, "GUILD_CREATE", R"({"id":"2"})") == guild_news::available);
  old.reset();
  CHECK(registry->look().guilds == 1);
  CHECK(feed(*fresh, time, "GUILD_CREATE", R"({"id":"1"})") == guild_news::joined);
}

TEST_CASE("progress is of all shards, and whoever watches is called when it may be complete") {
  testing::manual_clock time;
  const auto registry = std::make_shared<guild_registry>(true);
  int calls = 0;
  registry->watch([&] { ++calls; });
  const auto a = registry->join(), b = registry->join();
  CHECK_FALSE(registry->look().up);
  feed(*a, time, "READY", ready(R"({"id":"1"},{"id":"2"})"));
  CHECK(calls == 1);
  CHECK_FALSE(registry->look().up);
  feed(*b, time, "RESUMED", "{}");
  CHECK(calls == 2);
  CHECK(registry->look().up);
  CHECK(registry->look().awaited == 2);
  feed(*a, time, "GUILD_DELETE", R"({"id":"1","unavailable":true})");
  CHECK(calls == 2);
  feed(*a, time, "GUILD_CREATE", R"({"id":"2"})");
  CHECK(calls == 3);
  CHECK(registry->look().awaited == 0);
  CHECK(registry->look().unavailable == 1);
  CHECK(registry->look().guilds == 2);
  CHECK(registry->look().last_news == time.now());
  CHECK(a->count() == 2U);
  CHECK_FALSE(b->count());
  feed(*b, time, "GUILD_CREATE", R"({"id":"3","joined_at":"2020-01-01T00:00:00+00:00"})");
  CHECK(calls == 3);
  b->session_lost();
  CHECK_FALSE(registry->look().up);
  CHECK(registry->look().guilds == 2);
  registry->watch({});
  feed(*b, time, "RESUMED", "{}");
  CHECK(calls == 3);
}

TEST_CASE("half a million guilds on 200 shards: each is known, to every shard") {
  testing::manual_clock time;
  const auto registry = std::make_shared<guild_registry>(true);
  std::vector<std::unique_ptr<guild_registry::member>> shards;
  for (int shard = 0; shard < 200; ++shard) {
    shards.push_back(registry->join());
    std::string guilds;
    for (int i = 1; i <= 2500; ++i)
      guilds += (i == 1 ? "{\"id\":\"" : ",{\"id\":\"") + std::to_string(i * 200 + shard) + "\"}";
    feed(*shards.back(), time, "READY", ready(guilds));
  }
  CHECK(registry->look().awaited == 500'000);
  std::size_t available = 0, known_elsewhere = 0;
  for (int shard = 0; shard < 200; ++shard)
    for (int i = 1; i <= 2500; ++i) {
      const auto create = R"({"id":")" + std::to_string(i * 200 + shard) + "\"}";
      available +=
          feed(*shards[static_cast<std::size_t>(shard)], time, "GUILD_CREATE", create) == guild_news::available;
      if (i % 100 == 0)
        known_elsewhere +=
            feed(*shards[static_cast<std::size_t>(199 - shard)], time, "GUILD_CREATE", create) == guild_news::available;
    }
  CHECK(available == 500'000);
  CHECK(known_elsewhere == 5'000);
  CHECK(registry->look().awaited == 0);
  CHECK(feed(*shards[7], time, "GUILD_CREATE", R"({"id":"99999999"})") == guild_news::joined);
}

namespace {

/// A manager whose end of the start is recorded.
struct start {
  explicit start(stage& on, std::chrono::milliseconds wait = 15s) : run(on, options(on, wait, told)) {}
  static gateway::shard_manager_options options(stage& on, std::chrono::milliseconds wait,
                                                std::optional<all_ready>& told) {
    gateway::shard_manager_options out;
    out.shard = on.options();
    out.info = stage::info();
    out.guild_wait = wait;
    out.on_all_ready = [&told](const all_ready& now) {
      CHECK_FALSE(told);
      told = now;
    };
    return out;
  }
  std::optional<all_ready> told;
  running run;
};

}  // namespace

TEST_CASE("the start of a bot in no guild is over when its shard is ready") {
  stage on;
  start bot(on);
  bot.run.until_ready();
  on.sim.settle();
  REQUIRE(bot.told);
  CHECK(bot.told->shards == 1);
  CHECK(bot.told->missing_guilds == 0);
}

TEST_CASE("the start waits for guilds as long as they come, and not for ever") {
  stage on;
  on.server.sends_ready = false;
  start bot(on);
  on.sim.run_until([&] { return !on.server.of_op(2).empty(); }, 1min);
  on.server.say("READY", ready(R"({"id":"1"},{"id":"2"},{"id":"3"},{"id":"4"})"));
  for (const char* const id : {"1", "2", "9"}) {
    on.sim.run_for(14s);
    CHECK_FALSE(bot.told);
    on.server.say("GUILD_CREATE", R"({"id":")" + std::string(id) + R"("})");
    on.sim.settle();
  }
  on.server.say("GUILD_DELETE", R"({"id":"3","unavailable":true})");
  on.sim.run_for(14s);
  CHECK_FALSE(bot.told);
  on.sim.run_for(1s);
  REQUIRE(bot.told);
  CHECK(bot.told->guilds == 5);
  CHECK(bot.told->missing_guilds == 2);
  CHECK(bot.told->elapsed >= 57s);
  on.server.say("GUILD_CREATE", R"({"id":"4"})");
  on.server.drop();
  on.sim.run_for(1min);
  bot.run.stop(gateway::stop_mode::keep_session);
}

TEST_CASE("a stop while guilds are awaited does not wait for them") {
  stage on;
  on.server.sends_ready = false;
  start bot(on, std::chrono::milliseconds::max());
  on.sim.run_until([&] { return !on.server.of_op(2).empty(); }, 1min);
  on.server.say("READY", ready(R"({"id":"1"})"));
  on.sim.run_for(1h);
  CHECK_FALSE(bot.told);
  CHECK(bot.run.stop(gateway::stop_mode::keep_session) <= 3s);
  CHECK_FALSE(bot.told);
}
