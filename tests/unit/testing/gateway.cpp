// SPDX-License-Identifier: MIT
#include "testing/gateway.hpp"

#include "brain_fixture.hpp"
#include "support/catch.hpp"

using namespace monochord;
using namespace monochord::testing;
using namespace std::chrono_literals;

namespace {

json resume(const std::string& session, std::uint64_t seq) {
  return {{"op", 6}, {"d", {{"token", default_mock_token}, {"session_id", session}, {"seq", seq}}}};
}

/// What a fresh connection does with one payload, HELLO left out.
names after_text(brain_fixture& f, std::string_view payload) {
  const auto link = f.open();
  f.take(*link);
  f.receive(*link, payload);
  return f.names(*link);
}

names after(brain_fixture& f, const json& payload) { return after_text(f, dump(payload)); }

}  // namespace

TEST_CASE("hello, identify, ready, guilds, heartbeat") {
  brain_fixture f;
  const auto link = f.open();
  const auto hello = f.take(*link);
  REQUIRE(hello.size() == 1);
  CHECK(hello[0]["op"] == 10);
  CHECK(hello[0]["d"]["heartbeat_interval"] == 41250);
  f.receive(*link, json{{"op", 1}, {"d", nullptr}});
  CHECK(f.names(*link) == names{"op 11"});
  f.receive(*link, brain_fixture::identify());
  const auto sent = f.take(*link);
  REQUIRE(sent.size() == 2);
  CHECK(sent[0]["t"] == "READY");
  CHECK(sent[0]["s"] == 1);
  CHECK(sent[0]["d"]["guilds"][0]["unavailable"] == true);
  CHECK(sent[0]["d"]["application"]["id"] == f.application);
  CHECK(sent[1]["t"] == "GUILD_CREATE");
  CHECK(sent[1]["d"]["channels"][0]["name"] == "general");
  CHECK(sent[1]["d"]["member_count"] == 2);
  REQUIRE(sent[1]["d"]["members"].size() == 1);
  CHECK(sent[1]["d"]["members"][0]["user"]["bot"] == true);
  CHECK(f.violations().empty());
}

TEST_CASE("a GUILD_CREATE has all members of a small guild for who sees presences, of a large one those who are online") {
  brain_fixture f;
  constexpr std::uint32_t presences = 33281U | 1U << 8U;
  const auto members = [&](std::uint32_t intents) {
    f.clock->advance(6s);  // an IDENTIFY each 5 seconds
    const auto link = f.open();
    f.take(*link);  // HELLO
    f.receive(*link, brain_fixture::identify(intents));
    const auto sent = f.take(*link);
    REQUIRE(sent.size() == 2);
    return std::pair(sent[1]["d"]["members"].size(), sent[1]["d"]["presences"].size());
  };
  CHECK(members(presences) == std::pair<std::size_t, std::size_t>{2, 0});
  f.mind->with([&](mock_state& state, gateway& gate, rest&) {
    for (int i = 0; i < 60; ++i) acts::join(state, gate, f.home, user_id{state.world.add_user("user " + std::to_string(i), false).id});
    acts::set_presence(state, gate, f.alice, "online");
    return 0;
  });
  CHECK(members(presences) == std::pair<std::size_t, std::size_t>{2, 1});
  CHECK(members(33281U) == std::pair<std::size_t, std::size_t>{1, 0});
}

TEST_CASE("what a client must not send is closed with Discord's code and recorded") {
  brain_fixture f;
  auto token = brain_fixture::identify();
  token["d"]["token"] = "wrong";
  auto shard = brain_fixture::identify();
  shard["d"]["shard"] = {3, 2};
  auto properties = brain_fixture::identify();
  properties["d"].erase("properties");
  CHECK(after_text(f, "{") == names{"close 4002"});
  CHECK(after(f, json{{"op", 99}}) == names{"close 4001"});
  CHECK(after(f, json{{"op", 10}}) == names{"close 4001"});
  CHECK(after(f, json{{"op", 3}, {"d", json::object()}}) == names{"close 4003"});
  CHECK(after(f, json{{"op", 1}, {"d", "x"}}) == names{"close 4002"});
  CHECK(after(f, token) == names{"close 4004"});
  CHECK(after(f, shard) == names{"close 4010"});
  CHECK(after(f, properties) == names{"close 4002"});
  CHECK(after(f, brain_fixture::identify(1U << 30)) == names{"close 4013"});
  CHECK(after_text(f, std::string(R"({"op":3,"d":")") + std::string(4096, 'x') + "\"}") == names{"close 4002"});
  CHECK(f.violations().size() == 10);
}

TEST_CASE("already authenticated, disallowed intents, sharding required, versions") {
  mock_options options;
  options.allowed_privileged_intents = 0;
  options.max_guilds_per_shard = 0;
  brain_fixture f(options);
  CHECK(after(f, brain_fixture::identify(1U << 1)) == names{"close 4014"});
  CHECK(after(f, brain_fixture::identify(1)) == names{"close 4011"});
  CHECK(f.names(*f.open("v=9&encoding=json")) == names{"close 4012"});
  CHECK(f.names(*f.open("encoding=json")) == names{"close 4012"});
  CHECK(f.names(*f.open("v=10&encoding=etf")) == names{"close 4002"});
  CHECK(f.names(*f.open("v=10&compress=brotli")) == names{"close 4002"});

  brain_fixture g;
  const auto link = g.session();
  g.receive(*link, brain_fixture::identify());
  CHECK(g.names(*link) == names{"close 4005"});
}

TEST_CASE("more than 120 payloads a minute close with 4008") {
  mock_options options;
  options.heartbeat_interval = 60s;
  brain_fixture f(options);
  const auto link = f.open();
  for (int i = 0; i < 120; ++i) f.receive(*link, json{{"op", 1}, {"d", nullptr}});
  CHECK(f.take(*link).size() == 121);
  f.clock->advance(60s);
  f.receive(*link, json{{"op", 1}, {"d", nullptr}});
  CHECK(f.names(*link) == names{"op 11"});
  for (int i = 0; i < 120; ++i) f.receive(*link, json{{"op", 1}, {"d", nullptr}});
  CHECK(f.names(*link).back() == "close 4008");
  CHECK(f.violations() == names{"gateway_rate_limit"});
}

TEST_CASE("identify keeps a shorter interval where the queue's clock runs faster") {
  mock_options options;
  options.identify_interval = 400ms;
  brain_fixture f(options);
  CHECK(after(f, brain_fixture::identify(0, 0, 3)) == names{"READY"});
  f.clock->advance(290ms);
  CHECK(after(f, brain_fixture::identify(0, 1, 3)) == names{"op 9"});
  f.clock->advance(20ms);
  CHECK(after(f, brain_fixture::identify(0, 1, 3)) == names{"READY"});
  CHECK(f.violations() == names{"identify_too_early"});
}

TEST_CASE("identify keeps five seconds by max_concurrency key, and a daily budget") {
  mock_options options;
  options.max_concurrency = 2;
  options.session_start_limit = 4;
  brain_fixture f(options);
  CHECK(after(f, brain_fixture::identify(0, 0, 4)) == names{"READY"});
  CHECK(after(f, brain_fixture::identify(0, 1, 4)) == names{"READY"});
  f.clock->advance(4s);
  CHECK(after(f, brain_fixture::identify(0, 2, 4)) == names{"op 9"});
  f.clock->advance(1s);
  CHECK(after(f, brain_fixture::identify(0, 2, 4)) == names{"READY"});
  CHECK(f.violations() == names{"identify_too_early"});
  f.clock->advance(5s);
  CHECK(after(f, brain_fixture::identify(0, 3, 4)) == names{"close 4004"});
  CHECK(f.violations() == names{"identify_too_early", "identify_budget"});
  CHECK(f.request("GET", "/users/@me").status == 401);
}

TEST_CASE("resume replays what was missed, exactly and in order") {
  brain_fixture f;
  auto link = f.open();
  f.receive(*link, brain_fixture::identify());
  const std::string session = f.take(*link)[1]["d"]["session_id"];
  f.say("one");
  f.say("two");
  const auto seen = f.take(*link);
  REQUIRE(seen.size() == 2);
  f.mind->with([&](mock_state&, gateway& gate, rest&) { gate.closed(*link, 0); });
  f.say("three");
  link = f.open();
  f.take(*link);
  f.receive(*link, resume(session, 3));  // READY, GUILD_CREATE and "one" were seen
  const auto replayed = f.take(*link);
  REQUIRE(replayed.size() == 3);
  CHECK(replayed[0]["d"]["content"] == "two");
  CHECK(replayed[1]["d"]["content"] == "three");
  CHECK(replayed[2]["t"] == "RESUMED");
  for (std::size_t i = 0; i < 3; ++i) CHECK(replayed[i]["s"] == 4 + i);
  f.say("four");
  CHECK(f.take(*link)[0]["s"] == 7);
  CHECK(f.violations().empty());
}

TEST_CASE("a session cannot be resumed after 1000, after its life, past its end, or beyond the replay limit") {
  mock_options options;
  options.replay_limit = 10;
  brain_fixture f(options);
  const auto begin = [&](std::uint16_t close_code) {
    f.clock->advance(5s);
    const auto link = f.open();
    f.receive(*link, brain_fixture::identify());
    const std::string id = f.take(*link)[1]["d"]["session_id"];
    f.mind->with([&](mock_state&, gateway& gate, rest&) { gate.closed(*link, close_code); });
    return id;
  };
  CHECK(after(f, resume(begin(1000), 2)) == names{"op 9"});
  CHECK(after(f, resume(begin(1001), 2)) == names{"op 9"});
  CHECK(after(f, resume(begin(4000), 2)) == names{"RESUMED"});
  const auto old = begin(0);
  f.clock->advance(181s);
  CHECK(after(f, resume(old, 2)) == names{"op 9"});
  CHECK(after(f, resume(begin(0), 3)) == names{"close 4007"});
  const auto busy = begin(0);
  for (int i = 0; i < 9; ++i) f.say("x");
  CHECK(after(f, resume(busy, 0)) == names{"op 9"});
  CHECK(f.violations() == names{"resume_seq"});
}

TEST_CASE("a session that is resumed elsewhere leaves its old connection") {
  brain_fixture f;
  const auto first = f.open();
  f.receive(*first, brain_fixture::identify());
  const std::string session = f.take(*first)[1]["d"]["session_id"];
  CHECK(after(f, resume(session, 2)) == names{"RESUMED"});
  CHECK(f.names(*first) == names{"drop"});
}

TEST_CASE("events go to the intents and shards that should see them") {
  brain_fixture f;
  mock_options options;
  const auto all = f.open();
  f.receive(*all, brain_fixture::identify((1U << 26) - 1 - (1U << 17) - (1U << 18) - (1U << 19) - (1U << 22) - (1U << 23)));
  f.take(*all);
  f.clock->advance(5s);
  const auto guilds_only = f.session(1);
  f.say("hi");
  CHECK(f.names(*all) == names{"MESSAGE_CREATE"});
  CHECK(f.names(*guilds_only).empty());
  const auto bob = f.mind->with([&](mock_state& s, gateway& g, rest&) {
    const user_id user{s.world.add_user("bob", false).id};
    acts::join(s, g, f.home, user);
    return user;
  });
  CHECK(f.names(*all) == names{"GUILD_MEMBER_ADD"});
  CHECK(f.names(*guilds_only).empty());
  f.mind->with([&](mock_state& s, gateway& g, rest&) {
    const channel_id direct{s.world.direct_channel(bob.value()).id};
    acts::say(s, g, bob, direct, "psst");
    acts::type(s, g, bob, direct);
    acts::set_unavailable(s, g, f.home, true);
  });
  CHECK(f.names(*all) == names{"MESSAGE_CREATE", "TYPING_START", "GUILD_DELETE"});
  CHECK(f.names(*guilds_only) == names{"GUILD_DELETE"});
}

TEST_CASE("guilds are dealt out to shards") {
  brain_fixture f;
  f.mind->with([&](mock_state& s, gateway& g, rest&) { acts::add_guild(s, g, "second", f.alice); });
  mock_options options;
  CHECK(after(f, brain_fixture::identify(1, 0, 2)) == names{"READY", "GUILD_CREATE"});
  f.clock->advance(5s);
  CHECK(after(f, brain_fixture::identify(1, 1, 2)) == names{"READY", "GUILD_CREATE"});
  f.clock->advance(5s);
  CHECK(after(f, brain_fixture::identify(1, 2, 3)) == names{"READY"});
}

TEST_CASE("content is empty without its intent, but for the bot's own messages, mentions and direct ones") {
  brain_fixture f;
  const auto link = f.session(1U << 9 | 1U << 12);
  const auto content = [&] { return f.take(*link).at(0)["d"]["content"].get<std::string>(); };
  f.say("secret");
  CHECK(content().empty());
  f.say("hi <@" + f.application + ">");
  CHECK(content() == "hi <@" + f.application + ">");
  f.request("POST", f.messages_path(), R"({"content":"mine"})");
  CHECK(content() == "mine");
  f.mind->with([&](mock_state& s, gateway& g, rest&) {
    acts::say(s, g, f.alice, channel_id{s.world.direct_channel(f.alice.value()).id}, "direct");
  });
  CHECK(content() == "direct");
}

TEST_CASE("silence for two intervals ends the session with 4009") {
  brain_fixture f;
  const auto link = f.session();
  f.clock->advance(82s);
  CHECK(f.names(*link).empty());
  CHECK(f.mind->quietly([&](mock_state&, gateway& g, rest&) { return g.due(*link); }) == f.clock->now() + 500ms);
  f.clock->advance(1s);
  CHECK(f.names(*link) == names{"close 4009"});
  CHECK(f.violations() == names{"heartbeats_missing"});
}

TEST_CASE("members are asked for by query, by id, and all of them only every 30 s") {
  brain_fixture f;
  const auto link = f.session(1U << 1);
  const auto ask = [&](json d) {
    d["guild_id"] = f.home.str();
    f.receive(*link, json{{"op", 8}, {"d", d}});
    return f.take(*link);
  };
  CHECK(ask({{"query", "al"}, {"limit", 5}})[0]["d"]["members"].size() == 1);
  const auto by_id = ask({{"user_ids", {f.alice.str(), "1"}}, {"nonce", "n"}});
  CHECK(by_id[0]["d"]["not_found"] == json::array({"1"}));
  CHECK(by_id[0]["d"]["nonce"] == "n");
  CHECK(ask({{"query", ""}, {"limit", 0}})[0]["d"]["members"].size() == 2);
  f.clock->advance(10s);
  const auto limited = ask({{"query", ""}, {"limit", 0}});
  CHECK(limited[0]["t"] == "RATE_LIMITED");
  CHECK(limited[0]["d"]["retry_after"] == 20.0);
  CHECK(ask({{"query", ""}})[0]["close"] == 4002);
}

TEST_CASE("member requests beyond Discord's limits: at most 100 members, no chunk with a nonce that is too long") {
  brain_fixture f;
  f.mind->with([&](mock_state& s, gateway& g, rest&) {
    for (int i = 0; i < 150; ++i) acts::join(s, g, f.home, user_id{s.world.add_user("many" + std::to_string(i), false).id});
  });
  const auto link = f.session(1U << 1);
  const auto ask = [&](json d) {
    d["guild_id"] = f.home.str();
    f.receive(*link, json{{"op", 8}, {"d", d}});
    return f.take(*link);
  };
  const auto members = [](const std::vector<json>& sent) { return sent.at(0)["d"]["members"].size(); };
  json ids = json::array();
  for (int i = 0; i < 100; ++i) ids.push_back(std::to_string(i + 1));
  CHECK(ask({{"user_ids", ids}})[0]["d"]["not_found"].size() == 100);
  CHECK(members(ask({{"query", "many"}, {"limit", 100}})) == 100);
  CHECK(members(ask({{"query", "many"}, {"limit", 0}})) == 100);
  CHECK(ask({{"query", "al"}, {"limit", 1}, {"nonce", std::string(32, 'n')}})[0]["d"]["nonce"] == std::string(32, 'n'));
  CHECK(f.violations().empty());

  CHECK(members(ask({{"query", "many"}, {"limit", 101}})) == 100);
  CHECK(f.violations() == names{"members_limit"});
  ids.push_back("101");
  CHECK(ask({{"user_ids", ids}})[0]["d"]["not_found"].size() == 100);
  CHECK(f.violations() == names{"members_limit", "members_limit"});
  CHECK_FALSE(ask({{"query", "al"}, {"limit", 1}, {"nonce", std::string(33, 'n')}})[0]["d"].contains("nonce"));
  CHECK_FALSE(ask({{"query", "al"}, {"limit", 1}, {"nonce", 7}})[0]["d"].contains("nonce"));
  CHECK(f.violations() == names{"members_limit", "members_limit", "members_nonce", "members_nonce"});
  CHECK(ask({{"query", "al"}, {"limit", -1}})[0]["close"] == 4002);
}

TEST_CASE("faults of the gateway are played") {
  brain_fixture f;
  const auto with = [&](auto change) { f.mind->with([&](mock_state& s, gateway&, rest&) { change(s.faults); }); };
  with([](mock_faults& x) { x.no_hello = true; });
  CHECK(f.names(*f.open()).empty());
  with([](mock_faults& x) { x = {}, x.op9_at_identify = 1; });
  CHECK(after(f, brain_fixture::identify()) == names{"op 9"});
  f.clock->advance(5s);
  with([](mock_faults& x) { x = {}, x.ready_delay = 60s, x.guilds_stay_unavailable = true; });
  const auto late = f.open();
  f.receive(*late, brain_fixture::identify());
  f.take(*late);
  f.clock->advance(30s);
  f.receive(*late, json{{"op", 1}, {"d", nullptr}});
  CHECK(f.names(*late) == names{"op 11"});
  f.say("meanwhile");
  f.clock->advance(30s);
  CHECK(f.names(*late) == names{"READY"});
  with([](mock_faults& x) { x = {}, x.swallow_after_ready = true; });
  CHECK(after(f, brain_fixture::identify()) == names{"READY", "GUILD_CREATE", "stall"});
  with([](mock_faults& x) { x = {}, x.cut_after_events = 3; });
  f.clock->advance(5s);
  const auto cut = f.session();
  f.say("a");
  f.say("b");
  CHECK(f.names(*cut) == names{"MESSAGE_CREATE", "drop"});
  CHECK(f.violations().empty());
}

TEST_CASE("a pause holds everything back and goes on") {
  brain_fixture f;
  const auto link = f.session();
  f.mind->with([](mock_state&, gateway& g, rest&) { g.stall(true); });
  f.say("held");
  CHECK(f.names(*link).empty());
  f.clock->advance(10min);
  CHECK(f.names(*link).empty());
  f.mind->with([](mock_state&, gateway& g, rest&) { g.stall(false); });
  CHECK(f.names(*link) == names{"MESSAGE_CREATE"});
  CHECK(f.violations().empty());
}

TEST_CASE("ops that tests send") {
  brain_fixture f;
  const auto link = f.session();
  f.mind->with([](mock_state&, gateway& g, rest&) {
    g.send_op(7, nullptr);
    g.send_op(9, true);
    g.send_op(1, nullptr);
    g.event_to_all("SOMETHING_NEW", R"({"a":1})");
    g.send_raw("\x01\x02", true);
  });
  const auto items = f.take(*link);
  REQUIRE(items.size() == 5);
  CHECK(items[0]["op"] == 7);
  CHECK(items[1]["d"] == true);
  CHECK(items[3]["t"] == "SOMETHING_NEW");
  CHECK(items[4].is_discarded());
  f.mind->with([](mock_state&, gateway& g, rest&) { g.disconnect(disconnect_how::close_frame, 4000, {}); });
  CHECK(f.names(*link) == names{"close 4000"});
}
