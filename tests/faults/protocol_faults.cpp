// SPDX-License-Identifier: MIT
// The faults that are pure logic, against the state machines. Their counterparts with a socket stand beside this file.
#include <set>
#include <string>

#include "protocol/identify_queue.hpp"
#include "protocol/inflate.hpp"
#include "protocol/rate_limiter.hpp"
#include "support/catch.hpp"
#include "support/compressor.hpp"
#include "support/limiter_words.hpp"
#include "support/session_script.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using namespace monochord::protocol;
using namespace monochord::tests;
using monochord::test::session_script;

TEST_CASE("fault 01: half-open TCP is noticed within an interval and a grace, and the session resumes") {
  session_script s;
  s.come_up();
  s.next();
  s.ack();
  const auto cut = s.now;  // from here on nothing comes, nothing ends
  CHECK(s.next() == "send heartbeat");
  CHECK(s.next() == "close 4000, reconnecting (no heartbeat ACK) in 0 ms, connect");
  CHECK(s.now - cut <= 40s + 15s);
  s.opened();
  CHECK(s.hello() == "send resume");
  CHECK(s.session.counters().zombies == 1);

  session_script busy;  // what comes may lie unread while we do not run
  busy.come_up();
  busy.next();
  busy.wait(20s);
  CHECK(busy.timer() == "");
  busy.ack();
  CHECK(busy.next() == "send heartbeat");
  session_script alive;  // events come, so there is somebody
  alive.come_up();
  alive.next();
  alive.dispatch(2);
  CHECK(alive.next() == "send heartbeat");
}

TEST_CASE("fault 02: the next attempt never waits for the old connection's close handshake") {
  session_script s;
  s.come_up();
  s.next();
  const auto told = s.next();
  CHECK(told.find("close 4000") < told.find("connect"));
  CHECK(s.session.status() == session_status::connecting);
}

TEST_CASE("fault 03: a resume that fails twice becomes an IDENTIFY through the queue, failed connects never count") {
  session_script s;
  s.come_up();
  s.wait(10s);
  s.closed(1006);
  for (int i = 0; i < 7; ++i) {  // the network is down: these are no failed resumes
    s.closed();
    s.next();
  }
  s.opened();
  CHECK(s.hello() == "send resume");
  s.closed(1006);
  s.next();
  s.closed();
  s.next();
  s.opened();
  CHECK(s.hello() == "send resume");
  CHECK(s.closed(1006).find("session lost") != std::string::npos);
  CHECK(s.session.counters().failed_resumes == 2);
  s.next();
  CHECK_FALSE(s.session.connects_to_resume_url());
  s.opened();
  CHECK(s.hello() == "request permit");
}

TEST_CASE("fault 04: ten minutes of refused connections: capped back-off, and the first success resets it") {
  session_script s;
  s.random = 0.999;
  s.start();
  std::set<duration> waits;
  const auto begin = s.now;
  while (s.now - begin < 10min) {
    s.closed();
    waits.insert(s.until_wakeup());
    CHECK(s.until_wakeup() <= 60s);
    s.next();
  }
  CHECK(s.session.counters().connects <= 17);
  CHECK(s.session.counters().connects >= 10);
  CHECK(waits.size() == 7);
  s.come_up();
  s.wait(6s);
  CHECK(s.closed(1006) == "reconnecting (connection closed) in 0 ms, connect");
  s.random = 0;
  CHECK(s.closed() == "reconnecting (connect failed) in 500 ms");
}

TEST_CASE("fault 05: a crash loop cannot burn the day's sessions: the budget is counted and refused or waited for") {
  identify_queue_options options;
  options.remaining = 3;
  options.wait_for_budget = false;
  identify_queue q(options, start);
  time_point now = start;
  int granted = 0, refused = 0;
  for (int i = 0; i < 100; ++i) {
    const auto t = q.request(0, now);
    for (const auto& d : q.poll(now)) {
      if (d.refused) {
        CHECK(d.refused == errc::identify_budget_spent);
        ++refused;
        continue;
      }
      ++granted;
      q.sent(t, now);
      q.done(t, identify_queue::outcome::failed, now);
    }
    now += 6s;
  }
  CHECK(granted == 3);
  CHECK(refused == 97);
}

TEST_CASE("fault 06: INVALID_SESSION resumes or identifies after 1 to 5 s, on a new connection, never in a tight loop") {
  for (const double random : {0.0, 0.5, 0.999}) {
    session_script s;
    s.come_up();
    s.wait(10s);
    s.random = random;
    s.session.invalid_session(s.gen(), true, s.at());
    CHECK(s.until_wakeup() >= 1s);
    CHECK(s.until_wakeup() <= 5s);
    CHECK(s.next() == "connect");
    CHECK(s.session.connects_to_resume_url());
    s.opened();
    CHECK(s.hello() == "send resume");
  }
  session_script s;
  s.come_up();
  s.wait(10s);
  CHECK(s.tell(s.session.invalid_session(s.gen(), false, s.at())) ==
        "session lost, close 4000, reconnecting (invalid session) in 3000 ms");
  CHECK(s.next() == "connect");
  CHECK_FALSE(s.session.connects_to_resume_url());
  const auto begin = s.now;
  for (int i = 0; i < 10; ++i) {
    s.opened();
    CHECK(s.hello() == "request permit");
    CHECK(s.granted() == "send identify");
    const auto told = s.tell(s.session.invalid_session(s.gen(), false, s.at()));
    CHECK(told.starts_with("close 4000, settle permit (failed), reconnecting (invalid session)"));
    CHECK(s.until_wakeup() >= 1s);
    s.next();
  }
  CHECK(s.now - begin >= 3min);
}

TEST_CASE("fault 08: op 1 is answered at once, no beat before HELLO, timers of an old connection write nothing") {
  session_script s;
  s.come_up();
  CHECK(s.tell(s.session.heartbeat_requested(s.gen(), s.at())) == "send heartbeat");
  s.wait(10s);
  const auto old_beat = *s.session.wakeup();
  s.closed(1006);
  s.opened();
  s.now = old_beat + 1ms;
  CHECK(s.timer().find("heartbeat") == std::string::npos);
  CHECK(s.tell(s.session.heartbeat_requested(s.gen(), s.at())) == "");  // before HELLO: nothing is beating yet
}

TEST_CASE("fault 09: late frames of an old connection are dropped, the new one has a fresh context") {
  session_script s;
  s.come_up();
  s.wait(10s);
  const auto old = s.gen();
  s.closed(1006);
  CHECK(s.gen() != old);
  CHECK(s.tell(s.session.dispatch(old, 99, "MESSAGE_CREATE", s.at())) == "");
  CHECK(s.tell(s.session.heartbeat_acked(old, s.at())) == "");
  CHECK(s.tell(s.session.invalid_session(old, false, s.at())) == "");
  CHECK(s.tell(s.session.closed(old, 4004, s.at())) == "");
  CHECK(s.session.resume_seq() == 1);
  CHECK(s.session.counters().stale == 4);

  test::compressor before(compression::zlib_stream), after(compression::zlib_stream);
  inflater unpack(compression::zlib_stream);
  before("warm the window up");
  const auto late = before("warm the window up once more");
  unpack.reset();
  CHECK(unpack.feed(after("fresh")).message == "fresh");
  CHECK(unpack.feed(late).message != "warm the window up once more");
}

TEST_CASE("fault 10: split payloads are gathered, a bomb ends the connection so that it can be resumed") {
  test::compressor pack(compression::zlib_stream);
  inflate_limits limits;
  limits.max_message = 100'000;
  inflater unpack(compression::zlib_stream, limits);
  const std::string text(90'000, 'x');
  const auto packed = pack(text);
  for (std::size_t i = 0; i + 1 < packed.size(); ++i)
    REQUIRE_FALSE(unpack.feed(std::string_view(packed).substr(i, 1)).complete);
  CHECK(unpack.feed(std::string_view(packed).substr(packed.size() - 1)).message == text);
  CHECK(unpack.feed(pack(std::string(10'000'000, 'x'))).error == errc::message_too_large);

  session_script s;
  s.come_up();
  s.wait(10s);
  CHECK(s.tell(s.session.malformed(s.gen(), s.at())) == "close 4000, reconnecting (malformed data) in 0 ms, connect");
  s.opened();
  CHECK(s.hello() == "send resume");
}

TEST_CASE("fault 11: garbage closes so that it can be resumed, the same garbage again starts a new session") {
  for (const auto kind : {compression::zlib_stream, compression::zstd_stream}) {
    inflater unpack(kind);
    for (const auto* frame : {"", "\x01", "\x01\x02", "\x01\x02\x03", "\xff\xff\xff\xff"}) unpack.feed(frame);
    CHECK(unpack.counters().errors <= 1);
  }
  session_script s;
  s.come_up();
  s.dispatch(2);
  s.wait(10s);
  CHECK(s.tell(s.session.malformed(s.gen(), s.at())) == "close 4000, reconnecting (malformed data) in 0 ms, connect");
  s.opened();
  CHECK(s.hello() == "send resume");
  // The replay brings the same thing: a third resume would bring it again.
  const auto told = s.tell(s.session.malformed(s.gen(), s.at()));
  CHECK(told.starts_with("session lost, close 4000"));
  CHECK(s.until_wakeup() >= 500ms);
  s.next();
  s.opened();
  CHECK(s.hello() == "request permit");
}

TEST_CASE("fault 12: the resume URL is kept over resumes, avoided when it is dead, dropped with the session") {
  session_script s;
  s.come_up();
  for (int i = 0; i < 3; ++i) {
    s.wait(10s);
    s.closed(1006);
    CHECK(s.session.connects_to_resume_url());
    s.come_up();
  }
  s.wait(10s);
  s.closed(1006);
  s.closed();  // it cannot be connected to
  s.next();
  CHECK_FALSE(s.session.connects_to_resume_url());
  CHECK(s.session.url().starts_with("wss://gateway.discord.gg/"));
  s.opened();
  CHECK(s.hello() == "send resume");
  CHECK(s.session.session_id() == "s1");

  session_script lost;
  lost.come_up();
  lost.wait(10s);
  lost.closed(4009);
  CHECK_FALSE(lost.session.connects_to_resume_url());
  CHECK_FALSE(lost.session.snapshot());
}

TEST_CASE("fault 16: 500 payloads at once: never over 120 in 60 s, beats always go") {
  session_script s;
  s.come_up();
  std::vector<time_point> sent;
  int user = 0, beats = 0;
  while (user < 500) {
    const auto beat = s.session.wakeup().value_or(s.now + 1h);
    const auto payload = s.session.user_send_at(s.now);
    if (beat <= payload) {
      s.now = std::max(s.now, beat);
      REQUIRE(s.timer() == "send heartbeat");
      CHECK(s.now == beat);  // on time
      s.ack();
      ++beats;
    } else {
      s.now = payload;
      s.session.user_sent(s.now);
      ++user;
    }
    sent.push_back(s.now);
    if (sent.size() > 120) REQUIRE(s.now - sent[sent.size() - 121] >= 60s);
  }
  CHECK(beats >= 4);
}

TEST_CASE("fault 17: answers without rate-limit headers leave the route unlimited") {
  rate_limiter l;
  const auto first = l.acquire(key("A"), start);
  l.poll(start);
  l.answered(first, response_info{}, start);
  for (int i = 0; i < 10; ++i) l.acquire(key("A"), start);
  CHECK(l.poll(start).size() == 10);
  // An error of the edge says nothing about the route.
  const auto broken = l.acquire(key("B"), start);
  l.acquire(key("B"), start);
  l.acquire(key("B"), start);
  l.poll(start);
  response_info bad;
  bad.status = 502;
  CHECK(l.answered(broken, bad, start) == verdict::finished);
  CHECK(l.poll(start).size() == 1);
}

TEST_CASE("fault 18: a timeout, a reset or a cancel gives the slot back and the next one goes at once") {
  for (const bool cancelled : {false, true}) {
    rate_limiter l;
    const auto a = l.acquire(key("A"), start), b = l.acquire(key("A"), start), c = l.acquire(key("A"), start);
    CHECK(l.poll(start) == tickets{a});
    l.cancel(b, start);
    if (cancelled) l.cancel(a, start + 1s);
    else l.failed(a, start + 1s);
    CHECK(l.poll(start + 1s) == tickets{c});
    CHECK(l.in_flight() == 1);
    CHECK(l.answered(a, answer("h", 1, 0, 5s), start + 2s) == verdict::finished);  // too late, no harm
    CHECK(l.in_flight() == 1);
  }
  rate_limiter l;  // every answer of a known bucket is lost: it asks again with one, it does not stop
  const auto a = l.acquire(key("A"), start);
  l.poll(start);
  l.answered(a, answer("h", 2, 1, 1s), start);
  time_point now = start + 1s;
  for (int i = 0; i < 10; ++i) {
    const auto t = l.acquire(key("A"), now);
    CHECK(l.poll(now) == tickets{t});
    l.failed(t, now);
    now += 10ms;
  }
}

TEST_CASE("fault 19: a block of the address is one pause for everything, at least a minute or as long as it says") {
  for (const auto& [retry_after, pause] :
       {std::pair<std::optional<duration>, duration>{std::nullopt, 60s}, {3600s, 3600s}, {5s, 60s}}) {
    rate_limiter l;
    const auto a = l.acquire(key("A"), start), b = l.acquire(key("B"), start);
    l.poll(start);
    response_info block;
    block.status = 429;
    block.from_discord = false;
    block.retry_after = retry_after;
    CHECK(l.answered(a, block, start) == verdict::blocked);
    CHECK(l.answered(b, block, start + 1ms) == verdict::blocked);
    auto interaction = key("I", "1/x");
    interaction.exempt_from_global = true;
    const auto c = l.acquire(key("C"), start), d = l.acquire(interaction, start);
    CHECK(l.blocked_until(start + 1ms) == start + 1ms + pause);
    CHECK(l.poll(start + pause).empty());
    CHECK(l.next_wakeup() == start + 1ms + pause);
    CHECK(l.poll(start + 1ms + pause) == tickets{c, d});
    CHECK(l.blocked_until(start + 1ms + pause) == std::nullopt);
  }
}

TEST_CASE("fault 21: hashes that change move the waiting, shared and sub-limits stop only their own route") {
  rate_limiter l;
  const auto a = l.acquire(key("A", "1"), start);
  l.poll(start);
  l.answered(a, answer("old", 3, 2, 100s), start);
  const auto b = l.acquire(key("A", "1"), start), c = l.acquire(key("A", "1"), start);
  const auto d = l.acquire(key("A", "1"), start), e = l.acquire(key("A", "1"), start);
  CHECK(l.poll(start) == tickets{b, c});
  const auto other = l.acquire(key("A", "2"), start);
  CHECK(l.poll(start) == tickets{other});
  l.answered(other, answer("new", 5, 4, 5s), start);  // there the route has another bucket now: it is not said of "1"
  CHECK(l.poll(start).empty());
  l.answered(b, answer("new", 5, 4, 5s), start);
  CHECK(l.poll(start) == tickets{d, e});
  CHECK(l.counters().moved == 2);

  rate_limiter m;  // two routes in one bucket; one of them hits a limit of its own
  const auto rename = m.acquire(key("PATCH", "1"), start), read = m.acquire(key("GET", "1"), start);
  m.poll(start);
  m.answered(rename, answer("h", 5, 4, 5s), start);
  m.answered(read, answer("h", 5, 3, 5s), start);
  const auto rename2 = m.acquire(key("PATCH", "1"), start);
  m.poll(start);
  auto sub = refusal(519s, limit_scope::user);
  sub.bucket = "h";
  sub.limit = 5;
  sub.remaining = 2;
  sub.reset_after = 5s;
  CHECK(m.answered(rename2, sub, start) == verdict::again);
  const auto rename3 = m.acquire(key("PATCH", "1"), start), read2 = m.acquire(key("GET", "1"), start);
  CHECK(m.poll(start) == tickets{read2});
  CHECK(m.poll(start + 519s) == tickets{rename2, rename3});

  rate_limiter n;
  const auto hot = n.acquire(key("POST", "1"), start);
  n.poll(start);
  CHECK(n.answered(hot, refusal(3s, limit_scope::shared), start) == verdict::again);
  const auto elsewhere = n.acquire(key("POST", "2"), start);
  CHECK(n.poll(start) == tickets{elsewhere});
  CHECK(n.poll(start + 3s) == tickets{hot});
  CHECK(n.counters().limited_shared == 1);
}

TEST_CASE("fault 23: after a suspend there is one reconnect, not a burst of beats and attempts") {
  for (const bool acked : {true, false}) {
    session_script s;
    s.come_up();
    s.next();
    if (acked) s.ack();
    s.wait(8h);
    CHECK(s.timer() == std::string("close 4000, reconnecting (process was suspended) in 0 ms, connect"));
    CHECK(s.timer() == "");
    s.opened();
    CHECK(s.hello() == "send resume");
    CHECK(s.session.counters().heartbeats == 1);
  }
  session_script late;  // a busy machine is not a suspended one
  late.come_up();
  late.next();
  late.ack();
  late.wait(late.until_wakeup() + 9s);
  CHECK(late.timer() == "send heartbeat");
  CHECK(late.timer() == "");
}

TEST_CASE("fault 25: stop wins against everything, fatal codes stop for good") {
  session_script s;
  s.start();
  s.closed();
  CHECK(s.tell(s.session.stop(session::stop_mode::keep_session, s.at())) == "ended");
  s.wait(1h);
  CHECK(s.timer() == "");
  CHECK(s.tell(s.session.stop(session::stop_mode::discard_session, s.at())) == "");
  CHECK(s.start() == "");
  for (const int code : {4004, 4014}) {
    session_script f;
    f.start();
    f.opened();
    f.hello();
    f.granted();
    CHECK(f.closed(code).find("fatal " + std::to_string(code)) != std::string::npos);
    f.wait(1h);
    CHECK(f.timer() == "");
    CHECK(f.session.wakeup() == std::nullopt);
    CHECK(f.tell(f.session.stop(session::stop_mode::keep_session, f.at())) == "");
  }
}
