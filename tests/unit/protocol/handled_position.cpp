// SPDX-License-Identifier: MIT
#include <random>
#include <set>
#include <vector>

#include "protocol/handled_position.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using protocol::handled_position;

namespace {
constexpr time_point start{1000h};
}

TEST_CASE("handled position: what nobody claims is dealt with as it comes, what is claimed holds what is behind it") {
  handled_position p(30s);
  p.came(1, false, start);
  CHECK(p.position() == 1);
  p.came(2, true, start);
  p.came(3, false, start);
  p.came(5, true, start);  // Discord may skip numbers
  CHECK(p.position() == 1);
  p.done(5);
  CHECK(p.position() == 1);
  p.done(2);
  CHECK(p.position() == 5);
  CHECK(p.open() == 0);
  p.came(6, false, start);
  CHECK(p.position() == 6);
}

TEST_CASE("handled position: an event that takes too long counts as handled, and its end changes nothing") {
  handled_position p(30s);
  p.came(1, true, start);
  p.came(2, true, start + 10s);
  CHECK(p.next() == start + 30s);
  CHECK(p.give_up(start + 29s) == 0);
  CHECK(p.give_up(start + 30s) == 1);
  CHECK(p.position() == 1);
  CHECK(p.next() == start + 40s);
  p.done(1);
  p.done(7);
  CHECK(p.position() == 1);
  p.done(2);
  CHECK(p.position() == 2);
  CHECK_FALSE(p.next());
}

TEST_CASE("handled position: without a limit nothing is given up") {
  handled_position p(std::chrono::milliseconds::max());
  p.came(1, true, start);
  CHECK_FALSE(p.next());
  CHECK(p.give_up(start + 10000h) == 0);
  CHECK(p.position() == 0);
}

TEST_CASE("handled position: numbers that do not grow move nothing back") {
  handled_position p(30s);
  p.restart(10);
  p.came(3, false, start);
  p.came(10, true, start);
  CHECK(p.position() == 10);
  CHECK(p.open() == 0);
  p.came(12, true, start);
  p.came(11, false, start);
  p.done(12);
  CHECK(p.position() == 12);
}

TEST_CASE("handled position: another session begins anew") {
  handled_position p(30s);
  p.came(8, true, start);
  p.restart(0);
  p.done(8);  // of the session before
  CHECK(p.position() == 0);
  p.came(1, false, start);
  CHECK(p.position() == 1);
}

TEST_CASE("handled position: in any order of ends it is the last of an unbroken row") {
  std::mt19937 random(20261126);
  for (int round = 0; round < 200; ++round) {
    handled_position p(30s);
    std::set<std::int64_t> dealt_with;
    std::vector<std::int64_t> open;
    std::int64_t seq = 0, last = 0;
    const auto check = [&] {
      while (dealt_with.contains(last + 1)) ++last;
      REQUIRE(p.position() == last);
    };
    while (seq < 100 || !open.empty()) {
      if (seq < 100 && (open.empty() || random() % 2 == 0)) {
        const bool claimed = random() % 3 != 0;
        p.came(++seq, claimed, start);
        if (claimed) open.push_back(seq);
        else dealt_with.insert(seq);
      } else {
        const auto which = open.begin() + static_cast<std::ptrdiff_t>(random() % open.size());
        p.done(*which);
        dealt_with.insert(*which);
        open.erase(which);
      }
      check();
    }
    CHECK(p.position() == 100);
    CHECK(p.open() == 0);
  }
}
