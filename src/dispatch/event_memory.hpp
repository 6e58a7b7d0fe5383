// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <new>
#include <type_traits>

namespace monochord::dispatch {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool recycles_events = false;  // so that these see an event that is used after its end
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool recycles_events = false;
#else
inline constexpr bool recycles_events = true;
#endif
#else
inline constexpr bool recycles_events = true;
#endif

/// Blocks of one size that were used and will be again soon. Nobody waits for anybody here: whoever finds another one at it goes
/// to the heap. Thread-safe.
class spare_blocks {
 public:
  /// Null when there is none.
  void* take() noexcept {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    return lock && count_ != 0 ? blocks_[--count_] : nullptr;
  }
  /// False when there is no room for it.
  bool give(void* block) noexcept {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock || count_ == blocks_.size()) return false;
    blocks_[count_++] = block;
    return true;
  }

 private:
  std::mutex mutex_;  // guards what follows
  std::size_t count_ = 0;
  std::array<void*, 64> blocks_{};
};

/// Where events are made. Those of `Least` bytes and more are recycled: for a block of a kilobyte and more glibc's heap first puts
/// together all small ones that are free, and so takes them from those who come next.
template <class T, std::size_t Least = 1000>
class event_allocator {
 public:
  using value_type = T;
  template <class U>
  struct rebind {
    using other = event_allocator<U, Least>;
  };

  event_allocator() noexcept = default;
  template <class U>
  event_allocator(const event_allocator<U, Least>&) noexcept {}

  T* allocate(std::size_t count) {
    if constexpr (recycled)
      if (count == 1)
        if (void* const block = spare().take()) return static_cast<T*>(block);
    return static_cast<T*>(::operator new(count * sizeof(T)));
  }
  void deallocate(T* block, std::size_t count) noexcept {
    if constexpr (recycled)
      if (count == 1 && spare().give(block)) return;
    ::operator delete(block);
  }
  friend bool operator==(const event_allocator&, const event_allocator&) noexcept { return true; }

 private:
  static constexpr bool recycled = recycles_events && sizeof(T) >= Least;
  static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

  static spare_blocks& spare() noexcept {
    static constinit spare_blocks blocks;
    static_assert(std::is_trivially_destructible_v<spare_blocks>);  // an event may outlive everything else
    return blocks;
  }
};

}  // namespace monochord::dispatch
