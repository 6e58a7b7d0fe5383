// SPDX-License-Identifier: MIT
#include "dispatch/schedule.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "support/catch.hpp"

namespace mc = monochord;
using schedule = mc::dispatch::schedule<int>;

namespace {

/// The same rules, written down without any cleverness.
struct model {
  struct job {
    int id;
    std::uint64_t lane;
    std::size_t calls;
    bool droppable;
  };
  struct call {
    int job;
    std::uint64_t lane;
    bool holds;
    int waits;
  };
  mc::dispatch::schedule_limits limits;
  std::size_t lent = 0;
  std::vector<job> queue;  // by arrival
  std::vector<call> calls;

  std::size_t active() const {
    return static_cast<std::size_t>(
        std::count_if(calls.begin(), calls.end(), [](const call& one) { return one.waits == 0; }));
  }
  bool held(std::uint64_t lane) const {
    return lane != 0 &&
           std::any_of(calls.begin(), calls.end(), [&](const call& one) { return one.lane == lane && one.holds; });
  }
  /// The next job that starts; -1: none.
  int start() {
    if (active() >= limits.running + lent) return -1;
    for (auto at = queue.begin(); at != queue.end(); ++at) {
      const bool first =
          at->lane == 0 || std::none_of(queue.begin(), at, [&](const job& one) { return one.lane == at->lane; });
      if (!first || held(at->lane)) continue;
      const job out = *at;
      queue.erase(at);
      for (std::size_t i = 0; i < out.calls; ++i) calls.push_back({out.id, out.lane, out.lane != 0, 0});
      return out.id;
    }
    return -1;
  }
  int drop() {
    if (!limits.drops || queue.size() <= limits.queued) return -1;
    const auto found = std::find_if(queue.begin(), queue.end(), [](const job& one) { return one.droppable; });
    if (found == queue.end()) return -1;
    const int out = found->id;
    queue.erase(found);
    return out;
  }
  bool room() const {
    const bool has_place = queue.size() < limits.queued;
    if (!limits.drops) return has_place && active() < limits.running + lent;
    const bool makes_place = std::any_of(queue.begin(), queue.end(), [](const job& one) { return one.droppable; });
    return has_place || (queue.size() == limits.queued && makes_place);
  }
};

}  // namespace

TEST_CASE("jobs of a lane start one after the other, others meanwhile, the oldest first") {
  schedule s({2, SIZE_MAX, false});
  CHECK(s.starts(7, 1));
  auto first = schedule::call_in(7);
  CHECK_FALSE(s.starts(7, 1));
  s.add(7, 1, false, 2);
  CHECK_FALSE(s.next());
  CHECK(s.starts(8, 1));
  auto second = schedule::call_in(8);
  CHECK_FALSE(s.starts(9, 1));  // two run
  s.add(9, 1, false, 3);
  CHECK_FALSE(s.next());
  s.end(first);
  auto next = s.next();  // it came before the one of lane 9
  REQUIRE(next);
  CHECK(next->job == 2);
  CHECK(next->lane == 7);
  CHECK_FALSE(s.next());
  s.wait(second);
  next = s.next();
  REQUIRE(next);
  CHECK(next->job == 3);
  s.go_on(second);
  CHECK(s.active() == 3);
  CHECK(s.running() == 3);
  s.end(second);
  s.end(second);
  CHECK(s.active() == 2);
}

TEST_CASE("a lane is free when all calls of its job have ended or waited once") {
  schedule s({10, SIZE_MAX, false});
  CHECK(s.starts(7, 2));
  auto a = schedule::call_in(7), b = schedule::call_in(7);
  s.add(7, 1, false, 1);
  s.wait(a);
  CHECK_FALSE(s.next());
  s.go_on(a);
  CHECK_FALSE(s.next());
  s.end(b);
  CHECK(s.next());  // `a` works, and has no say any more
  s.end(a);
}

TEST_CASE("a schedule does what its rules say, whatever happens") {
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    const mc::dispatch::schedule_limits limits{1 + below(4), below(3) == 0 ? SIZE_MAX : below(6), below(2) == 0};
    schedule real(limits);
    model simple;
    simple.limits = limits;
    struct handle {
      int job;
      schedule::call turn;
    };
    std::vector<handle> handles;  // as model::calls
    const auto started = [&](int job, std::uint64_t lane, std::size_t calls) {
      for (std::size_t i = 0; i < calls; ++i) handles.push_back({job, schedule::call_in(lane)});
    };
    std::vector<std::size_t> calls_of;
    const auto settle = [&] {
      for (;;) {
        auto next = real.next();
        const int expected = simple.start();
        REQUIRE((next ? next->job : -1) == expected);
        if (!next) break;
        started(next->job, next->lane, calls_of[static_cast<std::size_t>(next->job)]);
      }
    };
    for (int step = 0; step < 300; ++step) {
      const auto what = below(8);
      if (what < 3) {
        const int id = static_cast<int>(calls_of.size());
        const std::uint64_t lane = below(4);
        const bool droppable = below(2) == 0;
        calls_of.push_back(1 + below(3));
        simple.queue.push_back({id, lane, calls_of.back(), droppable});
        if (real.starts(lane, calls_of.back())) {
          REQUIRE(simple.start() == id);
          started(id, lane, calls_of.back());
        } else {
          real.add(lane, calls_of.back(), droppable, id);
          const auto dropped = real.drop();
          REQUIRE((dropped ? *dropped : -1) == simple.drop());
        }
      } else if (what == 7) {
        const std::ptrdiff_t more = simple.lent != 0 && below(2) == 0 ? -1 : 1;
        simple.lent += static_cast<std::size_t>(more);
        real.lend(more);
      } else if (!handles.empty()) {
        const auto which = below(handles.size());
        auto& turn = handles[which].turn;
        auto& call = simple.calls[which];
        const auto offset = static_cast<std::ptrdiff_t>(which);
        if (what == 3) {
          real.wait(turn);
          ++call.waits;
          call.holds = false;
        } else if (what == 4) {
          if (call.waits != 0) --call.waits;
          real.go_on(turn);
        } else {
          real.end(turn);
          handles.erase(handles.begin() + offset);
          simple.calls.erase(simple.calls.begin() + offset);
        }
      }
      settle();
      REQUIRE(handles.size() == simple.calls.size());
      REQUIRE(real.active() == simple.active());
      REQUIRE(real.running() == simple.calls.size());
      REQUIRE(real.queued() == simple.queue.size());
      REQUIRE(real.room() == simple.room());
    }
    // Everything ends in the end.
    while (!handles.empty()) {
      real.end(handles.back().turn);
      handles.pop_back();
      simple.calls.pop_back();
      settle();
    }
    CHECK(real.queued() == 0);
    CHECK(real.running() == 0);
  }
}
