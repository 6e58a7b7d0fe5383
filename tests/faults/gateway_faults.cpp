// SPDX-License-Identifier: MIT
// Faults of connections and sessions, played by the mock against a whole client in virtual time.
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <future>
#include <set>

#include "faults/listening_bot.hpp"
#include "net/network.hpp"
#include "net/resolver.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::testing::mock_faults;
using mc::tests::listening_bot;
using mc::tests::no_violations;
using mc::tests::occurrences;
using mc::tests::simulated_world;

namespace {

mc::testing::mock_options discord_with(int shards, int max_concurrency = 1) {
  mc::testing::mock_options out;
  out.recommended_shards = shards;
  out.max_concurrency = max_concurrency;
  return out;
}

void until_all_ready(simulated_world& w, listening_bot& bot, mc::duration limit = 5min) {
  w.sim.run_until([&] { return bot.bot.shards().all_ready(); }, limit);
}

mc::task<std::vector<boost::asio::ip::tcp::endpoint>> look_up(int attempt, std::uint16_t port) {
  if (attempt == 1) throw mc::error(mc::errc::resolve_failed, "the host name could not be resolved: no answer");
  std::vector<boost::asio::ip::tcp::endpoint> out;
  for (const char* address : {"127.0.0.2", "127.0.0.3", "127.0.0.1"})
    out.emplace_back(boost::asio::ip::make_address(address), port);
  co_return out;
}

/// When `count()` rises, sampled every 100 ms for `time`.
template <class F>
std::vector<mc::duration> rises(simulated_world& w, mc::duration time, F count) {
  std::vector<mc::duration> out;
  auto last = count();
  for (const auto end = w.sim.elapsed() + time; w.sim.elapsed() < end;) {
    w.sim.run_for(100ms);
    if (const auto now = count(); now != last) {
      out.push_back(w.sim.elapsed());
      last = now;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("fault 01: everything is swallowed after READY: noticed, given up, resumed, counted, nothing lost") {
  for (const bool by_network : {false, true}) {
    simulated_world w;
    listening_bot bot(w);
    REQUIRE(w.sim.run(w.discord().expect_session()));
    w.sim.run_for(1min);
    CHECK(bot.shard().zombies == 0);
    const auto beats = w.discord().counters().heartbeats;
    w.sim.run_until([&] { return w.discord().counters().heartbeats > beats; }, 1min);
    w.sim.run_for(1s);
    const auto connects = w.network->connects();
    const auto cut = w.sim.elapsed();
    if (by_network)
      w.network->stall_all();
    else
      w.discord().pause();
    bot.say("while it is cut");
    w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 5min);
    // A beat is due within one interval; then something has to come back within 15 s.
    CHECK(w.sim.elapsed() - cut >= 41s);
    CHECK(w.sim.elapsed() - cut <= 41250ms + 16s);
    w.sim.run_for(3s);
    CHECK(bot.heard({"while it is cut"}));
    CHECK(bot.shard().zombies == 1);
    CHECK(w.network->connects() - connects == 1);
    CHECK(w.network->open_connections() == 1);  // the dead one is destroyed
    CHECK(w.discord().counters().identifies == 1);
    CHECK(w.discord().counters().last_close_received != 1000);
    CHECK(w.world.log.text().find("no heartbeat ACK") != std::string::npos);
    no_violations(w);
  }
}

TEST_CASE("fault 02: the close frame is never answered: nobody waits for it, after 2 s it is given up") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(40s);  // what REST left is closed by then
  mock_faults faults;
  faults.never_answer_close = true;
  w.discord().set_faults(faults);
  auto before = w.sim.elapsed();
  w.discord().reconnect_op7();
  w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 1min);
  CHECK(w.sim.elapsed() - before <= 1s);
  w.sim.run_for(2500ms);
  CHECK(w.network->open_connections() == 1);
  w.sim.run_for(10s);
  before = w.sim.elapsed();
  bot.bot.stop();
  w.sim.run_until([&] { return bot.ended; }, 1min);
  CHECK(w.sim.elapsed() - before <= 3s);
  CHECK(w.network->open_connections() == 0);
}

TEST_CASE("fault 03: two resumes that are cut before RESUMED become an IDENTIFY, connects that fail do not count") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(10s);
  w.network->refuse("localhost", true);
  w.discord().disconnect();
  const auto failed = w.network->failed_connects();
  w.sim.run_until([&] { return w.network->failed_connects() >= failed + 5; }, 2min);
  w.network->refuse("localhost", false);
  mock_faults faults;
  faults.close_at_resume = 1000;
  w.discord().set_faults(faults);
  w.sim.run_until([&] { return w.discord().counters().identifies == 2; }, 5min);
  CHECK(w.discord().faults().close_at_resume == 998);
  w.sim.run_for(10s);
  bot.say("in the new session");
  w.sim.run_for(1s);
  CHECK(bot.heard({"in the new session"}));
  no_violations(w);
}

TEST_CASE("fault 03: shards whose resumes fail at the same time identify one after the other") {
  simulated_world w(discord_with(4));
  listening_bot bot(w);
  until_all_ready(w, bot);
  w.sim.run_for(10s);
  mock_faults faults;
  faults.close_at_resume = 1000;
  w.discord().set_faults(faults);
  const auto begin = w.sim.elapsed();
  w.discord().disconnect();
  w.sim.run_until([&] { return w.discord().counters().identifies == 8; }, 5min);
  CHECK(w.sim.elapsed() - begin >= 15s);
  CHECK(w.discord().faults().close_at_resume == 1000 - 8);
  until_all_ready(w, bot);
  no_violations(w);  // too early would be one
}

TEST_CASE(
    "fault 04: ten minutes of refused connections: capped growing pauses, few lines, the first success resets them") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(10s);
  const auto lines_before = w.world.log.text();
  w.network->refuse("localhost", true);
  w.discord().disconnect();
  const auto attempts = rises(w, 10min, [&] { return w.network->failed_connects(); });
  REQUIRE(attempts.size() >= 10);
  CHECK(attempts.size() <= 25);
  std::set<mc::duration> pauses;
  for (std::size_t i = 1; i < attempts.size(); ++i) {
    const auto pause = attempts[i] - attempts[i - 1];
    CHECK(pause <= 60s + 200ms);
    if (i > 6) CHECK(pause >= 30s - 200ms);  // half of the cap
    pauses.insert(pause);
  }
  CHECK(pauses.size() >= 5);  // by chance, not by the clock
  const auto lines = w.world.log.text().substr(lines_before.size());
  CHECK(occurrences(lines, "\n") <= 150);
  w.network->refuse("localhost", false);
  w.sim.run_for(130s);  // up to 60 s to the resume, and as long again if the session is gone by then
  bot.say("back");
  w.sim.run_for(10s);
  CHECK(bot.heard({"back"}));
  const auto resumed = w.discord().counters().resumed;
  w.discord().disconnect();
  w.sim.run_for(500ms);
  CHECK(w.discord().counters().resumed == resumed + 1);
  no_violations(w);
}

TEST_CASE("fault 04: a start without a network asks as rarely, and begins once it is there") {
  simulated_world w;
  w.network->refuse("localhost", true);
  listening_bot bot(w);
  w.sim.run_for(10min);
  CHECK(w.network->failed_connects() >= 10);
  CHECK(w.network->failed_connects() <= 60);  // each call to REST may be sent a few times
  CHECK(occurrences(w.world.log.text(), "\n") <= 300);
  w.network->refuse("localhost", false);
  REQUIRE(w.sim.run(w.discord().expect_session(0, 2min)));
  no_violations(w);
}

TEST_CASE("fault 06: op 9 with true resumes after 1 to 5 s, with false identifies in its turn") {
  for (int round = 0; round < 5; ++round) {
    simulated_world w;
    listening_bot bot(w);
    REQUIRE(w.sim.run(w.discord().expect_session()));
    w.sim.run_for(10s);
    auto begin = w.sim.elapsed();
    w.discord().invalid_session(true);
    w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 1min);
    CHECK(w.sim.elapsed() - begin >= 1s);
    CHECK(w.sim.elapsed() - begin <= 5s);
    CHECK(w.discord().counters().identifies == 1);
    w.sim.run_for(10s);
    begin = w.sim.elapsed();
    w.discord().invalid_session(false);
    w.sim.run_until([&] { return w.discord().counters().readies == 2; }, 1min);
    CHECK(w.sim.elapsed() - begin >= 1s);
    CHECK(w.sim.elapsed() - begin <= 5s);
    CHECK(w.discord().counters().resumed == 1);
    CHECK(w.discord().counters().last_close_received != 1000);
    no_violations(w);
  }
}

TEST_CASE("fault 06: floods of op 9, on one connection and on each, are no tight loop") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(10s);
  for (int i = 0; i < 50; ++i) w.discord().invalid_session(true);
  auto connections = w.discord().counters().connections;
  w.sim.run_for(1min);
  CHECK(w.discord().counters().connections - connections == 1);
  CHECK(w.discord().counters().resumed == 1);
  mock_faults faults;
  faults.op9_at_identify = 5;
  w.discord().set_faults(faults);
  connections = w.discord().counters().connections;
  const auto begin = w.sim.elapsed();
  w.discord().invalid_session(false);
  w.sim.run_until([&] { return w.discord().counters().identifies == 2; }, 5min);
  CHECK(w.sim.elapsed() - begin >= 30s);
  CHECK(w.discord().counters().connections - connections == 6);
  no_violations(w);
}

TEST_CASE("fault 08: op 1 is answered at once") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_until([&] { return w.discord().counters().heartbeats != 0; }, 1min);  // the next of its own is far
  const auto before = w.discord().counters().heartbeats;
  REQUIRE(before == 1);
  w.discord().request_heartbeat();
  w.sim.run_for(100ms);
  CHECK(w.discord().counters().heartbeats == before + 1);
  no_violations(w);
}

TEST_CASE("fault 08: nothing of an old connection is written to the next one, which says nothing before HELLO") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  const auto beats = w.discord().counters().heartbeats;
  w.sim.run_until([&] { return w.discord().counters().heartbeats > beats; }, 1min);
  w.sim.run_for(35s);  // the next beat of this connection is due in 6 s
  mock_faults faults;
  faults.no_hello = true;
  w.discord().set_faults(faults);
  w.discord().disconnect();
  w.sim.run_for(1s);
  const auto before = w.discord().counters();
  CHECK(before.open_connections == 1);
  w.sim.run_for(15s);
  const auto after = w.discord().counters();
  CHECK(after.connections == before.connections);
  CHECK(after.payloads_received == before.payloads_received);
  w.discord().set_faults({});
  w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 1min);
  w.sim.run_for(5min);
  no_violations(w);  // a beat of the wrong session, or too late, would be one
}

TEST_CASE("fault 09: late frames of an old connection, and contexts that nobody shares") {
  for (const auto compression :
       {mc::gateway_compression::none, mc::gateway_compression::zlib_stream, mc::gateway_compression::zstd_stream}) {
    simulated_world w;
    auto options = w.options();
    options.compression = compression;
    listening_bot bot(w, std::move(options));
    REQUIRE(w.sim.run(w.discord().expect_session()));
    std::vector<std::string> said;
    const auto say = [&] {
      said.push_back("message " + std::to_string(said.size()));
      bot.say(said.back());
    };
    for (int i = 0; i < 20; ++i) say();
    w.sim.run_for(50s);
    w.network->hold_all();  // from here on what Discord sends on this connection is late
    for (int i = 0; i < 5; ++i) say();
    w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 5min);
    for (int i = 0; i < 5; ++i) say();
    w.network->release_all();  // while the old connection is being closed and the new one has a replay to read
    for (int i = 0; i < 5; ++i) say();
    w.sim.run_for(1min);
    CHECK(bot.heard(said));
    CHECK(bot.errors.empty());
    CHECK(bot.shard().zombies == 1);
    const auto counters = w.discord().counters();
    CHECK(counters.connections == 2);
    CHECK(counters.resumed == 1);
    CHECK(counters.identifies == 1);
    no_violations(w);
  }
}

TEST_CASE("fault 12: a dead resume URL falls back to the normal one with the same session") {
  for (const bool refuses : {false, true}) {  // nobody listens there, or somebody who does not know the gateway
    simulated_world w;
    mock_faults faults;
    faults.dead_resume_url = !refuses;
    faults.resume_url_down = refuses;
    w.discord().set_faults(faults);
    listening_bot bot(w);
    REQUIRE(w.sim.run(w.discord().expect_session()));
    w.sim.run_for(10s);
    w.discord().disconnect();
    bot.say("meanwhile");
    w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 2min);
    w.sim.run_for(1s);
    CHECK(w.discord().counters().identifies == 1);
    CHECK(w.discord().counters().resumes_at_resume_url == 0);
    CHECK(bot.heard({"meanwhile"}));
    no_violations(w);
  }
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
  CHECK(bot.shard().status != mc::shard_status::ended);
  w.network->unresolvable("localhost", false);
  w.sim.run_for(1min);
  CHECK(w.discord().counters().resumed == 1);
  CHECK(w.discord().counters().identifies == 1);
  no_violations(w);
}

TEST_CASE("fault 13: a lookup that takes for ever ends by its limit, and meanwhile holds nobody up") {
  simulated_world w(discord_with(2, 2));
  listening_bot bot(w);
  until_all_ready(w, bot);
  w.sim.run_for(10s);
  w.network->black_hole("localhost", true);
  w.discord().disconnect(mc::testing::disconnect_how::drop, 0, 1);
  const auto before = w.discord().counters().heartbeats;
  w.sim.run_for(2min);
  CHECK(w.discord().counters().heartbeats - before >= 2);  // of shard 0
  CHECK(bot.bot.shards().status(0) == mc::shard_status::ready);
  bot.say("to shard 0");
  w.sim.run_for(1s);
  CHECK(bot.heard({"to shard 0"}));
  CHECK(w.network->failed_connects() >= 3);
  w.network->black_hole("localhost", false);
  until_all_ready(w, bot);
  no_violations(w);
}

TEST_CASE(
    "fault 13: the addresses of a name are tried one after the other, over sockets, and lookups that fail are tried "
    "again") {
  mc::tests::small_world w({});
  auto options = w.options();
  std::atomic<int> lookups = 0;
  // Two addresses where nobody listens come before the right one; the first lookups fail.
  const mc::net::address_lookup names = [&lookups](std::string, std::uint16_t port) {
    return look_up(++lookups, port);
  };
  options.transport = mc::net::tcp_network(names);
  options.threads = 2;
  mc::client bot(w.bot_token(), std::move(options));
  auto run = std::async(std::launch::async, [&] { return bot.run(); });
  CHECK(w.discord.wait_session(0, 30s));
  CHECK(lookups >= 3);
  w.discord.disconnect();
  // Whether READY had arrived is a matter of luck here.
  CHECK(w.discord.wait_until([](const auto& now) { return now.resumed + now.readies == 2; }, 30s));
  bot.stop();
  CHECK(run.get() == 0);
}

TEST_CASE("fault 22: an upgrade that is not answered by 101 is a failed attempt with back-off") {
  for (const int status : {200, 302, 429, 502, 520}) {
    simulated_world w;
    mock_faults faults;
    faults.refuse_upgrades = 5;
    faults.upgrade_status = status;
    w.discord().set_faults(faults);
    listening_bot bot(w);
    w.sim.run_until([&] { return w.discord().counters().readies == 1; }, 5min);
    CHECK(w.sim.elapsed() >= 10s);  // half of 1 + 2 + 4 + 8 + 16
    CHECK(w.discord().counters().identifies == 1);
    w.sim.run_for(10s);

    faults.refuse_upgrades = 3;  // in a reconnect the session is kept
    w.discord().set_faults(faults);
    w.discord().disconnect();
    bot.say("meanwhile");
    w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 5min);
    w.sim.run_for(1s);
    CHECK(bot.heard({"meanwhile"}));
    CHECK(w.discord().counters().identifies == 1);
    CHECK(w.world.log.text().find("HTTP status " + std::to_string(status)) != std::string::npos);
    no_violations(w);
  }
}

TEST_CASE("fault 23: after a suspend each shard reconnects once, no burst") {
  simulated_world w(discord_with(4, 4));
  listening_bot bot(w);
  until_all_ready(w, bot);
  w.sim.run_for(1min);
  const auto before = w.discord().counters();
  w.sim.clock()->advance(2min);  // nobody ran meanwhile
  w.sim.run_for(2min);
  const auto after = w.discord().counters();
  // The mock has given the silent client up meanwhile, as Discord does: each RESUME may be refused, once.
  CHECK(after.connections - before.connections <= 8);
  CHECK(after.resumed + after.identifies - before.resumed - before.identifies == 4);
  CHECK(bot.bot.shards().all_ready());
  bot.say("awake");
  w.sim.run_for(1s);
  CHECK(bot.heard({"awake"}));
}

TEST_CASE("fault 23: a wall clock that jumps by years changes nothing at the gateway") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  for (const auto step : {24h * 365 * 5, -24h * 365 * 20, 1h, -1h}) {
    w.sim.clock()->step_utc(step);
    w.sim.run_for(3min);
  }
  CHECK(w.discord().counters().connections == 1);
  CHECK(w.discord().counters().heartbeats >= 16);
  w.discord().disconnect();
  w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 1s);
  w.sim.clock()->step_utc(-24h * 365);
  w.discord().invalid_session(false);
  w.sim.run_until([&] { return w.discord().counters().readies == 2; }, 20s);
  CHECK(bot.shard().zombies == 0);
  no_violations(w);
}
