// SPDX-License-Identifier: MIT
// Fault 07: handlers that block for minutes, in virtual time and on a real pool of threads.
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>

#include "faults/listening_bot.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::listening_bot;
using mc::tests::no_violations;
using mc::tests::simulated_world;
using mc::tests::small_world;

TEST_CASE(
    "fault 07: handlers that take every place for ten minutes: reading stops at the limit, beats go on, nothing is "
    "lost") {
  constexpr std::size_t limit = 20, said = 3000;
  mc::testing::mock_options served;
  served.recommended_shards = served.max_concurrency = 2;
  simulated_world w(served);
  auto options = w.options();
  options.max_running_handlers = limit;
  options.ack_after = std::chrono::milliseconds::max();
  mc::client bot(w.world.bot_token(), std::move(options));
  bool open = false;
  std::size_t begun = 0;
  std::vector<std::string> done;
  bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    const std::string text = event.message.content;
    ++begun;
    while (!open) co_await bot.sleep(1s);
    done.push_back(text);
  });
  bool ended = false;
  const auto live = [&]() -> mc::task<> {
    co_await bot.async_run();
    ended = true;
  };
  w.sim.spawn(live());
  w.sim.run_until([&] { return bot.shards().all_ready(); }, 1min);
  const auto lag = [&](std::size_t shard) { return bot.shards().info().at(shard).lag; };
  CHECK(lag(0) == 0s);

  w.sim.run_for(30s);
  w.discord().burst(w.world.general, said);  // many times what fits into the connection's buffers
  w.sim.run_for(10s);
  CHECK(begun == limit);
  CHECK(lag(0) == 10s);
  const auto before = w.discord().counters();
  w.sim.run_for(10min);
  CHECK(begun == limit);
  CHECK(lag(0) == 10min + 10s);
  CHECK(lag(1) == 0s);  // nothing came for this one
  const auto after = w.discord().counters();
  CHECK(after.heartbeats - before.heartbeats >= 2 * 14);
  CHECK(after.events_sent - before.events_sent < said);  // the mock is held up too
  CHECK(after.connections == 2);
  CHECK(bot.shards().all_ready());

  open = true;
  w.sim.run_until([&] { return done.size() == said; }, 30min);
  w.sim.settle();
  CHECK(lag(0) == 0s);
  for (std::size_t i = 0; i < said; ++i)
    if (done[i] != "burst " + std::to_string(i)) FAIL("position " << i << " holds " << done[i]);
  w.sim.run_for(5min);
  CHECK(w.discord().counters().connections == 2);
  CHECK(w.discord().counters().resumes == 0);
  for (const auto& one : bot.shards().info()) CHECK(one.zombies == 0);
  no_violations(w);  // a beat that is late would be one
  bot.stop();
  w.sim.run_until([&] { return ended; }, 1min);
}

TEST_CASE("fault 07: a peer that dies while reading is paused is noticed after the pause, not in it") {
  simulated_world w;
  auto options = w.options();
  options.max_running_handlers = 1;
  mc::client bot(w.world.bot_token(), std::move(options));
  bool open = false;
  int done = 0;
  bot.on<mc::message_create>([&](const mc::message_create&) -> mc::task<> {
    while (!open) co_await bot.sleep(1s);
    ++done;
  });
  bool ended = false;
  const auto live = [&]() -> mc::task<> {
    co_await bot.async_run();
    ended = true;
  };
  w.sim.spawn(live());
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(10s);
  w.discord().burst(w.world.general, 5);
  w.sim.run_for(1s);
  w.network->stall_all();
  const auto connects = w.network->connects();
  w.sim.run_for(5min);
  CHECK(w.network->connects() == connects);
  CHECK(bot.shards().status(0) == mc::shard_status::ready);
  open = true;
  w.sim.run_until([&] { return w.network->connects() > connects && bot.shards().all_ready(); }, 2min);
  CHECK(bot.shards().info().at(0).zombies == 1);
  bot.stop();
  w.sim.run_until([&] { return ended; }, 1min);
}

TEST_CASE("fault 07: a handler that acknowledges its event and blocks then holds up no beat") {
  mc::testing::mock_options served;
  served.heartbeat_interval = 2s;
  small_world w(served);
  auto options = w.options();
  options.threads = 2;
  mc::client bot(w.bot_token(), std::move(options));
  std::promise<void> blocked, go_on;
  auto wait = go_on.get_future().share();
  bot.on<mc::message_create>([&](const mc::message_create&, const mc::raw_event& sent) {
    sent.acknowledge();  // nothing else is under way: what this has the shard do is all that waits for its strand
    blocked.set_value();
    wait.wait();
  });
  auto run = std::async(std::launch::async, [&] { return bot.run(); });
  struct end {
    mc::client& bot;
    std::promise<void>& go_on;
    ~end() {
      go_on.set_value();
      bot.stop();
    }
  };
  {
    const end at_end{bot, go_on};
    REQUIRE(w.discord.wait_session());
    w.discord.burst(w.general, 1);
    REQUIRE(blocked.get_future().wait_for(30s) == std::future_status::ready);
    const auto before = w.discord.counters();
    CHECK(w.discord.wait_until([&](const auto& now) { return now.heartbeats >= before.heartbeats + 3; }, 20s));
    CHECK(w.discord.counters().connections == 1);
  }
  CHECK(run.get() == 0);
}

TEST_CASE("fault 07: handlers that block all the threads they get: beats keep their time, each event is handled once") {
  constexpr std::size_t said = 400;
  mc::testing::mock_options served;
  served.heartbeat_interval = 2s;  // the mock drops who is silent for two of them: a busy machine must not be taken for that
  small_world w(served);
  auto options = w.options();
  options.threads = 3;
  options.max_running_handlers = 10;
  mc::client bot(w.bot_token(), std::move(options));
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  std::size_t blocked = 0, all = 0;
  std::map<std::string, int> seen;
  bot.on<mc::message_create>([&](const mc::message_create& event) {
    std::unique_lock lock(mutex);
    ++blocked;
    changed.notify_all();
    changed.wait(lock, [&] { return open; });
    --blocked;
    ++all;
    ++seen[event.message.content];
    changed.notify_all();
  });
  auto run = std::async(std::launch::async, [&] { return bot.run(); });
  struct end {
    mc::client& bot;
    std::mutex& mutex;
    std::condition_variable& changed;
    bool& open;
    ~end() {
      {
        const std::lock_guard lock(mutex);
        open = true;
      }
      changed.notify_all();
      bot.stop();
    }
  } at_end{bot, mutex, changed, open};
  REQUIRE(w.discord.wait_session());
  w.discord.burst(w.general, said);
  {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, 30s, [&] { return blocked == 2; }));
  }
  // Acknowledgements lie unread meanwhile. Many intervals pass, each of which would be reason enough to reconnect.
  const auto before = w.discord.counters();
  CHECK(w.discord.wait_until([&](const auto& now) { return now.heartbeats >= before.heartbeats + 3; }, 60s));
  CHECK(bot.shards().info().at(0).lag >= 2 * 2s);
  {
    std::unique_lock lock(mutex);
    CHECK(blocked == 2);
    open = true;
    changed.notify_all();
    CHECK(changed.wait_for(lock, 60s, [&] { return all == said; }));
    CHECK(seen.size() == said);
  }
  CHECK(w.discord.counters().connections == 1);
  CHECK(bot.shards().info().at(0).zombies == 0);
  bot.stop();
  CHECK(run.get() == 0);
}
