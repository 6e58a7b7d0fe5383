// SPDX-License-Identifier: MIT
// A day of 64 shards under random faults. MONOCHORD_SEED=n plays an earlier run again.
#include <random>

#include "support/catch.hpp"
#include "support/soak.hpp"

using namespace std::chrono_literals;

TEST_CASE("soak: 64 shards, 24 hours of random faults, each message once and in order, memory that does not grow") {
  monochord::tests::soak_plan plan;
  plan.shards = 64;
  plan.time = 24h;
  plan.seed = monochord::tests::seed_from_env(std::random_device{}());
  plan.fault_every = 15min;
  plan.outage_every = 40min;
  monochord::tests::soak run(plan);
  run.run();
  for (const auto& one : run.complaints()) UNSCOPED_INFO(one);
  CHECK(run.complaints().empty());
  if (!monochord::tests::sanitized) CHECK(run.memory_of_quarter(3) <= 1.02 * run.memory_of_quarter(1));
}
