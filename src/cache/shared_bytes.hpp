// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

namespace monochord::cached {

/// Bytes on the heap that copies share, with the count of these before them. Who is alone with them may change them;
/// who is not may write where none of the others looks.
class shared_bytes {
 public:
  static constexpr std::size_t head_bytes = sizeof(std::atomic<std::uint32_t>);

  shared_bytes() = default;
  explicit shared_bytes(std::size_t size)
      : head_(new(::operator new(head_bytes + size)) std::atomic<std::uint32_t>(1)) {}
  shared_bytes(const shared_bytes& other) noexcept : head_(other.head_) {
    if (head_) head_->fetch_add(1, std::memory_order_relaxed);
  }
  shared_bytes(shared_bytes&& other) noexcept : head_(std::exchange(other.head_, nullptr)) {}
  shared_bytes& operator=(shared_bytes other) noexcept {
    std::swap(head_, other.head_);
    return *this;
  }
  ~shared_bytes() {
    if (head_ && head_->fetch_sub(1, std::memory_order_acq_rel) == 1) ::operator delete(head_);
  }

  explicit operator bool() const noexcept { return head_ != nullptr; }
  char* get() const noexcept { return reinterpret_cast<char*>(head_) + head_bytes; }
  /// What others read of them before they let them go has happened before.
  bool alone() const noexcept { return head_->load(std::memory_order_acquire) == 1; }

 private:
  std::atomic<std::uint32_t>* head_ = nullptr;
};

}  // namespace monochord::cached
