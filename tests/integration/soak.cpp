// SPDX-License-Identifier: MIT
// The short soak: soak_long.cpp has the day of it.
#include "support/soak.hpp"

#include "support/catch.hpp"

using namespace std::chrono_literals;

TEST_CASE("soak: eight shards, two hours of random faults, each message once and in order") {
  monochord::tests::soak_plan plan;
  plan.shards = 8;
  plan.time = 2h;
  plan.seed = monochord::tests::seed_from_env(20'260'101);
  plan.fault_every = 4min;
  plan.outage_every = 15min;
  monochord::tests::soak run(plan);
  run.run();
  for (const auto& one : run.complaints()) UNSCOPED_INFO(one);
  CHECK(run.complaints().empty());
}
