// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <type_traits>

#include <monochord/model/list.hpp>

namespace monochord {

/// A view of a JSON object used as a dictionary, for request bodies: `{{"de", "Würfel"}, {"fr", "Dé"}}`, or made from a
/// std::vector of entries. What holds for `list` holds for it. Trivially destructible.
template <class V>
class view_map {
 public:
  struct entry {
    std::string_view key{};
    V value{};
  };

  constexpr view_map() noexcept = default;
  /// The braced list lives to the end of the full expression.
  constexpr view_map(std::initializer_list<entry> entries) noexcept : entries_(entries) {}
  constexpr view_map(list<entry> entries) noexcept : entries_(entries) {}

  constexpr const entry* data() const noexcept { return entries_.data(); }
  constexpr std::size_t size() const noexcept { return entries_.size(); }
  constexpr bool empty() const noexcept { return entries_.empty(); }
  constexpr const entry* begin() const noexcept { return entries_.begin(); }
  constexpr const entry* end() const noexcept { return entries_.end(); }

 private:
  list<entry> entries_;
};

using text_map = view_map<std::string_view>;

static_assert(std::is_trivially_destructible_v<text_map>);

}  // namespace monochord
