// SPDX-License-Identifier: MIT
// What all shards counted, those that are gone included.
#include <memory>
#include <thread>
#include <vector>

#include "gateway/shard_counters.hpp"
#include "support/catch.hpp"

using monochord::gateway::shard_counters;
using monochord::gateway::shard_ledger;

TEST_CASE("what a shard counted stays in the sum when it is gone") {
  auto all = std::make_shared<shard_ledger>();
  auto first = all->open(), second = all->open();
  first->session.events += 5;
  first->inflate.bytes_in += 100;
  second->session.events += 7;
  ++second->session.reconnects[2];
  CHECK(all->sum().session.events == 12U);
  first.reset();
  CHECK(all->sum().session.events == 12U);
  CHECK(all->sum().inflate.bytes_in == 100U);
  ++second->session.events;
  CHECK(all->sum().session.events == 13U);
  CHECK(all->sum().session.reconnects[2] == 1U);
  const std::weak_ptr<shard_ledger> weak = all;
  all.reset();
  second.reset();  // outlives whoever asks
  CHECK(weak.expired());
}

TEST_CASE("sums are never less than before while shards count, come and go") {
  const auto all = std::make_shared<shard_ledger>();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([all] {
      for (int n = 0; n < 200; ++n) {
        const auto mine = all->open();
        for (int k = 0; k < 50; ++k) ++mine->session.events;
      }
    });
  }
  std::uint64_t last = 0;
  bool grows = true;
  while (last < 4U * 200 * 50) {
    const std::uint64_t now = all->sum().session.events;
    grows = grows && now >= last;
    last = now;
    if (!grows) break;
  }
  threads.clear();
  CHECK(grows);
  CHECK(all->sum().session.events == 4U * 200 * 50);
}
