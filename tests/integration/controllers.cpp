// SPDX-License-Identifier: MIT
// What the gateway decides, decided by a bot instead.
#include <monochord/gateway/controllers.hpp>
#include <monochord/gateway/session_store.hpp>
#include <monochord/model/derived_events.hpp>
#include <mutex>
#include <set>
#include <stdexcept>

#include "support/command_bot.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::command_bot;
using mc::tests::no_violations;
using mc::tests::simulated_world;

namespace {

mc::testing::mock_options discord_with(int recommended) {
  mc::testing::mock_options out;
  out.recommended_shards = recommended;
  out.max_concurrency = 16;
  return out;
}

/// A command_bot that also keeps what on_error was told.
struct telling_bot : command_bot {
  using command_bot::command_bot;
  telling_bot(simulated_world& w, mc::client_options options) : command_bot(w, std::move(options)) {
    bot.on_error([this](std::exception_ptr error, const mc::raw_event& event) {
      try {
        std::rethrow_exception(error);
      } catch (const mc::error& e) {
        CHECK(e.code() == mc::errc::controller_failed);
        CHECK(event.name.empty());
        told.push_back(e.what());
      }
    });
  }
  std::vector<std::string> told;
};

void close_with(simulated_world& w, std::uint16_t code, int shard) {
  w.discord().disconnect(mc::testing::disconnect_how::close_frame, code, shard);
}

}  // namespace

TEST_CASE("shards are planned by a function that knows what Discord recommends") {
  simulated_world w(discord_with(3));
  auto options = w.options();
  mc::start_figures seen;
  options.controllers.shards = [&](const mc::start_figures& now) {
    seen = now;
    CHECK(mc::default_shards(now).shards(now.recommended) == mc::shard_range{0, 2, 3});
    return mc::shard_plan::of(2 * now.recommended);
  };
  command_bot bot(w, options);
  bot.until_ready();
  CHECK(seen.recommended == 3);
  CHECK(seen.max_concurrency == 16);
  CHECK(seen.starts_left == seen.starts_total);
  CHECK(bot.bot.shards().total() == 6);
  CHECK(w.discord().counters().identifies == 6);
  // And what is resharded later is a plan of that kind too.
  const auto report = std::make_shared<mc::reshard_report>();
  const auto done = bot.watch(bot.bot.shards().reshard(4), report);
  bot.until(done);
  CHECK(done->text == "");
  CHECK(bot.bot.shards().ids() == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("a plan that cannot be made ends the bot with what was thrown") {
  simulated_world w(discord_with(3));
  auto options = w.options();
  const bool ours = GENERATE(true, false);
  options.controllers.shards = [ours](const mc::start_figures&) -> mc::shard_plan {
    if (ours) return mc::shard_plan::of(-1);
    throw std::runtime_error("the database is down");
  };
  command_bot bot(w, options);
  bot.begin();
  bot.until(bot.life);
  CHECK(bot.life->code == (ours ? mc::errc::invalid_argument : mc::errc::controller_failed));
  CHECK(bot.life->text == (ours ? "a bot has at least 1 shard, not -1"
                                : "client_options::controllers.shards threw: the database is down"));
  CHECK(w.discord().counters().connections == 0);
}

TEST_CASE("commands go where a function says, those without a guild too") {
  simulated_world w(discord_with(3));
  auto options = w.options();
  options.intents |= mc::intent::guild_voice_states;
  std::vector<std::string> asked;
  options.controllers.route = [&](const mc::command_route& command) {
    CHECK(command.shards == mc::shard_range{0, 2, 3});
    asked.push_back(command.guild ? command.guild.str() : "none");
    return command.guild ? mc::default_route(command) : 1;
  };
  command_bot bot(w, options);
  const auto channel = w.discord().add_voice_channel(w.world.home, "talk");
  bot.until_ready();
  bot.run(bot.commands().update_presence({.status = mc::presence_status::dnd}));
  w.sim.settle();
  CHECK(w.discord().last_presence(0).find("dnd") == std::string::npos);
  CHECK(w.discord().last_presence(1).find("dnd") != std::string::npos);
  CHECK(w.discord().last_presence(2).find("dnd") == std::string::npos);
  CHECK(asked == std::vector<std::string>(asked.size(), "none"));
  bot.run(bot.commands().update_voice_state(w.world.home, {.channel_id = channel}));
  w.sim.settle();
  CHECK(w.discord().voice_channel(w.world.home, w.discord().bot_user()) == channel);
  CHECK(asked.back() == w.world.home.str());
  no_violations(w);
}

TEST_CASE("a route that throws, or leads nowhere, fails the command with a typed error") {
  simulated_world w(discord_with(2));
  auto options = w.options();
  int answer = 7;
  options.controllers.route = [&](const mc::command_route&) {
    if (answer == 99) throw std::out_of_range("no such tenant");
    if (answer == 98) throw mc::error(mc::errc::timeout, "the directory does not answer");
    return answer;
  };
  command_bot bot(w, options);
  bot.until_ready();
  const auto ends = [&](mc::task<> call) {
    const auto end = bot.watch(std::move(call));
    bot.until(end);
    return *end;
  };
  const auto voice = [&] { return ends(bot.commands().update_voice_state(w.world.home, {})); };
  auto end = voice();
  CHECK(end.code == mc::errc::invalid_argument);
  CHECK(end.text == "there is no shard 7: the bot has 2, counted from 0");
  answer = mc::every_shard;
  end = voice();
  CHECK(end.code == mc::errc::invalid_argument);
  CHECK(end.text == "client_options::controllers.route sends a command of one guild to every shard");
  CHECK(ends(bot.commands().update_presence({})).good());
  answer = 99;
  end = voice();
  CHECK(end.code == mc::errc::controller_failed);
  CHECK(end.text == "client_options::controllers.route threw: no such tenant");
  CHECK(ends(bot.commands().update_presence({})).code == mc::errc::controller_failed);
  answer = 98;
  CHECK(voice().code == mc::errc::timeout);
  const auto members = std::make_shared<mc::guild_members>();
  const auto asks = bot.watch(bot.commands().request_guild_members(w.world.home, {.query = "a", .limit = 1}), members);
  bot.until(asks);
  CHECK(asks->code == mc::errc::timeout);
  answer = 0;
  CHECK(voice().good());
}

TEST_CASE("each shard says how the bot appears on it, at every IDENTIFY and where a session is taken over") {
  const auto store = mc::make_memory_session_store();
  simulated_world w(discord_with(2));
  std::vector<int> asked;
  const auto options = [&] {
    auto out = w.options();
    out.session_store = store;
    out.resume_with_cold_cache = true;
    out.presence = mc::update_presence_body{.status = mc::presence_status::idle};
    out.controllers.presence = [&](const mc::presence_request& request) -> mc::initial_presence {
      CHECK(request.shard_count == 2);
      asked.push_back(request.shard_id);
      if (request.shard_id == 0) return mc::default_presence(request);
      const auto name = "on shard " + std::to_string(request.shard_id);
      const mc::activity_body playing[] = {{.name = name}};
      return mc::update_presence_body{.activities = playing};
    };
    return out;
  };
  {
    command_bot first(w, options());
    first.until_ready();
    CHECK(std::set<int>(asked.begin(), asked.end()) == std::set<int>{0, 1});
    CHECK(w.discord().last_presence(0).find("idle") != std::string::npos);
    CHECK(w.discord().last_presence(1).find("on shard 1") != std::string::npos);
    // What is said meanwhile is said as it is, and is what the default says later.
    first.run(first.commands().update_presence({.status = mc::presence_status::dnd}));
    w.sim.settle();
    CHECK(w.discord().last_presence(1).find("dnd") != std::string::npos);
    CHECK(asked.size() == 2);
    first.bot.shards().restart(0);  // a resumed session has what it had
    first.bot.shards().restart(1, mc::restart_mode::new_session);
    w.sim.settle();
    first.until_ready();
    CHECK(asked == std::vector<int>{asked[0], asked[1], 1});
    CHECK(w.discord().last_presence(0).find("dnd") != std::string::npos);
    CHECK(w.discord().last_presence(1).find("on shard 1") != std::string::npos);
  }
  asked.clear();
  command_bot second(w, options());
  second.until_ready();
  w.sim.settle();
  CHECK(w.discord().counters().identifies == 3);
  CHECK(asked.size() == 2);
  CHECK(w.discord().last_presence(0).find("idle") != std::string::npos);
  CHECK(w.discord().last_presence(1).find("on shard 1") != std::string::npos);
  no_violations(w);
}

TEST_CASE("a presence that cannot be said is told, and the default said") {
  simulated_world w(discord_with(1));
  auto options = w.options();
  options.presence = mc::update_presence_body{.status = mc::presence_status::idle};
  const std::string too_long(4000, 'x');
  options.controllers.presence = [&](const mc::presence_request&) -> mc::initial_presence {
    const mc::activity_body playing[] = {{.name = too_long}};
    return mc::update_presence_body{.activities = playing};
  };
  telling_bot bot(w, options);
  bot.until_ready();
  CHECK(w.discord().last_presence().find("idle") != std::string::npos);
  REQUIRE(bot.told.size() == 1);
  CHECK_THAT(bot.told[0],
             Catch::StartsWith("client_options::controllers.presence threw: a presence may have 3500 bytes"));
}

TEST_CASE("a fatal close ends the bot unless a function decides otherwise") {
  simulated_world w(discord_with(2));
  auto options = w.options();
  std::vector<std::string> asked;
  options.controllers.fatal = [&](const mc::fatal_close& end) {
    asked.push_back(std::to_string(end.shard_id) + " of " + std::to_string(end.shard_count) + ": " +
                    std::to_string(end.code));
    CHECK_THAT(std::string(end.text), Catch::Contains("intents"));
    return mc::default_fatal(end);
  };
  command_bot bot(w, options);
  bot.until_ready();
  close_with(w, 4014, 1);
  bot.until(bot.life);
  CHECK(bot.life->code == mc::errc::gateway_fatal);
  CHECK_THAT(bot.life->text, Catch::Contains("close code 4014"));
  CHECK(asked == std::vector<std::string>{"1 of 2: 4014"});
}

TEST_CASE("other closes are nobody's to decide") {
  simulated_world w;
  auto options = w.options();
  options.controllers.fatal = [](const mc::fatal_close&) -> mc::fatal_decision { throw std::logic_error("asked"); };
  command_bot bot(w, options);
  bot.until_ready();
  close_with(w, 4009, 0);
  w.sim.run_for(1s);
  bot.until_ready();
  CHECK(bot.errors.empty());
}

TEST_CASE("a shard is given up and the others go on, until none is left") {
  simulated_world w(discord_with(2));
  auto options = w.options();
  options.controllers.fatal = [](const mc::fatal_close&) { return mc::fatal_decision::give_up_shard(); };
  command_bot bot(w, options);
  bot.until_ready();
  close_with(w, 4010, 1);
  w.sim.run_for(1min);
  CHECK_FALSE(bot.life->ended);
  CHECK(bot.bot.shards().status(0) == mc::shard_status::ready);
  CHECK(bot.bot.shards().status(1) == mc::shard_status::ended);
  CHECK_FALSE(bot.bot.shards().all_ready());
  bot.events.clear();
  w.discord().say(w.world.alice, w.world.general, "still there?");
  w.sim.settle();
  CHECK(bot.events["MESSAGE_CREATE"] == 1);
  bot.bot.shards().restart(1);  // it stays ended
  w.sim.run_for(1min);
  CHECK(w.discord().counters().connections == 2);
  close_with(w, 4010, 0);
  bot.until(bot.life);
  CHECK(bot.life->code == mc::errc::gateway_fatal);
  CHECK_THAT(bot.life->text, Catch::Contains("close code 4010"));
}

TEST_CASE("a shard that is given up while the bot starts keeps all_ready from nobody") {
  simulated_world w(discord_with(3));
  auto options = w.options();
  int closed = 0;
  options.controllers.fatal = [&](const mc::fatal_close&) {
    ++closed;
    return mc::fatal_decision::give_up_shard();
  };
  mc::testing::mock_faults faults;
  faults.ready_delay = 5s;
  w.discord().set_faults(faults);
  command_bot bot(w, options);
  std::vector<int> ready;
  bot.bot.on<mc::all_ready>([&](const mc::all_ready& now) { ready.push_back(now.shards); });
  bot.begin();
  w.sim.run_until([&] { return w.discord().counters().identifies == 3; });
  close_with(w, 4010, 2);
  w.sim.run_for(1min);
  CHECK(closed == 1);
  CHECK(ready == std::vector<int>{2});
  CHECK(bot.bot.shards().status(2) == mc::shard_status::ended);
}

TEST_CASE("a shard that is refused tries again after the time that was decided, with a new session") {
  simulated_world w;
  auto options = w.options();
  std::vector<int> times;
  options.controllers.fatal = [&](const mc::fatal_close& end) {
    times.push_back(end.times);
    return mc::fatal_decision::try_again(10min);
  };
  command_bot bot(w, options);
  bot.until_ready();
  close_with(w, 4004, 0);
  const auto cut = w.sim.elapsed();
  w.sim.run_for(9min);
  CHECK(bot.bot.shards().status(0) == mc::shard_status::waiting);
  bot.until_ready(20min);
  CHECK(w.sim.elapsed() - cut >= 10min);
  CHECK(w.discord().counters().identifies == 2);
  close_with(w, 4004, 0);
  w.sim.run_for(1s);
  CHECK(times == std::vector<int>{1, 1});
  bot.end();  // while it waits
  CHECK(bot.life->good());
}

TEST_CASE("whoever tries again for ever does not flood Discord") {
  mc::testing::mock_options mock;
  mock.allowed_privileged_intents = 0;
  simulated_world w(mock);
  auto options = w.options();
  std::vector<int> times;
  options.controllers.fatal = [&](const mc::fatal_close& end) {
    times.push_back(end.times);
    return mc::fatal_decision::try_again(0s);
  };
  command_bot bot(w, options);
  bot.begin();
  w.sim.run_for(2min);
  CHECK(times.size() > 1);
  CHECK(times.size() <= 24);
  CHECK(times.back() == static_cast<int>(times.size()));
  bot.end();
}

TEST_CASE("a decision about a fatal close that throws is told, and the bot ends as by default") {
  simulated_world w;
  auto options = w.options();
  options.controllers.fatal = [](const mc::fatal_close&) -> mc::fatal_decision {
    throw std::runtime_error("what now?");
  };
  telling_bot bot(w, options);
  bot.until_ready();
  close_with(w, 4013, 0);
  bot.until(bot.life);
  CHECK(bot.life->code == mc::errc::gateway_fatal);
  CHECK(bot.told == std::vector<std::string>{"client_options::controllers.fatal threw: what now?"});
}

TEST_CASE("a new shard that is refused ends the resharding, whatever is decided about others") {
  simulated_world w(discord_with(2));
  auto options = w.options();
  int asked = 0;
  options.controllers.fatal = [&](const mc::fatal_close&) {
    ++asked;
    return mc::fatal_decision::give_up_shard();
  };
  command_bot bot(w, options);
  bot.until_ready();
  mc::testing::mock_faults faults;
  faults.ready_delay = 5s;
  w.discord().set_faults(faults);
  const auto report = std::make_shared<mc::reshard_report>();
  auto end = bot.watch(bot.bot.shards().reshard(3), report);
  w.sim.run_until([&] { return w.discord().counters().identifies == 5; });
  close_with(w, 4011, 2);
  bot.until(end);
  CHECK(end->code == mc::errc::gateway_fatal);
  CHECK(asked == 0);
  CHECK(bot.bot.shards().total() == 2);
  CHECK(bot.bot.shards().all_ready());
  w.discord().set_faults({});
  w.sim.run_for(10s);
  end = bot.watch(bot.bot.shards().reshard(3), report);
  bot.until(end);
  CHECK(end->text == "");
  close_with(w, 4011, 2);  // now it is a shard that serves
  w.sim.run_for(10s);
  CHECK(asked == 1);
  CHECK(bot.bot.shards().status(2) == mc::shard_status::ended);
  CHECK_FALSE(bot.life->ended);
}

TEST_CASE("an empty controller is the default one") {
  simulated_world w(discord_with(2));
  auto options = w.options();
  options.controllers.shards = nullptr;
  options.controllers.route = nullptr;
  options.controllers.presence = nullptr;
  options.controllers.fatal = nullptr;
  command_bot bot(w, options);
  bot.until_ready();
  CHECK(bot.bot.shards().total() == 2);
  bot.run(bot.commands().update_voice_state(w.world.home, {}));
  bot.run(bot.commands().update_presence({}));
  close_with(w, 4004, 0);
  bot.until(bot.life);
  CHECK(bot.life->code == mc::errc::token_rejected);
}
