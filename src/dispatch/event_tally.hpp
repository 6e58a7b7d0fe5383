// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dispatch/event_numbers.hpp"
#include "dispatch/thread_stripe.hpp"

namespace monochord::dispatch {

/// Events by their type, counted on several threads at a time. Each thread mostly has numbers of its own, so that none
/// waits for another one's cache line.
class event_tally {
 public:
  void count(std::string_view type) noexcept {
    stripes_[stripe_of_thread()].of[event_number(type)].fetch_add(1, std::memory_order_relaxed);
  }
  std::uint64_t of(std::size_t number) const noexcept {
    std::uint64_t all = 0;
    for (const auto& one : stripes_) all += one.of[number].load(std::memory_order_relaxed);
    return all;
  }

 private:
  struct alignas(64) stripe {
    std::array<std::atomic<std::uint64_t>, event_count + 1> of{};
  };

  std::array<stripe, stripe_count> stripes_{};
};

}  // namespace monochord::dispatch
