// SPDX-License-Identifier: MIT
// Commands whose shards are replaced, cut or busy meanwhile.
#include <string>

#include "support/command_bot.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::command_bot;
using mc::tests::no_violations;
using mc::tests::populate;
using mc::tests::simulated_world;

namespace {

mc::testing::mock_options shards(int count) {
  mc::testing::mock_options out;
  out.recommended_shards = count;
  return out;
}

/// Two shards, and three that take over from them.
struct replaced {
  replaced() : world(shards(2)), bot(world, mc::intent::guild_members | mc::intent::guild_voice_states) {
    bot.until_ready();
  }
  void begin(mc::duration settle) {
    mc::reshard_options how;
    how.settle = settle;
    resharding = bot.watch(bot.bot.shards().reshard(3, how), std::make_shared<mc::reshard_report>());
  }
  /// Commands go to the new shards, the old ones are still there.
  void until_switched() {
    world.sim.run_until([&] { return bot.bot.shards().total() == 3; }, 5min);
    REQUIRE_FALSE(resharding->ended);
  }
  void until_done() {
    bot.until(resharding);
    CHECK(resharding->text.empty());
    CHECK(bot.bot.shards().total() == 3);
  }
  /// A guild that moves to that shard.
  mc::guild_id guild_on(unsigned shard) {
    for (int i = 0;; ++i) {
      const auto made = world.discord().add_guild("guild " + std::to_string(i), world.world.alice);
      if ((made.value() >> 22U) % 3 == shard) return made;
    }
  }

  simulated_world world;
  command_bot bot;
  std::shared_ptr<mc::tests::outcome> resharding;
};

}  // namespace

TEST_CASE("what a new shard was asked before the old ones are gone is asked again when its session is lost or resumed") {
  replaced r;
  const auto guild = r.guild_on(2);
  populate(r.world.discord(), guild, 3);
  r.begin(30s);
  r.until_switched();
  const bool lost = GENERATE(false, true);
  CAPTURE(lost);
  r.world.discord().pause(2);  // which the old set has not; what is asked goes nowhere
  const auto members = std::make_shared<mc::guild_members>();
  const auto info = std::make_shared<mc::channel_info>();
  const auto first = r.bot.watch(r.bot.commands().request_guild_members(guild, {.query = "member"}), members);
  const auto second = r.bot.watch(r.bot.commands().request_channel_info(guild), info);
  r.world.sim.run_for(1s);
  r.world.discord().disconnect(mc::testing::disconnect_how::drop, 0, 2);
  if (lost) r.world.discord().forget_sessions(2);
  r.bot.until(first);
  r.bot.until(second);
  CHECK(first->text == "");
  CHECK(second->text == "");
  CHECK(members->members.size() == 3);
  CHECK(info->guild_id == guild);
  r.until_done();
  no_violations(r.world);
}

TEST_CASE("a presence that nobody waits for any more is told once the session goes on") {
  simulated_world w;
  command_bot bot(w);
  bot.until_ready();
  auto faults = w.discord().faults();
  faults.refuse_upgrades = 4;
  w.discord().set_faults(faults);
  w.discord().disconnect();
  w.sim.run_for(100ms);
  const auto first = bot.watch(bot.commands().update_presence({.status = mc::presence_status::dnd}, {.timeout = 500ms}));
  bot.until(first);
  CHECK(first->code == mc::errc::timeout);
  std::string shown = "dnd";
  SECTION("and nothing was set after it") {}
  SECTION("but not when another one was set after it") {
    shown = "idle";
    const auto second =
        bot.watch(bot.commands().update_presence({.status = mc::presence_status::idle}, {.timeout = 500ms}));
    bot.until(second);
    CHECK(second->code == mc::errc::timeout);
  }
  const auto before = w.discord().counters().payloads_received;
  w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 5min);
  w.sim.run_for(1s);
  CHECK(w.discord().counters().identifies == 1);
  CHECK(w.discord().last_presence().find(shown) != std::string::npos);
  CHECK(w.discord().counters().payloads_received - before == 2);  // RESUME, and one presence
  no_violations(w);
}
