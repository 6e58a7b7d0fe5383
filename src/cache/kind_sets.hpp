// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <monochord/cache/cache.hpp>
#include <optional>

#include "cache/record_set.hpp"

namespace monochord::cached {

constexpr std::size_t slot_of(cache_kind kind) noexcept {
  return static_cast<std::size_t>(std::countr_zero(static_cast<std::uint32_t>(kind)));
}

/// The records of a guild by kind, made when they are needed. Those of the members, whom most events are about, stand
/// in it: that is one way less to memory.
class kind_sets {
 public:
  static constexpr std::size_t size() noexcept { return cache_stats::kinds; }
  /// Null when there is none.
  const record_set* operator[](std::size_t slot) const noexcept {
    if (slot == members) return members_ ? &*members_ : nullptr;
    return others_[slot].get();
  }
  record_set& make(std::size_t slot) {
    if (slot == members) return members_ ? *members_ : members_.emplace();
    auto& set = others_[slot];
    if (!set) set = std::make_unique<record_set>();
    return *set;
  }
  void put(std::size_t slot, const record_set& copied) { make(slot) = record_set(copied); }
  void reset(std::size_t slot) noexcept {
    if (slot == members)
      members_.reset();
    else
      others_[slot].reset();
  }
  /// What the allocator gave for the set, without what it holds.
  std::size_t bytes(std::size_t slot) const noexcept {
    return slot == members || !others_[slot] ? 0 : allocation_bytes(sizeof(record_set));
  }

 private:
  static constexpr std::size_t members = slot_of(cache_kind::members);
  std::optional<record_set> members_;
  std::array<std::unique_ptr<record_set>, cache_stats::kinds> others_;
};

}  // namespace monochord::cached
