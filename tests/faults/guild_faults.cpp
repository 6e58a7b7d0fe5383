// SPDX-License-Identifier: MIT
// Fault 14: guilds that stay unavailable, and outages.
#include <map>
#include <monochord/model/events.hpp>

#include "faults/listening_bot.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::testing::mock_faults;
using mc::tests::listening_bot;
using mc::tests::no_violations;
using mc::tests::simulated_world;

namespace {

/// Counts what it is told of guilds.
struct guild_watcher : listening_bot {
  explicit guild_watcher(simulated_world& w) : listening_bot(w) {
    bot.on<mc::ready>([this](const mc::ready& event) {
      for (const auto& one : event.guilds) unavailable_at_ready += one.unavailable.value_or(false) ? 1 : 0;
    });
    bot.on<mc::guild_create>(
        [this](const mc::guild_create& event) { ++(event.unavailable.value_or(false) ? down : came)[event.guild.id]; });
    bot.on<mc::guild_delete>([this](const mc::guild_delete& event) {
      ++(event.guild.unavailable.value_or(false) ? down : left)[event.guild.id];
    });
  }
  ~guild_watcher() { end(); }
  int unavailable_at_ready = 0;
  std::map<mc::guild_id, int> came, down, left;
};

}  // namespace

TEST_CASE("fault 14: guilds that stay unavailable after READY hold nothing up, and are counted") {
  simulated_world w;
  const auto other = w.discord().add_guild("other", w.world.alice);
  mock_faults faults;
  faults.guilds_stay_unavailable = true;
  w.discord().set_faults(faults);
  guild_watcher bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(10min);
  CHECK(bot.bot.shards().all_ready());
  CHECK(bot.unavailable_at_ready == 2);
  CHECK(bot.shard().guilds == 2U);
  CHECK(bot.came.empty());
  bot.say("from a guild that never came");
  w.sim.run_for(1s);
  CHECK(bot.heard({"from a guild that never came"}));

  w.discord().set_guild_unavailable(other, true);
  w.discord().set_guild_unavailable(other, false);  // it comes after all
  w.sim.run_for(1s);
  CHECK(bot.came == std::map<mc::guild_id, int>{{other, 1}});
  CHECK(bot.shard().guilds == 2U);
  CHECK(bot.left.empty());
  CHECK(w.discord().counters().connections == 1);
  no_violations(w);
}

TEST_CASE("fault 14: an outage is not left, and a GUILD_CREATE that says unavailable is one") {
  simulated_world w;
  guild_watcher bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(1s);
  CHECK(bot.came == std::map<mc::guild_id, int>{{w.world.home, 1}});
  w.discord().send_event("GUILD_CREATE", R"({"id":")" + w.world.home.str() + R"(","unavailable":true})");
  w.discord().set_guild_unavailable(w.world.home, true);
  w.sim.run_for(1min);
  CHECK(bot.down == std::map<mc::guild_id, int>{{w.world.home, 2}});
  CHECK(bot.left.empty());
  CHECK(bot.errors.empty());
  CHECK(bot.shard().guilds == 1U);
  w.discord().set_guild_unavailable(w.world.home, false);
  w.sim.run_for(1s);
  CHECK(bot.came == std::map<mc::guild_id, int>{{w.world.home, 2}});
  CHECK(bot.shard().guilds == 1U);

  w.discord().remove_bot(w.world.home);
  w.sim.run_for(1s);
  CHECK(bot.left == std::map<mc::guild_id, int>{{w.world.home, 1}});
  CHECK(bot.shard().guilds == 0U);
  CHECK(w.discord().counters().connections == 1);
  no_violations(w);
}

TEST_CASE("fault 14: guilds that never were there: an outage of, and a leave from, what READY did not name") {
  simulated_world w;
  guild_watcher bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.discord().send_event("GUILD_DELETE", R"({"id":"4194304","unavailable":true})");
  w.discord().send_event("GUILD_DELETE", R"({"id":"8388608"})");
  w.discord().send_event("GUILD_CREATE", R"({"id":"12582912","unavailable":true})");
  w.sim.run_for(1s);
  CHECK(bot.down.size() == 2);
  CHECK(bot.left.size() == 1);
  CHECK(bot.shard().guilds == 3U);  // one that is down is one all the same
  CHECK(bot.errors.empty());
  CHECK(w.discord().counters().connections == 1);
}
