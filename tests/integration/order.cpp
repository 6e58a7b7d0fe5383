// SPDX-License-Identifier: MIT
// Bots whose events have an order, stopped and killed at any point: nothing is lost, and nothing that had to wait runs
// too early.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <monochord/gateway/session_store.hpp>
#include <random>
#include <set>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::event_order;
using mc::tests::simulated_world;

namespace {

struct store_file {
  explicit store_file(const char* name)
      : path(std::filesystem::temp_directory_path() / ("monochord_order_" + std::to_string(::getpid()) + "_" + name)) {
    std::filesystem::remove(path);
  }
  ~store_file() {
    std::filesystem::remove(path);
    std::filesystem::remove(path.string() + ".lock");
  }
  store_file(const store_file&) = delete;
  store_file& operator=(const store_file&) = delete;
  const std::filesystem::path path;
};

/// What lives have in common.
struct record {
  std::map<std::string, int> done;
  std::vector<std::string> complaints;
};

/// A bot that takes its time with each message, and sometimes waits for another one meanwhile.
struct ordered_bot {
  ordered_bot(simulated_world& with, const store_file& where, event_order by, bool waits, std::uint32_t seed,
              record& into)
      : w(with), order(by), random(seed), all(into), bot(w.world.bot_token(), options(w, where, by)) {
    bot.on<mc::message_create>([this, waits](const mc::message_create& event, const mc::raw_event& sent) -> mc::task<> {
      const std::string text = event.message.content;
      const auto lane = order == event_order::per_shard ? std::uint64_t(sent.shard_id) : event.guild_id->value();
      begin(lane, text);
      co_await bot.sleep(std::chrono::milliseconds{random() % 200});
      if (waits && random() % 3 == 0) {
        working.erase(lane);  // from here on others may run
        co_await bot.next<mc::message_create>(mc::in_channel(event.message.channel_id), 300ms);
      } else if (order != event_order::concurrent) {
        working.erase(lane);
      }
      if (!killed) ++all.done[text];
    });
    bot.on_error([this](std::exception_ptr, const mc::raw_event& event) {
      all.complaints.push_back("error in " + std::string(event.name));
    });
    w.sim.spawn(live());
  }
  void begin(std::uint64_t lane, const std::string& text) {
    if (order == event_order::concurrent) return;
    if (!working.insert(lane).second) all.complaints.push_back(text + " began too early");
    auto& last = lasts[lane];
    const int number = std::stoi(text);
    if (number <= last) all.complaints.push_back(text + " began after " + std::to_string(last));
    last = number;
  }
  static mc::client_options options(simulated_world& w, const store_file& where, event_order by) {
    auto out = w.options();
    out.session_store = mc::make_file_session_store(where.path.string());
    out.resume_with_cold_cache = true;
    out.drain_timeout = 20s;
    out.order = by;
    out.max_running_handlers = 5;
    out.max_queued_events = 4;
    return out;
  }
  mc::task<> live() {
    co_await bot.async_run();
    ended = true;
  }

  simulated_world& w;
  const event_order order;
  std::mt19937 random;
  record& all;
  std::set<std::uint64_t> working;
  std::map<std::uint64_t, int> lasts;
  bool killed = false;
  bool ended = false;
  mc::client bot;
};

/// Several lives, each ended at random, and a calm one.
void play(event_order by, bool kills, bool waits, std::uint32_t seed) {
  INFO("order " << static_cast<int>(by) << ", kills " << kills << ", waits " << waits << ", seed " << seed);
  mc::testing::mock_options shape;
  shape.recommended_shards = 2;
  simulated_world w(shape);
  const auto other = w.discord().add_text_channel(w.discord().add_guild("other", w.world.alice), "general");
  const store_file where("sessions"), copy("copy");
  std::mt19937 random(seed);
  record all;
  int said = 0;
  const auto say = [&] {
    w.discord().say(w.world.alice, random() % 2 ? w.world.general : other, std::to_string(++said));
  };
  const auto both_ready = [&] {
    for (const int shard : {0, 1}) REQUIRE(w.sim.run(w.discord().expect_session(shard, 1min), 2min));
  };
  for (int life = 0; life < 4; ++life) {
    {
      ordered_bot b(w, where, by, waits, static_cast<std::uint32_t>(random()), all);
      both_ready();
      w.sim.run_for(1s);  // what was missed has come
      for (std::size_t i = 10 + random() % 20; i != 0; --i) {
        say();
        w.sim.run_for(std::chrono::milliseconds{random() % 100});
      }
      if (kills) {
        std::filesystem::copy_file(where.path, copy.path, std::filesystem::copy_options::overwrite_existing);
        b.killed = true;
      }
      b.bot.stop();
      w.sim.run_until([&] { return b.ended; }, 1min);
    }
    if (kills) std::filesystem::copy_file(copy.path, where.path, std::filesystem::copy_options::overwrite_existing);
    for (std::size_t i = random() % 4; i != 0; --i) say();
    w.sim.run_for(1s);
  }
  ordered_bot b(w, where, by, waits, static_cast<std::uint32_t>(random()), all);
  both_ready();
  w.sim.run_for(1min);
  b.bot.stop();
  w.sim.run_until([&] { return b.ended; }, 1min);
  CHECK(all.complaints == std::vector<std::string>{});
  CHECK(all.done.size() == static_cast<std::size_t>(said));
  // Doubled only where a life was cut short.
  if (!kills && !waits)
    for (const auto& [text, times] : all.done) CHECK((times == 1 && !text.empty()));
  CHECK(w.discord().counters().identifies == 2);
  for (const auto& v : w.discord().violations()) FAIL_CHECK(v.kind << ": " << v.text);
}

}  // namespace

TEST_CASE("stopped at any point, a bot loses nothing under any order, and doubles nothing that it finished") {
  for (std::uint32_t seed = 1; seed <= 3; ++seed)
    for (const auto by : {event_order::concurrent, event_order::per_guild, event_order::per_shard})
      play(by, false, false, seed);
}

TEST_CASE("stopped while handlers wait for events, a bot loses nothing under any order") {
  for (std::uint32_t seed = 11; seed <= 13; ++seed)
    for (const auto by : {event_order::concurrent, event_order::per_guild, event_order::per_shard})
      play(by, false, true, seed);
}

TEST_CASE("killed at any point, a bot loses nothing under any order") {
  for (std::uint32_t seed = 21; seed <= 23; ++seed)
    for (const auto by : {event_order::concurrent, event_order::per_guild, event_order::per_shard})
      play(by, true, seed % 2 == 0, seed);
}

TEST_CASE("what is dropped rather than that reading stops is not given again") {
  simulated_world w;
  const store_file where("dropped");
  std::vector<std::string> done;
  const auto options = [&] {
    auto out = w.options();
    out.session_store = mc::make_file_session_store(where.path.string());
    out.resume_with_cold_cache = true;
    out.order = event_order::per_shard;
    out.max_queued_events = 3;
    out.overflow = mc::drop_oldest<mc::message_create>();
    return out;
  };
  for (int life = 0; life < 2; ++life) {
    mc::client bot(w.world.bot_token(), options());
    bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
      const std::string text = event.message.content;
      co_await bot.sleep(1s);
      done.push_back(text);
    });
    bool ended = false;
    const auto live = [&]() -> mc::task<> {
      co_await bot.async_run();
      ended = true;
    };
    w.sim.spawn(live());
    REQUIRE(w.sim.run(w.discord().expect_session()));
    if (life == 0)
      for (int i = 0; i < 10; ++i) w.discord().say(w.world.alice, w.world.general, std::to_string(i));
    w.sim.run_for(life == 0 ? 500ms : 20s);
    if (life == 0) CHECK(bot.event_counters().dropped == 6);
    bot.stop();
    w.sim.run_until([&] { return ended; }, 1min);
  }
  // The stop lets those that have begun end, and gives the others to the next process.
  CHECK(done == std::vector<std::string>{"0", "7", "8", "9"});
  CHECK(w.discord().counters().identifies == 1);
}
