// SPDX-License-Identifier: MIT
// Half a minute of CPU in Release; six minutes with AddressSanitizer, which also says at the end whether anything is lost.
#include <cstdio>

#include "support/catch.hpp"
#include "support/random_events.hpp"
#include "support/soak.hpp"

TEST_CASE("a million random events through the whole client: memory does not grow") {
  const auto seed = monochord::tests::seed_from_env(20'261'127);
  monochord::tests::random_events run(seed);
  run.run(1'000'000);
  for (const auto& one : run.complaints()) UNSCOPED_INFO(one);
  CHECK(run.complaints().empty());
  CHECK(run.heard() >= 1'000'000);
  CHECK(run.all_used());
  CHECK(run.cached_bytes() < 2'000'000);
  std::printf("MONOCHORD_SEED=%llu, resident by quarters: %.1f, %.1f, %.1f, %.1f MB\n", static_cast<unsigned long long>(seed),
              run.memory_of_quarter(0) / 1e6, run.memory_of_quarter(1) / 1e6, run.memory_of_quarter(2) / 1e6,
              run.memory_of_quarter(3) / 1e6);
  if (!monochord::tests::sanitized) CHECK(run.memory_of_quarter(3) <= 1.02 * run.memory_of_quarter(1));
}
