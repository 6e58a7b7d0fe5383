// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>

namespace monochord::net {

/// Pages straight from the system and back to it, unlike the allocator's: buffers that a thousand connections needed at one
/// time lie between what lives long, and would stay there.
struct unmap_pages {
  std::size_t bytes = 0;
  void operator()(char* pages) const noexcept;
};
using page_buffer = std::unique_ptr<char, unmap_pages>;

/// Memory for one message. A small part of its own serves most messages; a larger one is borrowed from a store of the
/// process while the message is in use, so that a thousand idle connections hold no large buffers.
class byte_buffer {
 public:
  byte_buffer() : own_(std::make_unique_for_overwrite<char[]>(own_bytes)) {}
  byte_buffer(const byte_buffer&) = delete;
  byte_buffer& operator=(const byte_buffer&) = delete;
  ~byte_buffer() { give_back(); }

  /// Empties it and gives borrowed memory back.
  void clear() noexcept;
  /// Takes the first bytes away, and gives borrowed memory back where its own is enough for the rest.
  void drop_front(std::size_t bytes) noexcept;
  /// Room for at least `more` bytes after what is there.
  void reserve(std::size_t more);
  void commit(std::size_t bytes) noexcept { size_ += bytes; }

  const char* data() const noexcept { return begin(); }
  std::size_t size() const noexcept { return size_; }
  char* space() noexcept { return begin() + size_; }
  std::size_t space_size() const noexcept { return capacity_ - size_; }
  bool borrowed() const noexcept { return static_cast<bool>(large_); }

 private:
  static constexpr std::size_t own_bytes = 1536;  // Beast's guess too; an event is some hundred bytes where it is compressed

  char* begin() const noexcept {
    if (large_) [[unlikely]] return large_.get();
    return own_.get();
  }
  void give_back() noexcept;

  std::unique_ptr<char[]> own_;
  page_buffer large_;
  std::size_t size_ = 0;
  std::size_t capacity_ = own_bytes;
};

}  // namespace monochord::net
