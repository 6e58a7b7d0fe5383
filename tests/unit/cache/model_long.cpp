// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "unit/cache/random_world.hpp"

using cache_worlds::random_world;

TEST_CASE("a thousand worlds of a thousand events each, with outages, new sessions and restarts") {
  const monochord::tests::temporary_folder folder;
  for (std::uint32_t seed = 1000; seed < 2000; ++seed) {
    INFO("seed " << seed);
    random_world world(seed);
    const std::size_t empty = world.cache().stats().bytes();
    for (int i = 0; i < 1000; ++i) {
      world.step();
      if (i % 100 == 99) world.compare();
      if (i % 250 == 170) world.restart(folder.file("cache"));
    }
    world.compare();
    world.leave_all();
    world.compare();
    if (world.forgets_all()) REQUIRE(world.cache().stats().bytes() == empty);
  }
}
