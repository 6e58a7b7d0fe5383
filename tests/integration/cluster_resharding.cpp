// SPDX-License-Identifier: MIT
// Processes of a cluster that reshard together: of guilds that go from one to another nothing is lost and nothing comes twice.
#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <deque>
#include <map>
#include <random>

#include "protocol/reshard_talk.hpp"
#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"
#include <monochord/gateway/identify_queue.hpp>
#include <monochord/gateway/reshard_exchange.hpp>
#include <monochord/gateway/session_store.hpp>
#include <monochord/gateway/shards.hpp>
#include <monochord/model/channel_events.hpp>
#include <monochord/model/derived_events.hpp>
#include <monochord/model/guild_events.hpp>
#include <monochord/model/interaction_events.hpp>
#include <monochord/rest/application_command.hpp>

namespace mc = monochord;
namespace asio = boost::asio;
using namespace std::chrono_literals;
using mc::tests::simulated_world;

namespace {

constexpr std::size_t seeds = mc::tests::sanitized ? 1 : 2;

using guild_chronicle = std::map<mc::guild_id, std::vector<std::string>>;

/// An exchange that does not always answer.
class shaky_exchange final : public mc::reshard_exchange {
 public:
  explicit shaky_exchange(std::shared_ptr<mc::clock> time) : inner(mc::make_reshard_exchange(time)), time_(std::move(time)) {}
  mc::task<std::string> talk(std::string message) override {
    const auto report = mc::protocol::parse_member_report(message);
    if (report && report->state == leaves_with) ++met;
    if (goes_away_at && met == *goes_away_at) {
      away_until = time_->now() + *goes_away_for;
      goes_away_at.reset();
      if (forgets) inner = mc::make_reshard_exchange(time_);
    }
    if (time_->now() < away_until) throw std::runtime_error("it is away");
    if (hangs) {
      const auto wait = time_->make_timer(co_await asio::this_coro::executor);
      co_await wait->wait_until(mc::after(time_->now(), 1h));
    }
    co_return co_await inner->talk(std::move(message));
  }

  std::shared_ptr<mc::reshard_exchange> inner;
  std::optional<int> goes_away_at;  // so many reports with this state
  mc::protocol::member_state leaves_with = mc::protocol::member_state::complete;
  std::optional<mc::duration> goes_away_for;
  bool forgets = false, hangs = false;
  int met = 0;
  mc::time_point away_until = mc::time_point::min();

 private:
  const std::shared_ptr<mc::clock> time_;
};

/// One process of the cluster.
struct cluster_process {
  cluster_process(mc::token token, const mc::client_options& options, guild_chronicle& seen, std::map<mc::guild_id, int>& created)
      : bot(std::move(token), options) {
    const auto hear = [&seen](mc::guild_id guild, std::string what) { seen[guild].push_back(std::move(what)); };
    bot.on<mc::message_create>([hear](const mc::message_create& e) { hear(*e.guild_id, "m" + e.message.content); });
    bot.on<mc::message_delete>([hear](const mc::message_delete& e) { hear(*e.guild_id, "d" + e.id.str()); });
    bot.on<mc::typing_start>([hear](const mc::typing_start& e) { hear(*e.guild_id, "types"); });
    bot.on<mc::guild_member_add>([hear](const mc::guild_member_add& e) { hear(e.guild_id, "+" + e.member.user->id.str()); });
    bot.on<mc::guild_member_remove>([hear](const mc::guild_member_remove& e) { hear(e.guild_id, "-" + e.user.id.str()); });
    bot.on<mc::interaction_create>(
        [hear](const mc::interaction_create& e) { hear(*e.interaction.guild_id, "i" + e.interaction.id.str()); });
    bot.on<mc::guild_delete>([hear](const mc::guild_delete& e) { hear(e.guild.id, "gone"); });
    bot.on<mc::guild_create>([&created](const mc::guild_create& e) { ++created[e.guild.id]; });
  }
  mc::task<> live() {
    lives = true;
    co_await bot.async_run();
    lives = false;
  }
  mc::task<> reshard(int total, mc::reshard_options how) {
    try {
      report = co_await bot.shards().reshard(total, how);
    } catch (const mc::reshard_exchange_error& e) {
      why = e.why();
      code = e.code();
      text = e.what();
    } catch (const mc::error& e) {
      code = e.code();
      text = e.what();
    }
    resharding = false;
  }

  mc::client bot;
  bool lives = false, resharding = false;
  mc::reshard_report report;
  mc::error_code code;
  std::optional<mc::reshard_failure> why;
  std::string text;
};

/// Several processes, and guilds in which something happens all the time.
struct busy_cluster {
  busy_cluster(unsigned seed, int processes, int total, bool with_exchange = true, bool one_store = false)
      : random(seed), total_(total), world(served()), exchange(std::make_shared<shaky_exchange>(world.sim.clock())) {
    mc::identify_queue_options starts;
    starts.max_concurrency = 4;
    queue = mc::make_identify_queue(world.sim.clock(), starts);
    for (int i = 0; i < processes; ++i) {
      if (i == 0 || !one_store) store = mc::make_memory_session_store();
      auto options = world.options();
      options.intents = options.intents | mc::intent::guild_message_typing | mc::intent::guild_members;
      options.log = mc::log_level::debug;
      options.shards = mc::shard_plan::cluster(i, processes, total);
      options.identify_queue = queue;
      options.session_store = store;
      options.resume_with_cold_cache = true;
      if (with_exchange) options.resharding.exchange = exchange;
      ways.push_back(options);
      all.push_back(std::make_unique<cluster_process>(world.world.bot_token(), options, seen, created));
    }
    for (int i = 0; i < 40; ++i) add_guild();
    for (auto& one : all) begin(*one);
    world.sim.run(define_command());
  }
  ~busy_cluster() {
    world.discord().resume_traffic();
    for (auto& one : all) one->bot.stop();
    world.sim.run_until([&] { return std::ranges::none_of(all, [](const auto& one) { return one->lives; }); }, 5min);
  }
  static mc::testing::mock_options served() {
    mc::testing::mock_options out;
    out.max_concurrency = 4;
    return out;
  }
  void begin(cluster_process& one) {
    world.sim.spawn(one.live());
    world.sim.run_until([&] { return one.bot.shards().all_ready(); }, 30min);
    world.sim.settle();
  }
  mc::task<> define_command() {
    const std::vector<mc::command_builder> commands{mc::command_builder{"ping", "Answers pong"}};
    co_await all[0]->bot.rest().bulk_overwrite_global_application_commands(world.discord().application(), commands);
  }

  // --- what happens ---
  struct place {
    mc::guild_id guild;
    mc::channel_id channel;
    std::deque<mc::message_id> said;
    std::vector<mc::user_id> visitors;
  };
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random); }
  void add_guild() {
    place made;
    made.guild = world.discord().add_guild("guild " + std::to_string(named++), world.world.alice);
    made.channel = world.discord().add_text_channel(made.guild, "general");
    places.push_back(std::move(made));
  }
  void happen() {
    auto& in = places[static_cast<std::size_t>(below(static_cast<int>(places.size())))];
    auto& wanted = expected[in.guild];
    auto& discord = world.discord();
    const int what = below(100);
    if (what < 3) {
      wanted.push_back("i" + discord.slash(world.world.alice, in.channel, "ping").str());
    } else if (what < 8) {
      if (in.visitors.empty()) {
        in.visitors.push_back(discord.add_user("visitor " + std::to_string(++said)));
        discord.join(in.guild, in.visitors.back());
        wanted.push_back("+" + in.visitors.back().str());
      } else {
        discord.leave(in.guild, in.visitors.back());
        wanted.push_back("-" + in.visitors.back().str());
        in.visitors.pop_back();
      }
    } else if (what < 50) {
      for (int i = 0; i < 2; ++i) {
        discord.type(world.world.alice, in.channel);
        wanted.push_back("types");
      }
    } else if (what < 60 && in.said.size() > 2) {
      discord.erase(in.channel, in.said.front());
      wanted.push_back("d" + in.said.front().str());
      in.said.pop_front();
    } else {
      const auto text = std::to_string(++said);
      in.said.push_back(discord.say(world.world.alice, in.channel, text));
      wanted.push_back("m" + text);
    }
  }
  void step() {
    for (int i = 0; i < each_step; ++i) happen();
    const auto now = world.sim.elapsed();
    if (paused && now >= paused_until) {
      world.discord().resume_traffic(std::exchange(paused, std::nullopt));
    } else if (!paused && stalls && below(20) == 0) {
      paused = below(6);
      paused_until = now + std::chrono::milliseconds{50 + below(1200)};
      world.discord().pause(paused);
    }
    if (stalls && below(150) == 0)  // and goes on with its session
      world.discord().disconnect(mc::testing::disconnect_how::drop, 0, below(8));
    if (adds && below(30) == 0) add_guild();
    if (adds && below(40) == 0) {
      const auto which = places.begin() + below(static_cast<int>(places.size()));
      world.discord().remove_bot(which->guild);
      expected[which->guild].push_back("gone");
      places.erase(which);
    }
    world.sim.run_for(step_time);
  }
  template <class F>
  void busy_until(F done, mc::duration limit) {
    const auto began = world.sim.elapsed();
    while (!done()) {
      if (world.sim.elapsed() - began >= limit) {
        const std::string log = world.world.log.text();
        FAIL("not done in time; the end of the log:\n" << log.substr(std::max<std::size_t>(log.size(), 5000) - 5000));
      }
      step();
    }
  }
  void busy_for(mc::duration time) {
    const auto until = world.sim.elapsed() + time;
    busy_until([&] { return world.sim.elapsed() >= until; }, time + 1s);
  }

  // --- resharding ---
  void begin_reshard(cluster_process& one, int total, mc::reshard_options how = {}) {
    one.resharding = true;
    one.code = {};
    one.why.reset();
    one.report = {};
    world.sim.spawn(one.reshard(total, how));
  }
  void begin_reshard_all(int total, mc::reshard_options how = {}) {
    for (auto& one : all) begin_reshard(*one, total, how);
  }
  /// The first of the new shards is there: all have met.
  void until_met() {
    const auto before = world.discord().counters().identifies;
    busy_until([&] { return world.discord().counters().identifies > before; }, 2min);
  }
  bool none_reshards() const {
    return std::ranges::none_of(all, [](const auto& one) { return one->resharding; });
  }
  void until_done() {
    busy_until([&] { return none_reshards(); }, 10min);
  }
  /// Guilds that are another process's once there are so many shards.
  int moving(int total) const {
    const auto owner = [&](mc::guild_id guild, int of) {
      const int shard = mc::protocol::shard_of(guild, of), clusters = static_cast<int>(all.size());
      int at = 0;
      for (; at < clusters; ++at) {
        const auto run = mc::protocol::cluster_shards(at, clusters, of);
        if (shard >= run.first && shard < run.first + run.count) break;
      }
      return at;
    };
    return static_cast<int>(
        std::ranges::count_if(places, [&](const place& one) { return owner(one.guild, total_) != owner(one.guild, total); }));
  }

  void compare(mc::guild_id guild) {
    const auto& got = seen[guild];
    const auto& wanted = expected[guild];
    CHECK(got.size() == wanted.size());
    if (got == wanted) return;
    const auto [a, b] = std::mismatch(got.begin(), got.end(), wanted.begin(), wanted.end());
    std::string text = "from number " + std::to_string(a - got.begin()) + " on:";
    for (auto one = a; one != got.end() && one - a < 8; ++one) text += " " + *one;
    text += "; instead of:";
    for (auto one = b; one != wanted.end() && one - b < 8; ++one) text += " " + *one;
    FAIL_CHECK(text);
  }
  void check_seen() {
    stalls = false;
    if (paused) world.discord().resume_traffic(std::exchange(paused, std::nullopt));
    world.sim.run_for(10s);
    for (const auto& [guild, what] : expected) {
      INFO("guild " << guild.str());
      compare(guild);
      CHECK(created[guild] == 1);
    }
    for (const auto& [guild, what] : seen) CHECK(expected.contains(guild));
    for (const auto& v : world.discord().violations())
      if (v.text.find("/gateway/bot") == std::string::npos)  // each process has a limiter of its own
        FAIL_CHECK(v.kind << ": " << v.text);
  }
  void check_all_have(int total) {
    for (auto& one : all) {
      CHECK(one->bot.shards().total() == total);
      CHECK(one->bot.shards().all_ready());
    }
    CHECK(world.discord().counters().open_connections == static_cast<std::size_t>(total));
  }

  std::mt19937 random;
  const int total_;
  simulated_world world;
  guild_chronicle seen, expected;
  std::map<mc::guild_id, int> created;
  std::shared_ptr<shaky_exchange> exchange;
  std::shared_ptr<mc::identify_queue> queue;
  std::shared_ptr<mc::session_store> store;  // of the last one, or of all
  std::vector<mc::client_options> ways;
  std::vector<std::unique_ptr<cluster_process>> all;
  std::vector<place> places;
  int named = 0, said = 0, each_step = 8;
  mc::duration step_time = 50ms;
  bool stalls = false, adds = false;
  std::optional<int> paused;
  mc::duration paused_until{};
};

}  // namespace

TEST_CASE("processes that reshard together deliver every event once and in order, whichever process its guild goes to") {
  struct shape {
    int processes, from, to;
  };
  const auto [processes, from, to] = GENERATE(shape{2, 4, 6}, shape{3, 6, 8}, shape{2, 6, 4});
  const auto seed = GENERATE(take(seeds, values({1u, 2u})));
  INFO("seed " << seed << ", " << processes << " processes, " << from << " to " << to);
  busy_cluster c(seed, processes, from);
  CHECK(c.moving(to) > 5);
  c.stalls = seed == 2;
  c.adds = seed == 2;
  c.busy_for(2s);
  // They do not begin at the same time.
  for (auto& one : c.all) {
    c.begin_reshard(*one, to);
    c.busy_for(3s);
    if (one != c.all.back()) CHECK(c.world.discord().counters().identifies == static_cast<std::uint64_t>(from));
  }
  c.until_done();
  for (auto& one : c.all) {
    INFO(one->text);
    CHECK(one->code == mc::error_code());
    CHECK(one->report.from == from);
    CHECK(one->report.to == to);
    CHECK(one->report.balanced);
  }
  c.busy_for(3s);
  c.check_all_have(to);
  c.check_seen();
  CHECK(c.world.discord().counters().identifies == static_cast<std::uint64_t>(from + to));
}

TEST_CASE("processes that reshard together all go back when one of them fails before the switch, and nothing is lost") {
  busy_cluster c(GENERATE(take(seeds, values({1u, 2u}))), 2, 4);
  c.busy_for(1s);
  auto& first = *c.all[0];
  auto& second = *c.all[1];
  std::optional<mc::reshard_failure> expected_of_first = mc::reshard_failure::gave_up;
  SECTION("it is cancelled") {
    c.begin_reshard(first, 6);
    asio::cancellation_signal cancel;
    bool ended = false;
    asio::co_spawn(c.world.sim.executor(), second.reshard(6, {}),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr) { ended = true; }));
    c.until_met();
    c.busy_for(std::chrono::milliseconds{c.below(4000)});
    CHECK_FALSE(ended);
    cancel.emit(asio::cancellation_type::terminal);
    c.busy_until([&] { return ended; }, 1min);
    CHECK(second.code == mc::errc::cancelled);
  }
  SECTION("a new shard is refused for good") {
    c.begin_reshard_all(6);
    c.world.sim.run_until([&] { return c.world.discord().counters().identifies >= 9; }, 1min);
    c.busy_for(500ms);
    c.world.discord().disconnect(mc::testing::disconnect_how::close_frame, 4014, 5);  // the old set has no such number
    c.until_done();
    CHECK(second.code == mc::errc::gateway_fatal);
  }
  SECTION("it takes too long") {
    mc::reshard_options how;
    how.timeout = 500ms;
    c.begin_reshard(first, 6);
    c.begin_reshard(second, 6, how);
    c.until_done();
    CHECK(second.code == mc::errc::timeout);
    CHECK_FALSE(second.why);
  }
  SECTION("the exchange is away for too long") {
    c.begin_reshard_all(6);
    c.until_met();
    c.busy_for(1s);
    c.exchange->away_until = c.world.sim.clock()->now() + 30s;
    c.each_step = 1;
    c.until_done();
    expected_of_first = mc::reshard_failure::unreachable;
    CHECK(second.why == mc::reshard_failure::unreachable);
    CHECK(second.text.find("it is away") != std::string::npos);
    c.busy_for(30s);
  }
  SECTION("the exchange begins anew") {
    c.begin_reshard_all(6);
    c.until_met();
    c.busy_for(1s);
    c.exchange->inner = mc::make_reshard_exchange(c.world.sim.clock());
    c.until_done();
    expected_of_first = mc::reshard_failure::forgotten;
    CHECK(second.why == mc::reshard_failure::forgotten);
  }
  SECTION("it is stopped, and goes on with its sessions") {
    c.begin_reshard_all(6);
    c.until_met();
    c.busy_for(1s);
    second.bot.stop();
    c.busy_until([&] { return !second.lives; }, 20s);
    c.busy_until([&] { return c.none_reshards(); }, 1min);
    const auto identifies = c.world.discord().counters().identifies;
    c.all[1] = std::make_unique<cluster_process>(c.world.world.bot_token(), c.ways[1], c.seen, c.created);
    c.begin(*c.all[1]);
    CHECK(c.world.discord().counters().identifies == identifies);
  }
  c.until_done();
  CHECK(first.why == expected_of_first);
  c.busy_for(2s);
  c.check_all_have(4);
  c.check_seen();
  // And it can be tried again.
  c.each_step = 2;
  c.busy_for(25s);
  c.begin_reshard_all(6);
  c.until_done();
  for (auto& one : c.all) CHECK(one->code == mc::error_code());
  c.busy_for(1s);
  c.check_all_have(6);
  c.check_seen();
}

TEST_CASE("processes that have left the decision to all do the same, whatever becomes of the exchange") {
  busy_cluster c(GENERATE(take(seeds, values({1u, 2u}))), 2, 4);
  c.busy_for(1s);
  c.each_step = 2;
  c.exchange->goes_away_at = GENERATE(1, 2, 3);
  INFO("away at " << *c.exchange->goes_away_at);
  SECTION("it is away for a moment") { c.exchange->goes_away_for = 3s; }
  SECTION("it begins anew") {
    c.exchange->goes_away_for = 3s;
    c.exchange->forgets = true;
  }
  SECTION("it is away for long") { c.exchange->goes_away_for = 25s; }
  c.begin_reshard_all(6);
  c.until_done();
  CHECK_FALSE(c.exchange->goes_away_at);
  CHECK(c.all[0]->code == c.all[1]->code);
  const bool taken = c.all[0]->code == mc::error_code();
  if (!taken) {
    CHECK(c.all[0]->why);
    CHECK(c.all[1]->why);
  }
  c.busy_for(2s);
  c.check_all_have(taken ? 6 : 4);
  c.check_seen();
}

TEST_CASE("processes that cannot learn what was decided go back after a while, and say so") {
  busy_cluster c(1, 2, 4);
  c.busy_for(1s);
  c.exchange->goes_away_at = GENERATE(1, 2);  // nobody knows of the other
  c.exchange->goes_away_for = 10min;
  c.each_step = 1;
  c.step_time = 250ms;
  c.begin_reshard_all(6);
  c.until_done();
  for (auto& one : c.all) CHECK(one->why == mc::reshard_failure::in_doubt);
  c.busy_for(2s);
  c.check_all_have(4);
  c.check_seen();
}

TEST_CASE("processes that keep their sessions in one place go on with the new ones when they are started again") {
  const auto [from, to] = GENERATE(std::pair(4, 6), std::pair(6, 4));
  busy_cluster c(1, 2, from, true, true);
  c.begin_reshard_all(to);
  c.until_done();
  c.busy_for(2s);
  const auto identifies = c.world.discord().counters().identifies;
  for (auto& one : c.all) one->bot.stop();
  c.busy_until([&] { return !c.all[0]->lives && !c.all[1]->lives; }, 20s);
  for (std::size_t i = 0; i < 2; ++i) {
    c.ways[i].shards = mc::shard_plan::cluster(static_cast<int>(i), 2, to);
    c.all[i] = std::make_unique<cluster_process>(c.world.world.bot_token(), c.ways[i], c.seen, c.created);
    c.begin(*c.all[i]);
  }
  CHECK(c.world.discord().counters().identifies == identifies);
  c.busy_for(1s);
  c.check_all_have(to);
  c.check_seen();
}

TEST_CASE("a process that is stopped in the moment of the decision waits for it") {
  busy_cluster c(1, 2, 4);
  c.busy_for(1s);
  c.exchange->goes_away_at = 2;
  c.exchange->goes_away_for = 1s;
  c.begin_reshard_all(6);
  c.busy_until([&] { return !c.exchange->goes_away_at; }, 1min);
  auto& second = *c.all[1];
  second.bot.stop();
  c.busy_until([&] { return c.none_reshards() && !second.lives; }, 30s);
  CHECK(c.all[0]->code == mc::error_code());
  CHECK(second.code == mc::error_code());
  const auto identifies = c.world.discord().counters().identifies;
  c.ways[1].shards = mc::shard_plan::cluster(1, 2, 6);
  c.all[1] = std::make_unique<cluster_process>(c.world.world.bot_token(), c.ways[1], c.seen, c.created);
  c.begin(*c.all[1]);
  CHECK(c.world.discord().counters().identifies == identifies);
  c.busy_for(2s);
  c.check_all_have(6);
  c.check_seen();
}

TEST_CASE("processes of a cluster that do not come to reshard, or want something else, are told so, and nothing is used up") {
  busy_cluster c(1, 2, 4);
  auto& first = *c.all[0];
  auto& second = *c.all[1];
  SECTION("they do not come") {
    mc::reshard_options how;
    how.meet_limit = 30s;
    c.begin_reshard(first, 6, how);
    c.busy_for(29s);
    CHECK(first.resharding);
    c.begin_reshard(first, 6);  // the second time in one process
    c.world.sim.settle();
    CHECK(first.text == "a resharding is under way already");
    first.resharding = true;
    c.busy_until([&] { return !first.resharding; }, 10s);
    CHECK(first.why == mc::reshard_failure::absent);
    CHECK(first.code == mc::errc::timeout);
    CHECK(first.text == "the other processes of the cluster did not come to reshard with this one in time");
  }
  SECTION("the exchange does not answer") {
    c.exchange->away_until = mc::time_point::max();
    mc::reshard_options how;
    how.meet_limit = 30s;
    c.begin_reshard_all(6, how);
    c.until_done();
    CHECK(first.why == mc::reshard_failure::unreachable);
    CHECK(first.text.find("the exchange does not answer: it is away") != std::string::npos);
    c.exchange->away_until = mc::time_point::min();
  }
  SECTION("they want another number") {
    c.begin_reshard(first, 6);
    c.busy_for(1s);
    c.begin_reshard(second, 8);
    c.until_done();
    for (auto& one : c.all) {
      CHECK(one->why == mc::reshard_failure::disagreement);
      CHECK(one->code == mc::errc::invalid_argument);
      CHECK(one->text.find("to shards 0 to 2 of 6, another from shards 2 to 3 of 4 to shards 4 to 7 of 8") != std::string::npos);
    }
  }
  SECTION("it is cancelled while it waits") {
    asio::cancellation_signal cancel;
    bool ended = false;
    asio::co_spawn(c.world.sim.executor(), first.reshard(6, {}),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr) { ended = true; }));
    c.busy_for(2s);
    cancel.emit(asio::cancellation_type::terminal);
    c.busy_until([&] { return ended; }, 2s);
    CHECK(first.code == mc::errc::cancelled);
  }
  CHECK(c.world.discord().counters().identifies == 4);
  c.check_all_have(4);
  c.each_step = 2;
  c.busy_for(25s);
  c.begin_reshard_all(6);
  c.until_done();
  c.check_all_have(6);
  c.check_seen();
}

TEST_CASE("a resharding that waits until others know how the one before ended can be cancelled") {
  busy_cluster c(1, 2, 4);
  c.exchange->leaves_with = mc::protocol::member_state::taken;
  c.exchange->goes_away_at = 1;
  c.exchange->goes_away_for = 30s;
  c.begin_reshard_all(6);
  c.busy_until([&] { return !c.exchange->goes_away_at; }, 2min);
  c.each_step = 1;
  c.busy_until([&] { return !c.all[0]->resharding || !c.all[1]->resharding; }, 10s);
  auto& first = *c.all[c.all[0]->resharding ? 1 : 0];  // to have heard of the decision
  CHECK(first.code == mc::error_code());
  asio::cancellation_signal cancel;
  bool ended = false;
  asio::co_spawn(c.world.sim.executor(), first.reshard(8, {}),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr) { ended = true; }));
  c.busy_for(12s);
  CHECK_FALSE(ended);
  cancel.emit(asio::cancellation_type::terminal);
  c.busy_until([&] { return ended; }, 2s);
  CHECK(first.code == mc::errc::cancelled);
  c.until_done();
  c.busy_for(1s);
  c.check_all_have(6);
  c.check_seen();
}

TEST_CASE("an exchange that hangs does not hold up a client that is stopped") {
  busy_cluster c(1, 2, 4);
  c.begin_reshard_all(6);
  c.until_met();
  c.busy_for(1s);
  c.exchange->hangs = true;
  c.busy_for(500ms);
  auto& second = *c.all[1];
  const auto began = c.world.sim.elapsed();
  second.bot.stop();
  c.busy_until([&] { return !second.lives; }, 20s);
  CHECK(c.world.sim.elapsed() - began < 5s);
  CHECK_FALSE(second.resharding);
  CHECK(second.code == mc::errc::cancelled);
  c.each_step = 1;
  c.until_done();
  CHECK(c.all[0]->why == mc::reshard_failure::unreachable);
  CHECK(c.all[0]->text.find("it takes too long") != std::string::npos);
  c.exchange->hangs = false;
  c.all[1] = std::make_unique<cluster_process>(c.world.world.bot_token(), c.ways[1], c.seen, c.created);
  c.begin(*c.all[1]);
  c.busy_for(1s);
  c.check_all_have(4);
  c.check_seen();
}

TEST_CASE("without an exchange each process of a cluster reshards its part by itself") {
  busy_cluster c(1, 2, 4, false);
  c.busy_for(1s);
  c.begin_reshard(*c.all[0], 6);
  c.until_done();
  CHECK(c.all[0]->code == mc::error_code());
  CHECK(c.all[0]->bot.shards().total() == 6);
  CHECK(c.all[1]->bot.shards().total() == 4);
  c.begin_reshard(*c.all[1], 6);
  c.until_done();
  CHECK(c.all[1]->code == mc::error_code());
  c.check_all_have(6);
  c.world.sim.run_for(5s);
  for (const auto& one : c.places) {
    const int before = mc::protocol::shard_of(one.guild, 4), now = mc::protocol::shard_of(one.guild, 6);
    if ((before < 2) != (now < 3)) continue;  // it went to the other process
    INFO("guild " << one.guild.str());
    c.compare(one.guild);
  }
}
