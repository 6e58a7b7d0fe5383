// SPDX-License-Identifier: MIT
#include "protocol/rate_limiter.hpp"

#include <map>
#include <string>

#include "support/catch.hpp"
#include "support/step_failures.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using namespace monochord::protocol;
using ticket = rate_limiter::ticket;
using verdict = rate_limiter::verdict;
using tickets = std::vector<ticket>;

namespace {

constexpr time_point start{1000h};

route_key key(std::string route, std::string major = "") {
  route_key k;
  k.route = std::move(route);
  k.major = std::move(major);
  return k;
}

response_info answer(std::string bucket, int limit, int remaining, duration reset_after) {
  response_info info;
  info.bucket = std::move(bucket);
  info.limit = limit;
  info.remaining = remaining;
  info.reset_after = reset_after;
  return info;
}

response_info refusal(duration retry_after, limit_scope scope = limit_scope::user) {
  response_info info;
  info.status = 429;
  info.retry_after = retry_after;
  info.scope = scope;
  info.global = scope == limit_scope::global;
  return info;
}

}  // namespace

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
  CHECK(l.poll(start).size() == 50);
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
    for (const auto t : l.poll(now)) {
      ++sent;
      times.push_back(now);
      response_info none;
      l.answered(t, none, now);
    }
    if (l.next_wakeup() && sent < 1000) now = std::max(now + 1ms, *l.next_wakeup());
  }
  for (std::size_t i = 50; i < times.size(); ++i) REQUIRE(times[i] - times[i - 50] >= 1s);
  CHECK(now - start == 19 * 1005ms);
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
