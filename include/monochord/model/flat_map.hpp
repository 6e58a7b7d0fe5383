// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace monochord {

/// A JSON object used as a dictionary: keys in the order in which they came, each once. Made for the few entries that
/// Discord sends; looking up is linear.
template <class K, class V>
class flat_map {
 public:
  struct entry {
    K key{};
    V value{};
  };
  using iterator = typename std::vector<entry>::iterator;
  using const_iterator = typename std::vector<entry>::const_iterator;

  /// The value of `key`, null when there is none.
  template <class Key>
  const V* find(const Key& key) const noexcept {
    for (const entry& e : entries_)
      if (e.key == key) return &e.value;
    return nullptr;
  }
  template <class Key>
  V* find(const Key& key) noexcept {
    return const_cast<V*>(std::as_const(*this).find(key));
  }
  template <class Key>
  bool contains(const Key& key) const noexcept {
    return find(key) != nullptr;
  }
  /// The value of `key`, made if there is none.
  V& operator[](K key) {
    if (V* known = find(key)) return *known;
    entries_.push_back({std::move(key), V{}});
    return entries_.back().value;
  }

  std::size_t size() const noexcept { return entries_.size(); }
  bool empty() const noexcept { return entries_.empty(); }
  void clear() noexcept { entries_.clear(); }
  iterator begin() noexcept { return entries_.begin(); }
  iterator end() noexcept { return entries_.end(); }
  const_iterator begin() const noexcept { return entries_.begin(); }
  const_iterator end() const noexcept { return entries_.end(); }

 private:
  std::vector<entry> entries_;
};

}  // namespace monochord
