// SPDX-License-Identifier: MIT
// Joins, outages and leaves told apart, over connections, sessions and processes.
#include <monochord/gateway/session_store.hpp>
#include <monochord/gateway/shards.hpp>

#include "support/guild_bot.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::guild_bot;
using mc::tests::simulated_world;
using lines = std::vector<std::string>;

namespace {

void begin(simulated_world& w) { REQUIRE(w.sim.run(w.discord().expect_session())); }

mc::client_options with_store(simulated_world& w, std::shared_ptr<mc::session_store> store) {
  auto out = w.options();
  out.session_store = std::move(store);
  out.resume_with_cold_cache = true;
  return out;
}

}  // namespace

TEST_CASE("guilds of the start are available, later ones are joined, and raw handlers see all of it") {
  simulated_world w;
  guild_bot bot(w);
  begin(w);
  CHECK(bot.news() == lines{"available home", "all ready"});
  const auto second = w.discord().add_guild("second", w.world.alice);
  CHECK(bot.news() == lines{"join second"});
  w.discord().set_guild_unavailable(second, true);
  CHECK(bot.news() == lines{"unavailable " + second.str()});
  w.discord().set_guild_unavailable(second, false);
  CHECK(bot.news() == lines{"available second"});
  w.discord().remove_bot(second);
  CHECK(bot.news() == lines{"leave " + second.str()});
  CHECK(bot.creates == 3);
  CHECK(bot.deletes == 2);
  REQUIRE(bot.ready.size() == 1);
  CHECK(bot.ready[0].shards == 1);
  CHECK(bot.ready[0].guilds == 1);
  CHECK(bot.ready[0].missing_guilds == 0);
}

TEST_CASE("what happens while a connection is lost is told when it resumes, and all_ready not again") {
  simulated_world w;
  guild_bot bot(w);
  begin(w);
  CHECK(bot.news().size() == 2);
  w.discord().disconnect();
  const auto second = w.discord().add_guild("second", w.world.alice);
  w.discord().set_guild_unavailable(w.world.home, true);
  w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 1min);
  CHECK(bot.news() == lines{"join second", "unavailable " + w.world.home.str()});
  w.discord().set_guild_unavailable(w.world.home, false);
  CHECK(bot.news() == lines{"available home"});

  w.discord().forget_sessions();
  w.discord().disconnect();
  w.sim.run_until([&] { return w.discord().counters().readies == 2; }, 5min);
  CHECK(bot.news() == lines{"available home", "available second"});  // of the new session
  w.discord().remove_bot(second);
  CHECK(bot.news() == lines{"leave " + second.str()});
  CHECK(bot.ready.size() == 1);
}

TEST_CASE("a session that another process began: a join is told by its time") {
  simulated_world w;
  const auto store = mc::make_memory_session_store();
  {
    guild_bot bot(w, with_store(w, store));
    begin(w);
    CHECK(bot.news().size() == 2);
  }
  w.sim.run_for(30min);  // the guild is old; the session of the mock is not
  guild_bot first(w, with_store(w, store));
  begin(w);
  CHECK(first.news() == lines{"available home", "all ready"});  // too late to resume
  first.end();

  w.discord().set_guild_unavailable(w.world.home, true);
  w.discord().add_guild("second", w.world.alice);
  w.sim.run_for(1min);
  guild_bot next(w, with_store(w, store));
  begin(w);
  CHECK(next.news() == lines{"unavailable " + w.world.home.str(), "join second", "all ready"});
  CHECK(w.discord().counters().identifies == 2);
  REQUIRE(next.ready.size() == 1);
  CHECK(next.ready[0].missing_guilds == 1);
  w.discord().set_guild_unavailable(w.world.home, false);
  CHECK(next.news() == lines{"available home"});
  next.end();

  // An outage that began before and ends now: nothing of this process knows the guild, which is old.
  w.sim.run_for(1min);
  {
    guild_bot bot(w, with_store(w, store));
    begin(w);
    w.discord().set_guild_unavailable(w.world.home, true);
    bot.news();
  }
  guild_bot last(w, with_store(w, store));
  begin(w);
  last.news();
  w.discord().set_guild_unavailable(w.world.home, false);
  CHECK(last.news() == lines{"available home"});
  CHECK(w.discord().counters().identifies == 2);
}

TEST_CASE("a join whose handler was cut short comes again as a join") {
  simulated_world w;
  const auto store = mc::make_memory_session_store();
  std::vector<std::string> welcomed;
  const auto live = [&](mc::duration takes, const std::function<void()>& act) {
    auto options = with_store(w, store);
    options.drain_timeout = 1s;
    mc::client bot(w.world.bot_token(), options);
    bot.on<mc::guild_join>([&](const mc::guild_join& event) -> mc::task<> {
      const std::string name = event.guild.name;
      co_await bot.sleep(takes);
      welcomed.push_back(name);
    });
    bool ended = false;
    const auto run = [&]() -> mc::task<> {
      co_await bot.async_run();
      ended = true;
    };
    w.sim.spawn(run());
    begin(w);
    act();
    w.sim.run_for(2s);
    bot.stop();
    w.sim.run_until([&] { return ended; }, 1min);
  };
  live(1h, [&] { w.discord().add_guild("second", w.world.alice); });
  CHECK(welcomed.empty());
  live(1s, [] {});
  CHECK(welcomed == lines{"second"});
  live(1s, [] {});
  CHECK(welcomed == lines{"second"});
}

TEST_CASE("all_ready comes once, when the last of the shards and of their guilds is there, after all progress") {
  mc::testing::mock_options shape;
  shape.recommended_shards = 3;
  simulated_world w(shape);
  for (const char* const name : {"a", "b", "c", "d"}) w.discord().add_guild(name, w.world.alice);
  guild_bot bot(w);
  bot.bot.on_progress(
      [&](const mc::start_progress& now) { bot.told.push_back("shard " + std::to_string(now.shard_id)); });
  bool are_ready = false;
  bot.bot.on<mc::all_ready>([&](const mc::all_ready&) { are_ready = bot.bot.shards().all_ready(); });
  w.sim.run_until([&] { return !bot.ready.empty(); }, 1min);
  w.sim.settle();
  CHECK(are_ready);
  CHECK(bot.told.back() == "all ready");
  CHECK(bot.told.size() == 5 + 3 + 1);
  CHECK(bot.ready[0].shards == 3);
  CHECK(bot.ready[0].guilds == 5);
  CHECK(bot.ready[0].elapsed >= 10s);  // two turns in the queue
  w.sim.run_for(1h);
  CHECK(bot.ready.size() == 1);
}

TEST_CASE("without intent::guilds what is told of guilds is refused, all_ready is not and waits for none") {
  simulated_world w;
  auto options = w.options();
  options.intents = mc::intent::guild_messages;
  const auto refusal = [&](auto add) {
    mc::client bot(w.world.bot_token(), options);
    add(bot);
    try {
      w.sim.run(bot.async_run());
    } catch (const mc::error& e) {
      CHECK(e.code() == mc::errc::invalid_argument);
      return std::string(e.what());
    }
    return std::string();
  };
  CHECK_THAT(
      refusal([](mc::client& bot) { bot.on<mc::guild_join>([](const mc::guild_join&) {}); }),
      Catch::Contains("the handler of guild_join would never be called") && Catch::Contains("the intent guilds"));
  CHECK_THAT(refusal([](mc::client& bot) { bot.on<mc::guild_leave>([](const mc::guild_leave&) {}); }),
             Catch::Contains("guild_leave"));
  mc::client bot(w.world.bot_token(), options);
  std::vector<mc::all_ready> ready;
  bot.on<mc::all_ready>([&](const mc::all_ready& now) { ready.push_back(now); });
  bool ended = false;
  const auto run = [&]() -> mc::task<> {
    co_await bot.async_run();
    ended = true;
  };
  w.sim.spawn(run());
  begin(w);
  w.sim.settle();
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].guilds == 1);
  CHECK(ready[0].missing_guilds == 0);
  bot.stop();
  w.sim.run_until([&] { return ended; }, 1min);
}
