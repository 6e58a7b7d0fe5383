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

TEST_CASE(
    "what a new shard was asked before the old ones are gone is asked again when its session is lost or resumed") {
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

TEST_CASE("presences and voice states that the old shards have not sent at their end go to the new ones") {
  replaced r;
  const auto talk = r.world.discord().add_voice_channel(r.world.world.home, "talk");
  const auto other = r.world.discord().add_guild("other", r.world.world.alice);
  const auto there = r.world.discord().add_voice_channel(other, "talk");
  const mc::command_options patient{.timeout = 10min};
  r.begin(3s);
  r.world.sim.run_until([&] { return r.world.discord().counters().identifies == 5; }, 5min);
  REQUIRE(r.bot.bot.shards().total() == 2);
  const int home = r.bot.bot.shards().shard_for(r.world.world.home);
  std::vector<std::shared_ptr<mc::tests::outcome>> all;
  for (int i = 0; i < 130; ++i) {  // more than Discord lets through in a minute
    const auto name = "number " + std::to_string(i);
    const mc::activity_body shown[] = {{.name = name, .type = mc::activity_type::playing}};
    all.push_back(r.bot.watch(r.bot.commands().update_presence({.activities = shown}, patient)));
  }
  all.push_back(r.bot.watch(r.bot.commands().update_presence(home, {.status = mc::presence_status::idle}, patient)));
  all.push_back(r.bot.watch(r.bot.commands().update_voice_state(r.world.world.home, {.channel_id = talk}, patient)));
  all.push_back(r.bot.watch(r.bot.commands().update_voice_state(other, {.channel_id = there}, patient)));
  r.until_switched();
  r.bot.run(r.bot.commands().update_voice_state(other, {}));  // what was said before is out of date
  r.until_done();
  for (const auto& one : all) {
    r.bot.until(one);
    CHECK(one->text == "");
  }
  r.world.sim.run_for(1s);
  for (int shard = 0; shard < 3; ++shard) {
    INFO(shard);
    const auto shown = r.world.discord().last_presence(shard);
    CHECK(shown.find(shard == home ? "idle" : "number 129") != std::string::npos);
  }
  CHECK(r.world.discord().voice_channel(r.world.world.home, r.world.discord().bot_user()) == talk);
  CHECK_FALSE(r.world.discord().voice_channel(other, r.world.discord().bot_user()));
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
  const auto first =
      bot.watch(bot.commands().update_presence({.status = mc::presence_status::dnd}, {.timeout = 500ms}));
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
  const auto told = [&] {  // the first heartbeat of a connection comes at any time
    const auto counters = w.discord().counters();
    return counters.payloads_received - counters.heartbeats;
  };
  const auto before = told();
  w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 5min);
  w.sim.run_for(1s);
  CHECK(w.discord().counters().identifies == 1);
  CHECK(w.discord().last_presence().find(shown) != std::string::npos);
  CHECK(told() - before == 2);  // RESUME, and one presence
  no_violations(w);
}

TEST_CASE("members come in chunks of which nobody takes any while another call waits: bounded, then given up") {
  simulated_world w;
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  bot.events.clear();
  const mc::guild_id strange{99ULL << 22U};  // the mock answers nothing: what comes is ours
  const std::string head = R"({"guild_id":")" + strange.str() + R"(","members":[{"user":{"id":")";
  const auto send = [&](int index, int count) {
    w.discord().send_event(
        "GUILD_MEMBERS_CHUNK",
        head + std::to_string(1000 + index) +
            R"(","username":"u","discriminator":"0","avatar":null,"global_name":null},"roles":[],"joined_at":"2020-01-01T00:00:00Z","deaf":false,"mute":false,"flags":0,"avatar":null}],"chunk_index":)" +
            std::to_string(index) + R"(,"chunk_count":)" + std::to_string(count) + R"(,"nonce":"mine"})");
  };
  constexpr int count = 500;
  auto stream = bot.commands().stream_guild_members(strange, {.nonce = "mine", .timeout = 5min});
  const auto first = std::make_shared<std::optional<mc::guild_members_chunk>>();
  const auto took = bot.watch(stream.next(), first);
  const auto waits = bot.watch(bot.commands().request_soundboard_sounds({strange}, {.timeout = 9min}),
                               std::make_shared<std::vector<mc::soundboard_sounds>>());
  w.sim.run_for(1s);
  for (int i = 0; i < count; ++i) send(i, count);
  bot.until(took);
  REQUIRE(took->text == "");
  w.sim.run_for(1s);
  CHECK(bot.events["GUILD_MEMBERS_CHUNK"] > 10);  // the other call may stand behind them
  CHECK(bot.events["GUILD_MEMBERS_CHUNK"] <= 70);
  SECTION("a reader that takes none for some seconds loses its stream, so that the other call is answered") {
    w.sim.run_for(10s);
    CHECK(bot.events["GUILD_MEMBERS_CHUNK"] == count);
    const auto next = bot.watch(stream.next(), first);
    bot.until(next);
    CHECK(next->code == mc::errc::resource);
    CHECK_FALSE(waits->ended);
  }
  SECTION("a slow one does not, and gets all of them") {
    int got = 1;
    for (; got < count; ++got) {
      w.sim.run_for(1s);
      const auto next = bot.watch(stream.next(), first);
      bot.until(next);
      REQUIRE(next->text == "");
      REQUIRE(first->has_value());
      REQUIRE(bot.events["GUILD_MEMBERS_CHUNK"] <= 70 + got);
    }
    CHECK(bot.events["GUILD_MEMBERS_CHUNK"] == count);
  }
}
