// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "cache/shared_bytes.hpp"

namespace monochord::cached {

/// What glibc's allocator takes for a block of that size.
constexpr std::size_t allocation_bytes(std::size_t size) noexcept {
  if (size == 0) return 0;
  const std::size_t taken = (size + 8 + 15) / 16 * 16;
  return taken < 32 ? 32 : taken;
}

/// Byte strings by a 64-bit key, packed: 1 byte of header, the key and the text, rounded up to 4, stand one after another
/// on pages; the index is an open-addressing table of 4-byte places. A text that grows or shrinks much goes to the end, and a
/// page with much that is dead is emptied: a change never moves more than one page. One that shrinks a little, by a name or an
/// image's hash, which tend to come back, stays where it is. So a text may come back with up to 23 zero bytes behind it, and must
/// say itself where it ends. A copy shares the pages: who changes a text in its place then takes a page of its own, so that to
/// copy costs the index. Not thread-safe, but for two copies, which do not know of each other.
class record_set {
 public:
  record_set() = default;
  record_set(const record_set& other);
  record_set(record_set&&) noexcept = default;
  record_set& operator=(record_set&&) noexcept = default;

  /// The text of `key`; `data()` is null when there is none. Valid until the next change.
  std::string_view find(std::uint64_t key) const noexcept;
  /// Where a key is, or would be; valid until the next change.
  struct spot {
    std::uint64_t hash;
    std::uint32_t slot;
  };
  spot locate(std::uint64_t key) const noexcept {
    const std::uint64_t hash = hash_of(key);
    return {hash, probe(key, hash)};
  }
  std::string_view find(spot at) const noexcept {
    return at.slot == none || index_[at.slot] == none ? std::string_view() : text_at(index_[at.slot]);
  }
  /// What looks for the key soon finds the index in the processor's cache, or, when that was some time ago, the record. All these
  /// are always inline: g++ sees no effect in a function that does nothing else, and leaves out calls of it.
  [[gnu::always_inline]] void prefetch_index(std::uint64_t key) const noexcept {
    if (capacity_ != 0) __builtin_prefetch(&index_[home_of(hash_of(key))]);
  }
  [[gnu::always_inline]] void prefetch_record(std::uint64_t key) const noexcept {
    if (capacity_ == 0) return;
    const std::uint64_t hash = hash_of(key);
    for (std::uint32_t i = home_of(hash), last = i + most_prefetched; i < capacity_ && i < last; ++i) {
      const place p = index_[i];
      if (p == none) return;
      if (!may_be(p, hash)) continue;
      __builtin_prefetch(block(p));
      __builtin_prefetch(block(p) + 63);  // most are of two lines
    }
  }
  /// The same, and where the pages are, as far as they are few.
  [[gnu::always_inline]] void prefetch_way(std::uint64_t key) const noexcept {
    prefetch_index(key);
    constexpr std::size_t line = 64, most_lines = 6;
    const auto* const pages = reinterpret_cast<const char*>(pages_.data());
    const std::size_t bytes = std::min(pages_.size() * sizeof(page), most_lines * line);
    for (std::size_t at = 0; at < bytes; at += line) __builtin_prefetch(pages + at);
  }
  /// Whether a text that was put is this one.
  static bool is_same(std::string_view kept, std::string_view text) noexcept {
    return kept.starts_with(text) && kept.find_first_not_of('\0', text.size()) == kept.npos;
  }
  /// As `find`, to change bytes in place.
  char* find_mutable(std::uint64_t key);
  char* find_mutable(spot at) { return own_block(index_[at.slot]) + header; }  ///< of one that is there
  /// False when the set is full (2 GiB of small records, or 131,071 of more than 1,011 bytes): the key is then gone.
  bool put(std::uint64_t key, std::string_view text, bool* was_there = nullptr);
  bool put(spot at, std::uint64_t key, std::string_view text, bool* was_there = nullptr);
  bool erase(std::uint64_t key);
  void clear() noexcept;
  /// Makes the index large enough for so many, so that it does not grow step by step.
  void reserve(std::size_t records);
  /// So many records need no larger index.
  bool has_index_for(std::size_t records) const noexcept { return records * 5 < capacity_ * std::size_t{4}; }

  std::size_t size() const noexcept { return size_; }
  std::size_t bytes() const noexcept;

  /// `f(key, text)` for each, in no order; in particular not in that of the hashes, which would pile up in a smaller set that
  /// they are put into. The set must not change meanwhile.
  template <class F>
  void for_each(F&& f) const {
    const std::uint32_t step = stride();
    for (std::uint32_t n = 0, i = 0; n < capacity_; ++n) {
      if (index_[i] != none) f(key_at(index_[i]), text_at(index_[i]));
      i = i >= capacity_ - step ? i - (capacity_ - step) : i + step;
    }
  }
  /// The key at the `n`th place of the table or the next one that is taken; 0 when the set is empty.
  std::uint64_t key_near(std::uint32_t n) const noexcept;

 private:
  // 12 bits of offset in units, as many of the page as are needed, and above these the first bits of the lower half of the key's
  // hash, as many as there is room for.
  using place = std::uint32_t;
  static constexpr place none = 0xffffffffU;
  static constexpr std::size_t unit = 4, header = 9, page_bytes = 16384, most_pages = (1U << 17) - 1;
  static constexpr std::size_t most_small = 255 * unit, most_slack = 23;
  static constexpr std::uint32_t most_prefetched = 16;

  struct page {
    shared_bytes data;
    std::uint32_t capacity = 0;
    std::uint32_t used = 0;
    std::uint32_t dead = 0;
  };

  place make_place(std::size_t page, std::size_t offset, std::uint64_t hash) const noexcept {
    return (static_cast<place>(hash) & ~below_hash()) | static_cast<place>(page << 12 | offset / unit);
  }
  place below_hash() const noexcept { return (place{1} << hash_shift_) - 1; }
  std::size_t page_of(place p) const noexcept { return (p & below_hash()) >> 12; }
  /// Whether it is worth a look at the key, which is likely to be in no cache of the processor.
  bool may_be(place p, std::uint64_t hash) const noexcept { return (p ^ static_cast<place>(hash)) >> hash_shift_ == 0; }
  static std::uint64_t hash_of(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
  }
  /// Where the key with that hash belongs. A small table goes by the bits that are in the places, so that it grows without a look
  /// at the keys; a large one by others, as of these it has too few to tell neighbours apart.
  std::uint32_t home_of(std::uint64_t hash) const noexcept { return start_of(static_cast<std::uint32_t>(hash >> home_shift_)); }
  std::uint32_t home_at(place p) const noexcept;
  std::uint32_t start_of(std::uint32_t hash) const noexcept {
    return static_cast<std::uint32_t>(std::uint64_t{hash} * capacity_ >> 32);
  }
  char* block(place p) const noexcept { return pages_[page_of(p)].data.get() + (p & 4095) * unit; }
  std::size_t block_bytes(place p) const noexcept {
    const auto units = static_cast<unsigned char>(*block(p));
    return units ? units * unit : pages_[page_of(p)].used;
  }
  static std::uint64_t key_of(const char* block) noexcept {
    std::uint64_t key;
    std::memcpy(&key, block + 1, sizeof key);
    return key;
  }
  std::uint64_t key_at(place p) const noexcept { return key_of(block(p)); }
  std::string_view text_at(place p) const noexcept { return {block(p) + header, block_bytes(p) - header}; }

  /// Where the key is, or would be put; `none` when there is no table.
  std::uint32_t probe(std::uint64_t key, std::uint64_t hash) const noexcept;
  std::uint32_t slot_of(std::uint64_t key, std::uint64_t hash) const noexcept;
  std::uint32_t stride() const noexcept;
  place append(std::uint64_t key, std::uint64_t hash, std::string_view text);
  std::size_t new_page(std::size_t bytes);
  void widen_pages() noexcept;
  void bury(place p) noexcept;
  char* own_block(place p);
  void release(std::size_t page) noexcept;
  void clean();
  void remove_slot(std::uint32_t slot) noexcept;
  void rehash(std::uint32_t capacity);
  void fill_slot(place p) noexcept;

  std::vector<page> pages_;
  std::unique_ptr<place[]> index_;
  std::uint32_t capacity_ = 0;
  std::uint32_t size_ = 0;
  std::uint32_t tail_ = none;  // the page that is appended to
  std::uint32_t free_ = 0;      // every page before it is taken
  std::uint32_t hash_shift_ = 14;
  std::uint32_t home_shift_ = 0;  // 0 or 32
  std::uint64_t used_ = 0;     // of all pages
  std::uint64_t dead_ = 0;     // of it
};

}  // namespace monochord::cached
