// SPDX-License-Identifier: MIT
#include "protocol/identify_queue.hpp"

#include <map>
#include <numeric>
#include <set>

#include "support/catch.hpp"
#include "support/step_failures.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using namespace monochord::protocol;
using queue = monochord::protocol::identify_queue;

namespace {

constexpr time_point start{1000h};

identify_queue_options with(int max_concurrency, int remaining = 1000) {
  identify_queue_options o;
  o.max_concurrency = max_concurrency;
  o.remaining = remaining;
  return o;
}

std::vector<int> shards(const std::vector<queue::decision>& list) {
  std::vector<int> out;
  for (const auto& d : list) out.push_back(d.shard_id);
  return out;
}

}  // namespace

TEST_CASE("identify queue: one of a key at a time, 5 seconds after the last IDENTIFY, in the order of asking") {
  queue q(with(1), start);
  const auto a = q.request(3, start), b = q.request(1, start), c = q.request(2, start);
  CHECK(shards(q.poll(start)) == std::vector<int>{3});
  CHECK(q.poll(start + 1s).empty());
  q.sent(a, start + 2s);
  CHECK(q.poll(start + 3s).empty());
  CHECK(q.next_wakeup() == start + 7s);
  CHECK(shards(q.poll(start + 7s)) == std::vector<int>{1});
  q.sent(b, start + 7s);
  q.done(b, queue::outcome::identified, start + 8s);
  q.done(a, queue::outcome::failed, start + 8s);
  CHECK(q.poll(start + 11s).empty());
  CHECK(shards(q.poll(start + 12s)) == std::vector<int>{2});
  q.cancel(c, start + 12s);
  CHECK(q.remaining() == 998);
  CHECK(q.counters().unused == 1);
}

TEST_CASE("identify queue: keys do not wait for each other") {
  queue q(with(4), start);
  for (int id : {0, 1, 2, 3, 4}) q.request(id, start);
  CHECK(shards(q.poll(start)) == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("identify queue: at the start ids ascend and groups wait for each other") {
  queue q(with(2), start);
  q.expect({0, 1, 2, 3, 4});
  std::map<int, queue::ticket> tickets;
  for (int id : {4, 3, 2, 1}) tickets[id] = q.request(id, start);
  CHECK(q.poll(start).empty());  // 0 has not asked yet
  tickets[0] = q.request(0, start);
  CHECK(shards(q.poll(start)) == std::vector<int>{0, 1});
  q.sent(tickets[0], start);
  q.sent(tickets[1], start);
  CHECK(q.poll(start + 6s).empty());  // neither is READY
  q.done(tickets[0], queue::outcome::identified, start + 6s);
  CHECK(q.poll(start + 6s).empty());
  q.done(tickets[1], queue::outcome::failed, start + 7s);
  CHECK(shards(q.poll(start + 7s)) == std::vector<int>{2, 3});
  q.cancel(tickets[3], start + 7s);  // failed before IDENTIFY
  CHECK(q.poll(start + 7s).empty());
  q.arrived(2);
  CHECK(q.poll(start + 7s).empty());  // key 0 is still held by the grant of 2
  q.cancel(tickets[2], start + 8s);
  CHECK(shards(q.poll(start + 8s)) == std::vector<int>{4});
}

TEST_CASE("identify queue: a shard that re-identifies does not wait for the start of others") {
  queue q(with(1), start);
  q.expect({0, 1, 2});
  const auto first = q.request(0, start);
  q.poll(start);
  q.sent(first, start);
  q.done(first, queue::outcome::identified, start);
  const auto again = q.request(0, start + 1s);
  q.request(2, start + 1s);
  CHECK(shards(q.poll(start + 5s)) == std::vector<int>{0});
  q.cancel(again, start + 5s);
  q.arrived(1);  // resumed a stored session
  CHECK(shards(q.poll(start + 6s)) == std::vector<int>{2});
}

TEST_CASE("identify queue: a grant whose owner is silent is taken back") {
  queue q(with(1), start);
  q.expect({0, 1});
  q.request(0, start);
  q.request(1, start);
  CHECK(q.poll(start).size() == 1);
  CHECK(q.next_wakeup() == start + 30s);
  CHECK(q.poll(start + 30s).empty());  // it may have identified just now
  CHECK(shards(q.poll(start + 35s)) == std::vector<int>{1});
  CHECK(q.counters().expired == 1);
  CHECK(q.remaining() == 998);
}

TEST_CASE("identify queue: the daily budget is waited for, or refused") {
  auto options = with(1, 1);
  options.reset_after = 1h;
  options.total = 5;
  {
    queue q(options, start);
    const auto a = q.request(0, start);
    q.request(0, start);
    CHECK(q.poll(start).size() == 1);
    q.sent(a, start);
    q.done(a, queue::outcome::identified, start);
    CHECK(q.poll(start + 10s).empty());
    CHECK(q.next_wakeup() == start + 1h);
    CHECK(q.poll(start + 1h).size() == 1);
    CHECK(q.remaining() == 4);
    CHECK(q.counters().budget_waits >= 1);
  }
  {
    options.wait_for_budget = false;
    options.remaining = 0;
    queue q(options, start);
    q.request(0, start);
    const auto refused = q.poll(start);
    REQUIRE(refused.size() == 1);
    CHECK(refused[0].refused == errc::identify_budget_spent);
    CHECK(q.waiting() == 0);
  }
}

TEST_CASE("identify queue: a grant given back after the reset makes no budget that Discord never gave") {
  auto options = with(2, 1);
  options.reset_after = 10s;
  options.total = 5;
  queue q(options, start);
  const auto old = q.request(0, start);
  CHECK(q.poll(start).size() == 1);
  CHECK(q.remaining() == 0);
  q.poll(start + 10s);
  CHECK(q.remaining() == 4);  // what is granted will be used in the new window
  q.cancel(old, start + 11s);
  CHECK(q.remaining() == 5);

  const auto used = q.request(0, start + 12s), unused = q.request(1, start + 12s);
  CHECK(q.poll(start + 12s).size() == 2);
  q.sent(used, start + 12s);
  q.set_budget(3, 5, 1h, start + 12s);  // Discord has seen the first and not yet the second
  CHECK(q.remaining() == 2);
  q.cancel(unused, start + 12s);
  CHECK(q.remaining() == 3);

  const auto a = q.request(0, start + 20s), b = q.request(1, start + 20s);
  CHECK(q.poll(start + 20s).size() == 2);
  q.set_budget(1, 5, 1h, start + 20s);
  CHECK(q.remaining() == 0);
  q.cancel(a, start + 21s);
  CHECK(q.remaining() == 0);  // the other grant takes the last one
  q.cancel(b, start + 21s);
  CHECK(q.remaining() == 1);
}

TEST_CASE("identify queue: a group waits for a READY that comes late, for as long as a session does") {
  queue q(with(1), start);
  q.expect({0, 1});
  const auto first = q.request(0, start);
  q.request(1, start);
  CHECK(q.poll(start).size() == 1);
  q.sent(first, start + 1s);
  for (auto now = start + 1s; now <= start + 10min; now += 10s) CHECK(q.poll(now).empty());
  CHECK(q.counters().expired == 0);
  q.done(first, queue::outcome::identified, start + 10min);
  CHECK(shards(q.poll(start + 10min)) == std::vector<int>{1});
}

TEST_CASE("identify queue: a shard that identified and is never heard of again does not stop the start for ever") {
  queue q(with(1), start);
  q.expect({0, 1});
  const auto first = q.request(0, start);
  q.request(1, start);
  q.poll(start);
  q.sent(first, start);
  q.poll(start);
  CHECK(q.next_wakeup() == start + 11min);
  CHECK(shards(q.poll(start + 11min)) == std::vector<int>{1});
  CHECK(q.counters().expired == 1);
}

TEST_CASE("identify queue: a start of 12 shards, any one failing at any step, always ends and never breaks a rule") {
  const auto steps = test::check_step_failures([](test::step_plan& plan) {
    constexpr int count = 12, concurrency = 4;
    queue q(with(concurrency), start);
    std::vector<int> ids(count);
    std::iota(ids.begin(), ids.end(), 0);
    q.expect(ids);
    std::set<int> left(ids.begin(), ids.end());
    std::map<int, time_point> last_of_key;
    int highest = -1;
    for (const int id : {7, 3, 11, 0, 4, 8, 1, 2, 5, 10, 9, 6}) q.request(id, start);
    time_point now = start;
    for (int round = 0; !left.empty(); ++round) {
      REQUIRE(round < 200);
      const auto decided = q.poll(now);
      for (const auto& d : decided) {
        CHECK(d.shard_id > highest);
        highest = d.shard_id;
        for (const int id : left) CHECK(id / concurrency >= d.shard_id / concurrency);
        const int key = d.shard_id % concurrency;
        if (last_of_key.contains(key)) CHECK(now - last_of_key[key] >= 5s);
        const auto fails = plan.step();
        if (fails == test::failure::timeout) {  // the owner is never heard of again
          left.erase(d.shard_id);
          last_of_key[key] = now;
          continue;
        }
        if (fails == test::failure::cancelled) {
          q.cancel(d.id, now);
          left.erase(d.shard_id);
          continue;
        }
        q.sent(d.id, now);
        last_of_key[key] = now;
        q.done(d.id, fails ? queue::outcome::failed : queue::outcome::identified, now + 100ms);
        left.erase(d.shard_id);
      }
      if (!decided.empty()) now += 100ms;
      else if (const auto wake = q.next_wakeup()) now = std::max(now + 1ms, *wake);
      else now += 1ms;
    }
    CHECK(now - start <= 50s);
  });
  CHECK(steps == 12);
}

TEST_CASE("identify queue: a grant of which nobody can say whether it was used counts, and is waited for") {
  queue q(with(1), start);
  const auto a = q.request(0, start), b = q.request(1, start);
  q.poll(start);
  q.abandon(a, start + 1s);
  CHECK_FALSE(q.has(a));
  CHECK(q.poll(start + 5s).empty());
  CHECK(shards(q.poll(start + 6s)) == std::vector<int>{1});
  CHECK(q.remaining() == 998);
  q.sent(b, start + 6s);
  q.abandon(b, start + 7s);  // known to be used
  CHECK(q.counters().expired == 1);
  CHECK(q.counters().failed == 1);
  const auto c = q.request(2, start + 7s);
  q.abandon(c, start + 7s);
  CHECK(q.counters().cancelled == 1);
  CHECK(q.remaining() == 998);
}

TEST_CASE("identify queue: a request that does not wait for the next day is refused beside one that does") {
  auto options = with(1, 0);
  options.reset_after = 1h;
  queue q(options, start);
  const auto a = q.request(0, start), b = q.request(1, start, false);
  const auto refused = q.poll(start);
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].id == b);
  CHECK(refused[0].refused == errc::identify_budget_spent);
  CHECK(q.has(a));
  CHECK_FALSE(q.has(b));
  CHECK(q.next_wakeup() == start + 1h);
}
