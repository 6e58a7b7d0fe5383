// SPDX-License-Identifier: MIT
// The session's conversations, each failing at every step: the connection ends, the shard is stopped, the peer is silent.
#include <functional>
#include <vector>

#include "protocol/session.hpp"
#include "support/catch.hpp"
#include "support/session_script.hpp"
#include "support/step_failures.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using namespace monochord::protocol;
using monochord::test::session_script;

namespace {

/// What must hold of a session whose connection just failed somehow: it is on its way back, not spinning, not stuck.
void check_recovers(session_script& s) {
  int steps = 0;
  while (!s.session.is_up()) {
    REQUIRE(++steps < 50);
    switch (s.session.status()) {
      case session_status::waiting:
        REQUIRE(s.session.wakeup());
        CHECK(*s.session.wakeup() - s.now <= 61s);
        s.next();
        break;
      case session_status::connecting: s.opened(); break;
      case session_status::hello: s.hello(); break;
      case session_status::queued: s.granted(); break;
      case session_status::identifying: s.ready(1, "again"); break;
      case session_status::resuming: s.dispatch(s.session.resume_seq() + 1, "RESUMED"); break;
      default: FAIL("ended by a failure that permits going on");
    }
  }
}

/// False when the plan says that this step fails: then it was played and checked.
bool survives(session_script& s, test::step_plan& plan) {
  const auto what = plan.step();
  if (!what) return true;
  const auto before = s.session.counters();
  switch (*what) {
    case test::failure::io_error: s.closed(0); break;
    case test::failure::cancelled: {
      const auto told = s.tell(s.session.stop(session::stop_mode::keep_session, s.at()));
      CHECK(told.ends_with("ended"));
      CHECK(s.session.wakeup() == std::nullopt);
      CHECK(s.closed(1006) == "");
      CHECK(s.dispatch(77) == "");
      CHECK(s.timer() == "");
      return false;
    }
    case test::failure::timeout: {
      // The peer falls silent: whatever the state, the session's own timers must end the connection.
      const auto generation = s.gen();
      int beats = 0;
      while (s.gen() == generation && s.session.status() != session_status::waiting) {
        REQUIRE(s.session.wakeup());
        REQUIRE(++beats < 100);
        s.next();
      }
      CHECK(beats <= 3);
      break;
    }
  }
  CHECK(s.session.counters().connects <= before.connects + 1);
  check_recovers(s);
  return false;
}

using act = std::function<void(session_script&)>;

/// A conversation, failing at every step. `holds` is asked after a failure that the session had to survive, and of the
/// conversation that came to its end.
std::size_t check_conversation(const std::function<session_script()>& begin, const std::vector<act>& acts,
                               const act& holds = [](session_script&) {}) {
  return test::check_step_failures([&](test::step_plan& plan) {
    auto s = begin();
    s.start();
    for (const auto& one : acts) {
      if (!survives(s, plan)) {
        if (s.session.status() != session_status::ended) holds(s);
        return;
      }
      one(s);
    }
    CHECK(s.session.is_up());
    holds(s);
  });
}

const act opened = [](session_script& s) { CHECK(s.opened() == ""); };
const act asks = [](session_script& s) { CHECK(s.hello() == "request permit"); };
const act resumes = [](session_script& s) { CHECK(s.hello() == "send resume"); };
const act granted = [](session_script& s) { CHECK(s.granted() == "send identify"); };
const act is_ready = [](session_script& s) { CHECK(s.ready() == "settle permit (identified), up (ready), deliver"); };
const act event = [](session_script& s) { CHECK(s.dispatch(s.session.resume_seq() + 1) == "deliver"); };
const act resumed = [](session_script& s) {
  CHECK(s.dispatch(s.session.resume_seq() + 1, "RESUMED") == "up (resumed), deliver");
};
/// Time goes on until the session connects again, if it does not already.
const act comes_back = [](session_script& s) {
  if (s.session.status() == session_status::waiting) s.next();
  CHECK(s.session.status() == session_status::connecting);
};
const act lasts = [](session_script& s) { s.wait(10s); };

session_script new_session() { return session_script{}; }
session_script stored_session() {
  return session_script(session_script::defaults(), session_snapshot{"old", 41, "wss://there.discord.gg"});
}

}  // namespace

TEST_CASE("a whole life, failing at every step") {
  const auto steps = test::check_step_failures([](test::step_plan& plan) {
    session_script s;
    s.start();
    if (!survives(s, plan)) return;
    s.opened();
    if (!survives(s, plan)) return;
    s.hello();
    if (!survives(s, plan)) return;
    s.granted();
    if (!survives(s, plan)) return;
    s.ready();
    if (!survives(s, plan)) return;
    s.dispatch(2);
    s.next();
    if (!survives(s, plan)) return;
    s.ack();
    if (!survives(s, plan)) return;
    s.session.reconnect_requested(s.gen(), s.at());
    if (s.session.status() == session_status::waiting) s.next();
    if (!survives(s, plan)) return;
    s.opened();
    if (!survives(s, plan)) return;
    s.hello();
    if (!survives(s, plan)) return;
    s.dispatch(3);
    if (!survives(s, plan)) return;
    s.dispatch(4, "RESUMED");
    if (!survives(s, plan)) return;
    s.session.invalid_session(s.gen(), false, s.at());
    s.next();
    if (!survives(s, plan)) return;
    s.opened();
    s.hello();
    if (!survives(s, plan)) return;
    s.granted();
    s.ready(1, "s2");
    CHECK(s.session.is_up());
    CHECK(s.session.session_id() == "s2");
  });
  CHECK(steps >= 14);
}

TEST_CASE("a stored session, failing at every step, is never given up for it") {
  const auto steps = check_conversation(stored_session, {opened, resumes, event, event, resumed, event}, [](session_script& s) {
    CHECK(s.session.session_id() == "old");
    CHECK(s.session.resume_seq() > 41);
    CHECK(s.session.counters().identifies == 0);
    CHECK(s.session.counters().sessions_lost == 0);
    CHECK(s.session.counters().gaps == 0);
  });
  CHECK(steps == 6);
}

TEST_CASE("with a gateway_url override, failing at every step, no other host is connected to") {
  const auto begin = [] {
    auto options = session_script::defaults();
    options.gateway_url_override = "ws://localhost:8080";
    return session_script(options);
  };
  const act stays = [](session_script& s) { CHECK(s.session.url().starts_with("ws://localhost:8080/")); };
  const act reconnects = [](session_script& s) { s.closed(); };
  const auto steps = check_conversation(
      begin, {opened, stays, asks, granted, is_ready, stays, reconnects, comes_back, stays, opened, resumes, resumed}, stays);
  CHECK(steps == 12);
}

TEST_CASE("garbage, failing at every step: once it costs a connection, twice in one place the session") {
  const act garbage = [](session_script& s) {
    CHECK(s.tell(s.session.malformed(s.gen(), s.at())).find("reconnecting (malformed data)") != std::string::npos);
  };
  const auto steps = check_conversation(
      new_session, {opened, garbage, comes_back, opened, asks, granted, is_ready, event, lasts, garbage, comes_back, opened, resumes,
                    garbage, comes_back, opened, asks, granted, is_ready},
      [](session_script& s) { CHECK(s.session.counters().sessions_lost <= 2); });
  CHECK(steps == 19);
}

TEST_CASE("a zombie, failing at every step, resumes") {
  const act beat = [](session_script& s) { CHECK(s.next() == "send heartbeat"); };
  const act zombie = [](session_script& s) {
    CHECK(s.next() == "close 4000, reconnecting (no heartbeat ACK) in 0 ms, connect");
  };
  const auto steps = check_conversation(
      new_session, {opened, asks, granted, is_ready, event, beat, zombie, comes_back, opened, resumes, event, resumed},
      [](session_script& s) { CHECK(s.session.counters().sessions_lost == 0); });
  CHECK(steps == 12);
}

TEST_CASE("op 7 at any time, failing at every step, resumes what there is") {
  const act asked = [](session_script& s) {
    CHECK(s.tell(s.session.reconnect_requested(s.gen(), s.at())).find("close 4000") != std::string::npos);
  };
  const auto steps = check_conversation(
      new_session, {opened, asked, comes_back, opened, asks, granted, asked, comes_back, opened, asks, granted, is_ready, lasts, asked,
                    comes_back, opened, resumes, event, asked, comes_back, opened, resumes, resumed},
      [](session_script& s) { CHECK(s.session.counters().sessions_lost == 0); });
  CHECK(steps == 23);
}

TEST_CASE("op 9 that can be resumed, failing at every step, resumes") {
  const act invalid = [](session_script& s) {
    const auto before = s.now;
    s.session.invalid_session(s.gen(), true, s.at());
    CHECK(s.session.status() == session_status::waiting);
    CHECK(*s.session.wakeup() - before >= 1s);
  };
  const auto steps = check_conversation(
      new_session, {opened, asks, granted, is_ready, event, invalid, comes_back, opened, resumes, event, resumed},
      [](session_script& s) { CHECK(s.session.counters().sessions_lost == 0); });
  CHECK(steps == 11);
}

TEST_CASE("op 9 that cannot be resumed, failing at every step, identifies at the normal address") {
  const act invalid = [](session_script& s) {
    CHECK(s.tell(s.session.invalid_session(s.gen(), false, s.at())).find("session lost") != std::string::npos);
    CHECK(*s.session.wakeup() - s.now >= 1s);
  };
  const act normal = [](session_script& s) { CHECK_FALSE(s.session.connects_to_resume_url()); };
  const auto steps = check_conversation(
      stored_session, {opened, resumes, invalid, comes_back, normal, opened, asks, granted, is_ready, event},
      [](session_script& s) { CHECK(s.session.counters().sessions_lost <= 1); });
  CHECK(steps == 10);
}

TEST_CASE("a RESUME that fails again, failing at every step, ends in a new session") {
  const act cut = [](session_script& s) { s.closed(1006); };
  const auto steps = check_conversation(
      stored_session, {opened, resumes, cut, comes_back, opened, resumes, cut, comes_back, opened, asks, granted, is_ready, event},
      [](session_script& s) { CHECK(s.session.counters().sessions_lost <= 1); });
  CHECK(steps == 13);
}
