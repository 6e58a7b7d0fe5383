// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/sanitized.hpp"
#include "support/temporary_folder.hpp"
#include "unit/cache/random_world.hpp"

using cache_worlds::random_world;

TEST_CASE("after any events, and restarts between them, the cache holds what plain maps hold, and nothing when all is left") {
  const monochord::tests::temporary_folder folder;
  constexpr std::uint32_t worlds = monochord::tests::sanitized ? 60 : 200;
  for (std::uint32_t seed = 0; seed < worlds; ++seed) {
    INFO("seed " << seed);
    random_world world(seed);
    const std::size_t empty = world.cache().stats().bytes();
    for (int i = 0; i < 500; ++i) {
      world.step();
      if (i % 50 == 49) world.compare();
      if (i % 250 == 170) world.restart(folder.file("cache"));
    }
    world.leave_all();
    world.compare();
    if (world.forgets_all()) REQUIRE(world.cache().stats().bytes() == empty);
  }
}
