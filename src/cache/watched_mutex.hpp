// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <mutex>

namespace monochord::cached {

/// A mutex that tells how long the calling thread had to wait for others. Only who finds it taken looks at the clock.
class watched_mutex {
 public:
  void lock() {
    if (!mutex_.try_lock()) wait();
  }
  void unlock() noexcept { mutex_.unlock(); }

  /// What this thread has waited at all mutexes of this kind so far.
  static std::uint64_t waited_ns() noexcept;

 private:
  void wait();
  std::mutex mutex_;
};

}  // namespace monochord::cached
