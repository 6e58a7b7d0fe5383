// SPDX-License-Identifier: MIT
// Which shard a guild is on, which shards a cluster has, how long a start takes.
#include <vector>

#include "protocol/shard_math.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using namespace monochord::protocol;

TEST_CASE("every shard is in exactly one cluster, in order, and sizes differ by one at the most") {
  for (int total = 1; total <= 200; ++total) {
    for (int clusters = 1; clusters <= 40; ++clusters) {
      int next = 0, largest = 0, smallest = total;
      for (int id = 0; id < clusters; ++id) {
        const auto mine = cluster_shards(id, clusters, total);
        if (mine.first != next) FAIL_CHECK("a gap before cluster " << id << " of " << clusters << ", " << total << " shards");
        if (mine.count > smallest) FAIL_CHECK("a larger cluster after a smaller one: " << id << " of " << clusters);
        next = mine.first + mine.count;
        largest = std::max(largest, mine.count);
        smallest = std::min(smallest, mine.count);
      }
      if (next != total || largest - smallest > 1) FAIL_CHECK(clusters << " clusters of " << total << " shards");
    }
  }
}

TEST_CASE("clusters of numbers that are easy to check by hand") {
  CHECK(cluster_shards(0, 4, 64) == shard_run{0, 16});
  CHECK(cluster_shards(3, 4, 64) == shard_run{48, 16});
  CHECK(cluster_shards(0, 3, 10) == shard_run{0, 4});
  CHECK(cluster_shards(1, 3, 10) == shard_run{4, 3});
  CHECK(cluster_shards(2, 3, 10) == shard_run{7, 3});
  CHECK(cluster_shards(1, 2, 1) == shard_run{1, 0});
  CHECK(cluster_shards(2, 2, 10) == shard_run{});
  CHECK(cluster_shards(-1, 2, 10) == shard_run{});
  CHECK(cluster_shards(0, 0, 10) == shard_run{});
  CHECK(cluster_shards(0, 2, 0) == shard_run{});
  CHECK(cluster_shards(9, 10, 2'147'483'647) == shard_run{1'932'735'283, 214'748'364});
}

TEST_CASE("a start goes on as long as its groups need, or as the shards so far needed") {
  CHECK(time_left({.left = 0, .up = 64, .max_concurrency = 1, .elapsed = 5min}) == 0s);
  CHECK(time_left({.left = 63, .up = 1, .max_concurrency = 1, .elapsed = 1s}) == 315s);
  CHECK(time_left({.left = 40, .up = 20, .max_concurrency = 16, .elapsed = 20s}) == 40s);
  CHECK(time_left({.left = 48, .up = 16, .max_concurrency = 16, .elapsed = 1s}) == 15s);
  CHECK(time_left({.left = 32, .up = 32, .max_concurrency = 16, .elapsed = 10min}) == 10min);
  CHECK(time_left({.left = 3, .up = 0, .max_concurrency = 0, .elapsed = 0s}) == 15s);
}

TEST_CASE("how many shards are wanted once the present ones are full") {
  CHECK(shards_wanted(1'999, 4, 9, 1, 80) == 0);
  CHECK(shards_wanted(2'000, 4, 9, 1, 80) == 9);    // Discord's recommendation
  CHECK(shards_wanted(2'000, 4, 4, 1, 80) == 7);    // half full
  CHECK(shards_wanted(2'000, 64, 100, 16, 80) == 112);
  CHECK(shards_wanted(100, 4, 9, 1, 0) == 9);
  CHECK(shards_wanted(100, 9, 4, 1, 0) == 0);       // never fewer
  CHECK(shards_wanted(2'500, 1, 0, 0, 80) == 3);
}
