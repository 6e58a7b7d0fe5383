// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>

namespace monochord::dispatch {

/// Threads mostly have numbers of their own below this, so that what each has of its own is no other one's cache line.
inline constexpr unsigned stripe_count = 8;

/// The calling thread's.
inline unsigned stripe_of_thread() noexcept {
  static std::atomic<unsigned> threads{0};
  static constinit thread_local unsigned mine = 0;  // plus 1
  if (mine == 0) mine = threads.fetch_add(1, std::memory_order_relaxed) % stripe_count + 1;
  return mine - 1;
}

}  // namespace monochord::dispatch
