// SPDX-License-Identifier: MIT
#include "cache/record_set.hpp"

#include <algorithm>
#include <numeric>

namespace monochord::cached {

record_set::record_set(const record_set& other)
    : pages_(other.pages_), capacity_(other.capacity_), size_(other.size_), free_(other.free_),
      hash_shift_(other.hash_shift_), home_shift_(other.home_shift_), used_(other.used_), dead_(other.dead_) {
  // No tail: of the pages that are shared only the other one appends to one, behind all that this one knows of.
  if (capacity_ == 0) return;
  index_ = std::make_unique_for_overwrite<place[]>(capacity_);
  std::memcpy(index_.get(), other.index_.get(), capacity_ * sizeof(place));
}

std::uint32_t record_set::probe(std::uint64_t key, std::uint64_t hash) const noexcept {
  if (capacity_ == 0) return none;
  for (std::uint32_t i = home_of(hash);; i = i + 1 == capacity_ ? 0 : i + 1) {
    const place p = index_[i];
    if (p == none) return i;  // the table is never full
    if (may_be(p, hash) && key_at(p) == key) return i;
  }
}

std::uint32_t record_set::slot_of(std::uint64_t key, std::uint64_t hash) const noexcept {
  const std::uint32_t slot = probe(key, hash);
  return slot != none && index_[slot] != none ? slot : none;
}

// Has no divisor in common with the capacity, so that steps of it come to every place; by the golden ratio they are spread evenly.
std::uint32_t record_set::stride() const noexcept {
  if (capacity_ < 3) return 1;
  auto step = static_cast<std::uint32_t>(capacity_ * std::uint64_t{2654435769U} >> 32);
  while (std::gcd(step, capacity_) != 1) ++step;
  return step;
}

std::string_view record_set::find(std::uint64_t key) const noexcept {
  const std::uint32_t slot = slot_of(key, hash_of(key));
  return slot == none ? std::string_view() : text_at(index_[slot]);
}

char* record_set::find_mutable(std::uint64_t key) {
  const std::uint32_t slot = slot_of(key, hash_of(key));
  return slot == none ? nullptr : own_block(index_[slot]) + header;
}

char* record_set::own_block(place p) {
  page& at = pages_[page_of(p)];
  if (!at.data.alone()) {
    shared_bytes copy(at.capacity);
    std::memcpy(copy.get(), at.data.get(), at.used);
    at.data = std::move(copy);
  }
  return block(p);
}

std::uint64_t record_set::key_near(std::uint32_t n) const noexcept {
  if (size_ == 0) return 0;
  for (std::uint32_t i = n % capacity_;; i = i + 1 == capacity_ ? 0 : i + 1)
    if (index_[i] != none) return key_at(index_[i]);
}

bool record_set::put(std::uint64_t key, std::string_view text, bool* was_there) {
  return put(locate(key), key, text, was_there);
}

bool record_set::put(spot at, std::uint64_t key, std::string_view text, bool* was_there) {
  const auto [hash, slot] = at;
  const bool known = slot != none && index_[slot] != none;
  if (was_there) *was_there = known;
  if (known) {
    const std::size_t old = block_bytes(index_[slot]);
    const std::size_t wanted = header + text.size();
    if (old <= most_small ? wanted <= old && old - wanted <= most_slack : old == wanted) {
      if (is_same(text_at(index_[slot]), text)) return true;  // shared pages stay so
      char* to = own_block(index_[slot]);
      std::memcpy(to + header, text.data(), text.size());
      std::memset(to + wanted, 0, old - wanted);
      return true;
    }
  }
  const place fresh = append(key, hash, text);
  if (known) {
    const place before = index_[slot];
    if (fresh == none) {
      remove_slot(slot);
      --size_;
    } else {
      index_[slot] = fresh;
    }
    bury(before);
    if (dead_ > std::max<std::uint64_t>((used_ - dead_) / 8, 512)) clean();
    return fresh != none;
  }
  if (fresh == none) return false;
  if ((size_ + 1) * std::uint64_t{5} >= capacity_ * std::uint64_t{4}) {
    rehash(std::max<std::uint32_t>(4, capacity_ + capacity_ / 2 + 1));
    fill_slot(fresh);
  } else {
    index_[slot] = fresh;
  }
  ++size_;
  return true;
}

std::uint32_t record_set::home_at(place p) const noexcept {
  if (home_shift_ == 0) {
    const std::uint32_t first = start_of(p & ~below_hash());
    if (first == start_of(p | below_hash())) return first;
  }
  return home_of(hash_of(key_at(p)));
}

void record_set::fill_slot(place p) noexcept {
  std::uint32_t i = home_at(p);
  while (index_[i] != none) i = i + 1 == capacity_ ? 0 : i + 1;
  index_[i] = p;
}

void record_set::rehash(std::uint32_t capacity) {
  auto fresh = std::make_unique_for_overwrite<place[]>(capacity);
  std::fill_n(fresh.get(), capacity, none);
  const auto old = std::move(index_);
  const std::uint32_t old_capacity = capacity_;
  index_ = std::move(fresh);
  capacity_ = capacity;
  constexpr std::uint32_t told_apart = 4;  // bits that tell those of one home apart
  home_shift_ = capacity < std::uint32_t{1} << (32 - std::min(hash_shift_ + told_apart, 31U)) ? 0 : 32;
  const bool by_keys = home_shift_ != 0;
  constexpr std::uint32_t ahead = 16;  // their keys are anywhere in memory
  for (std::uint32_t i = 0; i < old_capacity; ++i) {
    if (by_keys && i + ahead < old_capacity && old[i + ahead] != none) __builtin_prefetch(block(old[i + ahead]));
    if (old[i] != none) fill_slot(old[i]);
  }
}

void record_set::reserve(std::size_t records) {
  const std::size_t wanted = records + records / 4 + 2;
  if (wanted > capacity_ && wanted < none) rehash(static_cast<std::uint32_t>(wanted));
}

std::size_t record_set::new_page(std::size_t bytes) {
  std::size_t at = free_;  // the lowest that can be: a set of large records has as many pages as records
  while (at < pages_.size() && pages_[at].data) ++at;
  if (at == pages_.size()) {
    if (at >= most_pages) return none;
    // By a half at most: a vector that doubles would hold up to twice what it needs.
    if (at == pages_.capacity()) pages_.reserve(at + at / 4 + 1);
    pages_.emplace_back();
    if (at + 1 == std::size_t{1} << (hash_shift_ - 12)) widen_pages();  // the last number would make a place look like `none`
  }
  pages_[at].data = shared_bytes(bytes);
  pages_[at].capacity = static_cast<std::uint32_t>(bytes);
  pages_[at].used = pages_[at].dead = 0;
  free_ = static_cast<std::uint32_t>(at) + 1;
  return at;
}

void record_set::widen_pages() noexcept {
  const place fewer = ~(place{1} << hash_shift_++);
  for (std::uint32_t i = 0; i < capacity_; ++i)
    if (index_[i] != none) index_[i] &= fewer;
}

record_set::place record_set::append(std::uint64_t key, std::uint64_t hash, std::string_view text) {
  const std::size_t wanted = header + text.size();
  const bool small = wanted <= most_small;
  const std::size_t bytes = small ? (wanted + unit - 1) / unit * unit : wanted;
  std::size_t at = tail_;
  if (!small) {
    at = new_page(bytes);
  } else if (at == none || pages_[at].capacity - pages_[at].used < bytes) {
    // Below a power of two by what the allocator adds, 8 bytes, and by the head.
    constexpr std::size_t least = 256 - 8 - shared_bytes::head_bytes, most = page_bytes - 8 - shared_bytes::head_bytes;
    const std::size_t room = std::clamp<std::size_t>((used_ - dead_) / 8 / 64 * 64, least, most);
    at = new_page(std::max(room, bytes) / unit * unit);
    if (at != none) tail_ = static_cast<std::uint32_t>(at);
  }
  if (at == none) return none;
  page& p = pages_[at];
  const std::size_t offset = p.used;
  char* to = p.data.get() + offset;
  *to = static_cast<char>(small ? bytes / unit : 0);
  std::memcpy(to + 1, &key, sizeof key);
  std::memcpy(to + header, text.data(), text.size());
  std::memset(to + wanted, 0, bytes - wanted);
  p.used += static_cast<std::uint32_t>(bytes);
  used_ += bytes;
  return make_place(at, offset, hash);
}

void record_set::release(std::size_t at) noexcept {
  page& p = pages_[at];
  used_ -= p.used;
  dead_ -= p.dead;
  p.data = {};
  p.capacity = p.used = p.dead = 0;
  free_ = std::min(free_, static_cast<std::uint32_t>(at));
  if (tail_ == at) tail_ = none;
}

void record_set::bury(place p) noexcept {
  const std::size_t at = page_of(p);
  const std::size_t bytes = block_bytes(p);
  pages_[at].dead += static_cast<std::uint32_t>(bytes);
  dead_ += bytes;
  if (pages_[at].dead == pages_[at].used) release(at);
}

// Moves what lives on the page with the most dead bytes to the end.
void record_set::clean() {
  if (pages_.size() + 2 >= most_pages) return;
  std::size_t victim = none;
  for (std::size_t i = 0; i < pages_.size(); ++i)
    if (pages_[i].data && (victim == none || pages_[i].dead > pages_[victim].dead)) victim = i;
  if (victim == none || pages_[victim].dead == 0) return;
  if (tail_ == victim) tail_ = none;
  const page from = std::move(pages_[victim]);
  pages_[victim].data = shared_bytes(1);  // so that the place is not taken meanwhile
  for (std::uint32_t offset = 0; offset < from.used;) {
    const char* at = from.data.get() + offset;
    const std::size_t bytes = static_cast<unsigned char>(*at) * unit;
    const std::uint64_t key = key_of(at), hash = hash_of(key);
    const place here = make_place(victim, offset, hash);
    std::uint32_t slot = home_of(hash);
    while (index_[slot] != none && index_[slot] != here) slot = slot + 1 == capacity_ ? 0 : slot + 1;
    if (index_[slot] == here) index_[slot] = append(key, hash, {at + header, bytes - header});
    offset += static_cast<std::uint32_t>(bytes);
  }
  used_ -= from.used;
  dead_ -= from.dead;
  pages_[victim] = page{};
  free_ = std::min(free_, static_cast<std::uint32_t>(victim));
}

// Entries behind the gap that were pushed there move up, so that no gravestones are needed.
void record_set::remove_slot(std::uint32_t gap) noexcept {
  for (std::uint32_t i = gap;;) {
    i = i + 1 == capacity_ ? 0 : i + 1;
    if (index_[i] == none) break;
    const std::uint32_t home = home_at(index_[i]);
    const bool stays = gap < i ? (home > gap && home <= i) : (home > gap || home <= i);
    if (stays) continue;
    index_[gap] = index_[i];
    gap = i;
  }
  index_[gap] = none;
}

bool record_set::erase(std::uint64_t key) {
  const std::uint32_t slot = slot_of(key, hash_of(key));
  if (slot == none) return false;
  if (size_ == 1) {
    clear();
    return true;
  }
  const place p = index_[slot];
  remove_slot(slot);
  --size_;
  bury(p);
  if (dead_ > std::max<std::uint64_t>((used_ - dead_) / 8, 512)) clean();
  if (size_ * std::uint64_t{4} < capacity_) rehash(size_ + size_ / 2 + 4);
  return true;
}

void record_set::clear() noexcept { *this = record_set(); }

std::size_t record_set::bytes() const noexcept {
  std::size_t sum = allocation_bytes(pages_.capacity() * sizeof(page)) + allocation_bytes(capacity_ * sizeof(place));
  for (const page& p : pages_)
    if (p.data) sum += allocation_bytes(shared_bytes::head_bytes + p.capacity);
  return sum;
}

}  // namespace monochord::cached
