// SPDX-License-Identifier: MIT
// The short one, which runs under sanitizers too: random_events_long.cpp has the million.
#include "support/random_events.hpp"

#include "support/catch.hpp"

TEST_CASE("ten thousand random events through the whole client leave nothing behind") {
  monochord::tests::random_events run(5);
  run.run(10'000);
  for (const auto& one : run.complaints()) UNSCOPED_INFO(one);
  CHECK(run.complaints().empty());
  CHECK(run.heard() >= 10'000);
  CHECK(run.all_used());
  CHECK(run.cached_bytes() < 2'000'000);
}
