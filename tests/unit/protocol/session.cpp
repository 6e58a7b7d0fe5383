// SPDX-License-Identifier: MIT
#include "protocol/session.hpp"

#include "support/catch.hpp"
#include "support/session_script.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using namespace monochord::protocol;
using monochord::test::session_script;

TEST_CASE("a new session connects, waits for HELLO, asks for a permit, identifies and is ready") {
  session_script s;
  CHECK(s.start() == "connect");
  CHECK(s.session.url() == "wss://gateway.discord.gg/?v=10&encoding=json&compress=zlib-stream");
  CHECK(s.opened() == "");
  CHECK(s.session.status() == session_status::hello);
  CHECK(s.hello() == "request permit");
  CHECK(s.granted() == "send identify");
  CHECK(s.session.status() == session_status::identifying);
  CHECK(s.ready() == "settle permit (identified), up (ready), deliver");
  CHECK(s.session.is_up());
  CHECK(s.dispatch(2) == "deliver");
  const auto kept = s.session.snapshot();
  REQUIRE(kept);
  CHECK(kept->session_id == "s1");
  CHECK(kept->seq == 2);
  CHECK(kept->resume_url == "wss://resume.discord.gg");
  CHECK(s.session.counters().identifies == 1);
  CHECK(s.session.counters().events == 2);
}

TEST_CASE("a stored session resumes at its resume URL and costs no permit") {
  session_script s(session_script::defaults(), session_snapshot{"old", 41, "wss://there.discord.gg/path"});
  CHECK(s.start() == "connect");
  CHECK(s.session.url() == "wss://there.discord.gg/path?v=10&encoding=json&compress=zlib-stream");
  s.opened();
  CHECK(s.hello() == "send resume");
  CHECK(s.session.resume_seq() == 41);
  CHECK(s.session.session_id() == "old");
  CHECK(s.dispatch(42) == "deliver");
  CHECK(s.dispatch(43, "RESUMED") == "up (resumed), deliver");
  CHECK(s.session.is_up());
  CHECK(s.session.counters().identifies == 0);
}

TEST_CASE("heartbeats: the first after a random part of the interval, then one each interval") {
  session_script s;
  s.start();
  s.opened();
  s.random = 0.25;
  s.hello(40000ms);
  CHECK(s.until_wakeup() == 10s);
  CHECK(s.next() == "send heartbeat");
  CHECK(s.session.heartbeat_seq() == std::nullopt);
  s.wait(30ms);
  CHECK(s.ack() == "");
  CHECK(s.session.latency() == duration(30ms));
  CHECK(s.granted() == "send identify");
  s.ready(5);
  CHECK(s.next() == "send heartbeat");
  CHECK(s.session.heartbeat_seq() == 5);
  CHECK(s.until_wakeup() == 15s);  // for its ACK
  s.ack();
  CHECK(s.until_wakeup() == 40s);
}

TEST_CASE("a heartbeat is never due before HELLO") {
  session_script s;
  s.start();
  s.opened();
  CHECK(s.until_wakeup() == 20s);  // the deadline of HELLO
  CHECK(s.next() == "close 4000, reconnecting (no HELLO) in 750 ms");
}

TEST_CASE("no ACK and no frame within 15 s of a beat: zombie") {
  session_script s;
  s.come_up();
  CHECK(s.next() == "send heartbeat");
  CHECK(s.until_wakeup() == 15s);
  CHECK(s.next() == "close 4000, reconnecting (no heartbeat ACK) in 0 ms, connect");
  CHECK(s.session.counters().zombies == 1);
  CHECK(s.session.counters().reconnects_by(reconnect_reason::zombie) == 1);
  CHECK(s.session.connects_to_resume_url());
}

TEST_CASE("frames without an ACK keep a connection for two intervals, not longer") {
  session_script s;
  s.come_up();
  CHECK(s.next() == "send heartbeat");
  s.dispatch(2);
  CHECK(s.next() == "send heartbeat");
  s.dispatch(3);
  CHECK(s.next() == "close 4000, reconnecting (no heartbeat ACK) in 0 ms, connect");
}

TEST_CASE("a late ACK counts for 15 s, and for longer where we were late ourselves") {
  session_script s;
  s.come_up();
  for (int i = 0; i < 5; ++i) {
    CHECK(s.next() == "send heartbeat");
    const bool late = i == 4;  // the timer too, so what came may lie unread
    s.wait(late ? 39s : 14s);
    CHECK(s.timer() == "");
    CHECK(s.ack() == "");
    CHECK(s.session.latency() == duration(late ? 39s : 14s));
  }
  CHECK(s.session.is_up());
  CHECK(s.next() == "send heartbeat");
  s.wait(20s);
  CHECK(s.timer() == "");
  CHECK(s.until_wakeup() == 1s);
  CHECK(s.next() == "close 4000, reconnecting (no heartbeat ACK) in 0 ms, connect");
}

TEST_CASE("op 1 is answered at once and does not move the regular beat") {
  session_script s;
  s.come_up();
  s.next();
  s.ack();
  const auto due = s.session.wakeup();
  s.wait(5s);
  CHECK(s.tell(s.session.heartbeat_requested(s.gen(), s.at())) == "send heartbeat");
  CHECK(s.session.wakeup() == due);
  s.ack();
  CHECK(s.next() == "send heartbeat");
}

TEST_CASE("a flood of op 1 never goes over the send limit and leaves room for the regular beat") {
  session_script s;
  s.come_up();
  std::size_t answered = 0;
  for (int i = 0; i < 1000; ++i) {
    s.wait(1ms);
    answered += s.session.heartbeat_requested(s.gen(), s.at()).size();
  }
  CHECK(answered <= 116);
  CHECK(s.session.counters().heartbeats_held_back == 1000 - answered);
  s.ack();
  CHECK(s.next() == "send heartbeat");
}

TEST_CASE("op 7 resumes at once on a new connection") {
  session_script s;
  s.come_up();
  s.wait(1min);
  s.session.timer(s.at());
  CHECK(s.tell(s.session.reconnect_requested(s.gen(), s.at())) ==
        "close 4000, reconnecting (asked to reconnect) in 0 ms, connect");
  s.opened();
  CHECK(s.hello() == "send resume");
}

TEST_CASE("a session that comes up and is lost at once waits longer each time, one that lasts does not") {
  session_script s;
  s.random = 0;
  s.come_up();
  CHECK(s.closed() == "reconnecting (connection closed) in 500 ms");
  CHECK(s.next() == "connect");
  s.come_up();
  CHECK(s.closed() == "reconnecting (connection closed) in 1000 ms");
  CHECK(s.next() == "connect");
  s.come_up();
  s.wait(6s);
  CHECK(s.closed() == "reconnecting (connection closed) in 0 ms, connect");
  s.come_up();
  CHECK(s.closed() == "reconnecting (connection closed) in 500 ms");
}

TEST_CASE("close codes: what each permits") {
  for (const int code : {1000, 1001, 1006, 4000, 4001, 4002, 4005, 4008, 4999}) {
    INFO(code);
    session_script s;
    s.come_up();
    s.wait(10s);
    CHECK(s.closed(code) == "reconnecting (connection closed) in 0 ms, connect");
    s.opened();
    CHECK(s.hello() == "send resume");
  }
  for (const int code : {4003, 4007, 4009}) {
    INFO(code);
    session_script s;
    s.come_up();
    s.wait(10s);
    CHECK(s.closed(code) == "session lost, reconnecting (connection closed) in 0 ms, connect");
    CHECK_FALSE(s.session.connects_to_resume_url());
    s.opened();
    CHECK(s.hello() == "request permit");
    CHECK(s.session.heartbeat_seq() == std::nullopt);
  }
  for (const int code : {4004, 4010, 4011, 4012, 4013, 4014}) {
    INFO(code);
    session_script s;
    s.start();
    s.opened();
    s.hello();
    s.granted();
    const auto told = s.closed(code);
    CHECK(told == "settle permit (failed), fatal " + std::to_string(code) + ": " +
                      make_error_code(code == 4004 ? errc::token_rejected : errc::gateway_fatal).message());
    CHECK(s.session.status() == session_status::ended);
    CHECK(s.session.wakeup() == std::nullopt);
    CHECK(s.start() == "");
  }
}

TEST_CASE("a fatal close is tried again where the driver is told so: with a new session, and never at once") {
  for (const int code : {4004, 4010, 4011, 4012, 4013, 4014}) {
    INFO(code);
    session_script s;
    const auto close = [&](duration after) {
      return s.tell(s.session.closed(s.gen(), code, s.at(), {.again = true, .after = after}));
    };
    s.come_up();
    s.wait(1min);
    CHECK(close(1min) == "session lost, reconnecting (connection closed) in 60000 ms");
    CHECK(s.session.status() == session_status::waiting);
    CHECK(s.session.snapshot() == std::nullopt);
    CHECK(s.session.wakeup() == s.now + 1min);
    CHECK(s.next() == "connect");
    s.opened();
    CHECK(s.hello() == "request permit");
    s.granted();
    CHECK(close({}) == "settle permit (failed), reconnecting (connection closed) in 5000 ms");
    s.next();
    s.opened();
    s.hello();
    CHECK(close(duration::max()) == "cancel permit, reconnecting (connection closed) in 86400000 ms");
    s.next();
    s.opened();  // the answer is for fatal codes alone
    CHECK(s.tell(s.session.closed(s.gen(), 4000, s.at(), {.again = true, .after = 1h})).find("in 3600000") == std::string::npos);
  }
}

TEST_CASE("restart: the same session on a new connection, where one is up") {
  session_script s;
  const auto restart = [&](bool fresh) { return s.tell(s.session.restart(fresh, s.at())); };
  CHECK(restart(false) == "");
  s.start();
  s.opened();
  s.hello();
  CHECK(restart(false) == "");  // a new session is on its way
  CHECK(restart(true) == "");
  s.granted();
  CHECK(restart(true) == "");
  s.ready();
  s.dispatch(2);
  s.wait(1min);
  CHECK(restart(false) == "close 4000, reconnecting (restart asked for) in 0 ms, connect");
  CHECK(s.session.connects_to_resume_url());
  CHECK(restart(false) == "");  // that connection is new enough
  s.opened();
  CHECK(s.hello() == "send resume");
  CHECK(restart(false) == "");
  CHECK(s.session.resume_seq() == 2);
  CHECK(s.dispatch(3, "RESUMED") == "up (resumed), deliver");
  CHECK(restart(false) == "close 4000, reconnecting (restart asked for) in 0 ms, connect");  // it did not fail
  CHECK(s.session.counters().reconnects_by(reconnect_reason::restarted) == 2);
  s.session.stop(session::stop_mode::keep_session, s.at());
  CHECK(restart(true) == "");
}

TEST_CASE("restart with a new session: the old one is ended, wherever its connection was") {
  const auto restart = [](session_script& s) { return s.tell(s.session.restart(true, s.at())); };
  const auto comes_up = [](session_script& s) {
    s.next();  // where it waits before it connects
    CHECK_FALSE(s.session.connects_to_resume_url());
    s.opened();
    CHECK(s.hello() == "request permit");
    s.granted();
    CHECK(s.ready(1, "s2") == "settle permit (identified), up (ready), deliver");
  };
  session_script s;
  s.come_up();
  s.wait(1min);
  CHECK(restart(s) == "session lost, close 1000, reconnecting (restart asked for) in 0 ms, connect");
  s.opened();
  s.hello();
  s.granted();
  s.ready(1, "s2");
  s.wait(1min);
  s.closed(0);  // connecting to resume
  CHECK(s.session.status() == session_status::connecting);
  CHECK(restart(s).starts_with("session lost, close 0, reconnecting (restart asked for)"));
  comes_up(s);

  session_script waits;
  waits.come_up();
  waits.closed(0);  // up for too short to be tried again at once
  REQUIRE(waits.session.status() == session_status::waiting);
  CHECK(restart(waits) == "session lost");
  comes_up(waits);

  session_script resumes;
  resumes.come_up();
  resumes.wait(1min);
  resumes.closed(0);
  resumes.opened();
  resumes.hello();
  REQUIRE(resumes.session.status() == session_status::resuming);
  CHECK(restart(resumes).starts_with("session lost, close 1000, reconnecting (restart asked for)"));
  comes_up(resumes);
}

TEST_CASE("back-pressure: while nothing is read missing ACKs mean nothing, beats go on") {
  session_script s;
  s.come_up();
  s.session.reading_paused(true, s.at());
  for (int i = 0; i < 10; ++i) CHECK(s.next() == "send heartbeat");
  s.session.reading_paused(false, s.at());
  s.wait(10ms);
  CHECK(s.next() == "send heartbeat");  // a full interval of grace
  CHECK(s.next() == "close 4000, reconnecting (no heartbeat ACK) in 0 ms, connect");
}

TEST_CASE("READY may come late as long as heartbeats are acknowledged: one warning, then a limit") {
  session_script s;
  s.start();
  s.opened();
  s.hello();
  s.granted();
  int warnings = 0, beats = 0;
  std::string last;
  const auto begin = s.now;
  while (s.session.status() == session_status::identifying) {
    last = s.next();
    if (last.find("ready is late") != std::string::npos) {
      ++warnings;
      CHECK(s.now - begin == 30s);
    }
    if (last.find("send heartbeat") != std::string::npos) {
      ++beats;
      s.ack();
    }
  }
  CHECK(warnings == 1);
  CHECK(beats >= 14);
  CHECK(s.now - begin == 10min);
  CHECK(last == "close 4000, settle permit (failed), reconnecting (no READY or RESUMED) in 750 ms");
}

TEST_CASE("the queue refuses: typed error, no retry") {
  session_script s;
  s.start();
  s.opened();
  s.hello();
  CHECK(s.tell(s.session.permit_refused(s.gen(), errc::identify_budget_spent, s.at())) ==
        "close 1000, fatal 0: " + make_error_code(errc::identify_budget_spent).message());
  CHECK(s.session.status() == session_status::ended);
}

TEST_CASE("a permit that comes after the connection was lost is not used") {
  session_script s;
  s.start();
  s.opened();
  s.hello();
  const auto old = s.gen();
  CHECK(s.closed(1006) == "cancel permit, reconnecting (connection closed) in 750 ms");
  CHECK(s.tell(s.session.permit_granted(old, s.at())) == "");
  s.next();
  s.opened();
  CHECK(s.tell(s.session.permit_granted(old, s.at())) == "");
  CHECK(s.hello() == "request permit");
}

TEST_CASE("stop: keeps or discards the session, from every state, once") {
  using mode = session::stop_mode;
  {
    session_script s;
    CHECK(s.tell(s.session.stop(mode::keep_session, s.at())) == "ended");
    CHECK(s.start() == "");
  }
  {
    session_script s;
    s.start();
    CHECK(s.tell(s.session.stop(mode::keep_session, s.at())) == "close 0, ended");
  }
  {
    session_script s;
    s.start();
    s.opened();
    s.hello();
    CHECK(s.tell(s.session.stop(mode::keep_session, s.at())) == "cancel permit, close 4000, ended");
  }
  {
    session_script s;
    s.come_up();
    CHECK(s.tell(s.session.stop(mode::keep_session, s.at())) == "close 4000, ended");
    CHECK(s.session.snapshot());
    CHECK(s.tell(s.session.stop(mode::keep_session, s.at())) == "");
    CHECK(s.dispatch(2) == "");
  }
  {
    session_script s;
    s.come_up();
    CHECK(s.tell(s.session.stop(mode::discard_session, s.at())) == "close 1000, session lost, ended");
    CHECK_FALSE(s.session.snapshot());
  }
}

TEST_CASE("handled position: heartbeats and snapshots carry it, RESUME what was received") {
  auto options = session_script::defaults();
  options.tracks_handled = true;
  session_script s(options);
  s.come_up();
  for (int i = 2; i <= 10; ++i) s.dispatch(i);
  CHECK(s.session.heartbeat_seq() == std::nullopt);
  s.session.handled(s.session.session_number(), 7);
  s.session.handled(s.session.session_number(), 4);       // never backwards
  s.session.handled(s.session.session_number(), 99);      // never ahead of what came
  s.session.handled(s.session.session_number() + 1, 9);   // another session's
  CHECK(s.session.heartbeat_seq() == 7);
  CHECK(s.session.snapshot()->seq == 7);
  CHECK(s.session.resume_seq() == 10);
}

TEST_CASE("handled position: what was stored before READY was handled is resumed, and READY comes again") {
  auto options = session_script::defaults();
  options.tracks_handled = true;
  session_script first(options);
  first.come_up();
  first.dispatch(2);
  const auto kept = first.session.snapshot();
  REQUIRE(kept);
  CHECK(kept->seq == 0);

  session_script s(options, kept);
  s.start();
  s.opened();
  CHECK(s.hello() == "send resume");
  CHECK(s.session.resume_seq() == 0);
  CHECK(s.ready(1, "s1", "wss://other.discord.gg") == "deliver");
  CHECK(s.dispatch(2) == "deliver");
  CHECK(s.dispatch(3, "RESUMED") == "up (resumed), deliver");
  CHECK(s.session.counters().identifies == 0);
  CHECK(s.session.snapshot()->resume_url == "wss://other.discord.gg");
  s.session.handled(s.session.session_number(), 3);
  CHECK(s.session.heartbeat_seq() == 3);

  s.wait(10s);
  s.closed();
  s.opened();
  s.hello();
  CHECK(s.ready(1) == "");  // replayed once more: it had come
  CHECK(s.ready(1, "of another session").starts_with("close 4000, reconnecting (malformed data)"));
}

TEST_CASE("a resume URL that failed once is tried again after the session was resumed elsewhere") {
  session_script s;
  s.come_up();
  s.wait(10s);
  CHECK(s.closed() == "reconnecting (connection closed) in 0 ms, connect");
  CHECK(s.session.connects_to_resume_url());
  s.closed();  // not to be reached just now
  s.next();
  CHECK_FALSE(s.session.connects_to_resume_url());
  s.come_up();
  s.wait(10s);
  CHECK(s.closed() == "reconnecting (connection closed) in 0 ms, connect");
  CHECK(s.session.connects_to_resume_url());
}

TEST_CASE("a replay that repeats what came before is delivered once") {
  session_script s;
  s.come_up();
  s.dispatch(2);
  s.dispatch(3);
  s.wait(10s);
  s.closed();
  s.opened();
  s.hello();
  CHECK(s.dispatch(2) == "");
  CHECK(s.dispatch(3) == "");
  CHECK(s.dispatch(4) == "deliver");
  CHECK(s.dispatch(5, "RESUMED") == "up (resumed), deliver");
  CHECK(s.session.counters().duplicates == 2);
  CHECK(s.session.counters().gaps == 0);
  s.dispatch(8);
  CHECK(s.session.counters().gaps == 2);
}

TEST_CASE("a replay that is cut again and again but gets on is not given up") {
  session_script s;
  s.come_up();
  s.wait(10s);
  s.closed();
  for (int i = 0; i < 5; ++i) {
    s.opened();
    CHECK(s.hello() == "send resume");
    CHECK(s.dispatch(2 + i) == "deliver");
    s.closed();
    s.next();
  }
  CHECK(s.session.counters().failed_resumes == 5);
  CHECK(s.session.session_id() == "s1");
}

TEST_CASE("READY where none belongs, or without a session, is garbage") {
  session_script s;
  s.start();
  s.opened();
  s.hello();
  s.granted();
  CHECK(s.ready(1, "") == "close 4000, settle permit (failed), reconnecting (malformed data) in 750 ms");
  session_script up;
  up.come_up();
  up.wait(10s);
  CHECK(up.ready(2, "s2") == "close 4000, reconnecting (malformed data) in 0 ms, connect");
}

TEST_CASE("an event before READY or RESUME is garbage and moves no position") {
  session_script s(session_script::defaults(), session_snapshot{"old", 41, "wss://there.discord.gg"});
  s.start();
  s.opened();
  CHECK(s.dispatch(9000) == "close 4000, reconnecting (malformed data) in 750 ms");
  CHECK(s.session.resume_seq() == 41);
}

TEST_CASE("a heartbeat interval that cannot be is garbage") {
  for (const auto interval : {0ms, -5ms, std::chrono::milliseconds(48h)}) {
    session_script s;
    s.start();
    s.opened();
    CHECK(s.hello(interval) == "close 4000, reconnecting (malformed data) in 750 ms");
  }
}

TEST_CASE("a gateway_url override replaces the host of every resume URL") {
  auto options = session_script::defaults();
  options.gateway_url_override = "ws://localhost:8080";
  options.compress = compression::none;
  session_script s(options);
  s.start();
  CHECK(s.session.url() == "ws://localhost:8080/?v=10&encoding=json");
  s.opened();
  s.hello();
  s.granted();
  s.ready(1, "s1", "wss://gateway-us-east1-b.discord.gg");
  s.wait(10s);
  s.closed();
  CHECK(s.session.connects_to_resume_url());
  CHECK(s.session.url() == "ws://localhost:8080/?v=10&encoding=json");
}

TEST_CASE("certificates and addresses that are refused end a session that never was, not one that worked") {
  {
    session_script s;
    s.start();
    CHECK(s.tell(s.session.refused(s.gen(), errc::certificate_refused, s.at())) ==
          "fatal 0: " + make_error_code(errc::certificate_refused).message());
  }
  {
    session_script s(session_script::defaults(), session_snapshot{"old", 41, "wss://there.discord.gg"});
    s.start();
    CHECK(s.tell(s.session.refused(s.gen(), errc::certificate_refused, s.at())) ==
          "reconnecting (connect failed) in 750 ms");
    CHECK(s.next() == "connect");
    CHECK_FALSE(s.session.connects_to_resume_url());
  }
  {
    session_script s;
    s.come_up();
    s.wait(10s);
    s.closed(4009);
    CHECK(s.tell(s.session.refused(s.gen(), errc::certificate_refused, s.at())) ==
          "reconnecting (connect failed) in 750 ms");
  }
}
