// SPDX-License-Identifier: MIT
#include "net/byte_buffer.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <mutex>
#include <new>

namespace monochord::net {
namespace {

constexpr std::size_t least_shift = 15;  // 32 KiB
constexpr std::size_t kept_classes = 3;  // up to 128 KiB; larger ones go back to the system, so all that is kept is 1 MiB
constexpr std::size_t kept_each = 4;

page_buffer map_pages(std::size_t bytes) {
  void* const pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  return page_buffer(static_cast<char*>(pages), unmap_pages{bytes});
}

/// Buffers that were given back, by size. Shared by all threads: a coroutine may give back on another thread than it
/// borrowed on.
class store {
 public:
  page_buffer take(std::size_t shift) {
    if (shift - least_shift < kept_classes) {
      const std::lock_guard lock(mutex_);
      auto& shelf = shelves_[shift - least_shift];
      if (shelf.count != 0) return std::move(shelf.buffers[--shelf.count]);
    }
    return map_pages(std::size_t{1} << shift);
  }
  void give(page_buffer buffer, std::size_t shift) noexcept {
    if (shift - least_shift >= kept_classes) return;
    const std::lock_guard lock(mutex_);
    auto& shelf = shelves_[shift - least_shift];
    if (shelf.count < kept_each) shelf.buffers[shelf.count++] = std::move(buffer);
  }

 private:
  struct shelf {
    std::array<page_buffer, kept_each> buffers;
    std::size_t count = 0;
  };
  std::mutex mutex_;
  std::array<shelf, kept_classes> shelves_;
};

store& shared_store() {
  static store instance;
  return instance;
}

std::size_t shift_for(std::size_t bytes) {
  return std::max(least_shift, static_cast<std::size_t>(std::bit_width(bytes - 1)));
}

}  // namespace

void unmap_pages::operator()(char* pages) const noexcept { munmap(pages, bytes); }

void byte_buffer::give_back() noexcept {
  if (large_) shared_store().give(std::move(large_), shift_for(capacity_));
}

void byte_buffer::clear() noexcept {
  size_ = 0;
  if (!large_) return;
  give_back();
  large_.reset();
  capacity_ = own_bytes;
}

void byte_buffer::drop_front(std::size_t bytes) noexcept {
  const std::size_t rest = size_ - bytes;
  if (large_ && rest <= own_bytes / 2) {
    std::memcpy(own_.get(), large_.get() + bytes, rest);
    clear();
  } else if (bytes != 0) {
    std::memmove(begin(), begin() + bytes, rest);
  }
  size_ = rest;
}

void byte_buffer::reserve(std::size_t more) {
  if (space_size() >= more) return;
  const std::size_t shift = shift_for(std::max(size_ + more, capacity_ * 2));
  auto larger = shared_store().take(shift);
  std::memcpy(larger.get(), begin(), size_);
  give_back();
  large_ = std::move(larger);
  capacity_ = std::size_t{1} << shift;
}

}  // namespace monochord::net
