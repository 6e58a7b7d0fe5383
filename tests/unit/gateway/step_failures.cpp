// SPDX-License-Identifier: MIT
// A bot's life at the gateway, failing at every step: the connection is reset, the bot is stopped, the cable is cut.
#include "peer.hpp"
#include "support/step_failures.hpp"

namespace monochord::gateway_test {
namespace {

using gateway::stop_mode;

struct life {
  explicit life(test::step_plan& steps, protocol::compression kind) : plan(steps), bot(on, kind) {}

  test::step_plan& plan;
  stage on;
  running bot;
  int said = 0;

  void say() { on.server.say("MESSAGE_CREATE", "{\"n\":" + std::to_string(said++) + "}"); }

  /// Each message once and in order, those of a session that was lost aside.
  void check_order() const {
    int last = -1;
    for (const auto& event : on.sink->events) {
      if (event.type != "MESSAGE_CREATE") continue;
      const int n = std::stoi(event.data.substr(5));
      CHECK(n == last + 1);
      last = n;
    }
  }

  /// False when this step fails: then that was played, and the bot has come through it.
  bool survives() {
    const auto what = plan.step();
    if (!what) return true;
    if (*what == test::failure::cancelled) {
      CHECK(bot.stop(stop_mode::keep_session) <= 3s);
      CHECK_FALSE(bot.error());
      check_order();
      const auto connections = on.server.connections;
      CHECK(bot->at(0)->status() == protocol::session_status::ended);
      on.sim.run_for(5min);
      CHECK(on.server.connections == connections);
      return false;
    }
    if (*what == test::failure::io_error) on.network.reset_all();
    else on.network.stall_all();
    on.sim.run_for(3min);  // a cut cable is noticed by the second heartbeat
    bot.until_ready();
    say();
    on.sim.run_for(1s);
    CHECK(on.sink->events.back().data == "{\"n\":" + std::to_string(said - 1) + "}");
    check_order();
    CHECK(on.server.of_op(2).size() <= 3);
    CHECK(bot.stop(stop_mode::keep_session) <= 3s);
    CHECK_FALSE(bot.error());
    return false;
  }
};

void play(test::step_plan& plan, protocol::compression kind) {
  life it(plan, kind);
  auto& server = it.on.server;
  auto& sim = it.on.sim;
  if (!it.survives()) return;
  sim.run_until([&] { return server.connections == 1; });
  if (!it.survives()) return;
  sim.run_until([&] { return server.of_op(2).size() == 1; });
  if (!it.survives()) return;
  it.bot.until_ready();
  if (!it.survives()) return;
  it.say();
  it.say();
  sim.run_until([&] { return it.on.sink->events.size() == 2; });
  if (!it.survives()) return;
  sim.run_until([&] { return !server.of_op(1).empty(); });
  if (!it.survives()) return;
  sim.run_for(10s);
  server.send(R"({"t":null,"s":null,"op":7,"d":null})");
  it.say();
  sim.run_until([&] { return server.connections == 2; });
  if (!it.survives()) return;
  sim.run_until([&] { return server.of_op(6).size() == 1; });
  if (!it.survives()) return;
  it.bot.until_ready();
  sim.run_for(10s);
  if (!it.survives()) return;
  it.on.sink->full = true;
  it.say();
  it.say();
  sim.run_for(10s);
  it.on.sink->release();
  if (!it.survives()) return;
  sim.run_for(1s);
  server.send(R"({"t":null,"s":null,"op":9,"d":false})");
  sim.run_until([&] { return !it.bot->all_ready(); });
  if (!it.survives()) return;
  sim.run_until([&] { return server.of_op(2).size() == 2; });
  if (!it.survives()) return;
  it.bot.until_ready();
  if (!it.survives()) return;
  sim.run(it.bot->at(0)->send(R"({"op":3,"d":{}})"));
  if (!it.survives()) return;
  it.say();
  sim.run_for(1s);
  it.check_order();
  CHECK(server.of_op(3).size() == 1);
  CHECK(it.bot.counters().session.identifies == 2);
}

}  // namespace

TEST_CASE("a bot's life at the gateway, failing at every step") {
  for (const auto kind : {protocol::compression::zlib_stream, protocol::compression::zstd_stream}) {
    INFO(protocol::name(kind));
    const auto steps = test::check_step_failures([kind](test::step_plan& plan) { play(plan, kind); });
    CHECK(steps == 14);
  }
}

}  // namespace monochord::gateway_test
