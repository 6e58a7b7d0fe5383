// SPDX-License-Identifier: MIT
// One set of shards: whether its end is waited for.
#include "gateway/crew.hpp"

#include <new>

#include "peer.hpp"

namespace monochord::gateway_test {
namespace {

task<> no_memory() { throw std::bad_alloc(); }  // for the coroutine itself
task<> fails() {
  throw error(errc::timeout, "it did not go well");
  co_return;
}

}  // namespace

TEST_CASE("a set of shards that cannot even begin is not waited for") {
  testing::simulation sim;
  const auto set = std::make_shared<gateway::crew>();
  bool told = false;
  CHECK(set->is_over());
  CHECK_THROWS_AS(set->start(sim.executor(), no_memory, [&] { told = true; }), std::bad_alloc);
  sim.settle();
  CHECK(set->is_over());
  CHECK_FALSE(told);
}

TEST_CASE("a set of shards is over once its life has ended, and says of what") {
  testing::simulation sim;
  const auto set = std::make_shared<gateway::crew>();
  int told = 0;
  set->start(sim.executor(), fails, [&] { ++told; });
  CHECK_FALSE(set->is_over());
  sim.settle();
  CHECK(told == 1);
  CHECK(set->is_over());
  CHECK(set->ended);
  REQUIRE(set->failure);
  CHECK_THROWS_AS(std::rethrow_exception(set->failure), error);
}

}  // namespace monochord::gateway_test
