// SPDX-License-Identifier: MIT
// Many shards, in one process and in several, as a bot sees them.
#include <map>

#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include <monochord/gateway/identify_queue.hpp>
#include <monochord/gateway/session_store.hpp>
#include <monochord/gateway/shards.hpp>

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::simulated_world;

namespace {

mc::testing::mock_options discord_with(int recommended, int max_concurrency = 1, int session_starts = 1000) {
  mc::testing::mock_options out;
  out.recommended_shards = recommended;
  out.max_concurrency = max_concurrency;
  out.session_start_limit = session_starts;
  return out;
}

/// Guilds in which alice talks; the n-th one is on shard n, from 0.
struct guilds {
  guilds(simulated_world& w, int count) : world(w), ids{w.world.home}, channels{w.world.general} {
    for (int i = 1; i < count; ++i) {
      ids.push_back(w.discord().add_guild("guild " + std::to_string(i), w.world.alice));
      channels.push_back(w.discord().add_text_channel(ids.back(), "general"));
    }
  }
  /// A message in each of them, with its number.
  void say() {
    for (std::size_t i = 0; i < channels.size(); ++i) world.discord().say(world.world.alice, channels[i], std::to_string(i));
  }
  simulated_world& world;
  std::vector<mc::guild_id> ids;
  std::vector<mc::channel_id> channels;
};

/// A bot that counts the messages it sees.
struct counting_bot {
  counting_bot(simulated_world& w, mc::client_options options) : world(w), bot(w.world.bot_token(), std::move(options)) {
    bot.on<mc::message_create>([this](const mc::message_create& event, const mc::raw_event& sent) {
      ++seen[event.message.content];
      CHECK(sent.shard_id == bot.shards().shard_for(*event.guild_id));
    });
    bot.on_progress([this](const mc::start_progress& now) { progress.push_back(now); });
  }
  counting_bot(simulated_world& w, mc::shard_plan plan) : counting_bot(w, with(w, plan)) {}
  ~counting_bot() { end(); }

  static mc::client_options with(simulated_world& w, mc::shard_plan plan) {
    auto out = w.options();
    out.shards = plan;
    return out;
  }
  void begin() {
    lives = true;
    world.sim.spawn(live());
  }
  mc::task<> live() {
    try {
      co_await bot.async_run();
    } catch (const mc::error& e) {
      code = e.code();
      text = e.what();
    }
    lives = false;
  }
  void until_ready(mc::duration limit = 5min) {
    world.sim.run_until([&] { return bot.shards().all_ready(); }, limit);
    world.sim.settle();
  }
  void end(mc::stop_mode mode = mc::stop_mode::keep_sessions) {
    bot.stop(mode);
    world.sim.run_until([&] { return !lives; });
  }

  simulated_world& world;
  std::map<std::string, int> seen;
  std::vector<mc::start_progress> progress;
  bool lives = false;
  mc::error_code code;
  std::string text;
  mc::client bot;
};

void check_no_violations(simulated_world& w) {
  for (const auto& v : w.discord().violations()) FAIL_CHECK(v.kind << ": " << v.text);
}

}  // namespace

TEST_CASE("by default as many shards run as Discord recommends, started as fast as it allows") {
  simulated_world w(discord_with(6, 2));
  guilds all(w, 6);
  counting_bot bot(w, mc::shard_plan());
  bot.begin();
  bot.until_ready();
  CHECK(w.sim.elapsed() >= 10s);
  CHECK(w.sim.elapsed() < 13s);
  CHECK(bot.bot.shards().total() == 6);
  CHECK(bot.bot.shards().ids() == std::vector<int>{0, 1, 2, 3, 4, 5});
  CHECK(w.discord().counters().identifies == 6);
  CHECK(w.discord().last_identify(5).find("[5,6]") != std::string::npos);
  all.say();
  w.sim.run_for(1s);
  CHECK(bot.seen == std::map<std::string, int>{{"0", 1}, {"1", 1}, {"2", 1}, {"3", 1}, {"4", 1}, {"5", 1}});
  check_no_violations(w);
}

TEST_CASE("a number of one's own, and a part of it") {
  simulated_world w(discord_with(1));
  guilds all(w, 3);
  {
    counting_bot bot(w, mc::shard_plan::of(3));
    bot.begin();
    bot.until_ready();
    CHECK(bot.bot.shards().total() == 3);
    all.say();
    w.sim.run_for(1s);
    CHECK(bot.seen.size() == 3);
    bot.end(mc::stop_mode::discard_sessions);
  }
  w.sim.run_for(10s);
  counting_bot bot(w, mc::shard_plan::range(1, 1, 3));
  bot.begin();
  bot.until_ready();
  CHECK(bot.bot.shards().ids() == std::vector<int>{1});
  all.say();
  w.sim.run_for(1s);
  CHECK(bot.seen == std::map<std::string, int>{{"1", 1}});
  CHECK_THROWS_WITH(bot.bot.shards().status(2), "shard 2 is not run by this process (1 to 1 of 3)");
  CHECK_THROWS_WITH(bot.bot.shards().restart(3), "there is no shard 3: the bot has 3, counted from 0");
  check_no_violations(w);
}

TEST_CASE("two clusters of one bot: each sees the events of its guilds, together they see all") {
  simulated_world w(discord_with(5));
  guilds all(w, 5);
  const auto queue = mc::make_identify_queue(w.sim.clock(), {});  // one for both, as Discord counts
  const auto options = [&](int id) {
    auto out = counting_bot::with(w, mc::shard_plan::cluster(id, 2));
    out.identify_queue = queue;
    return out;
  };
  counting_bot first(w, options(0)), second(w, options(1));
  first.begin();
  second.begin();
  first.until_ready();
  second.until_ready();
  CHECK(first.bot.shards().ids() == std::vector<int>{0, 1, 2});
  CHECK(second.bot.shards().ids() == std::vector<int>{3, 4});
  all.say();
  w.sim.run_for(1s);
  CHECK(first.seen == std::map<std::string, int>{{"0", 1}, {"1", 1}, {"2", 1}});
  CHECK(second.seen == std::map<std::string, int>{{"3", 1}, {"4", 1}});
  CHECK(first.bot.shards().shard_for(all.ids[4]) == 4);
  CHECK(w.discord().counters().identifies == 5);
  check_no_violations(w);
}

TEST_CASE("a cluster that ends in the middle of its start holds no other one up") {
  simulated_world w(discord_with(8));
  const auto queue = mc::make_identify_queue(w.sim.clock(), {});
  const auto options = [&](int id) {
    auto out = counting_bot::with(w, mc::shard_plan::cluster(id, 2));
    out.identify_queue = queue;
    return out;
  };
  counting_bot first(w, options(0)), second(w, options(1));
  first.begin();
  second.begin();
  w.sim.run_for(7s);
  CHECK(w.discord().counters().identifies == 2);
  first.end();
  second.until_ready(1min);
  CHECK(w.discord().counters().identifies == 6);
  check_no_violations(w);
}

TEST_CASE("plans that no bot can run are refused with their numbers") {
  using mc::shard_plan;
  CHECK_THROWS_WITH(shard_plan::of(0), "a bot has at least 1 shard, not 0");
  CHECK_THROWS_WITH(shard_plan::range(16, 64, 64), "there are no shards 16 to 64 of 64: their numbers go from 0 to 63");
  CHECK_THROWS_WITH(shard_plan::range(-1, 2, 4), Catch::Contains("-1 to 2 of 4"));
  CHECK_THROWS_WITH(shard_plan::range(3, 2, 4), Catch::Contains("3 to 2 of 4"));
  CHECK_THROWS_WITH(shard_plan::range(0, 0, -4), "a bot has at least 1 shard, not -4");
  CHECK_THROWS_WITH(shard_plan::cluster(4, 4, 64), "there is no cluster 4 of 4: their numbers go from 0 to 3");
  CHECK_THROWS_WITH(shard_plan::cluster(0, 0), "a bot has at least 1 cluster, not 0");
  CHECK_THROWS_WITH(shard_plan::cluster(2, 4, 2), "cluster 2 of 4 has no shard to run: the bot has 2 in all");
  try {
    (void)shard_plan::cluster(0, 2, -1);
    FAIL_CHECK("not refused");
  } catch (const mc::error& e) {
    CHECK(e.code() == mc::errc::invalid_argument);
  }

  simulated_world w(discord_with(1));  // what is recommended is known later
  counting_bot bot(w, shard_plan::cluster(1, 2));
  bot.begin();
  w.sim.run_until([&] { return !bot.lives; }, 1min);
  CHECK(bot.code == mc::errc::invalid_argument);
  CHECK(bot.text == "cluster 1 of 2 has no shard to run: the bot has 1 in all");
  CHECK(w.discord().counters().connections == 0);
}

TEST_CASE("too few session starts are left for the day: refused before one is used up, or waited for") {
  simulated_world w(discord_with(2, 1, 3));
  {
    counting_bot bot(w, mc::shard_plan());
    bot.begin();
    bot.until_ready();
    bot.end(mc::stop_mode::discard_sessions);
  }
  w.sim.run_for(1h);
  const std::string told = "2 shards have to IDENTIFY, and 1 session start is left for today; the next 3 come in 13";
  {
    auto options = w.options();
    options.wait_for_identify_budget = false;
    counting_bot bot(w, options);
    bot.begin();
    w.sim.run_until([&] { return !bot.lives; }, 1min);
    CHECK(bot.code == mc::errc::identify_budget_spent);
    CHECK_THAT(bot.text, Catch::StartsWith(told) && Catch::EndsWith("minutes"));
    CHECK(w.discord().counters().identifies == 2);
  }
  counting_bot bot(w, mc::shard_plan());
  bot.begin();
  w.sim.run_for(22h);
  CHECK(w.discord().counters().identifies == 3);
  CHECK(w.world.log.text().find("gateway: " + told) != std::string::npos);
  CHECK(bot.bot.shards().status(0) == mc::shard_status::ready);
  CHECK(bot.bot.shards().status(1) == mc::shard_status::queued);
  REQUIRE(bot.progress.size() == 1);
  CHECK(bot.progress[0].left > 22h);
  w.sim.run_for(2h);
  CHECK(bot.bot.shards().all_ready());
  check_no_violations(w);
}

TEST_CASE("what shards are doing is known, from when they are") {
  simulated_world w(discord_with(2, 2));
  guilds all(w, 4);
  counting_bot bot(w, mc::shard_plan());
  auto& shards = bot.bot.shards();
  CHECK(shards.total() == 0);
  CHECK(shards.ids().empty());
  CHECK(shards.info().empty());
  CHECK_FALSE(shards.all_ready());
  CHECK_THROWS_WITH(shards.shard_for(all.ids[1]), Catch::Contains("not known before run() has reached Discord"));
  CHECK_THROWS_AS(shards.status(0), mc::error);
  CHECK_THROWS_AS(shards.restart(0), mc::error);

  bot.begin();
  bot.until_ready();
  CHECK(shards.status(1) == mc::shard_status::ready);
  CHECK(mc::to_string(shards.status(1)) == "ready");
  CHECK(shards.shard_for(all.ids[1]) == 1);
  CHECK(shards.shard_for(all.ids[2]) == 0);
  CHECK(shards.guild_count(0) == 2U);
  CHECK(shards.guild_count(1) == 2U);
  w.sim.run_for(1min);
  CHECK(shards.latency(0));

  const auto fifth = w.discord().add_guild("fifth", w.world.alice);
  w.discord().set_guild_unavailable(all.ids[1], true);
  w.sim.run_for(1s);
  CHECK(shards.shard_for(fifth) == 0);
  CHECK(shards.guild_count(0) == 3U);
  CHECK(shards.guild_count(1) == 2U);
  w.discord().set_guild_unavailable(all.ids[1], false);
  w.discord().remove_bot(all.ids[3]);
  w.sim.run_for(1s);
  const auto info = shards.info();
  REQUIRE(info.size() == 2);
  CHECK(info[1].id == 1);
  CHECK(info[1].status == mc::shard_status::ready);
  CHECK(info[1].guilds == 1U);
  CHECK(info[1].latency);

  bot.end();
  CHECK(shards.status(0) == mc::shard_status::ended);
  CHECK_FALSE(shards.all_ready());
  shards.restart(0);  // stays ended
  w.sim.settle();
  CHECK(shards.status(0) == mc::shard_status::ended);
}

TEST_CASE("the guilds of a session that another process began are not known") {
  simulated_world w(discord_with(1));
  const auto store = mc::make_memory_session_store();
  const auto options = [&] {
    auto out = w.options();
    out.session_store = store;
    out.resume_with_cold_cache = true;
    return out;
  };
  {
    counting_bot bot(w, options());
    bot.begin();
    bot.until_ready();
    CHECK(bot.bot.shards().guild_count(0) == 1U);
  }
  counting_bot bot(w, options());
  bot.begin();
  bot.until_ready();
  CHECK_FALSE(bot.bot.shards().guild_count(0));
  w.sim.settle();
  REQUIRE(bot.progress.size() == 1);
  CHECK(bot.progress[0].resumed);
  CHECK(bot.progress[0].all_ready());
}

TEST_CASE("a restart resumes: no IDENTIFY, and each event comes once") {
  simulated_world w(discord_with(2, 2));
  guilds all(w, 2);
  counting_bot bot(w, mc::shard_plan());
  bot.begin();
  bot.until_ready();
  w.sim.run_for(10s);
  int said = 0;
  const auto say = [&] { w.discord().say(w.world.alice, all.channels[1], std::to_string(said++)); };
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 5; ++i) say();
    bot.bot.shards().restart(1);
    for (int i = 0; i < 5; ++i) say();
    w.sim.settle();
    bot.bot.shards().restart(1);  // at work on it already
    w.sim.run_for(1s);
    CHECK(bot.bot.shards().all_ready());
    w.sim.run_for(10s);
  }
  CHECK(bot.seen.size() == static_cast<std::size_t>(said));
  for (const auto& [text, times] : bot.seen) CHECK((times == 1 && !text.empty()));
  CHECK(w.discord().counters().identifies == 2);
  CHECK(w.discord().counters().resumed >= 3);
  CHECK(w.discord().counters().last_close_received == 4000);
  CHECK(bot.progress.size() == 2);  // of the start alone
  check_no_violations(w);
}

TEST_CASE("a restart with a new session identifies, in its turn") {
  simulated_world w(discord_with(2));
  guilds all(w, 2);
  counting_bot bot(w, mc::shard_plan());
  bot.begin();
  bot.until_ready();
  bot.bot.shards().restart(0, mc::restart_mode::new_session);
  bot.bot.shards().restart(1, mc::restart_mode::new_session);
  w.sim.settle();
  CHECK_FALSE(bot.bot.shards().all_ready());
  CHECK(w.discord().counters().last_close_received == 1000);
  bot.until_ready();
  CHECK(w.discord().counters().identifies == 4);
  CHECK(w.discord().counters().resumes == 0);
  CHECK(bot.bot.shards().guild_count(1) == 1U);
  all.say();
  w.sim.run_for(1s);
  CHECK(bot.seen == std::map<std::string, int>{{"0", 1}, {"1", 1}});
  check_no_violations(w);
}

TEST_CASE("a long start tells how far it is, in the log and to whoever asked") {
  simulated_world w(discord_with(20, 5));
  auto options = w.options();
  options.log = mc::log_level::info;
  counting_bot bot(w, options);
  bot.begin();
  bot.until_ready();
  w.sim.run_for(1min);
  REQUIRE(bot.progress.size() == 20);
  for (int i = 0; i < 20; ++i) {
    const auto& now = bot.progress[static_cast<std::size_t>(i)];
    CHECK(now.ready == i + 1);
    CHECK(now.shards == 20);
    CHECK(now.all_ready() == (i == 19));
    CHECK_FALSE(now.resumed);
  }
  CHECK(bot.progress[0].left == 20s);
  CHECK(bot.progress[19].left == 0s);
  CHECK(bot.progress[19].elapsed >= 15s);

  const auto log = w.world.log.text();
  CHECK(log.find("gateway: shard 0 ready, 1 of 20, about 20 s left\n") != std::string::npos);
  CHECK(log.find(", all 20 are up after 15 s\n") != std::string::npos);
  std::size_t lines = 0;
  for (auto at = log.find(" s left\n"); at != std::string::npos; at = log.find(" s left\n", at + 1)) ++lines;
  CHECK(lines >= 3);
  CHECK(lines <= 4);
}

TEST_CASE("what on_progress throws goes to on_error") {
  simulated_world w(discord_with(1));
  counting_bot bot(w, mc::shard_plan());
  std::string error;
  bot.bot.on_progress([](const mc::start_progress&) { throw std::runtime_error("from on_progress"); });
  bot.bot.on_error([&](std::exception_ptr thrown, const mc::raw_event&) { error = mc::result<int>(thrown).error_text(); });
  bot.begin();
  bot.until_ready();
  w.sim.settle();
  CHECK(error == "from on_progress");
}

TEST_CASE("shards that are cut together come back one after the other, one that is cut alone at once") {
  constexpr int shards = 48;
  simulated_world w(discord_with(shards, 16));
  counting_bot bot(w, mc::shard_plan::of(shards));
  bot.begin();
  bot.until_ready();
  w.sim.run_for(1min);
  const auto when = [&] { return w.sim.clock()->now(); };
  const auto resumed = [&](std::uint64_t count) { return [&w, count] { return w.discord().counters().resumed >= count; }; };

  const auto alone = when();
  w.discord().disconnect(mc::testing::disconnect_how::drop, 4000, 7);
  w.sim.run_until(resumed(1));
  CHECK(when() - alone < 5ms);
  w.sim.run_for(1min);

  const auto before = w.discord().connection_times().size();
  const auto together = when();
  w.discord().disconnect();
  w.sim.run_until(resumed(1 + shards));
  auto arrived = w.discord().connection_times();
  arrived.erase(arrived.begin(), arrived.begin() + static_cast<std::ptrdiff_t>(before));
  REQUIRE(arrived.size() == shards);
  CHECK(arrived[15] - together < 5ms);
  for (std::size_t i = 16; i < shards; ++i) {
    const auto place = (static_cast<int>(i) - 15) * std::chrono::duration<double>(1.0 / 100);  // each somewhere in its own
    CHECK(arrived[i] - together >= place - 1ms);
    CHECK(arrived[i] - together <= place + std::chrono::duration<double>(1.0 / 100) + 5ms);
  }
  CHECK(w.discord().counters().identifies == shards);
  check_no_violations(w);
}
