// SPDX-License-Identifier: MIT
#include "cache/watched_mutex.hpp"

#include <chrono>

namespace monochord::cached {

namespace {
thread_local std::uint64_t waited = 0;
}

std::uint64_t watched_mutex::waited_ns() noexcept { return waited; }

void watched_mutex::wait() {
  const auto start = std::chrono::steady_clock::now();
  mutex_.lock();
  waited += static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count());
}

}  // namespace monochord::cached
