// SPDX-License-Identifier: MIT
// Resharding over sockets, with the shards of both sets on several threads.
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include <monochord/gateway/shards.hpp>

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::small_world;

TEST_CASE("resharding on a thread pool while messages come: each of them is seen once") {
  mc::testing::mock_options discord;
  discord.max_concurrency = 8;
  small_world w(discord);
  constexpr int guilds = 6;
  std::vector<mc::channel_id> channels;
  for (int i = 0; i < guilds; ++i) {
    const auto guild = w.discord.add_guild("guild " + std::to_string(i), w.alice);
    channels.push_back(w.discord.add_text_channel(guild, "general"));
  }
  auto options = w.options();
  options.log = mc::log_level::warning;
  options.threads = 4;
  options.shards = mc::shard_plan::of(2);
  mc::client bot(w.bot_token(), options);
  std::mutex mutex;
  std::map<mc::channel_id, std::vector<std::string>> seen;
  bot.on<mc::message_create>([&](const mc::message_create& event) {
    const std::lock_guard lock(mutex);
    seen[event.message.channel_id].push_back(event.message.content);
  });
  std::atomic<bool> done = false;
  mc::reshard_report report;
  std::string failed;
  const auto reshard = [&]() -> mc::task<> {
    mc::reshard_options how;
    how.settle = 500ms;
    how.twin_limit = 2s;
    how.guilds_limit = 1s;
    try {
      report = co_await bot.shards().reshard(3, how);
    } catch (const std::exception& e) {
      failed = e.what();
    }
    done = true;
  };
  std::thread runs([&] { CHECK(bot.run() == 0); });
  REQUIRE(w.discord.wait_session(0));
  REQUIRE(w.discord.wait_session(1));
  REQUIRE(w.discord.wait_until([](const auto& c) { return c.readies == 2; }));
  bot.spawn(reshard());
  int said = 0;
  const auto say = [&] {
    for (const auto channel : channels) w.discord.say(w.alice, channel, std::to_string(said));
    ++said;
  };
  // The mock's counters change with each heartbeat and event: it is waited for as long as they do, at most.
  while (!done && said < 100'000) {
    say();
    const auto until = w.discord.counters().events_sent + 1;
    w.discord.wait_until([&](const auto& c) { return c.events_sent > until || done; }, 20ms);
  }
  CHECK(done);
  for (int i = 0; i < 10; ++i) say();
  const auto all_seen = [&] {
    const std::lock_guard lock(mutex);
    for (const auto channel : channels)
      if (seen[channel].size() < static_cast<std::size_t>(said)) return false;
    return true;
  };
  for (int i = 0; i < 500 && !all_seen(); ++i) w.discord.wait_until([](const auto&) { return false; }, 20ms);
  bot.stop();
  runs.join();
  CHECK(failed.empty());
  CHECK(report.to == 3);
  // Handlers of one channel run side by side on four threads: what is certain is the number of times.
  for (const auto channel : channels) {
    std::map<std::string, int> times;
    for (const auto& text : seen[channel]) ++times[text];
    CHECK(times.size() == static_cast<std::size_t>(said));
    for (const auto& [text, count] : times) CHECK(count == 1);
  }
  for (const auto& v : w.discord.violations()) FAIL_CHECK(v.kind << ": " << v.text);
}
