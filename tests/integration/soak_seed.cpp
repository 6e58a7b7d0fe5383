// SPDX-License-Identifier: MIT
// One seed is one run.
#include <algorithm>
#include <string>

#include "support/catch.hpp"
#include "support/soak.hpp"

using namespace std::chrono_literals;

namespace {

/// All that the bot logged, and when.
std::string played(std::uint64_t seed) {
  monochord::tests::soak_plan plan;
  plan.shards = 3;
  plan.time = 20min;
  plan.seed = seed;
  plan.fault_every = 1min;
  plan.outage_every = 5min;
  plan.keep_log = true;
  monochord::tests::soak run(plan);
  run.run();
  CHECK(run.complaints().empty());
  return run.log();
}

}  // namespace

TEST_CASE("soak: the same seed plays the same run, another one another") {
  const auto first = played(7), again = played(7), other = played(8);
  CHECK(first.size() > 10'000);
  const auto differs = std::mismatch(first.begin(), first.end(), again.begin(), again.end()).first;
  INFO("up to: " << std::string(first.begin(), differs)
                        .substr(static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, differs - first.begin() - 300))));
  CHECK(first == again);
  CHECK(first != other);
}
