// SPDX-License-Identifier: MIT
// Everything that happens in a bot's guilds while its shards change is seen once, in the order of each guild.
// MONOCHORD_SEED=n plays an earlier run again.
#include <random>

#include "support/catch.hpp"
#include "volume/reshard_volume.hpp"

using namespace std::chrono_literals;

TEST_CASE("4 -> 9 -> 16 shards, and back from where it is given up, with 10,000 distinct and 10,000 identical events") {
  monochord::tests::reshard_volume_plan plan;
  plan.distinct = plan.identical = 10'000;
  plan.each_step = 16;
  const char* const given = std::getenv("MONOCHORD_SEED");
  plan.seed = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::printf("MONOCHORD_SEED=%llu\n", static_cast<unsigned long long>(plan.seed));
  monochord::tests::reshard_volume run(plan);
  run.reshard(9);
  run.give_up(16, 7s);   // while the new shards come up
  run.give_up(16, 19s);  // once commands go to them
  run.reshard(16);
  while (!run.is_enough()) run.give_up(9, 14s);
  run.finish();
  for (const auto& one : run.complaints()) UNSCOPED_INFO(one);
  CHECK(run.complaints().empty());
}
