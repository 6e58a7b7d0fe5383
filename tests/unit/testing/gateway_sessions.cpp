// SPDX-License-Identifier: MIT
// Sessions that end by the mock's doing, the day's budget, and guilds that the bot is not in.
#include <algorithm>

#include "brain_fixture.hpp"
#include "support/catch.hpp"
#include "testing/gateway.hpp"

using namespace monochord;
using namespace monochord::testing;
using namespace std::chrono_literals;

namespace {

template <class F>
void with_faults(brain_fixture& f, F change) {
  f.mind->with([&](mock_state& s, gateway&, rest&) { change(s.faults); });
}

/// The two ways in which a test takes a session away from a connection that stays.
void end_session(brain_fixture& f, bool told) {
  f.mind->with([&](mock_state&, gateway& g, rest&) {
    if (told) g.send_op(9, false);
    else g.forget_sessions();
  });
}

time_point due(brain_fixture& f, const gateway_link& link) {
  return f.mind->quietly([&](mock_state&, gateway& g, rest&) { return g.due(link); });
}

const json presence = {{"op", 3}, {"d", {{"since", nullptr}, {"activities", json::array()}, {"status", "online"}, {"afk", false}}}};

}  // namespace

TEST_CASE("a session that ends while its READY is held back takes it along") {
  for (const bool told : {true, false}) {
    brain_fixture f;
    with_faults(f, [](mock_faults& x) { x.ready_delay = 60s; });
    const auto link = f.open();
    f.receive(*link, brain_fixture::identify());
    CHECK(f.names(*link) == names{"op 10"});
    end_session(f, told);
    CHECK(due(f, *link) == f.clock->now() + 82500ms);
    f.clock->advance(60s);
    CHECK(f.names(*link) == (told ? names{"op 9"} : names{}));
    with_faults(f, [](mock_faults& x) { x = {}; });
    f.receive(*link, brain_fixture::identify());
    CHECK(f.names(*link) == names{"READY", "GUILD_CREATE"});
    CHECK(f.violations().empty());
  }
}

TEST_CASE("what is on its way when a session ends is nobody's fault, what follows the next IDENTIFY is judged again") {
  for (const bool told : {true, false}) {
    brain_fixture f;
    const auto link = f.session();
    end_session(f, told);
    f.take(*link);
    f.receive(*link, presence);
    f.receive(*link, json{{"op", 4}, {"d", {{"guild_id", f.home.str()}, {"channel_id", nullptr}, {"self_mute", false}, {"self_deaf", false}}}});
    f.receive(*link, json{{"op", 8}, {"d", {{"guild_id", f.home.str()}, {"query", "a"}, {"limit", 1}}}});
    CHECK(f.names(*link).empty());
    f.receive(*link, json{{"op", 1}, {"d", nullptr}});
    CHECK(f.names(*link) == names{"op 11"});
    CHECK(f.violations().empty());
    f.clock->advance(5s);
    with_faults(f, [](mock_faults& x) { x.op9_at_identify = 1; });
    f.receive(*link, brain_fixture::identify());
    CHECK(f.names(*link) == names{"op 9"});
    f.receive(*link, presence);
    CHECK(f.names(*link) == names{"close 4003"});
    CHECK(f.violations() == names{"not_authenticated"});
  }
}

TEST_CASE("the day of the budget begins with its first IDENTIFY and ends as a whole") {
  mock_options options;
  options.session_start_limit = 2;
  brain_fixture f(options);
  const auto left = [&] {
    return f.mind->quietly([](mock_state&, gateway& g, rest&) {
      duration reset_after{};
      const int count = g.identifies_left(reset_after);
      return std::pair{count, reset_after};
    });
  };
  CHECK(left() == std::pair{2, duration{}});
  f.session();
  f.clock->advance(23h);
  f.session();
  CHECK(left() == std::pair{0, duration{1h}});
  f.clock->advance(1h);
  CHECK(left() == std::pair{2, duration{}});
  f.clock->advance(12h);
  f.session();
  CHECK(left() == std::pair{1, duration{24h}});
  CHECK(f.violations().empty());
}

TEST_CASE("a connection that never got its HELLO is not waited for, the others are still watched") {
  brain_fixture f;
  const auto greeted = f.session();
  with_faults(f, [](mock_faults& x) { x.no_hello = true; });
  const auto link = f.open();
  CHECK(due(f, *link) == time_point::max());
  f.clock->advance(10min);
  CHECK(f.names(*link).empty());
  CHECK(due(f, *link) == time_point::max());
  with_faults(f, [](mock_faults& x) { x = {}; });
  CHECK(f.names(*link).empty());
  CHECK(f.violations().empty());
  CHECK(f.names(*greeted) == names{"close 4009"});
}

TEST_CASE("a guild that the bot is no longer in sends GUILD_DELETE, then nothing") {
  for (const bool kicked : {true, false}) {
    brain_fixture f;
    const auto link = f.session(1U | 1U << 1 | 1U << 9 | 1U << 11 | 1U << 15);
    f.mind->with([&](mock_state& s, gateway& g, rest&) {
      const user_id bot{s.world.bot};
      if (kicked) acts::remove_bot(s, g, f.home);
      else acts::leave(s, g, f.home, bot);
    });
    const auto sent = f.take(*link);
    REQUIRE(sent.size() == 1);
    CHECK(sent[0]["t"] == "GUILD_DELETE");
    CHECK(sent[0]["d"] == json{{"id", f.home.str()}});
    f.say("unheard");
    f.mind->with([&](mock_state& s, gateway& g, rest&) {
      acts::type(s, g, f.alice, f.general);
      acts::add_role(s, g, f.home, "role", 0);
      acts::add_text_channel(s, g, f.home, "channel");
      acts::set_unavailable(s, g, f.home, true);
      acts::set_unavailable(s, g, f.home, false);
      acts::leave(s, g, f.home, f.alice);
      CHECK_THROWS_AS(acts::leave(s, g, f.home, user_id{s.world.bot}), error);
    });
    CHECK(f.names(*link).empty());
    f.mind->with([&](mock_state& s, gateway& g, rest&) { acts::join(s, g, f.home, user_id{s.world.bot}); });
    f.say("heard");
    CHECK(f.names(*link) == names{"GUILD_CREATE", "GUILD_MEMBER_ADD", "MESSAGE_CREATE"});
  }
}

TEST_CASE("READY sends those who resume to a URL of its own, which is not for IDENTIFY") {
  brain_fixture f;
  auto link = f.open();
  f.receive(*link, brain_fixture::identify());
  const json ready = f.take(*link).at(1)["d"];
  CHECK(ready["resume_gateway_url"] == "wss://localhost/resume");
  const auto resume = [&](std::string_view path) {
    link = f.open("v=10&encoding=json", path);
    f.take(*link);
    f.receive(*link, json{{"op", 6}, {"d", {{"token", default_mock_token}, {"session_id", ready["session_id"]}, {"seq", 2}}}});
    CHECK(f.names(*link).back() == "RESUMED");
    return f.mind->quietly([](mock_state& s, gateway&, rest&) { return std::pair{s.counters.resumes, s.counters.resumes_at_resume_url}; });
  };
  using counts = std::pair<std::uint64_t, std::uint64_t>;
  CHECK(resume("/resume") == counts{1, 1});
  CHECK(resume("/resume/") == counts{2, 2});
  CHECK(resume("/") == counts{3, 2});
  CHECK(f.violations().empty());
  f.clock->advance(5s);
  link = f.open("v=10&encoding=json", "/resume");
  f.receive(*link, brain_fixture::identify());
  CHECK(f.names(*link) == names{"op 10", "READY", "GUILD_CREATE"});
  CHECK(f.violations() == names{"identify_at_resume_url"});
  CHECK(gateway::serves(""));
  CHECK_FALSE(gateway::serves("/resumed"));
  CHECK_FALSE(gateway::serves("/api"));
}

TEST_CASE("a session is over after the close codes of which Discord's table says so") {
  for (const auto& row : tables::close_codes) {
    brain_fixture f;
    auto link = f.open();
    f.receive(*link, brain_fixture::identify());
    const std::string session = f.take(*link).at(1)["d"]["session_id"];
    const auto code = static_cast<std::uint16_t>(row.code);
    f.mind->with([&](mock_state&, gateway& g, rest&) { g.disconnect(disconnect_how::close_frame, code, {}); });
    CHECK(f.names(*link) == names{"close " + std::to_string(row.code)});
    f.mind->with([&](mock_state&, gateway& g, rest&) { g.closed(*link, code); });
    link = f.open();
    f.take(*link);
    f.receive(*link, json{{"op", 6}, {"d", {{"token", default_mock_token}, {"session_id", session}, {"seq", 2}}}});
    INFO(row.code);
    CHECK(f.names(*link) == (row.resume ? names{"RESUMED"} : names{"op 9"}));
  }
}

TEST_CASE("heartbeats that come late, that name nothing, or that name what was before are recorded") {
  brain_fixture f;
  const auto link = f.session();
  const auto beat = [&](const json& d, duration after) {
    f.clock->advance(after);
    f.receive(*link, json{{"op", 1}, {"d", d}});
    CHECK(f.names(*link) == names{"op 11"});
    const auto kinds = f.violations();
    f.mind->with([](mock_state& s, gateway&, rest&) { s.violations.clear(); });
    return kinds;
  };
  constexpr auto interval = 41250ms;
  CHECK(beat(nullptr, interval).empty());  // READY may be on its way
  CHECK(beat(2, interval).empty());
  CHECK(beat(2, interval + 5s).empty());  // a busy machine
  CHECK(beat(2, 1s).empty());             // asked for
  CHECK(beat(2, interval + 20s) == names{"heartbeat_late"});
  CHECK(beat(nullptr, interval) == names{"heartbeat_seq"});
  CHECK(beat(1, interval) == names{"heartbeat_seq"});
  CHECK(beat(99, interval) == names{"heartbeat_seq"});
  f.mind->with([](mock_state&, gateway& g, rest&) { g.stall(true); });
  f.clock->advance(10min);
  f.mind->with([](mock_state&, gateway& g, rest&) { g.stall(false); });
  CHECK(beat(2, interval).empty());  // nobody read it meanwhile
}

TEST_CASE("a heartbeat before IDENTIFY names nothing, whatever the connection's session was") {
  brain_fixture f;
  const auto link = f.session();
  f.receive(*link, json{{"op", 1}, {"d", 2}});
  end_session(f, true);
  f.clock->advance(41250ms);
  f.receive(*link, json{{"op", 1}, {"d", nullptr}});
  f.receive(*link, brain_fixture::identify());
  f.receive(*link, json{{"op", 1}, {"d", 1}});
  CHECK(f.violations().empty());
}

TEST_CASE("nothing that nobody can use is kept: abandoned sessions, old interactions, floods of violations") {
  mock_options options;
  options.violations_limit = 3;
  brain_fixture f(options);
  const auto sessions = [&] { return f.mind->quietly([](mock_state& s, gateway&, rest&) { return s.sessions.size(); }); };
  const auto link = f.session();
  f.mind->with([&](mock_state&, gateway& g, rest&) { g.closed(*link, 0); });
  f.clock->advance(180s);
  f.say("kept for the session");
  CHECK(sessions() == 1);
  f.clock->advance(1s);
  f.say("for nobody");
  CHECK(sessions() == 0);

  f.request("PUT", "/applications/" + f.application + "/commands", R"([{"name":"roll","description":"d"}])");
  const auto slash = [&] {
    return f.mind->with([&](mock_state& s, gateway& g, rest&) { return acts::slash(s, g, f.alice, f.general, "roll", {}); });
  };
  const auto count = [&] { return f.mind->quietly([](mock_state& s, gateway&, rest&) { return s.world.interactions.size(); }); };
  for (int i = 0; i < 10'100; ++i) slash();
  CHECK(count() == 10'100);  // all of them may still be answered
  f.clock->advance(16min);
  const auto last = slash();
  CHECK(count() == 10'000);
  CHECK(f.mind->quietly([&](mock_state& s, gateway&, rest&) { return s.world.interactions.contains(last.value()); }));

  CHECK(f.violations().empty());
  for (int i = 0; i < 5; ++i) f.request("GET", "/nowhere");
  CHECK(f.violations().size() == 3);
  CHECK(f.mind->quietly([](mock_state& s, gateway&, rest&) { return s.counters.violations; }) == 5);
}

TEST_CASE("what Discord would not send again is told: what an ended session kept and its client had not, and what nobody was there for") {
  mock_options options;
  options.note_lost_events = true;
  options.replay_limit = 3;
  brain_fixture f(options);
  const auto lost = [&] {
    return f.mind->with([](mock_state& state, gateway& gate, rest&) {
      gate.forget_abandoned();
      std::vector<std::string> out;
      for (const auto& one : state.lost_events) {
        const auto event = parse_json(one.json);
        const auto content = text_at(one.session.empty() ? event : at(event, "d"), "content");
        if (!content.empty()) out.push_back((one.session.empty() ? "-" : std::to_string(one.seq)) + " " + content);
      }
      state.lost_events.clear();
      return out;
    });
  };
  f.say("nobody is there");
  CHECK(lost() == names{"- nobody is there"});

  const auto link = f.session();  // READY 1, GUILD_CREATE 2
  const auto id = f.mind->quietly([](mock_state& state, gateway&, rest&) { return state.sessions.begin()->first; });
  for (const char* text : {"a", "b", "c", "d", "e"}) f.say(text);
  f.receive(*link, json{{"op", 1}, {"d", 3}});  // up to "a" it is handled
  CHECK(lost().empty());
  f.mind->with([&](mock_state&, gateway& gate, rest&) { gate.closed(*link, 0); });
  const auto resume = json{{"op", 6}, {"d", {{"token", default_mock_token}, {"session_id", id}, {"seq", 3}}}};
  const auto next = f.open();
  f.receive(*next, resume);  // of "b" to "e" only three are kept
  CHECK(f.names(*next) == names{"op 10", "op 9"});
  CHECK(lost() == names{"4 b", "5 c", "6 d", "7 e"});

  brain_fixture g(options);
  const auto gone = g.session();
  const auto gone_id = g.mind->quietly([](mock_state& state, gateway&, rest&) { return state.sessions.begin()->first; });
  g.say("read");
  g.say("not read");
  g.mind->with([&](mock_state&, gateway& gate, rest&) { gate.closed(*gone, 0); });
  g.clock->advance(181s);
  const auto late = g.open();
  g.receive(*late, json{{"op", 6}, {"d", {{"token", default_mock_token}, {"session_id", gone_id}, {"seq", 3}}}});
  const auto kept = g.mind->quietly([](mock_state& state, gateway&, rest&) {
    return std::count_if(state.lost_events.begin(), state.lost_events.end(), [](const auto& one) { return !one.session.empty(); });
  });
  CHECK(kept == 1);  // what came before the RESUME's position its client has
}
