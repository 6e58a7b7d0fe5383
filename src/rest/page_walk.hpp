// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <type_traits>

#include <monochord/core/error.hpp>
#include <monochord/rest/pages.hpp>

// What the factories of pagers share.
namespace monochord::rest::pages {

template <class Range>
pager_options options_of(const Range& range, std::size_t most) {
  pager_options made;
  made.page_size = range.page_size == 0 ? most : std::min(range.page_size, most);
  made.limit = range.limit;
  return made;
}

/// Ids of a kind are any ids to a pager.
template <class Cursor>
auto cursor_of(const Cursor& value) {
  if constexpr (requires { value.value(); }) return any_id{value.value()};
  else return value;
}

template <class Cursor>
using cursor_type = decltype(cursor_of(std::declval<Cursor>()));

template <class Cursor>
std::optional<cursor_type<Cursor>> first_of(const page_start<Cursor>& start) {
  if (!start.from) return std::nullopt;
  return cursor_of(*start.from);
}

template <class Cursor>
std::optional<cursor_type<Cursor>> first_of(const page_range<Cursor>& range) {
  if (range.before && range.after) throw error(errc::invalid_argument, "pages go on before something or after it, not both");
  if (range.before) return cursor_of(*range.before);
  if (range.after) return cursor_of(*range.after);
  return std::nullopt;
}

/// Whether a walk goes to what is newer.
template <class Cursor>
bool goes_up(const page_range<Cursor>& range) {
  return range.after.has_value();
}

}  // namespace monochord::rest::pages
