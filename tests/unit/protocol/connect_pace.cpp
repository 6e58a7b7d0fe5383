// SPDX-License-Identifier: MIT
// When those connect that lost their connections together.
#include "protocol/connect_pace.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "support/catch.hpp"
#include "support/session_script.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using namespace monochord::protocol;
using monochord::test::session_script;

namespace {

constexpr time_point start{1000h};

std::vector<time_point> turns(connect_pace& pace, int count, time_point now) {
  std::vector<time_point> out;
  unsigned seed = 7;
  for (int i = 0; i < count; ++i) {
    seed = seed * 1103515245U + 12345U;
    out.push_back(pace.turn(now, static_cast<double>((seed >> 8) % 1000) / 1000));
  }
  return out;
}

/// As many turns at once, and then one each 100 ms: what a session that has asked is given.
struct test_gate final : connect_gate {
  time_point turn(time_point now, double random) override {
    ++asked;
    return pace.turn(now, random);
  }
  connect_pace pace{{1, 10}};
  int asked = 0;
};

session_script gated(const std::shared_ptr<test_gate>& gate) {
  auto options = session_script::defaults();
  options.gate = gate;
  return session_script(options);
}

}  // namespace

TEST_CASE("pace: a shard that is cut alone connects at once, again and again") {
  connect_pace pace;
  for (int i = 0; i < 100; ++i) CHECK(pace.turn(start + i * 1s, 0.9) == start + i * 1s);
}

TEST_CASE("pace: a few connect at once, those behind them at their rate, each within a place of its own") {
  connect_pace pace{{3, 10}};
  for (int i = 0; i < 3; ++i) CHECK(pace.turn(start, 0.9) == start);
  CHECK(pace.turn(start, 0.0) == start + 100ms);
  CHECK(pace.turn(start, 0.5) == start + 250ms);
  CHECK(pace.turn(start, 1.0) == start + 400ms);
  // Later on the line has moved by one place; when it is empty, a few may go at once again.
  CHECK(pace.turn(start + 310ms, 0.0) == start + 400ms);
  CHECK(pace.turn(start + 700ms, 0.9) == start + 700ms);
  CHECK(pace.turn(start + 700ms, 0.9) == start + 700ms);
  CHECK(pace.turn(start + 700ms, 0.9) == start + 700ms);
  CHECK(pace.turn(start + 700ms, 0.0) > start + 700ms);
}

TEST_CASE("pace: a thousand that are cut at once take more than 5 seconds, never 300 in one, and less than 15 in all") {
  connect_pace pace;
  pace.turn(start - 1h, 0.5);
  auto all = turns(pace, 1000, start);
  std::sort(all.begin(), all.end());
  CHECK(all.front() == start);
  CHECK(all.back() - start >= 5s);
  CHECK(all.back() - start <= 15s);
  for (const auto one : all) {
    const auto within = std::count_if(all.begin(), all.end(), [&](time_point t) { return t >= one && t < one + 1s; });
    REQUIRE(within <= 300);
  }
}

TEST_CASE("pace: nonsense is taken for the least that makes sense") {
  connect_pace pace{{0, 0}};
  CHECK(pace.turn(start, 0.5) == start);
  CHECK(pace.turn(start, -3.0) == start + 1s);
  CHECK(pace.turn(start, 7.0) == start + 3s);
}

TEST_CASE("a session waits for its turn to connect, and asks once for each attempt") {
  const auto gate = std::make_shared<test_gate>();
  auto first = gated(gate), second = gated(gate);
  CHECK(first.start() == "connect");
  CHECK(second.start() == "");
  CHECK(second.session.status() == session_status::waiting);
  CHECK(second.until_wakeup() == 150ms);  // the jitter of `random` 0.5
  second.wait(149ms);
  CHECK(second.timer() == "");
  CHECK(second.next() == "connect");
  CHECK(gate->asked == 2);
  CHECK(second.until_wakeup() == session_options{}.connect_timeout);  // of which the wait took nothing

  SECTION("a lost connection is told with the time until its turn") {
    first.come_up();
    second.come_up();
    first.wait(1min);
    second.now = first.now;
    CHECK(first.closed() == "reconnecting (connection closed) in 0 ms, connect");
    CHECK(second.closed() == "reconnecting (connection closed) in 150 ms");
    CHECK(second.next() == "connect");
    CHECK(gate->asked == 4);
    CHECK(second.opened() == "");
    CHECK(second.hello() == "send resume");
  }
  SECTION("whoever waits for longer asks when that time is over") {
    CHECK(second.closed() == "reconnecting (connect failed) in 750 ms");
    CHECK(gate->asked == 2);
    CHECK(second.next() == "connect");
    CHECK(gate->asked == 3);
  }
  SECTION("frames of the connection before are dropped while it waits") {
    second.come_up();
    first.now = second.now;
    first.closed();  // takes the turn of now, or a later one
    const auto old = second.gen();
    CHECK(second.closed().starts_with("reconnecting"));
    second.session.heartbeat_requested(old, second.at());
    CHECK(second.session.status() == session_status::waiting);
    CHECK(session_script::tell(second.session.stop(session::stop_mode::keep_session, second.at())) == "ended");
    CHECK(second.next() == "");
  }
}
