// SPDX-License-Identifier: MIT
// Order, urgency, windows, guard, circuit and refusals of the limiter. What it learns is tested beside this file.
#include <deque>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "protocol/limiter_parts.hpp"
#include "protocol/rate_limiter.hpp"
#include "protocol/routes.hpp"
#include "support/catch.hpp"
#include "support/limiter_words.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using namespace monochord::protocol;
using namespace monochord::tests;
using cause = refused_request::cause;

TEST_CASE("limiter: writes to one place go one after the other, over all routes, reads beside them") {
  rate_limiter l;
  const auto a = l.acquire(key("POST", "1", "c1"), start), b = l.acquire(key("POST", "1", "c1"), start);
  const auto c = l.acquire(key("DELETE", "1", "c1"), start), d = l.acquire(key("GET", "1"), start);
  const auto e = l.acquire(key("POST", "2", "c2"), start);
  CHECK(l.poll(start) == tickets{a, d, e});
  l.answered(a, answer("h", 5, 4, 5s), start);
  CHECK(l.poll(start) == tickets{b});
  l.cancel(b, start);
  CHECK(l.poll(start) == tickets{c});
  l.failed(c, start);
  CHECK(l.waiting() == 0);
  CHECK(l.in_flight() == 2);
}

TEST_CASE("limiter: what is not ordered goes up to the limit at once, and shares the bucket with what is") {
  rate_limiter l;
  const auto first = l.acquire(key("POST", "1", "c1"), start);
  l.poll(start);
  l.answered(first, answer("h", 5, 4, 5s), start);
  const auto ordered = l.acquire(key("POST", "1", "c1"), start);
  tickets free;
  for (int i = 0; i < 5; ++i) free.push_back(l.acquire(key("POST", "1"), start));
  CHECK(l.poll(start) == tickets{ordered, free[0], free[1], free[2]});
}

TEST_CASE("limiter: answers to interactions first, bulk work last, else the oldest") {
  rate_limiter_options options;
  options.global_limit = 2;
  rate_limiter l(options);
  const auto low = l.acquire(key("A"), start, priority::low), normal = l.acquire(key("B"), start);
  const auto urgent = l.acquire(key("C"), start, priority::answer);
  CHECK(l.poll(start) == tickets{urgent, normal});
  l.started(urgent, start);
  l.started(normal, start);
  l.answered(urgent, response_info{}, start);
  l.answered(normal, response_info{}, start);
  CHECK(l.poll(start + 1005ms) == tickets{low});
  const auto late = l.acquire(key("A"), start, priority::normal, time_point::max(), 9);
  const auto early = l.acquire(key("A"), start, priority::normal, time_point::max(), 8);
  l.answered(low, response_info{}, start + 2s);
  CHECK(l.poll(start + 4s) == tickets{early, late});
}

TEST_CASE("limiter: what is sent again keeps its place in an order, and stands in nobody's way without one") {
  for (const bool by_status : {false, true}) {
    rate_limiter l;
    const auto a = l.acquire(key("PATCH", "1", "c1"), start), b = l.acquire(key("PATCH", "1", "c1"), start);
    CHECK(l.poll(start) == tickets{a});
    const auto how = by_status ? l.answered(a, status(502), start, 2s) : l.failed(a, start, 2s);
    CHECK(how == verdict::again);
    CHECK(l.poll(start).empty());
    CHECK(l.next_wakeup() == start + 2s);
    CHECK(l.poll(start + 2s) == tickets{a});
    l.answered(a, response_info{}, start + 2s);
    CHECK(l.poll(start + 2s) == tickets{b});

    const auto c = l.acquire(key("GET", "1"), start), d = l.acquire(key("GET", "1"), start);
    CHECK(l.poll(start + 2s) == tickets{c});
    l.failed(c, start + 2s, 2s);
    CHECK(l.poll(start + 2s) == tickets{d});
    CHECK(l.waiting() == 1);
    l.answered(d, response_info{}, start + 3s);
    CHECK(l.poll(start + 3s).empty());
    CHECK(l.poll(start + 4s) == tickets{c});
  }
}

TEST_CASE("limiter: what may have been carried out goes again before later writes to the same place, whatever their route") {
  rate_limiter l;
  const auto topic = l.acquire(key("PATCH (topic)", "1", "c1"), start), name = l.acquire(key("PATCH (name)", "1", "c1"), start);
  const auto urgent = l.acquire(key("PATCH (topic)", "1", "c1"), start, priority::answer);
  CHECK(l.poll(start) == tickets{urgent});
  l.failed(urgent, start, 1s);
  CHECK(l.poll(start).empty());
  CHECK(l.poll(start + 1s) == tickets{urgent});
  l.answered(urgent, response_info{}, start + 1s);
  CHECK(l.poll(start + 1s) == tickets{topic});
  l.failed(topic, start + 1s, 1s);
  const auto other = l.acquire(key("PATCH (topic)", "1", "c1"), start + 1s, priority::answer);
  CHECK(l.poll(start + 1s).empty());
  CHECK(l.poll(start + 2s) == tickets{topic});
  auto no = status(429);
  no.scope = limit_scope::user;
  no.retry_after = 5s;
  l.answered(topic, no, start + 2s);
  CHECK(l.poll(start + 2s).empty());  // still nobody knows what became of its first sending
  l.cancel(topic, start + 3s);
  CHECK(l.poll(start + 3s) == tickets{name});
  l.answered(name, no, start + 3s);  // has not been carried out: the limit of its route is nobody else's
  CHECK(l.poll(start + 3s).empty());
  CHECK(l.poll(start + 7s) == tickets{other});
  CHECK(l.poll(start + 8s).empty());
  l.answered(other, response_info{}, start + 8s);
  CHECK(l.poll(start + 8s) == tickets{name});
}

TEST_CASE("limiter: the end of a window is the earliest that its answers allow, and a new window is known by its end") {
  rate_limiter l;
  const auto a = l.acquire(key("A"), start), b = l.acquire(key("A"), start), c = l.acquire(key("A"), start);
  CHECK(l.poll(start) == tickets{a});
  l.answered(a, answer("h", 2, 1, 5s), start + 100ms);  // the window ends between 5.0 and 5.1 s
  CHECK(l.poll(start + 100ms) == tickets{b});
  l.answered(b, answer("h", 2, 0, 4900ms), start + 2s);  // an answer that took long says no more about it
  CHECK(l.poll(start + 2s).empty());
  CHECK(l.next_wakeup() == start + 5100ms);
  CHECK(l.poll(start + 5100ms) == tickets{c});

  rate_limiter one;  // a limit of one: each answer is of a window of its own
  time_point now = start;
  for (int i = 0; i < 20; ++i) {
    const auto t = one.acquire(key("PUT reaction", "1", "c1"), now);
    while (one.poll(now).empty()) now = *one.next_wakeup();
    one.answered(t, answer("r", 1, 0, 250ms), now + 20ms);
    now += 20ms;
  }
  CHECK(now - start == 19 * 270ms + 20ms);
}

TEST_CASE("limiter: nothing waits for what cannot come in its time, and is told what it was") {
  rate_limiter l;
  const auto a = l.acquire(key("A"), start);
  l.poll(start);
  l.answered(a, answer("h", 1, 0, 30s), start);
  const auto b = l.acquire(key("A"), start, priority::normal, start + 10s), c = l.acquire(key("A"), start, priority::normal, start + 40s);
  CHECK(l.poll(start).empty());
  const auto refused = l.take_refused();
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].ticket == b);
  CHECK(refused[0].why == cause::late);
  CHECK(refused[0].waits_for == wait_reason::bucket);
  CHECK(refused[0].until == start + 30s);
  CHECK(l.poll(start + 30s) == tickets{c});
}

TEST_CASE("limiter: whoever stands behind hears it too when it is too long for him") {
  rate_limiter l;
  const auto a = l.acquire(key("A"), start);
  l.poll(start);
  l.answered(a, answer("h", 1, 0, 30s), start);
  const auto first = l.acquire(key("A"), start, priority::normal, start + 1min);
  const auto second = l.acquire(key("A"), start, priority::normal, start + 10s);
  l.acquire(key("A"), start, priority::normal, start + 30s);
  CHECK(l.poll(start).empty());
  auto refused = l.take_refused();
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].ticket == second);
  CHECK(refused[0].until == start + 30s);
  const auto third = l.acquire(key("A"), start + 1s, priority::normal, start + 3s);
  CHECK(l.poll(start + 1s).empty());
  refused = l.take_refused();
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].ticket == third);
  CHECK(l.poll(start + 30s) == tickets{first});
}

TEST_CASE("limiter: what is not ready keeps back later writes to the same place by other routes, and is not late meanwhile") {
  rate_limiter l;
  const auto file = l.acquire(key("A", "c", "d"), start, priority::normal, start + 60s, 0, {}, false);
  const auto other = l.acquire(key("B", "c", "d"), start, priority::normal, start + 10min);
  CHECK(l.poll(start).empty());
  CHECK(l.poll(start + 80s).empty());
  CHECK(l.take_refused().empty());
  l.ready(file, start + 8min);
  CHECK(l.poll(start + 80s) == tickets{file});
  l.answered(file, status(200), start + 3min);
  CHECK(l.poll(start + 3min) == tickets{other});
  l.answered(other, status(200), start + 3min);

  // One that is given up lets them go, and so does one whose owner is never heard of again.
  const auto given_up = l.acquire(key("A", "c", "d"), start + 3min, priority::normal, start + 4min, 0, {}, false);
  const auto next = l.acquire(key("B", "c", "d"), start + 3min);
  CHECK(l.poll(start + 3min).empty());
  l.cancel(given_up, start + 3min);
  CHECK(l.poll(start + 3min) == tickets{next});
  l.answered(next, status(200), start + 3min);
  const auto forgotten = l.acquire(key("A", "c", "d"), start + 4min, priority::normal, start + 5min, 0, {}, false);
  const auto last = l.acquire(key("B", "c", "d"), start + 4min);
  CHECK(l.poll(start + 5min).empty());
  CHECK(l.next_wakeup() == start + 5min + 30s);
  CHECK(l.poll(start + 5min + 30s) == tickets{last});
  l.ready(forgotten, start + 10min);
  CHECK(l.waiting() == 0);
}

TEST_CASE("limiter: a write with files that came later does not go before one that waits") {
  rate_limiter l;
  const auto first = l.acquire(key("A", "c", "d"), start);
  CHECK(l.poll(start) == tickets{first});
  const auto second = l.acquire(key("B", "c", "d"), start);
  const auto file = l.acquire(key("A", "c", "d"), start, priority::normal, start + 60s, 0, {}, false);
  CHECK(l.poll(start).empty());
  l.answered(first, status(200), start + 1s);
  CHECK(l.poll(start + 1s) == tickets{second});
  l.ready(file, start + 60s);
  CHECK(l.poll(start + 1s).empty());
  l.answered(second, status(200), start + 2s);
  CHECK(l.poll(start + 2s) == tickets{file});
}

TEST_CASE("limiter: what is not ready keeps its place and nothing else, and may then take the time that it says") {
  rate_limiter l;
  const auto learns = l.acquire(key("A", "c", "c"), start);
  l.poll(start);
  l.answered(learns, answer("h", 5, 4, 5s), start);
  const auto file = l.acquire(key("A", "c", "c"), start, priority::normal, start + 60s, 0, {}, false);
  const auto text = l.acquire(key("A", "c", "c"), start, priority::normal, start + 10min);
  const auto elsewhere = l.acquire(key("A", "d", "d"), start);
  CHECK(l.poll(start) == tickets{elsewhere});
  CHECK(l.in_flight() == 1);
  CHECK(l.counters().waits_files == 1);
  REQUIRE(l.figures(start).size() == 1);
  CHECK(l.figures(start)[0].waits_for == wait_reason::files);
  l.ready(file, start + 8min);
  CHECK(l.poll(start + 1s) == tickets{file});
  // Until then its slot is its own, and there is time to go again.
  CHECK(l.poll(start + 6min).empty());
  auto limited = status(429);
  limited.retry_after = 10s;
  CHECK(l.answered(file, limited, start + 6min) == verdict::again);
  CHECK(l.poll(start + 6min).empty());
  CHECK(l.take_refused().empty());
  CHECK(l.poll(start + 6min + 10s) == tickets{file});
  l.answered(file, answer("h", 5, 4, 5s), start + 6min + 11s);
  CHECK(l.poll(start + 6min + 11s) == tickets{text});
}

TEST_CASE("limiter: a ticket that was cancelled before it was ready holds nobody up") {
  rate_limiter l;
  const auto file = l.acquire(key("A", "c", "c"), start, priority::normal, start + 60s, 0, {}, false);
  const auto text = l.acquire(key("A", "c", "c"), start);
  CHECK(l.poll(start).empty());
  l.cancel(file, start);
  CHECK(l.poll(start) == tickets{text});
  l.ready(file, start + 1h);
  CHECK(l.poll(start).empty());
}

TEST_CASE("limiter: a block of the address is told to everybody whom it keeps too long, at once") {
  rate_limiter_options options;
  options.global_limit = 1;
  rate_limiter l(options);
  const auto a = l.acquire(key("A"), start);
  for (int i = 0; i < 5; ++i) l.acquire(key("B" + std::to_string(i)), start, priority::normal, start + (i < 3 ? 30s : 90s));
  CHECK(l.poll(start) == tickets{a});
  auto page = status(429);
  page.from_discord = false;
  CHECK(l.answered(a, page, start) == verdict::blocked);
  CHECK(l.poll(start).empty());
  CHECK(l.take_refused().size() == 3);
  CHECK(l.next_wakeup() == start + 60s);
  CHECK(l.poll(start + 60s).size() == 1);
}

TEST_CASE("limiter: repeated 429s without a wait do not spin") {
  rate_limiter l;
  l.acquire(key("A"), start);
  auto no = status(429);
  no.scope = limit_scope::user;
  no.retry_after = 0s;
  time_point now = start;
  int sent = 0;
  while (now < start + 60s) {
    for (const auto t : l.poll(now)) {
      ++sent;
      l.answered(t, no, now);
    }
    l.poll(now);
    now = std::max(now + 1ms, l.next_wakeup().value_or(now));
  }
  CHECK(sent <= 12);
}

TEST_CASE("limiter: every token has its own second, calls without one share that of the address") {
  rate_limiter_options options;
  options.global_limit = 3;
  rate_limiter l(options);
  std::size_t expected = 0;
  for (const std::string sender : {"one", "two", ""}) {
    for (int i = 0; i < 5; ++i) {
      auto k = key("A" + std::to_string(i));
      k.sender = sender;
      k.by_address = sender.empty();
      l.acquire(k, start);
    }
    expected += 3;
    CHECK(l.poll(start).size() == 3);
  }
  CHECK(l.in_flight() == expected);
}

TEST_CASE("limiter: one route may have several buckets, and each major parameter keeps its own") {
  // Guilds and private channels, say: A has 5 messages in 5 s, B has no limit to speak of.
  rate_limiter l;
  struct window {
    time_point begin{};
    int used = 0;
  };
  std::map<std::string, window> windows;
  std::map<ticket, std::string> where;
  for (int i = 0; i < 20; ++i) where[l.acquire(key("R", "A", "channel A"), start)] = "A";
  for (int i = 0; i < 200; ++i) where[l.acquire(key("R", "B", "channel B"), start)] = "B";
  std::deque<std::pair<time_point, std::pair<ticket, response_info>>> back;
  std::size_t open = where.size();
  int refused = 0;
  for (time_point now = start; now < start + 60s && open > 0; now += 1ms) {
    for (; !back.empty() && back.front().first <= now; back.pop_front())
      if (l.answered(back.front().second.first, back.front().second.second, now) == verdict::finished) --open;
    for (const auto t : l.poll(now)) {
      const auto& major = where[t];
      const int limit = major == "A" ? 5 : 1000;
      auto& w = windows[major];
      if (now - w.begin >= 5s) w = {now, 0};
      auto info = answer("H" + major, limit, 0, w.begin + 5s - now);
      if (w.used >= limit) {
        info.status = 429;
        info.scope = limit_scope::user;
        info.retry_after = info.reset_after;
        ++refused;
      } else {
        info.remaining = limit - ++w.used;
      }
      back.emplace_back(now + 20ms, std::pair(t, info));
    }
  }
  CHECK(open == 0);
  CHECK(refused == 0);
  CHECK(l.counters().moved <= 220);
}

TEST_CASE("limiter: a window that is closed stays so under a new name, until an answer says more") {
  rate_limiter l;
  const auto a = l.acquire(key("A"), start), b = l.acquire(key("A"), start), c = l.acquire(key("A"), start);
  CHECK(l.poll(start) == tickets{a});
  l.answered(a, answer("old", 2, 1, 5s), start);
  CHECK(l.poll(start) == tickets{b});
  response_info renamed;
  renamed.bucket = "new";
  renamed.status = 403;
  l.answered(b, renamed, start + 1s);
  CHECK(l.poll(start + 1s).empty());
  CHECK(l.next_wakeup() == start + 5s);
  CHECK(l.poll(start + 5s) == tickets{c});
}

TEST_CASE("limiter: a route that was told to wait does, also when a late answer moves it to another bucket") {
  rate_limiter l;
  const auto a = l.acquire(key("A"), start);
  l.poll(start);
  l.answered(a, answer("old", 5, 4, 5s), start);
  const auto late = l.acquire(key("A"), start), b = l.acquire(key("A"), start);
  CHECK(l.poll(start) == tickets{late, b});
  auto no = refusal(2s);
  no.bucket = "new";
  no.limit = 5;
  no.remaining = 0;
  no.reset_after = 2s;
  l.answered(b, no, start + 100ms);
  l.answered(late, answer("old", 5, 3, 5s), start + 200ms);  // sent before the other, and from before the bucket was another
  const auto c = l.acquire(key("A"), start + 200ms);
  CHECK(l.poll(start + 200ms).empty());
  CHECK(l.poll(start + 2099ms).empty());
  CHECK(l.poll(start + 2100ms) == tickets{b, c});
}

TEST_CASE("limiter: a shared limit or a sub-limit holds ordered and unordered calls of its route and place alike") {
  for (const auto scope : {limit_scope::shared, limit_scope::user}) {
    rate_limiter l;
    const auto a = l.acquire(key("R", "1", "c1"), start);
    l.poll(start);
    auto info = answer("h", 5, 4, 5s);
    l.answered(a, info, start);
    const auto b = l.acquire(key("R", "1", "c1"), start);
    CHECK(l.poll(start) == tickets{b});
    info.status = 429;
    info.scope = scope;
    info.retry_after = 60s;
    l.answered(b, info, start);
    const auto unordered = l.acquire(key("R", "1"), start), elsewhere = l.acquire(key("R", "2"), start);
    CHECK(l.poll(start) == tickets{elsewhere});
    CHECK(l.poll(start + 60s) == tickets{b, unordered});
  }
}

TEST_CASE("limiter: only the route itself can say that it has no limit") {
  for (const auto& [code, discord, tells] : std::vector<std::tuple<int, std::optional<std::int64_t>, bool>>{
           {200, {}, true}, {204, {}, true}, {404, 10003, true}, {400, 50035, true}, {404, {}, false}, {403, 50013, false}, {401, 0, false}, {407, {}, false}}) {
    rate_limiter l;
    const auto a = l.acquire(key("A"), start), b = l.acquire(key("A"), start), c = l.acquire(key("A"), start);
    CHECK(l.poll(start) == tickets{a});
    l.answered(a, status(code, discord), start);
    INFO(code);
    CHECK(l.poll(start) == (tells ? tickets{b, c} : tickets{b}));
  }
}

TEST_CASE("limiter: the guard counts 401, 403 and 429 but not shared ones, with what is still out") {
  rate_limiter_options options;
  options.invalid_limit = 12;
  options.invalid_reserve = 2;
  options.global_limit = 0;
  rate_limiter l(options);
  auto shared = status(429);
  shared.scope = limit_scope::shared;
  shared.retry_after = 0s;
  for (int i = 0; i < 30; ++i) {
    const auto t = l.acquire(key("S" + std::to_string(i)), start);
    l.poll(start);
    l.answered(t, shared, start);
    l.cancel(t, start);
  }
  CHECK(l.invalid_requests(start) == 0);
  tickets all;
  for (int i = 0; i < 30; ++i) all.push_back(l.acquire(key("A" + std::to_string(i)), start));
  CHECK(l.poll(start).size() == 10);  // each of these may come back as one
  for (int i = 0; i < 5; ++i) l.answered(all[static_cast<std::size_t>(i)], status(403), start);
  for (int i = 5; i < 10; ++i) l.answered(all[static_cast<std::size_t>(i)], status(204), start);
  CHECK(l.poll(start).size() == 5);
  for (int i = 10; i < 15; ++i) l.answered(all[static_cast<std::size_t>(i)], status(401, 40001), start + 1min);
  CHECK(l.poll(start + 1min).empty());
  CHECK(l.invalid_requests(start + 1min) == 10);
  CHECK(l.next_wakeup() == start + 10min);
  auto interaction = key("I");
  interaction.exempt_from_global = true;
  const auto free = l.acquire(interaction, start + 1min);
  CHECK(l.poll(start + 1min) == tickets{free});
  l.answered(free, status(204), start + 1min);
  CHECK(l.poll(start + 10min).size() == 5);
}

TEST_CASE("limiter: a ticket is known until it ends and never again, however many there are at once") {
  limiter::ticket_table table;
  std::set<rate_limiter::ticket> ever;
  std::deque<rate_limiter::ticket> alive;
  for (int round = 0; round < 6; ++round) {
    for (int i = 0; i < 3000; ++i) {
      const auto [t, e] = table.add();
      e.order = t;
      CHECK(ever.insert(t).second);
      alive.push_back(t);
    }
    while (alive.size() > static_cast<std::size_t>(round)) {  // in turn the oldest and the youngest
      const auto t = alive.size() % 2 == 0 ? alive.front() : alive.back();
      if (alive.size() % 2 == 0) alive.pop_front();
      else alive.pop_back();
      table.erase(t);
      CHECK(!table.find(t));
    }
    for (const auto t : alive) CHECK(table.find(t)->order == t);
  }
}

TEST_CASE("limiter: whom the guard holds goes when old refusals are forgotten, before whoever comes later") {
  rate_limiter_options options;
  options.invalid_limit = 4;
  options.invalid_reserve = 0;
  options.invalid_window = 1min;
  options.global_limit = 0;
  rate_limiter l(options);
  auto later = key("A");
  later.major = "another";
  const auto first = l.acquire(later, start);  // so that its lane is known
  l.poll(start);
  l.answered(first, status(204), start);
  tickets all;
  for (int i = 0; i < 4; ++i) all.push_back(l.acquire(key("A" + std::to_string(i)), start));
  REQUIRE(l.poll(start) == all);
  for (std::size_t i = 0; i < 3; ++i) l.answered(all[i], status(403), start);
  l.poll(start);
  const auto held = l.acquire(key("A"), start + 50s);
  CHECK(l.poll(start + 50s).empty());  // the fourth may be answered badly
  CHECK(l.next_wakeup() == start + 1min);
  CHECK_FALSE(l.acquire_at_once(later, start + 1min, priority::low, time_point::max(), 0, {}));
  CHECK(l.poll(start + 1min) == tickets{held});
  CHECK(l.acquire_at_once(later, start + 1min, priority::low, time_point::max(), 0, {}));
}

TEST_CASE("limiter: a key is known by the name that it was given, until it is forgotten") {
  rate_limiter l{rate_limiter_options{}};
  const auto by_name = [&](std::string_view name, time_point now) {
    return l.acquire_at_once(name, now, priority::normal, time_point::max(), 0, {});
  };
  time_point now = start;
  const auto go = [&] {
    l.name_key("a", key("A", "1"));
    const auto first = l.acquire(key("A", "1"), now);
    REQUIRE(l.poll(now) == tickets{first});
    l.answered(first, answer("h", 5, 4, 1s), now);
  };
  CHECK_FALSE(by_name("a", now));
  go();
  const auto second = by_name("a", now);
  REQUIRE(second);
  CHECK_FALSE(by_name("b", now));
  l.answered(*second, answer("h", 5, 0, 1s), now);
  CHECK_FALSE(by_name("a", now));  // it must wait, like those who come by the key
  CHECK_FALSE(l.acquire_at_once(key("A", "1"), now, priority::normal, time_point::max(), 0, {}));
  now += 1h;
  for (int i = 0; i < 600; ++i) l.poll(now);
  CHECK(l.buckets() == 0);
  CHECK_FALSE(by_name("a", now));
  go();
  CHECK(by_name("a", now));
}

TEST_CASE("limiter: the circuit opens after failures without a success, one probe asks for all, a success closes it") {
  rate_limiter_options options;
  options.circuit.failures = 3;
  rate_limiter l(options);
  tickets all;
  for (int i = 0; i < 8; ++i) all.push_back(l.acquire(key("A" + std::to_string(i)), start));
  CHECK(l.poll(start).size() == 8);
  for (int i = 0; i < 6; ++i) l.failed(all[static_cast<std::size_t>(i)], start);
  const auto a = l.acquire(key("B"), start), b = l.acquire(key("C"), start);
  CHECK(l.poll(start).empty());
  CHECK(l.next_wakeup() == start + 1s);
  CHECK(l.poll(start + 1s) == tickets{a});
  l.answered(a, status(503), start + 1s);
  CHECK(l.poll(start + 1s).empty());
  CHECK(l.next_wakeup() == start + 3s);
  const auto c = l.acquire(key("D"), start + 1s);
  CHECK(l.poll(start + 3s) == tickets{b});
  l.cancel(b, start + 3s);  // the probe never came back: the next one asks
  CHECK(l.poll(start + 3s) == tickets{c});
  const auto d = l.acquire(key("E"), start + 3s), e = l.acquire(key("F"), start + 3s);
  l.answered(c, status(200), start + 3s);
  CHECK(l.poll(start + 3s) == tickets{d, e});
  CHECK(l.counters().circuit_openings == 2);
}

TEST_CASE("limiter: one route that only fails stops itself, and nobody else") {
  rate_limiter l;
  std::map<ticket, int> tries;
  std::map<ticket, bool> broken;
  int healthy = 0, done = 0, sent_to_broken = 0;
  for (time_point now = start; now < start + 5min; now += 10ms) {
    const auto ms = (now - start) / 1ms;
    if (ms % 200 == 0) broken[l.acquire(key("broken"), now, priority::normal, now + 60s)] = true;
    if (ms % 10'000 == 5000) {
      broken[l.acquire(key("healthy", std::to_string(ms)), now, priority::normal, now + 1s)] = false;
      ++healthy;
    }
    for (const auto t : l.poll(now)) {
      if (broken[t]) {
        ++sent_to_broken;
        l.answered(t, status(500), now, ++tries[t] < 4 ? std::optional<duration>(1s) : std::nullopt);
      } else {
        l.answered(t, status(200), now);
        ++done;
      }
    }
    l.take_refused();
  }
  CHECK(done == healthy);
  CHECK(sent_to_broken < 100);
  CHECK(l.counters().circuit_openings > 5);
}

TEST_CASE("limiter: when several routes fail, each asks in turn whether Discord is back") {
  rate_limiter_options options;
  options.circuit.failures = 3;
  rate_limiter l(options);
  for (int i = 0; i < 3; ++i) {
    const auto t = l.acquire(key("broken " + std::to_string(i)), start);
    l.poll(start);
    l.failed(t, start);
  }
  const auto first = l.acquire(key("broken 0"), start), second = l.acquire(key("healthy"), start);
  CHECK(l.poll(start).empty());
  CHECK(l.poll(start + 1s) == tickets{first});
  l.answered(first, status(500), start + 1s, 0s);  // the oldest once more
  CHECK(l.poll(start + 2999ms).empty());
  CHECK(l.poll(start + 3s) == tickets{second});
  l.answered(second, status(200), start + 3s);
  CHECK(l.poll(start + 3s).empty());
  CHECK(l.poll(start + 4s) == tickets{first});
}

TEST_CASE("limiter: a probe of a circuit that has closed meanwhile is a request like any other") {
  rate_limiter l;
  for (int i = 0; i < 10; ++i) {
    const auto t = l.acquire(key("R" + std::to_string(i)), start);
    l.poll(start);
    l.failed(t, start);
  }
  const auto probe = l.acquire(key("P"), start);
  CHECK(l.poll(start + 1s) == tickets{probe});
  auto k = key("I");
  k.exempt_from_global = true;
  const auto interaction = l.acquire(k, start + 1s);
  l.poll(start + 1s);
  l.answered(interaction, status(200), start + 1s);
  l.failed(probe, start + 2s);
  const auto next = l.acquire(key("N"), start + 2s);
  CHECK(l.poll(start + 2s) == tickets{next});
  CHECK(l.counters().circuit_openings == 1);
}

TEST_CASE("limiter: what is remembered of webhooks and tokens is bounded") {
  rate_limiter_options options;
  options.remembered_refusals = 2;
  options.global_limit = 0;
  rate_limiter l(options);
  const auto hook = [](int n) {
    auto k = key("W", std::to_string(n) + "/t");
    k.webhook = k.major;
    return k;
  };
  for (int i = 0; i < 3; ++i) {
    const auto t = l.acquire(hook(i), start);
    l.poll(start);
    l.answered(t, status(404, 10015), start);
  }
  const auto a = l.acquire(hook(0), start), b = l.acquire(hook(1), start), c = l.acquire(hook(2), start);
  CHECK(l.poll(start) == tickets{a});
  const auto refused = l.take_refused();
  REQUIRE(refused.size() == 2);
  CHECK(refused[0].ticket == b);
  CHECK(refused[1].ticket == c);
  CHECK(refused[1].why == cause::webhook_gone);
}

TEST_CASE("limiter: on emoji routes only a 429 is believed") {
  const route create{method::post, "/guilds/{guild_id}/emojis"};
  const std::vector<std::string_view> guild{"7"};
  const auto k = limiter_key(create, guild);
  CHECK_FALSE(k.trusts_headers);
  rate_limiter l;
  time_point now = start;
  for (int i = 0; i < 5; ++i) {
    const auto t = l.acquire(k, now);
    CHECK(l.poll(now) == tickets{t});
    l.answered(t, answer("e", 50, 0, 3600s), now);
  }
  const auto t = l.acquire(k, now);
  l.poll(now);
  auto no = status(429);
  no.scope = limit_scope::user;
  no.retry_after = 20s;
  CHECK(l.answered(t, no, now) == verdict::again);
  const auto erase = l.acquire(limiter_key(route{method::del, "/guilds/{guild_id}/emojis/{emoji_id}"}, std::vector<std::string_view>{"7", "8"}), now);
  const auto list = l.acquire(limiter_key(route{method::get, "/guilds/{guild_id}/emojis"}, guild), now);
  CHECK(l.poll(now).empty());  // the whole guild waits
  CHECK(l.poll(now + 20s) == tickets{t, list});
  l.answered(t, status(201), now + 20s);
  CHECK(l.poll(now + 20s) == tickets{erase});
}

TEST_CASE("limiter: a watchdog sees who waits, since when and for what") {
  rate_limiter l;
  const auto k = key("POST /channels/{channel_id}/messages", "1", "c1");
  const auto a = l.acquire(k, start);
  l.acquire(k, start + 1s);
  l.acquire(k, start + 2s);
  l.poll(start + 2s);
  auto figures = l.figures(start + 10s);
  REQUIRE(figures.size() == 1);
  CHECK(figures[0].label == "POST /channels/{channel_id}/messages of 1");
  CHECK(figures[0].waiting == 2);
  CHECK(figures[0].in_flight == 1);
  CHECK(figures[0].oldest == 9s);
  CHECK(figures[0].waits_for == wait_reason::order);
  l.answered(a, answer("h", 1, 0, 60s), start + 10s);
  l.poll(start + 10s);
  figures = l.figures(start + 11s);
  REQUIRE(figures.size() == 1);
  CHECK(figures[0].bucket == "h");
  CHECK(figures[0].waits_for == wait_reason::bucket);
}

TEST_CASE("routes: what the limiter files calls under") {
  using views = std::vector<std::string_view>;
  const route message{method::del, "/channels/{channel_id}/messages/{message_id}"};
  const timestamp now{std::chrono::milliseconds{1'800'000'000'000}};
  const auto made = [&](std::chrono::milliseconds age) {
    return std::to_string(static_cast<std::uint64_t>((now.time_since_epoch() - age - 1'420'070'400'000ms) / 1ms) << 22U);
  };
  const auto route_of = [&](std::chrono::milliseconds age) { return limiter_key(message, views{"1", made(age)}, false, now).route; };
  CHECK(route_of(5s) == "DELETE /channels/{channel_id}/messages/{message_id} (younger than ten seconds)");
  CHECK(route_of(5min) == "DELETE /channels/{channel_id}/messages/{message_id}");
  CHECK(route_of(15 * 24h) == "DELETE /channels/{channel_id}/messages/{message_id} (older than two weeks)");

  CHECK(limiter_key(message, views{"1", "2"}).domain == "channel 1");
  CHECK(limiter_key(message, views{"1", "2"}, true).domain.empty());
  CHECK(limiter_key(route{method::get, message.path}, views{"1", "2"}).domain.empty());
  CHECK(label(limiter_key(message, views{"1", "2"})) == "DELETE /channels/{channel_id}/messages/{message_id} of 1");
  CHECK(limiter_key(route{method::put, "/guilds/{guild_id}/bans/{user_id}"}, views{"1", "2"}).domain.empty());

  const auto follow_up = limiter_key(route{method::post, "/webhooks/{application_id}/{interaction_token}"}, views{"9", "tok"});
  const auto callback = limiter_key(route{method::post, "/interactions/{interaction_id}/{interaction_token}/callback"}, views{"8", "tok"});
  CHECK(follow_up.exempt_from_global);
  CHECK_FALSE(follow_up.by_address);
  CHECK(follow_up.webhook.empty());
  CHECK(follow_up.domain == callback.domain);
  CHECK(follow_up.major == "9/tok");
  CHECK(label(follow_up) == "POST /webhooks/{application_id}/{interaction_token} of 9");
  const auto webhook = limiter_key(route{method::post, "/webhooks/{webhook_id}/{webhook_token}"}, views{"9", "tok"});
  CHECK(webhook.by_address);
  CHECK(webhook.webhook == "9/tok");

}

TEST_CASE("routes: a path that is written out is filed under the limits of the call that there is for it") {
  const auto parsed = parse_path("/channels/123456789012345678/messages/123456789012345679/reactions/%F0%9F%91%8D/@me");
  CHECK(parsed.path == "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me");
  CHECK(parsed.parameters == std::vector<std::string>{"123456789012345678", "123456789012345679", "\xF0\x9F\x91\x8D"});
  CHECK(parse_path("/invites/abc1").path == "/invites/{code}");
  CHECK(parse_path("/invites/abc1").parameters == std::vector<std::string>{"abc1"});
  CHECK(parse_path("/guilds/templates/xyz").path == "/guilds/templates/{code}");
  CHECK(parse_path("/guilds/7/members/8").path == "/guilds/{guild_id}/members/{user_id}");
  CHECK(parse_path("/guilds/7/members/search").path == "/guilds/{guild_id}/members/search");
  CHECK(parse_path("/guilds/7/members/@me").path == "/guilds/{guild_id}/members/@me");
  CHECK(parse_path("/users/8").path == "/users/{user_id}");

  const auto follow_up = parse_path("/webhooks/9/aW50ZXJhY3Rpb246MTIz");
  CHECK(follow_up.path == "/webhooks/{application_id}/{interaction_token}");
  CHECK(limiter_key(route{method::post, follow_up.path}, std::vector<std::string_view>{"9", "aW50ZXJhY3Rpb246MTIz"}).exempt_from_global);
  CHECK(parse_path("/webhooks/9/aW50ZXJhY3Rpb246MTIz/messages/5").path == "/webhooks/{application_id}/{interaction_token}/messages/{message_id}");
  CHECK(parse_path("/webhooks/9/token/messages/@original").path == "/webhooks/{application_id}/{interaction_token}/messages/@original");
  CHECK(parse_path("/webhooks/9/token/messages/5").path == "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}");

  // Newer than we are: what is known of the beginning is used, ids are seen by their looks.
  CHECK(parse_path("/invites/abc1/news").path == "/invites/{code}/news");
  CHECK(parse_path("/webhooks/9/token/news").path == "/webhooks/{webhook_id}/{webhook_token}/news");
  CHECK(parse_path("/guilds/7/games/123456789012345678/x").path == "/guilds/{guild_id}/games/{game_id}/x");
  CHECK(parse_path("/games/123456789012345678").path == "/games/{game_id}");
  CHECK(parse_path("/interactions/123456789012345678/a%2Fb/callback").path == "/interactions/{interaction_id}/{interaction_token}/callback");
  CHECK(parse_path("/interactions/123456789012345678/a%2Fb/callback").parameters[1] == "a/b");
  CHECK(parse_path("/users/@me").parameters.empty());
  CHECK_THROWS_AS(parse_path("users/@me"), error);
}
