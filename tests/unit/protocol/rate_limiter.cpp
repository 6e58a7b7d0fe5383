// SPDX-License-Identifier: MIT
#include "protocol/rate_bucket.hpp"
#include "protocol/rate_limiter.hpp"

#include <deque>
#include <map>
#include <string>

#include "support/catch.hpp"
#include "support/limiter_words.hpp"
#include "support/step_failures.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using namespace monochord::protocol;
using namespace monochord::tests;

TEST_CASE("limiter: an unknown route sends one request, learns, then as many as remain") {
  rate_limiter l;
  tickets t;
  for (int i = 0; i < 8; ++i) t.push_back(l.acquire(key("A", "1"), start));
  CHECK(l.poll(start) == tickets{t[0]});
  CHECK(l.poll(start + 1s).empty());
  l.answered(t[0], answer("h", 5, 4, 5s), start + 1s);
  CHECK(l.poll(start + 1s) == tickets{t[1], t[2], t[3], t[4]});
  CHECK(l.next_wakeup() == start + 6s);
  CHECK(l.poll(start + 6s) == tickets{t[5]});  // four of the old window are still out
  CHECK(l.in_flight() == 5);
  for (int i = 1; i < 5; ++i) l.answered(t[static_cast<std::size_t>(i)], answer("h", 5, 5 - i, 5s), start + 6s);
  CHECK(l.poll(start + 6s).size() <= 2);
}

TEST_CASE("limiter: major parameters have quotas of their own, and a learnt route is known for all of them") {
  rate_limiter l;
  const auto a = l.acquire(key("A", "1"), start);
  const auto b = l.acquire(key("A", "2"), start);
  CHECK(l.poll(start) == tickets{a, b});
  l.answered(a, answer("h", 1, 0, 5s), start);
  const auto c = l.acquire(key("A", "1"), start);
  l.answered(b, answer("h", 1, 1, 5s), start);
  const auto d = l.acquire(key("A", "2"), start);
  CHECK(l.poll(start) == tickets{d});
  CHECK(l.poll(start + 5s) == tickets{c});
}

TEST_CASE("limiter: routes with one hash share the bucket, in the order of asking") {
  rate_limiter l;
  const auto a = l.acquire(key("A", "1"), start), b = l.acquire(key("B", "1"), start);
  l.poll(start);
  l.answered(a, answer("h", 2, 1, 5s), start);
  const auto b2 = l.acquire(key("B", "1"), start), a2 = l.acquire(key("A", "1"), start);
  l.answered(b, answer("h", 2, 0, 5s), start);  // now they merge
  CHECK(l.poll(start).empty());
  CHECK(l.counters().moved == 1);
  CHECK(l.poll(start + 5s) == tickets{b2, a2});
}

TEST_CASE("limiter: 50 a second over all routes, interactions excepted") {
  rate_limiter l;
  for (int i = 0; i < 60; ++i) l.acquire(key("A" + std::to_string(i)), start);
  const auto first = l.poll(start);
  CHECK(first.size() == 50);
  for (const auto t : first) l.answered(t, response_info{}, start);
  CHECK(l.poll(start).empty());
  CHECK(l.next_wakeup() == start + 1005ms);  // a second, and a little
  auto k = key("POST /interactions/{interaction_id}/{interaction_token}/callback", "1/x");
  k.exempt_from_global = true;
  const auto free = l.acquire(k, start);
  CHECK(l.poll(start + 500ms) == tickets{free});
  CHECK(l.poll(start + 1005ms).size() == 10);
  CHECK(l.counters().waits_global >= 1);
}

TEST_CASE("limiter: never more than 50 in any second, and hardly fewer") {
  rate_limiter l;
  std::map<ticket, time_point> out;
  int sent = 0;
  time_point now = start;
  std::vector<time_point> times;
  for (int i = 0; i < 1000; ++i) l.acquire(key("A" + std::to_string(i)), now);
  while (sent < 1000) {
    for (auto go = l.poll(now); !go.empty(); go = l.poll(now))
      for (const auto t : go) {
        ++sent;
        times.push_back(now);
        l.answered(t, response_info{}, now);
      }
    if (l.next_wakeup() && sent < 1000) now = std::max(now + 1ms, *l.next_wakeup());
  }
  for (std::size_t i = 50; i < times.size(); ++i) REQUIRE(times[i] - times[i - 50] >= 1s);
  CHECK(now - start == 19 * 1005ms);
}

TEST_CASE("limiter: a second begins when requests have arrived, however long they waited for a connection") {
  rate_limiter_options options;
  options.global_limit = 2;
  rate_limiter l(options);
  for (int i = 0; i < 6; ++i) l.acquire(key("A" + std::to_string(i)), start);
  const auto first = l.poll(start);
  REQUIRE(first.size() == 2);
  CHECK(l.poll(start + 2s).empty());  // neither has been written
  CHECK(l.started(first[0], start + 2s));
  CHECK(l.started(first[1], start + 2500ms));
  CHECK(l.poll(start + 2500ms).empty());
  CHECK(l.next_wakeup() == start + 2s + 1205ms);  // by then it is there, if it has not been answered
  l.answered(first[0], response_info{}, start + 2050ms);
  CHECK(l.poll(start + 2500ms).empty());
  CHECK(l.next_wakeup() == start + 2050ms + 1005ms);
  const auto second = l.poll(start + 3055ms);
  REQUIRE(second.size() == 1);
  l.started(first[1], start + 3100ms);  // once more, on another connection
  CHECK(l.poll(start + 3705ms).empty());
  l.failed(second[0], start + 4s);  // was not sent: its place is free
  CHECK(l.poll(start + 4s).size() == 1);
  CHECK(l.poll(start + 4304ms).empty());
  CHECK(l.poll(start + 4305ms).size() == 1);
  CHECK(l.counters().waits_global == 4);
}

TEST_CASE("limiter: what goes at once starts with that if it says so, unless it is put off") {
  rate_limiter_options options;
  options.global_limit = 1;
  rate_limiter l(options);
  const auto learns = l.acquire(key("A"), start);
  l.poll(start);
  l.answered(learns, response_info{}, start);
  auto now = start + 10s;
  const auto go = [&] { return l.acquire_at_once(key("A"), now, priority::normal, time_point::max(), 0, {}, true); };
  const auto first = go();
  REQUIRE(first);
  CHECK_FALSE(go());
  const auto next = l.acquire(key("A"), now);
  CHECK(l.poll(now).empty());
  CHECK(l.next_wakeup() == now + 1205ms);  // by then it is there, if it has not been answered
  l.put_off(*first);
  l.put_off(*first);
  now += 2s;
  CHECK(l.poll(now).empty());  // it has not been written
  CHECK(l.started(*first, now));
  CHECK(l.poll(now).empty());
  CHECK(l.next_wakeup() == now + 1205ms);
  CHECK(l.poll(now + 1205ms) == tickets{next});
  l.cancel(next, now + 1205ms);  // was not sent: its place is free
  now += 10s;
  const auto second = go();
  REQUIRE(second);
  l.cancel(*second, now);  // may be there
  CHECK_FALSE(go());
  now += 10s;
  const auto third = go();
  REQUIRE(third);
  l.put_off(*third);
  l.cancel(*third, now);
  CHECK(go());
}

TEST_CASE("limiter: no more are named than there are connections, answers to interactions excepted") {
  rate_limiter l;
  const int one = 1, other = 2;
  const auto at = [&](const route_key& k, const int& client, priority urgency = priority::normal) {
    return l.acquire(k, start, urgency, time_point::max(), 0, {&client, 3});
  };
  tickets t;
  for (int i = 0; i < 5; ++i) t.push_back(at(key("A", std::to_string(i)), one));
  const auto elsewhere = at(key("A", "7"), other);
  CHECK(l.poll(start) == tickets{t[0], t[1], t[2], elsewhere});
  CHECK(l.figures(start)[0].waits_for == wait_reason::connection);
  auto k = key("I", "1/x");
  k.exempt_from_global = true;
  const auto interaction = at(k, one, priority::answer);
  const auto urgent = at(key("B"), one, priority::answer);
  CHECK(l.poll(start) == tickets{interaction});
  l.answered(interaction, response_info{}, start);
  CHECK(l.poll(start).empty());
  l.answered(t[0], response_info{}, start);
  CHECK(l.poll(start) == tickets{urgent});
  l.cancel(t[1], start);
  l.failed(t[2], start);
  CHECK(l.poll(start) == tickets{t[3], t[4]});
  CHECK(l.counters().waits_connection == 3);
}

TEST_CASE("limiter: what is looked at does not grow with what waits") {
  constexpr std::uint64_t lanes = 20'000;
  for (const bool slow : {false, true}) {  // so that the connections hold them, not the second
    rate_limiter l;
    const int client = 0;
    for (std::uint64_t i = 0; i < lanes; ++i) {
      auto k = key("POST /channels/{channel_id}/messages", std::to_string(i));
      k.domain = "channel " + k.major;
      l.acquire(k, start, priority::normal, start + 1h, 0, {&client, slow ? 16U : 100U});
    }
    time_point now = start;
    std::deque<ticket> out;
    const auto poll = [&] {
      for (const auto t : l.poll(now)) {
        l.started(t, now);
        out.push_back(t);
      }
    };
    poll();
    const auto first = l.counters().looks;
    CHECK(first <= 3 * lanes);
    constexpr std::uint64_t answers = 2000;
    for (std::uint64_t i = 0; i < answers; ++i) {
      while (out.empty()) {
        REQUIRE(l.next_wakeup());
        now = *l.next_wakeup();
        poll();
      }
      if (slow) now += 100ms;
      const auto t = out.front();
      out.pop_front();
      l.answered(t, answer("h", 5, 4, 5s), now);
      poll();
      const auto late = l.acquire(key("POST /channels/{channel_id}/messages", "late"), now, priority::low, time_point::max(), 0,
                                  {&client, slow ? 16U : 100U});
      poll();
      l.cancel(late, now);
      poll();
    }
    const auto looks = l.counters().looks - first;
    INFO(looks << " looks for " << answers << " answers");
    CHECK(looks <= 12 * answers);
    CHECK(l.waiting() >= lanes - answers - 100);
  }
}

TEST_CASE("limiter: a pause of all, told to those alone who cannot wait for it") {
  rate_limiter l;
  for (int i = 0; i < 2000; ++i) l.acquire(key("A", std::to_string(i)), start, priority::normal, start + (i % 100 == 0 ? 5s : 2h));
  const auto first = l.poll(start);
  l.answered(first[0], refusal(60s, limit_scope::global), start);
  const auto before = l.counters().looks;
  CHECK(l.poll(start).empty());
  const auto refused = l.take_refused();
  CHECK(refused.size() == 20);  // and the one that was refused by Discord
  for (const auto& one : refused) CHECK(one.waits_for == wait_reason::global);
  CHECK(l.counters().looks - before <= 5 * 20);
}

TEST_CASE("limiter: a 429 goes back to the front, its bucket waits, others do not") {
  rate_limiter l;
  const auto a = l.acquire(key("A", "1"), start);
  l.poll(start);
  l.answered(a, answer("h", 5, 4, 5s), start);
  const auto b = l.acquire(key("A", "1"), start), c = l.acquire(key("A", "1"), start);
  CHECK(l.poll(start) == tickets{b, c});
  auto no = refusal(1337ms);
  no.bucket = "h";
  no.limit = 5;
  no.remaining = 0;
  no.reset_after = 1337ms;
  CHECK(l.answered(b, no, start) == verdict::again);
  const auto d = l.acquire(key("A", "1"), start), other = l.acquire(key("A", "2"), start);
  CHECK(l.poll(start) == tickets{other});
  CHECK(l.poll(start + 1336ms).empty());
  CHECK(l.next_wakeup() == start + 1337ms);
  CHECK(l.poll(start + 1337ms) == tickets{b, d});
  CHECK(l.counters().limited_user == 1);
}

TEST_CASE("limiter: a global 429 stops everybody but interactions") {
  rate_limiter l;
  const auto a = l.acquire(key("A"), start);
  l.poll(start);
  CHECK(l.answered(a, refusal(2500ms, limit_scope::global), start) == verdict::again);
  const auto b = l.acquire(key("B"), start);
  auto k = key("I", "1/x");
  k.exempt_from_global = true;
  const auto c = l.acquire(k, start);
  CHECK(l.poll(start) == tickets{c});
  CHECK(l.next_wakeup() == start + 2500ms);
  CHECK(l.poll(start + 2500ms) == tickets{a, b});
}

TEST_CASE("limiter: a caller that does not want the second try cancels") {
  rate_limiter l;
  const auto a = l.acquire(key("A"), start);
  l.poll(start);
  CHECK(l.answered(a, refusal(1s), start) == verdict::again);
  l.cancel(a, start);
  CHECK(l.waiting() == 0);
  CHECK(l.poll(start + 1s).empty());
}

TEST_CASE("limiter: nobody waits for ever, whatever happens to any request") {
  const auto steps = test::check_step_failures([](test::step_plan& plan) {
    rate_limiter_options options;
    options.answer_deadline = 30s;
    rate_limiter l(options);
    std::map<ticket, bool> open;
    for (int i = 0; i < 12; ++i) open[l.acquire(key(i % 3 == 0 ? "A" : "B", std::to_string(i % 2)), start)] = true;
    time_point now = start;
    int remaining = 3;
    std::size_t ended = 0, lost = 0;
    ticket newest = 0;
    while (ended + lost < open.size()) {
      const auto go = l.poll(now);
      for (const auto t : go) {
        newest = std::max(newest, t);
        const auto what = plan.step();
        if (what == test::failure::timeout) {  // its owner is never heard of again
          ++lost;
          continue;
        }
        if (what == test::failure::io_error) l.failed(t, now);
        else if (what == test::failure::cancelled) l.cancel(t, now);
        else l.answered(t, answer("h", 3, remaining = remaining == 0 ? 2 : remaining - 1, 5s), now);
        ++ended;
      }
      if (ended + lost == open.size()) break;
      if (go.empty()) {
        const auto wake = l.next_wakeup();
        REQUIRE(wake);
        REQUIRE(*wake > now);
        REQUIRE(*wake <= now + 30s);
        now = *wake;
      }
    }
    CHECK(l.waiting() == 0);
    l.poll(now + 31s);
    CHECK(l.in_flight() == 0);
  });
  CHECK(steps == 12);
}

TEST_CASE("limiter: what nobody uses is forgotten") {
  rate_limiter_options options;
  options.global_limit = 0;
  rate_limiter l(options);
  time_point now = start;
  for (int i = 0; i < 5000; ++i) {
    const auto t = l.acquire(key("POST /interactions", std::to_string(i)), now);
    REQUIRE(l.poll(now) == tickets{t});
    l.answered(t, answer("h", 5, 4, 1s), now);
    now += 10ms;
  }
  CHECK(l.buckets() < 1000);
}

TEST_CASE("a late answer to what was sent before a 429 does not open its bucket again") {
  rate_bucket b;
  b.sent();
  --b.in_flight;
  b.learn(10, 9, 1s, start, start);
  CHECK(b.next(start + 1s) == start + 1s);  // a new window
  b.sent();
  b.sent();
  --b.in_flight;
  b.close_until(start + 4s);
  --b.in_flight;
  b.learn(10, 9, 10s, start + 1s, start + 2s);
  CHECK(b.next(start + 2s) == start + 4s);
  CHECK(b.next(start + 4s) == start + 4s);
}
