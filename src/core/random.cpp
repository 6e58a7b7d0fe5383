// SPDX-License-Identifier: MIT
#include <monochord/core/random.hpp>
#include <random>

namespace monochord::detail {

std::int64_t random_between(std::int64_t least, std::int64_t most) {
  if (most <= least) return least;
  // One engine a thread; never kept by reference across a suspension.
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return std::uniform_int_distribution<std::int64_t>{least, most}(engine);
}

}  // namespace monochord::detail
