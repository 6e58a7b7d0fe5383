// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace monochord {

/// What a `histogram` had counted at a moment.
struct histogram_figures {
  /// The greatest time of each bucket but the last one, which has no end.
  static constexpr std::array<std::chrono::nanoseconds, 18> bounds = [] {
    using std::chrono::microseconds;
    return std::array<std::chrono::nanoseconds, 18>{
        microseconds{100},     microseconds{250},       microseconds{500},       microseconds{1'000},      microseconds{2'500},
        microseconds{5'000},   microseconds{10'000},    microseconds{25'000},    microseconds{50'000},     microseconds{100'000},
        microseconds{250'000}, microseconds{500'000},   microseconds{1'000'000}, microseconds{2'500'000},  microseconds{5'000'000},
        microseconds{10'000'000}, microseconds{30'000'000}, microseconds{60'000'000}};
  }();
  static constexpr std::size_t buckets = bounds.size() + 1;

  std::array<std::uint64_t, buckets> counts{};  ///< of each bucket alone
  std::chrono::nanoseconds sum{0};

  std::uint64_t count() const noexcept {
    std::uint64_t all = 0;
    for (const auto one : counts) all += one;
    return all;
  }
};

/// Times, counted by how long they were: from 100 µs to a minute in 18 steps, and what is longer. Thread-safe, without a lock.
class histogram {
 public:
  /// A negative time, of a clock that was set back, counts as none.
  void observe(std::chrono::nanoseconds time) noexcept {
    time = std::max(time, std::chrono::nanoseconds::zero());
    counts_[bucket_of(time)].fetch_add(1, std::memory_order_relaxed);
    sum_ns_.fetch_add(time.count(), std::memory_order_relaxed);
  }

  histogram_figures figures() const noexcept {
    histogram_figures out;
    for (std::size_t i = 0; i < counts_.size(); ++i) out.counts[i] = counts_[i].load(std::memory_order_relaxed);
    out.sum = std::chrono::nanoseconds{sum_ns_.load(std::memory_order_relaxed)};
    return out;
  }

  static std::size_t bucket_of(std::chrono::nanoseconds time) noexcept {
    const auto& bounds = histogram_figures::bounds;
    if (time <= bounds.front()) return 0;  // as most are that wait for nobody
    return static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), time) - bounds.begin());
  }

 private:
  std::array<std::atomic<std::uint64_t>, histogram_figures::buckets> counts_{};
  std::atomic<std::int64_t> sum_ns_{0};
};

}  // namespace monochord
