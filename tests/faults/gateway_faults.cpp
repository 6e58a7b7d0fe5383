// SPDX-License-Identifier: MIT
// Faults of the gateway, played by the mock against a whole client in virtual time.
#include <algorithm>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::testing::mock_faults;
using mc::tests::simulated_world;

namespace {

struct listening_bot {
  explicit listening_bot(simulated_world& w) : listening_bot(w, w.options()) {}
  listening_bot(simulated_world& w, mc::client_options options) : world(w), bot(w.world.bot_token(), std::move(options)) {
    bot.on<mc::message_create>([this](const mc::message_create& event) -> mc::task<> {
      seen.push_back(event.message.content);
      co_return;
    });
    bot.on_error([this](std::exception_ptr, const mc::raw_event& event) { errors.push_back(std::string(event.name)); });
    w.sim.spawn(live());
  }
  ~listening_bot() {
    bot.stop();
    world.sim.run_until([&] { return ended; }, 1min);
  }
  mc::task<> live() {
    try {
      co_await bot.async_run();
    } catch (...) {
      error = std::current_exception();
    }
    ended = true;
  }
  void say(std::string_view text) { world.discord().say(world.world.alice, world.world.general, text); }
  bool heard(const std::vector<std::string>& wanted) { return seen == wanted; }

  simulated_world& world;
  std::vector<std::string> seen;
  std::vector<std::string> errors;
  std::exception_ptr error;
  bool ended = false;
  mc::client bot;
};

void no_violations(simulated_world& w) {
  for (const auto& v : w.discord().violations()) FAIL_CHECK(v.kind << ": " << v.text);
}

}  // namespace

TEST_CASE("fault 01: everything is swallowed after READY: noticed, resumed, nothing lost") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(1min);
  w.discord().pause();
  const auto cut = w.sim.elapsed();
  bot.say("while it is cut");
  w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 5min);
  CHECK(w.sim.elapsed() - cut <= 84s);
  w.sim.run_for(1s);
  CHECK(bot.heard({"while it is cut"}));
  CHECK(w.discord().counters().identifies == 1);
  no_violations(w);
}

TEST_CASE("fault 02: the close frame is never answered: the next connection does not wait, stop gives up after 2 s") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(10s);
  mock_faults faults;
  faults.never_answer_close = true;
  w.discord().set_faults(faults);
  auto before = w.sim.elapsed();
  w.discord().reconnect_op7();
  w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 1min);
  CHECK(w.sim.elapsed() - before <= 1s);
  w.sim.run_for(10s);
  before = w.sim.elapsed();
  bot.bot.stop();
  w.sim.run_until([&] { return bot.ended; }, 1min);
  CHECK(w.sim.elapsed() - before <= 3s);
}

TEST_CASE("fault 03: resumes that are cut before RESUMED become an IDENTIFY after the second") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(10s);
  mock_faults faults;
  faults.close_at_resume = 1000;
  w.discord().set_faults(faults);
  w.discord().disconnect();
  w.sim.run_until([&] { return w.discord().counters().identifies == 2; }, 5min);
  w.sim.run_for(10s);
  bot.say("in the new session");
  w.sim.run_for(1s);
  CHECK(bot.heard({"in the new session"}));
  no_violations(w);
}

TEST_CASE("fault 04: ten minutes of refused connections: few attempts, few lines, then a resume or a new session") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(10s);
  const auto lines_before = w.world.log.text();
  w.network->refuse("localhost", true);
  w.discord().disconnect();
  const auto failed_before = w.network->failed_connects();
  w.sim.run_for(10min);
  CHECK(w.network->failed_connects() - failed_before >= 10);
  CHECK(w.network->failed_connects() - failed_before <= 25);
  const auto lines = w.world.log.text().substr(lines_before.size());
  CHECK(std::count(lines.begin(), lines.end(), '\n') <= 150);
  w.network->refuse("localhost", false);
  w.sim.run_for(130s);  // up to 60 s to the resume, and as long again if the session is gone by then
  bot.say("back");
  w.sim.run_for(1s);
  CHECK(bot.heard({"back"}));
  no_violations(w);
}

TEST_CASE("fault 06: op 9 with true resumes, with false identifies, and a flood of it is no tight loop") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(10s);
  w.discord().invalid_session(true);
  w.sim.run_for(10s);
  CHECK(w.discord().counters().resumed == 1);
  CHECK(w.discord().counters().identifies == 1);
  w.discord().invalid_session(false);
  w.sim.run_for(20s);
  CHECK(w.discord().counters().identifies == 2);
  mock_faults faults;
  faults.op9_at_identify = 5;
  w.discord().set_faults(faults);
  const auto connections = w.discord().counters().connections;
  w.discord().invalid_session(false);
  w.sim.run_for(5min);
  CHECK(w.discord().counters().connections - connections == 6);
  CHECK(w.discord().counters().identifies == 3);
  no_violations(w);
}

TEST_CASE("fault 08: op 1 is answered at once") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  const auto before = w.discord().counters().heartbeats;
  w.discord().request_heartbeat();
  w.sim.run_for(100ms);
  CHECK(w.discord().counters().heartbeats == before + 1);
  no_violations(w);
}

TEST_CASE("fault 10: payloads split over frames and over messages") {
  for (const bool pieces : {false, true}) {
    simulated_world w;
    mock_faults faults;
    if (pieces) faults.flush_in_pieces = 7;
    else faults.fragment_bytes = 3;
    w.discord().set_faults(faults);
    listening_bot bot(w);
    REQUIRE(w.sim.run(w.discord().expect_session()));
    bot.say("in small pieces");
    w.sim.run_for(1s);
    CHECK(bot.heard({"in small pieces"}));
    CHECK(w.discord().counters().connections == 1);
    no_violations(w);
  }
}

TEST_CASE("fault 11: garbage ends the connection, not the session, no log storm") {
  for (const std::string& garbage : {std::string("\x01"), std::string("\xff\xff\xff"), std::string(200, '{')}) {
    simulated_world w;
    listening_bot bot(w);
    REQUIRE(w.sim.run(w.discord().expect_session()));
    w.sim.run_for(10s);
    const auto lines_before = w.world.log.text().size();
    for (int i = 0; i < 50; ++i) w.discord().send_raw(garbage, true);
    w.sim.run_for(10s);
    bot.say("after the garbage");
    w.sim.run_for(10s);
    CHECK(bot.heard({"after the garbage"}));
    CHECK(w.discord().counters().identifies == 1);
    CHECK(w.discord().counters().resumed == 1);
    CHECK(w.world.log.text().size() - lines_before < 10'000);
  }
}

TEST_CASE("fault 12: a dead resume URL falls back to the normal one with the same session") {
  simulated_world w;
  mock_faults faults;
  faults.dead_resume_url = true;
  w.discord().set_faults(faults);
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(10s);
  w.discord().disconnect();
  bot.say("meanwhile");
  w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 2min);
  w.sim.run_for(1s);
  CHECK(w.discord().counters().identifies == 1);
  CHECK(bot.heard({"meanwhile"}));
  no_violations(w);
}

TEST_CASE("fault 12: the resume URL is kept over resumes and dropped with the session") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  for (std::uint64_t cut = 1; cut <= 3; ++cut) {
    w.sim.run_for(10s);
    w.discord().disconnect();
    w.sim.run_until([&] { return w.discord().counters().resumed == cut; }, 1min);
    CHECK(w.discord().counters().resumes_at_resume_url == cut);
  }
  w.sim.run_for(10s);
  w.discord().invalid_session(false);
  w.sim.run_until([&] { return w.discord().counters().identifies == 2; }, 1min);
  w.sim.run_for(10s);
  no_violations(w);  // an IDENTIFY on the resume URL would be one
}

TEST_CASE("fault 13: the name of the host cannot be resolved for a while") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(10s);
  w.network->unresolvable("localhost", true);
  w.discord().disconnect();
  w.sim.run_for(1min);
  w.network->unresolvable("localhost", false);
  w.sim.run_for(1min);
  CHECK(w.discord().counters().resumed == 1);
  no_violations(w);
}

TEST_CASE("fault 15: an event of another shape costs the event, not the shard, unknown events pass") {
  simulated_world w;
  listening_bot bot(w);
  std::vector<std::string> raw;
  bot.bot.on_raw([&](const mc::raw_event& event) -> mc::task<> {
    raw.emplace_back(event.name);
    co_return;
  });
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.discord().send_event("MESSAGE_CREATE", R"({"id":null,"content":17})");
  w.discord().send_event("SOMETHING_NEW", R"({"x":[1,2,3]})");
  bot.say("still here");
  w.sim.run_for(1s);
  CHECK(bot.heard({"still here"}));
  CHECK(bot.errors == std::vector<std::string>{"MESSAGE_CREATE"});
  CHECK(std::find(raw.begin(), raw.end(), "SOMETHING_NEW") != raw.end());
  CHECK(w.discord().counters().connections == 1);
}

TEST_CASE("fault 22: an upgrade that is not answered by 101 is a failed attempt with back-off") {
  simulated_world w;
  mock_faults faults;
  faults.refuse_upgrades = 5;
  faults.upgrade_status = 502;
  w.discord().set_faults(faults);
  listening_bot bot(w);
  w.sim.run_until([&] { return w.discord().counters().readies == 1; }, 5min);
  CHECK(w.sim.elapsed() >= 10s);  // half of 1 + 2 + 4 + 8 + 16
  no_violations(w);
}

TEST_CASE("fault 23: after a suspend there is one reconnect, not a burst") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(1min);
  const auto before = w.discord().counters();
  w.sim.clock()->advance(2min);  // nobody ran meanwhile
  w.sim.run_for(1min);
  const auto after = w.discord().counters();
  // The mock has given the silent client up meanwhile, as Discord does: the RESUME may be refused, once.
  CHECK(after.connections - before.connections <= 2);
  CHECK(after.resumed + after.identifies - before.resumed - before.identifies == 1);
  bot.say("awake");
  w.sim.run_for(1s);
  CHECK(bot.heard({"awake"}));
}

TEST_CASE("fault 25: a fatal close code ends run() with a typed error and no retry") {
  mc::testing::mock_options mock;
  mock.allowed_privileged_intents = 0;
  simulated_world w(mock);
  listening_bot bot(w);
  w.sim.run_until([&] { return bot.ended; }, 1min);
  REQUIRE(bot.error);
  try {
    std::rethrow_exception(bot.error);
  } catch (const mc::gateway_error& e) {
    CHECK(e.close_code() == 4014);
    CHECK(e.code() == mc::errc::gateway_fatal);
  }
  w.sim.run_for(10min);
  CHECK(w.discord().counters().connections == 1);
}
