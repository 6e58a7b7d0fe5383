// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>

namespace monochord {

/// A number that one thread at a time counts and any thread may read. Costs what a plain one does: a reader may see a sum that
/// is a moment old, and never half of one.
class tally {
 public:
  constexpr tally(std::uint64_t value = 0) noexcept : value_(value) {}
  tally(const tally& other) noexcept : value_(other.get()) {}
  tally& operator=(const tally& other) noexcept {
    value_.store(other.get(), std::memory_order_relaxed);
    return *this;
  }

  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }
  operator std::uint64_t() const noexcept { return get(); }
  tally& operator+=(std::uint64_t more) noexcept {
    value_.store(get() + more, std::memory_order_relaxed);  // no atomic addition: nobody else writes
    return *this;
  }
  tally& operator++() noexcept { return *this += 1; }

 private:
  std::atomic<std::uint64_t> value_;
};

}  // namespace monochord
