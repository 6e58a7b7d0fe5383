// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include <monochord/cache/cache.hpp>

namespace monochord::cached {

/// A message or an interaction of a guild may wait to be taken in until its handlers have begun, so that their answer need
/// not wait for it. Nobody sees a difference: whoever looks at the cache, or tells it what an answer of REST said, has what
/// waits taken in first. Whoever applies an event calls `settle` before.
struct late {
  /// As `cache::apply`, but it may wait; another one that does is taken in first. Thread-safe, as is the rest.
  static void apply(cache& to, std::shared_ptr<const message_create> event);
  static void apply(cache& to, std::shared_ptr<const interaction_create> event);
  static bool waits(const cache& in) noexcept;
  /// What waits is taken in. Where memory runs out it throws, and that event is lost to the cache.
  static void settle(cache& in);
};

/// What a world was told last and has not taken in.
class late_event {
 public:
  using taker = void (*)(world&, const void* event);
  void put(world& of, std::shared_ptr<const void> event, taker how);
  bool is_there() const noexcept { return there_.load(std::memory_order_acquire); }
  void settle(world& of) {
    if (is_there()) take_in(of);
  }

 private:
  void take_in(world& of);
  void take_in_locked(world& of);

  std::atomic<bool> there_{false};  // until the world has it
  std::mutex mutex_;                // guards what follows; nobody's function is called under it
  std::shared_ptr<const void> event_;
  taker how_ = nullptr;
};

}  // namespace monochord::cached
