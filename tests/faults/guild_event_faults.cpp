// SPDX-License-Identifier: MIT
// Guilds that do not come, and outages, played by the mock against a whole client in virtual time.
#include <monochord/gateway/shards.hpp>

#include "support/guild_bot.hpp"
#include "support/no_violations.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::guild_bot;
using mc::tests::no_violations;
using mc::tests::simulated_world;
using lines = std::vector<std::string>;

TEST_CASE("fault 14: guilds that never come do not hold all_ready up for ever") {
  simulated_world w;
  const auto second = w.discord().add_guild("second", w.world.alice);
  mc::testing::mock_faults faults;
  faults.guilds_stay_unavailable = true;
  w.discord().set_faults(faults);
  auto options = w.options();
  options.guild_wait = 20s;
  guild_bot bot(w, options);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  const auto began = w.sim.elapsed();
  w.sim.run_for(19s);
  CHECK(bot.told.empty());
  w.sim.run_until([&] { return !bot.ready.empty(); }, 1min);
  CHECK(w.sim.elapsed() - began >= 19s);
  CHECK(w.sim.elapsed() - began <= 21s);
  CHECK(bot.ready[0].guilds == 2);
  CHECK(bot.ready[0].missing_guilds == 2);
  CHECK(bot.bot.shards().guild_count(0) == 2U);

  // They come after all: available, not joined, and the start is not over twice.
  bot.told.clear();
  w.discord().set_guild_unavailable(second, true);
  w.discord().set_guild_unavailable(second, false);
  CHECK(bot.news() == lines{"unavailable " + second.str(), "available second"});
  CHECK(bot.ready.size() == 1);
  no_violations(w);
}

TEST_CASE("fault 14: a guild whose outage is told at the start is not waited for") {
  simulated_world w;
  const auto second = w.discord().add_guild("second", w.world.alice);
  w.discord().set_guild_unavailable(second, true);
  guild_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  CHECK(bot.news() == lines{"available home"});
  w.discord().send_event("GUILD_DELETE", R"({"id":")" + second.str() + R"(","unavailable":true})");
  CHECK(bot.news() == lines{"unavailable " + second.str(), "all ready"});
  CHECK(bot.ready[0].missing_guilds == 1);
  w.discord().set_guild_unavailable(second, false);
  CHECK(bot.news() == lines{"available second"});
  no_violations(w);
}

TEST_CASE(
    "fault 14: GUILD_CREATE with unavailable is an outage, not a join, and GUILD_DELETE in an outage is no leave") {
  simulated_world w;
  guild_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  CHECK(bot.news() == lines{"available home", "all ready"});
  const auto create = R"({"id":")" + w.world.home.str() + R"(","unavailable":true})";
  w.discord().send_event("GUILD_CREATE", create);
  CHECK(bot.news() == lines{"unavailable " + w.world.home.str()});
  w.discord().send_event("GUILD_DELETE", create);
  CHECK(bot.news().empty());  // the same outage
  CHECK(bot.bot.shards().guild_count(0) == 1U);
  w.discord().set_guild_unavailable(w.world.home, true);
  w.discord().set_guild_unavailable(w.world.home, false);
  CHECK(bot.news() == lines{"available home"});
  w.discord().send_event("GUILD_CREATE", R"({"id":"4242","unavailable":true})");  // of a guild that nobody knew
  CHECK(bot.news() == lines{"unavailable 4242"});
  CHECK(bot.creates == 4);
  CHECK(bot.deletes == 2);
  no_violations(w);
}

TEST_CASE("fault 14: an outage over the loss of a session is neither a leave nor a join") {
  simulated_world w;
  guild_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  CHECK(bot.news() == lines{"available home", "all ready"});
  w.discord().set_guild_unavailable(w.world.home, true);
  CHECK(bot.news() == lines{"unavailable " + w.world.home.str()});
  w.discord().forget_sessions();
  w.discord().disconnect();
  w.sim.run_until([&] { return w.discord().counters().readies == 2; }, 5min);
  CHECK(bot.news().empty());
  w.discord().set_guild_unavailable(w.world.home, false);
  CHECK(bot.news() == lines{"available home"});
  no_violations(w);
}
