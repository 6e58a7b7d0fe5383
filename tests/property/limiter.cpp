// SPDX-License-Identifier: MIT
// Thousands of random schedules against a strict model of Discord's limits: everything ends, nothing waits without a
// reason, order holds, and where nothing goes wrong no 429 is provoked.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <map>
#include <queue>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "protocol/rate_limiter.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using namespace monochord::protocol;
using ticket = rate_limiter::ticket;
using verdict = rate_limiter::verdict;

namespace {

constexpr time_point start{1000h};

/// REQUIRE counts, which is most of the time that millions of them take.
void require(bool holds, const char* what) {
  if (!holds) FAIL(what);
}

class dice {
 public:
  explicit dice(std::uint64_t seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(n)); }
  bool chance(int percent) { return below(100) < percent; }
  duration ms(int least, int most) { return std::chrono::milliseconds(least + below(most - least + 1)); }

 private:
  std::mt19937_64 engine_;
};

/// Discord: a window for each bucket and major parameter, and 50 in any second.
class model_server {
 public:
  response_info take(const route_key& key, time_point now) {
    while (!second_.empty() && now - second_.front() >= 1s) second_.pop_front();
    response_info info;
    if (!key.exempt_from_global && second_.size() >= 50) {
      info.status = 429;
      info.scope = limit_scope::global;
      info.global = true;
      info.retry_after = second_.front() + 1s - now;
      ++provoked;
      return info;
    }
    const int hash = hash_of(key.route);
    window& w = windows_[{hash, key.major}];
    const int limit = 1 + hash % 5;
    const duration length = std::chrono::milliseconds(250 * (1 + hash % 9));
    if (w.used == 0 || now - w.begin >= length) w = {now, 0};
    info.bucket = "hash" + std::to_string(hash);
    info.limit = limit;
    info.reset_after = w.begin + length - now;
    if (w.used >= limit) {
      info.status = 429;
      info.scope = limit_scope::user;
      info.remaining = 0;
      info.retry_after = info.reset_after;
      ++provoked;
      return info;
    }
    ++w.used;
    info.remaining = limit - w.used;
    if (!key.exempt_from_global) second_.push_back(now);
    return info;
  }
  void change_hash(const std::string& route) { hashes_[route] = 100 + static_cast<int>(hashes_.size()) * 7 + hashes_[route]; }
  void merge(const std::string& route, const std::string& with) { hashes_[route] = hash_of(with); }

  int provoked = 0;

 private:
  struct window {
    time_point begin{};
    int used = 0;
  };
  int hash_of(const std::string& route) {
    const auto [found, fresh] = hashes_.try_emplace(route, static_cast<int>(route.back() - 'A') * 3 + 1);
    return found->second;
  }
  std::map<std::string, int> hashes_;
  std::map<std::pair<int, std::string>, window> windows_;
  std::deque<time_point> second_;
};

struct tally {
  std::uint64_t requests = 0, sendings = 0, answered = 0, failed = 0, cancelled = 0, refused = 0, blocked = 0, vanished = 0,
                refusals_429 = 0, provoked = 0, compared = 0, global_waits = 0, connection_waits = 0, at_once = 0;
};

struct request {
  route_key key;
  ticket t = 0;
  bool ended = false;
  bool out = false;
  bool first_sent = false;
  bool started = false;  // when it was named
  priority urgency = priority::normal;
  int generation = 0;  // of its sending: an answer to an older one is not delivered
};

/// One schedule: requests come, wait for a connection, travel, are answered late, badly or never, are cancelled.
class schedule {
 public:
  schedule(std::uint64_t seed, bool chaos, bool at_once = true)
      : dice_(seed), chaos_(chaos), at_once_(at_once), limiter_(options()) {
    over_ = {this, static_cast<std::size_t>(4 + dice_.below(13))};
    // Every fourth has more to do than a second allows, over connections that are slow to open at first.
    crowded_ = seed % 4 == 0;
    if (crowded_) over_.most = 16 + static_cast<std::size_t>(dice_.below(45));
  }

  /// What was sent when, in order.
  const auto& sendings() const { return sendings_; }

  void run(tally& sum) {
    const int count = crowded_ ? 120 + dice_.below(80) : 20 + dice_.below(60);
    for (int i = 0; i < count; ++i) at(start + dice_.ms(0, crowded_ ? 300 : 3000), what::arrives, make_request());
    time_point now = start;
    while (!events_.empty()) {
      const auto [when, number, kind, index, generation] = events_.top();
      events_.pop();
      now = std::max(now, when);
      if (!handle(kind, index, generation, now)) pump(now);
      look(now);
      require(now - start < 3h, "an end");
    }
    for (const auto& r : requests_) require(r.ended, "every request ends");
    REQUIRE(limiter_.waiting() == 0);
    limiter_.poll(now + 2h);
    REQUIRE(limiter_.in_flight() == 0);
    if (!chaos_) REQUIRE(server_.provoked == 0);
    sum_.requests += requests_.size();
    sum_.provoked = static_cast<std::uint64_t>(server_.provoked);
    sum_.global_waits = limiter_.counters().waits_global;
    sum_.connection_waits = limiter_.counters().waits_connection;
    add(sum);
  }

 private:
  enum class what : std::uint8_t { arrives, gives_up, starts, reaches_server, is_back, is_lost, wakes };
  using event = std::tuple<time_point, std::uint64_t, what, std::size_t, int>;

  static rate_limiter_options options() {
    rate_limiter_options o;
    o.answer_deadline = 60s;
    o.circuit.failures = 6;
    return o;
  }

  std::size_t make_request() {
    request r;
    const int route = dice_.below(6);
    r.key.route = std::string("route ") + static_cast<char>('A' + route);
    r.key.major = std::to_string(dice_.below(crowded_ ? 24 : 3));
    if (route < 3) r.key.domain = "channel " + r.key.major;
    if (route == 5) r.key.exempt_from_global = true;
    requests_.push_back(std::move(r));
    return requests_.size() - 1;
  }

  void at(time_point when, what kind, std::size_t index, int generation = 0) { events_.emplace(when, ++last_event_, kind, index, generation); }

  /// True: no poll is needed.
  bool handle(what kind, std::size_t index, int generation, time_point now) {
    if (kind == what::arrives) return arrive(index, now);
    if (kind != what::wakes) go_on(kind, index, generation, now);
    return false;
  }

  bool arrive(std::size_t index, time_point now) {
    request& r = requests_[index];
    r.urgency = r.key.exempt_from_global ? priority::answer : dice_.chance(10) ? priority::low : priority::normal;
    const auto deadline = chaos_ && dice_.chance(20) ? now + dice_.ms(1, 20'000) : time_point::max();
    const auto granted = at_once_ ? limiter_.acquire_at_once(r.key, now, r.urgency, deadline, 0, over_, true) : std::nullopt;
    r.t = granted ? *granted : limiter_.acquire(r.key, now, r.urgency, deadline, 0, over_);
    by_ticket_[r.t] = index;
    if (chaos_ && dice_.chance(8)) at(now + dice_.ms(0, 8000), what::gives_up, index);
    if (!granted) return false;
    ++sum_.at_once;
    require(!limiter_.must_poll(now), "after what goes at once there is nothing to poll for");
    if (name(*granted, now)) r.started = true;
    else limiter_.put_off(*granted);
    wake();
    return true;
  }

  void go_on(what kind, std::size_t index, int generation, time_point now) {
    request& r = requests_[index];
    if (r.ended) return;
    if (kind == what::gives_up) {
      limiter_.cancel(r.t, now);
      finish(r);
      ++sum_.cancelled;
      return;
    }
    if (generation != r.generation) return;
    if (kind == what::starts) {
      if (!std::exchange(r.started, false)) limiter_.started(r.t, now);
      at(now + (chaos_ ? dice_.ms(0, 200) : dice_.ms(10, 100)), what::reaches_server, index, r.generation);
      return;
    }
    if (kind == what::reaches_server) {
      reach(index, now);
      return;
    }
    if (kind == what::is_lost) {
      const auto again = dice_.chance(50) ? std::optional<duration>(dice_.ms(0, 3000)) : std::nullopt;
      out(r);
      if (limiter_.failed(r.t, now, again) == verdict::again) {
        uncertain_[r.key.domain] = r.t;
      } else {
        finish(r);
        ++sum_.failed;
      }
      return;
    }
    const auto info = answers_.at(index);
    const auto again = info.status >= 500 && dice_.chance(60) ? std::optional<duration>(dice_.ms(0, 3000)) : std::nullopt;
    out(r);
    const auto how = limiter_.answered(r.t, info, now, again);
    if (how == verdict::again && info.status != 429) uncertain_[r.key.domain] = r.t;
    if (how == verdict::again) return;
    finish(r);
    ++(how == verdict::blocked ? sum_.blocked : sum_.answered);
  }

  /// The server's side; what it says goes back, or is spoilt on its way.
  void reach(std::size_t index, time_point now) {
    request& r = requests_[index];
    const auto back = now + (chaos_ ? dice_.ms(1, 400) : dice_.ms(10, 100));
    if (!chaos_) {
      answers_[index] = server_.take(r.key, now);
      at(back, what::is_back, index, r.generation);
      return;
    }
    if (dice_.chance(2)) server_.change_hash(r.key.route);
    if (dice_.chance(2)) server_.merge(r.key.route, std::string("route ") + static_cast<char>('A' + dice_.below(6)));
    const int fate = dice_.below(100);
    if (fate < 4) {  // its owner is never heard of again
      ++sum_.vanished;
      finish(r);
      at(now + 61s, what::wakes, index);
      return;
    }
    if (fate < 10) {
      if (dice_.chance(50)) server_.take(r.key, now);
      at(back, what::is_lost, index, r.generation);
      return;
    }
    auto info = server_.take(r.key, now);
    if (info.status != 429) spoil(info, fate);
    if (info.status == 429) ++sum_.refusals_429;
    answers_[index] = info;
    at(back, what::is_back, index, r.generation);
  }

  void spoil(response_info& info, int fate) {
    const auto refuse = [&](limit_scope scope) {
      info.status = 429;
      info.scope = scope;
      info.retry_after = dice_.ms(0, 5000);
    };
    if (fate < 18) info.bucket.reset(), info.limit.reset(), info.remaining.reset(), info.reset_after.reset();
    else if (fate < 21) info.remaining.reset();
    else if (fate < 27) info = response_info{}, info.status = 500 + dice_.below(25);
    else if (fate < 30) refuse(limit_scope::user);
    else if (fate < 32) refuse(limit_scope::user), info.remaining = 3;
    else if (fate < 35) refuse(limit_scope::shared);
    else if (fate < 36) refuse(limit_scope::global), info.global = true;
    else if (fate < 37 && dice_.chance(20)) info = response_info{}, info.status = 429, info.from_discord = false;
    else if (fate < 40) info.status = 403;
  }

  void pump(time_point now) {
    const bool idle = !limiter_.must_poll(now);
    const auto named = limiter_.poll(now);
    const auto all_refused = limiter_.take_refused();
    require(!idle || (named.empty() && all_refused.empty()), "a poll that need not be finds nothing");
    for (const auto& refused : all_refused) {
      request& r = requests_[by_ticket_.at(refused.ticket)];
      require(refused.why == refused_request::cause::late, "only what is late is refused");
      require(!r.out, "nothing in flight is refused");
      finish(r);
      ++sum_.refused;
    }
    for (const auto t : named) name(t, now);
    if (const auto next = limiter_.next_wakeup()) require(*next > now, "the next wake-up is later");
    wake();
  }

  void wake() {
    const auto next = limiter_.next_wakeup();
    if (next && limiter_.waiting() > 0) at(*next, what::wakes, 0);
  }

  /// True: it starts now.
  bool name(ticket t, time_point now) {
    const auto index = by_ticket_.at(t);
    request& r = requests_[index];
    require(!r.ended, "nothing that has ended is named");
    require(!r.out, "nothing is named twice");
    r.out = true;
    if (!r.key.exempt_from_global) require(++connected_ <= over_.most, "nobody is named for whom there is no connection");
    ++r.generation;
    ++sum_.sendings;
    sendings_.emplace_back(now, index);
    if (!r.key.domain.empty()) {
      require(++in_domain_[r.key.domain] == 1, "ordered calls go alone");
      const auto first = uncertain_.find(r.key.domain);
      require(first == uncertain_.end() || first->second == r.t, "nothing overtakes what may have been carried out");
    }
    if (!r.first_sent) check_order(r);
    r.first_sent = true;
    const bool slow = crowded_ && sum_.sendings <= 40;
    const auto kind = chaos_ && dice_.chance(10) ? what::reaches_server : what::starts;  // its owner does not say
    const auto wait = slow ? dice_.ms(500, 2000) : dice_.ms(0, 3);
    at(now + wait, kind, index, r.generation);
    return kind == what::starts && wait == duration::zero();
  }

  /// Nothing waits without a reason, and every reason has an end.
  void look(time_point now) {
    if (limiter_.waiting() == 0) return;
    if (crowded_ && last_event_ % 8 != 0) return;  // it costs as much as all the rest
    require(limiter_.next_wakeup() || limiter_.in_flight() > 0, "somebody will wake who waits");
    for (const auto& figure : limiter_.figures(now)) {
      const bool for_an_answer = figure.waits_for == wait_reason::learning || figure.waits_for == wait_reason::connection;
      require(!for_an_answer || limiter_.in_flight() > 0, "who waits for an answer can get one");
      require(figure.waits_for != wait_reason::none, "who waits has a reason");
    }
  }

  /// Of those that are equally urgent.
  void check_order(const request& r) {
    auto& last = last_of_[{r.key.route + r.key.major, r.urgency}];
    require(r.t > last, "calls leave in order");
    if (last != 0) ++sum_.compared;
    last = r.t;
  }

  void out(request& r) {
    if (!r.out) return;
    hang_up(r);
    if (!r.key.domain.empty()) --in_domain_[r.key.domain];
  }
  void hang_up(request& r) {
    if (r.out && !r.key.exempt_from_global) --connected_;
    r.out = false;
  }
  void finish(request& r) {
    // An owner that vanished still holds its slot, and with it the order, until it is taken back.
    if (r.out && !r.key.domain.empty()) in_domain_[r.key.domain] = 0;
    hang_up(r);
    r.ended = true;
    if (const auto first = uncertain_.find(r.key.domain); first != uncertain_.end() && first->second == r.t) uncertain_.erase(first);
  }

  void add(tally& sum) const {
    for (const auto member : {&tally::requests, &tally::sendings, &tally::answered, &tally::failed, &tally::cancelled, &tally::refused,
                              &tally::blocked, &tally::vanished, &tally::refusals_429, &tally::provoked,
                              &tally::compared, &tally::global_waits, &tally::connection_waits, &tally::at_once})
      sum.*member += sum_.*member;
  }

  dice dice_;
  const bool chaos_;
  const bool at_once_;  // it is asked for that first
  rate_limiter limiter_;
  model_server server_;
  std::vector<request> requests_;
  std::vector<std::pair<time_point, std::size_t>> sendings_;
  std::map<ticket, std::size_t> by_ticket_;
  std::map<std::size_t, response_info> answers_;
  std::map<std::string, int> in_domain_;
  std::map<std::string, ticket> uncertain_;  // of a domain: was sent, and goes again
  std::map<std::pair<std::string, priority>, ticket> last_of_;
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  std::uint64_t last_event_ = 0;
  connections over_;
  std::size_t connected_ = 0;
  bool crowded_ = false;
  tally sum_;
};

void print(const char* name, int schedules, const tally& sum) {
  std::printf("%s: %d schedules, %llu requests, %llu sendings: %llu answered, %llu failed, %llu cancelled, %llu refused here, "
              "%llu blocked, %llu owners vanished; %llu 429s, %llu of them provoked; %llu compared in order, %llu waits for the second, "
              "%llu for a connection\n",
              name, schedules, static_cast<unsigned long long>(sum.requests), static_cast<unsigned long long>(sum.sendings),
              static_cast<unsigned long long>(sum.answered), static_cast<unsigned long long>(sum.failed),
              static_cast<unsigned long long>(sum.cancelled), static_cast<unsigned long long>(sum.refused),
              static_cast<unsigned long long>(sum.blocked), static_cast<unsigned long long>(sum.vanished),
              static_cast<unsigned long long>(sum.refusals_429), static_cast<unsigned long long>(sum.provoked),
              static_cast<unsigned long long>(sum.compared), static_cast<unsigned long long>(sum.global_waits),
              static_cast<unsigned long long>(sum.connection_waits));
}

}  // namespace

TEST_CASE("limiter: in random schedules without faults no 429 is provoked") {
  tally sum;
  constexpr int schedules = 1500 / MONOCHORD_PROPERTY_SHARE;
  for (int seed = 1; seed <= schedules; ++seed) {
    INFO("seed " << seed);
    schedule(static_cast<std::uint64_t>(seed), false).run(sum);
  }
  print("calm", schedules, sum);
  CHECK(sum.answered == sum.requests);
  CHECK(sum.compared * 3 > sum.requests);
  CHECK(sum.global_waits * 40 > sum.requests);
  CHECK(sum.connection_waits * 50 > sum.requests);
}

TEST_CASE("limiter: in random storms everything ends, in order, and nothing waits without a reason") {
  tally sum;
  constexpr int schedules = 4000 / MONOCHORD_PROPERTY_SHARE / (monochord::tests::sanitized ? 2 : 1);
  for (int seed = 1; seed <= schedules; ++seed) {
    INFO("seed " << seed);
    schedule(static_cast<std::uint64_t>(seed), true).run(sum);
  }
  print("storms", schedules, sum);
  CHECK(sum.answered + sum.failed + sum.cancelled + sum.refused + sum.blocked + sum.vanished == sum.requests);
  CHECK(sum.compared * 3 > sum.requests);
}

TEST_CASE("limiter: what goes at once is what a poll would have named, and nothing else goes otherwise for it") {
  tally quick, slow;
  constexpr int schedules = 1000 / MONOCHORD_PROPERTY_SHARE / (monochord::tests::sanitized ? 2 : 1);
  for (int seed = 1; seed <= schedules; ++seed) {
    INFO("seed " << seed);
    schedule asks(static_cast<std::uint64_t>(seed), seed % 3 != 0), polls(static_cast<std::uint64_t>(seed), seed % 3 != 0, false);
    asks.run(quick);
    polls.run(slow);
    REQUIRE(asks.sendings() == polls.sendings());
  }
  std::printf("at once: %llu of %llu\n", static_cast<unsigned long long>(quick.at_once), static_cast<unsigned long long>(quick.sendings));
  CHECK(slow.at_once == 0);
  CHECK(quick.at_once * 20 > quick.requests);
  CHECK(quick.global_waits == slow.global_waits);
  CHECK(quick.connection_waits == slow.connection_waits);
}
