// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <type_traits>

#include <monochord/cache/cache.hpp>

namespace monochord::cached {

/// What tells of somebody who asks for something may wait to be taken in until its handlers have begun, so that the
/// answer need not wait for it. Nobody sees a difference: whoever looks at the cache, or tells it of something that is no
/// event, has what waits taken in first.
struct late {
  template <class E>
  static constexpr bool may_wait = std::is_same_v<E, message_create> || std::is_same_v<E, interaction_create>;
  /// As `cache::apply`, but it waits; another one of this shard that does is taken in first. Whoever applies an event
  /// of the same shard calls `settle` before.
  static void apply(cache& to, int shard, std::shared_ptr<const message_create> event);
  static void apply(cache& to, int shard, std::shared_ptr<const interaction_create> event);
  static bool waits(const cache& in, int shard) noexcept;
  /// What waits is taken in, of one shard or of all. Should it throw, which takes memory to run out, that event is
  /// lost to the cache. Thread-safe.
  static void settle(cache& in, int shard);
  static void settle(cache& in);
};

/// What a world was told and has not taken in.
class late_events {
 public:
  using taker = void (*)(world&, const void* event);
  void put(world& of, int shard, std::shared_ptr<const void> event, taker how);
  bool waits(int shard) const noexcept { return place_of(shard).taken.load(std::memory_order_acquire); }
  bool any_waits() const noexcept { return count_.load(std::memory_order_acquire) != 0; }
  void settle(world& of, int shard) {
    if (waits(shard)) take_in(of, place_of(shard));
  }
  void settle(world& of);

 private:
  /// Of one shard, or of several one after another.
  struct alignas(64) place {
    std::atomic<bool> taken{false};  // until the cache has it
    std::mutex lock;                 // guards what follows
    std::shared_ptr<const void> event;
    taker how = nullptr;
  };
  static constexpr std::size_t places = 16;
  place& place_of(int shard) noexcept { return places_[static_cast<unsigned>(shard) % places]; }
  const place& place_of(int shard) const noexcept { return places_[static_cast<unsigned>(shard) % places]; }
  void take_in(world& of, place& in);
  void take_in_locked(world& of, place& in);

  std::array<place, places> places_;
  std::atomic<std::size_t> count_{0};  // of the places that are taken
};

}  // namespace monochord::cached
