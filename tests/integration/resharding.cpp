// SPDX-License-Identifier: MIT
// Another number of shards takes over from the present one while the bot works.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <map>

#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include <monochord/gateway/session_store.hpp>
#include <monochord/gateway/shards.hpp>
#include <monochord/model/derived_events.hpp>
#include <monochord/model/guild_events.hpp>

namespace mc = monochord;
namespace asio = boost::asio;
using namespace std::chrono_literals;
using mc::tests::simulated_world;

namespace {

mc::testing::mock_options discord_with(int max_concurrency, int session_starts = 1000) {
  mc::testing::mock_options out;
  out.max_concurrency = max_concurrency;
  out.session_start_limit = session_starts;
  return out;
}

/// A bot, and guilds in which people write and type all the time: what is seen of each guild is what happened there, in order.
struct busy_bot {
  explicit busy_bot(simulated_world& w, mc::client_options options) : world(w), bot(w.world.bot_token(), std::move(options)) {
    bot.on<mc::message_create>([this](const mc::message_create& event) { seen[*event.guild_id].push_back(event.message.content); });
    bot.on<mc::typing_start>([this](const mc::typing_start& event) { seen[*event.guild_id].push_back("types"); });
    bot.on<mc::guild_create>([this](const mc::guild_create& event) { ++created[event.guild.id]; });
    bot.on<mc::guild_delete>([this](const mc::guild_delete& event) { ++deleted[event.guild.id]; });
    bot.on<mc::ready>([this](const mc::ready&) { ++readies; });
    bot.on<mc::guild_join>([this](const mc::guild_join&) { ++joined; });
    bot.on<mc::guild_leave>([this](const mc::guild_leave&) { ++left; });
    bot.on<mc::all_ready>([this](const mc::all_ready&) { ++all_readies; });
  }
  ~busy_bot() {
    if (lives) end();
  }
  static mc::client_options with(simulated_world& w, mc::shard_plan plan) {
    auto out = w.options();
    out.shards = plan;
    out.intents = out.intents | mc::intent::guild_message_typing;
    out.log = mc::log_level::debug;
    return out;
  }
  void add_guilds(int count) {
    for (int i = 0; i < count; ++i) {
      guilds.push_back(world.discord().add_guild("guild " + std::to_string(guilds.size()), world.world.alice));
      channels.push_back(world.discord().add_text_channel(guilds.back(), "general"));
    }
  }
  void begin() {
    lives = true;
    world.sim.spawn(live());
    world.sim.run_until([&] { return bot.shards().all_ready(); }, 30min);
    world.sim.settle();
  }
  mc::task<> live() {
    co_await bot.async_run();
    lives = false;
  }
  void end(mc::stop_mode mode = mc::stop_mode::keep_sessions) {
    bot.stop(mode);
    world.sim.run_until([&] { return !lives; });
  }
  /// Something happens in a guild, in turn.
  void happen() {
    const auto at = static_cast<std::size_t>(happened) % guilds.size();
    if (happened++ % 3 != 0) {
      world.discord().type(world.world.alice, channels[at]);
      expected[guilds[at]].push_back("types");
    } else {
      const auto text = std::to_string(happened);
      world.discord().say(world.world.alice, channels[at], text);
      expected[guilds[at]].push_back(text);
    }
  }
  mc::task<> reshard(int total, mc::reshard_options how = {}) {
    try {
      report = co_await bot.shards().reshard(total, how);
    } catch (const mc::error& e) {
      code = e.code();
      text = e.what();
    }
    resharding = false;
  }
  void begin_reshard(int total, mc::reshard_options how = {}) {
    resharding = true;
    code = {};
    report = {};
    world.sim.spawn(reshard(total, how));
  }
  void busy_until(const std::function<bool()>& done, mc::duration limit) {
    const auto began = world.sim.elapsed();
    while (!done()) {
      REQUIRE(world.sim.elapsed() - began < limit);
      for (int i = 0; i < 4; ++i) happen();
      world.sim.run_for(100ms);
    }
  }
  void busy_for(mc::duration time) {
    const auto until = world.sim.elapsed() + time;
    busy_until([&] { return world.sim.elapsed() >= until; }, time + 1s);
  }
  void check_seen() {
    world.sim.run_for(5s);
    for (const auto guild : guilds) {
      INFO("guild " << guild.str());
      CHECK(seen[guild].size() == expected[guild].size());
      CHECK(seen[guild] == expected[guild]);
    }
    for (const auto& v : world.discord().violations()) FAIL_CHECK(v.kind << ": " << v.text);
  }

  simulated_world& world;
  std::vector<mc::guild_id> guilds;
  std::vector<mc::channel_id> channels;
  std::map<mc::guild_id, std::vector<std::string>> seen, expected;
  std::map<mc::guild_id, int> created, deleted;
  int happened = 0, readies = 0, joined = 0, left = 0, all_readies = 0;
  bool lives = false, resharding = false;
  mc::reshard_report report;
  mc::error_code code;
  std::string text;
  mc::client bot;
};

}  // namespace

TEST_CASE("resharding from 4 to 9 to 16 while the bot works: nothing is lost, nothing comes twice, guilds keep their order") {
  simulated_world w(discord_with(2));
  busy_bot b(w, busy_bot::with(w, mc::shard_plan::of(4)));
  b.add_guilds(40);
  b.begin();
  b.busy_for(2s);
  CHECK(b.created.size() == 41);
  const int readies = b.readies;

  b.begin_reshard(9);
  b.busy_for(8s);
  CHECK(b.bot.shards().total() == 4);  // commands still go to the old set
  b.busy_until([&] { return !b.resharding; }, 5min);
  CHECK(b.code == mc::error_code());
  CHECK(b.report.from == 4);
  CHECK(b.report.to == 9);
  CHECK(b.report.balanced);
  CHECK(b.report.twins > 100);
  CHECK(b.report.singles == 0);
  CHECK(b.bot.shards().total() == 9);
  CHECK(b.bot.shards().all_ready());
  b.begin_reshard(16);
  b.busy_until([&] { return !b.resharding; }, 5min);
  CHECK(b.report.from == 9);
  CHECK(b.bot.shards().total() == 16);
  b.busy_for(2s);
  b.check_seen();
  CHECK(b.readies == readies);  // a resharding is no news
  for (const auto& [guild, times] : b.created) CHECK(times == 1);
  CHECK(b.deleted.empty());
  CHECK(w.discord().counters().identifies == 4 + 9 + 16);
  CHECK(w.discord().counters().open_connections == 16);
}

TEST_CASE("guilds that come and go during a resharding are told once") {
  simulated_world w(discord_with(1));
  busy_bot b(w, busy_bot::with(w, mc::shard_plan::of(2)));
  b.add_guilds(6);
  b.begin();
  b.begin_reshard(3);
  for (int i = 0; i < 5; ++i) {
    b.busy_for(3s);
    b.add_guilds(1);
    b.busy_for(1s);
    if (i % 2 == 0) {
      w.discord().remove_bot(b.guilds[static_cast<std::size_t>(i)]);
      b.guilds.erase(b.guilds.begin() + i);
      b.channels.erase(b.channels.begin() + i);
    }
  }
  b.busy_until([&] { return !b.resharding; }, 5min);
  CHECK(b.code == mc::error_code());
  CHECK(b.bot.shards().total() == 3);
  CHECK(b.created.size() == 1 + 6 + 5);
  for (const auto& [guild, times] : b.created) CHECK(times == 1);
  CHECK(b.deleted.size() == 3);
  CHECK(b.joined == 5);
  CHECK(b.left == 3);
  CHECK(b.all_readies == 1);
  for (const auto& [guild, times] : b.deleted) CHECK(times == 1);
  b.check_seen();
}

namespace {

void cancel_after(busy_bot& b, mc::duration time) {
  asio::cancellation_signal cancel;
  bool ended = false;
  asio::co_spawn(b.world.sim.executor(), b.reshard(3), asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr) { ended = true; }));
  b.busy_for(time);
  CHECK_FALSE(ended);
  cancel.emit(asio::cancellation_type::terminal);
  b.busy_until([&] { return ended; }, 1min);
  CHECK(b.code == mc::errc::cancelled);
}

}  // namespace

TEST_CASE("a resharding that is cancelled, or takes too long, or whose shards are refused goes back, and nothing is lost") {
  simulated_world w(discord_with(1));
  busy_bot b(w, busy_bot::with(w, mc::shard_plan::of(2)));
  b.add_guilds(12);
  b.begin();
  b.busy_for(1s);
  mc::reshard_options how;
  SECTION("timeout") {
    how.timeout = 12s;
    b.begin_reshard(9, how);
    b.busy_until([&] { return !b.resharding; }, 2min);
    CHECK(b.code == mc::errc::timeout);
  }
  SECTION("a new shard is refused for good") {
    b.begin_reshard(3);
    w.sim.run_until([&] { return w.discord().counters().identifies == 5; }, 1min);
    b.busy_for(1s);
    w.discord().disconnect(mc::testing::disconnect_how::close_frame, 4014, 2);  // the old set has no such number
    b.busy_until([&] { return !b.resharding; }, 2min);
    CHECK(b.code == mc::errc::gateway_fatal);
    CHECK(b.text.find("4014") != std::string::npos);
    CHECK(b.lives);
  }
  SECTION("it is cancelled while the new shards come up") { cancel_after(b, 8s); }
  SECTION("it is cancelled once commands go to the new shards") { cancel_after(b, 19s); }
  CHECK(b.bot.shards().total() == 2);
  b.busy_for(2s);
  b.check_seen();
  for (const auto& [guild, times] : b.created) CHECK(times == 1);
  // And it can be tried again.
  b.begin_reshard(3);
  b.busy_until([&] { return !b.resharding; }, 5min);
  CHECK(b.code == mc::error_code());
  CHECK(b.bot.shards().total() == 3);
  b.check_seen();
}

TEST_CASE("what cannot be resharded is refused before anything is used up") {
  simulated_world w(discord_with(1, 5));
  busy_bot b(w, busy_bot::with(w, mc::shard_plan::of(2)));
  b.add_guilds(2);
  b.begin_reshard(3);
  w.sim.settle();
  CHECK_FALSE(b.resharding);
  CHECK(b.code == mc::errc::invalid_argument);
  CHECK(b.text == "the shards are not known before run() has reached Discord");
  b.begin();
  b.begin_reshard(2);
  w.sim.run_until([&] { return !b.resharding; });
  CHECK(b.code == mc::errc::invalid_argument);
  CHECK(b.text == "the bot has 2 shards already");
  b.begin_reshard(4);
  w.sim.run_until([&] { return !b.resharding; });
  CHECK(b.code == mc::errc::identify_budget_spent);
  CHECK(b.text.find("resharding takes 4 session starts; 3 are left for today") != std::string::npos);
  mc::reshard_options how;
  how.keep_starts = 1;
  b.begin_reshard(3, how);
  w.sim.run_until([&] { return !b.resharding; });
  CHECK(b.code == mc::errc::identify_budget_spent);
  CHECK(w.discord().counters().identifies == 2);
  b.begin_reshard(3);
  w.sim.run_for(6s);
  b.begin_reshard(4);
  w.sim.run_until([&] { return b.code == mc::errc::invalid_argument; });
  CHECK(b.text == "a resharding is under way already");
  w.sim.run_until([&] { return b.bot.shards().total() == 3; }, 5min);
}

TEST_CASE("a process that ends in the middle of a resharding goes on with the old shards, one that ends after it with the new ones") {
  simulated_world w(discord_with(1));
  const auto store = mc::make_memory_session_store();
  auto options = busy_bot::with(w, mc::shard_plan::of(2));
  options.session_store = store;
  options.resume_with_cold_cache = true;
  auto b = std::make_unique<busy_bot>(w, options);
  b->add_guilds(8);
  b->begin();
  b->busy_for(1s);
  b->begin_reshard(3);
  b->busy_for(7s);
  CHECK(w.discord().counters().identifies > 2);
  b->end();
  CHECK_FALSE(b->resharding);
  CHECK(b->code == mc::errc::cancelled);
  const auto identifies = w.discord().counters().identifies;
  auto second = std::make_unique<busy_bot>(w, options);
  second->guilds = b->guilds;
  second->channels = b->channels;
  second->expected = b->expected;
  second->seen = b->seen;
  second->happened = b->happened;
  b.reset();
  second->begin();
  CHECK(w.discord().counters().identifies == identifies);
  second->busy_for(6s);  // the new process does not know when the old one sent its last IDENTIFY
  second->begin_reshard(3);
  second->busy_until([&] { return !second->resharding; }, 5min);
  CHECK(second->code == mc::error_code());
  second->check_seen();
  second->end();
  options.shards = mc::shard_plan::of(3);
  const auto later = w.discord().counters().identifies;
  busy_bot third(w, options);
  third.guilds = second->guilds;
  third.channels = second->channels;
  third.begin();
  CHECK(w.discord().counters().identifies == later);
  third.busy_for(1s);
  third.check_seen();
}

TEST_CASE("a client that is stopped while one set is behind the other waits for it: nothing comes twice") {
  simulated_world w(discord_with(1));
  const auto store = mc::make_memory_session_store();
  auto options = busy_bot::with(w, mc::shard_plan::of(2));
  options.session_store = store;
  options.resume_with_cold_cache = true;
  auto first = std::make_unique<busy_bot>(w, options);
  first->add_guilds(13);  // so that each has messages too
  first->begin();
  first->begin_reshard(3);
  int serves_next = 2;
  std::optional<int> behind;
  SECTION("the old one, before the switch") {
    first->busy_until([&] { return w.discord().counters().readies == 4; }, 1min);
    behind = 1;  // of the new set nothing but the first two shards is there
  }
  SECTION("the new one, after the old one was closed") {
    first->busy_until([&] { return first->bot.shards().total() == 3; }, 1min);
    first->busy_for(4s);
    behind = 2;  // only the new set has one
    serves_next = 3;
    w.discord().pause(behind);
    first->busy_until([&] { return w.discord().counters().open_connections == 3; }, 10s);
  }
  w.discord().pause(behind);
  for (int i = 0; i < 48; ++i) first->happen();
  w.sim.run_for(100ms);
  for (int i = 0; i < 7; ++i) first->happen();
  first->bot.stop();
  w.sim.run_for(1s);
  w.discord().resume_traffic(behind);
  w.sim.run_until([&] { return !first->lives; });
  const auto identifies = w.discord().counters().identifies;
  options.shards = mc::shard_plan::of(serves_next);
  busy_bot second(w, options);
  second.guilds = first->guilds;
  second.channels = first->channels;
  second.expected = first->expected;
  second.seen = first->seen;
  first.reset();
  second.begin();
  CHECK(w.discord().counters().identifies == identifies);
  second.busy_for(1s);
  second.check_seen();
}

TEST_CASE("a client that is told to reshards by itself once its shards are full") {
  auto discord = discord_with(1);
  discord.recommended_shards = 2;
  simulated_world w(discord);
  auto options = busy_bot::with(w, mc::shard_plan::of(1));
  options.resharding.automatic = true;
  options.resharding.interval = 10min;
  int asked = 0;
  SECTION("by its own rule") {
    options.resharding.fill_percent = 1;  // 25 guilds
  }
  SECTION("by a function of the user's") {
    options.resharding.decide = [&asked](const mc::shard_load& now) {
      ++asked;
      CHECK(now.total == now.shards);
      return now.guilds < 30 ? 0 : 2;
    };
  }
  busy_bot b(w, options);
  b.add_guilds(10);
  b.begin();
  w.sim.run_for(21min);
  CHECK(b.bot.shards().total() == 1);
  b.add_guilds(20);
  w.sim.run_for(12min);
  CHECK(b.bot.shards().total() == 2);
  if (options.resharding.decide) CHECK(asked == 3);
  w.sim.run_for(31min);
  CHECK(b.bot.shards().total() == 2);  // there is no end of it otherwise
  b.check_seen();
}

TEST_CASE("a client whose shards all went on with sessions of an earlier process knows how full they are") {
  auto discord = discord_with(1);
  discord.recommended_shards = 2;
  simulated_world w(discord);
  auto options = busy_bot::with(w, mc::shard_plan::of(1));
  options.session_store = mc::make_memory_session_store();
  options.resume_with_cold_cache = true;
  {
    busy_bot first(w, options);
    first.add_guilds(40);
    first.begin();
  }
  options.resharding.automatic = true;
  options.resharding.interval = 10min;
  options.resharding.fill_percent = 1;  // 25 guilds
  std::vector<mc::shard_load> seen;
  const bool own = GENERATE(false, true);
  if (own)
    options.resharding.decide = [&seen](const mc::shard_load& now) {
      seen.push_back(now);
      return 2;
    };
  busy_bot second(w, options);
  second.begin();
  CHECK(w.discord().counters().identifies == 1);
  REQUIRE_FALSE(second.bot.shards().guild_count(0));
  w.sim.run_for(12min);
  CHECK(second.bot.shards().total() == 2);
  if (!own) return;
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].guilds == 41);
  CHECK(seen[0].shards == 1);
}

TEST_CASE("a process that runs a part of the shards does not reshard by itself, unless it is told how") {
  simulated_world w(discord_with(1));
  for (const auto& plan : {mc::shard_plan::cluster(0, 2), mc::shard_plan::cluster(1, 2, 4), mc::shard_plan::range(0, 1, 4)}) {
    auto options = busy_bot::with(w, plan);
    options.resharding.automatic = true;
    try {
      mc::client bot(w.world.bot_token(), options);
      FAIL_CHECK("nothing was thrown");
    } catch (const mc::error& e) {
      CHECK(e.code() == mc::errc::invalid_argument);
      CHECK_THAT(e.what(), Catch::Contains("resharding.decide"));
    }
    options.resharding.decide = [](const mc::shard_load&) { return 0; };
    CHECK_NOTHROW(mc::client(w.world.bot_token(), options));
  }
  auto whole = busy_bot::with(w, mc::shard_plan::cluster(0, 1, 4));
  whole.resharding.automatic = true;
  CHECK_NOTHROW(mc::client(w.world.bot_token(), whole));
}
