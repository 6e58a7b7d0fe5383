// SPDX-License-Identifier: MIT
// The check of what Discord takes, before anything is sent: walks the tables like the encoder, but looks at figures.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <type_traits>
#include <utility>

#include "json/limit_walk.hpp"
#include "json/walk.hpp"

namespace monochord::json {

namespace {

constexpr std::string_view characters = " characters";
constexpr std::string_view items_unit = " items";

std::string path_of(const limit_walk::place* where, std::string_view field) {
  std::string path(field);
  for (; where; where = where->outer) {
    const std::string part = where->name.empty() ? "[" + std::to_string(where->index) + "]" : std::string(where->name);
    path = path.empty() ? part : part + (path.starts_with('[') ? "" : ".") + path;
  }
  return path.empty() ? "the body" : path;
}

template <class Number>
bool is_less(Number a, std::int64_t b) noexcept {
  if constexpr (std::is_floating_point_v<Number>) return a < static_cast<Number>(b);
  else return std::cmp_less(a, b);
}
template <class Number>
bool is_greater(Number a, std::int64_t b) noexcept {
  if constexpr (std::is_floating_point_v<Number>) return a > static_cast<Number>(b);
  else return std::cmp_greater(a, b);
}

/// As the request would have it.
template <class Number>
std::string shown(Number number) {
  char text[32];
  return std::string(text, std::to_chars(text, text + sizeof text, number).ptr);
}

}  // namespace

std::size_t code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string_view trimmed(std::string_view text) noexcept {
  // All of Unicode's white space.
  constexpr std::string_view spaces[] = {" ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u0085", "\u00a0", "\u1680",
                                         "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
                                         "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view space : spaces) {
      if (text.starts_with(space)) text.remove_prefix(space.size()), found = true;
      if (text.ends_with(space)) text.remove_suffix(space.size()), found = true;
    }
  }
  return text;
}

void limit_walk::refuse(std::string_view field, std::string_view reason) const {
  throw limit_error(path_of(where_, field), std::string(reason));
}

void limit_walk::too_many(std::string_view field, std::size_t figure, std::int64_t max, std::string_view unit) const {
  refuse(field, std::to_string(figure) + std::string(unit) + ", Discord takes at most " + std::to_string(max));
}

void limit_walk::at_least(std::string_view field, std::size_t figure, std::int64_t min, std::string_view unit) const {
  if (!is_less(figure, min)) return;
  refuse(field, std::to_string(figure) + std::string(unit) + ", Discord takes at least " + std::to_string(min));
}

template <class Number>
void limit_walk::range(const limit& l, Number figure, std::string_view unit) const {
  const std::int64_t max = strict() || l.wide_max == 0 ? l.max : l.wide_max;
  const auto say = [&](const char* bound, std::int64_t limit) {
    refuse({}, shown(figure) + std::string(unit) + ", Discord takes at " + bound + " " + std::to_string(limit));
  };
  if (is_greater(figure, max)) say("most", max);
  if (is_less(figure, l.min)) say("least", l.min);
}

void limit_walk::length(const limit& l, std::string_view text) const {
  if (l.min <= 0 && !is_greater(text.size(), l.max)) [[likely]] return;  // there are no more characters than bytes
  range(l, code_points(l.text == counted::trimmed ? trimmed(text) : text), characters);
}

void limit_walk::plain_figure(const limit& l, kind what, const void* at) const {
  switch (what) {
    case kind::text:
    case kind::text_like: return length(l, *static_cast<const std::string*>(at));
    case kind::text_view: return length(l, *static_cast<const std::string_view*>(at));
    case kind::int32: return range(l, load<std::int32_t>(at), {});
    case kind::uint32: return range(l, load<std::uint32_t>(at), {});
    case kind::int64: return range(l, load<std::int64_t>(at), {});
    case kind::uint64:
    case kind::bits_text: return range(l, load<std::uint64_t>(at), {});
    case kind::number: {
      const auto number = load<double>(at);
      if (!std::isfinite(number)) refuse({}, "not a number");
      return range(l, number, {});
    }
    default: return;
  }
}

void limit_walk::figure(const limit& l, const type& how, const void* at) const {
  switch (how.what) {
    case kind::scalar:  // numbers as choices have no documented limit
      if (static_cast<const scalar*>(at)->is_text()) range(l, code_points(static_cast<const scalar*>(at)->text()), characters);
      return;
    case kind::row: return range(l, static_cast<const row_how*>(how.how)->view(at).count, items_unit);
    case kind::map: return range(l, static_cast<const map_how*>(how.how)->view(at).count, items_unit);
    default: return plain_figure(l, how.what, at);
  }
}

void limit_walk::each(const limit& l, const type& how, const void* at) const {
  const bool is_map = how.what == kind::map;
  if (!is_map && how.what != kind::row) return;
  const auto* const map = static_cast<const map_how*>(is_map ? how.how : nullptr);
  const auto* const row = static_cast<const row_how*>(is_map ? nullptr : how.how);
  const row_view view = is_map ? map->view(at) : row->view(at);
  const auto* entry = static_cast<const char*>(view.first);
  std::string key;
  for (std::size_t i = 0; i < view.count; ++i, entry += is_map ? map->stride : row->stride) {
    key.clear();
    if (is_map) map->key(entry, key);
    const place here{where_, key, i};
    const type* inner = how.inner;
    const void* value = is_map ? entry + map->value_offset : entry;
    if (present(*how.inner, value, inner) && value) inside(here).figure(l, *inner, value);
  }
}

void limit_walk::value(const type& how, const void* at) const {
  switch (how.what) {
    case kind::object: return object(how.object(), at);
    case kind::row: {
      const kind inner = how.inner->what;
      if (inner != kind::object && inner != kind::tagged && inner != kind::wrapper) return;
      const auto& row = *static_cast<const row_how*>(how.how);
      const row_view view = row.view(at);
      const auto* entry = static_cast<const char*>(view.first);
      for (std::size_t i = 0; i < view.count; ++i, entry += row.stride) {
        const place here{where_, {}, i};
        inside(here).value(*how.inner, entry);
      }
      return;
    }
    case kind::map: {
      const auto& map = *static_cast<const map_how*>(how.how);
      const row_view view = map.view(at);
      const auto* entry = static_cast<const char*>(view.first);
      std::string key;
      for (std::size_t i = 0; i < view.count; ++i, entry += map.stride) {
        key.clear();
        map.key(entry, key);
        const place here{where_, key, i};
        inside(here).value(*how.inner, entry + map.value_offset);
      }
      return;
    }
    case kind::wrapper: {
      const type* inner = &how;
      if (present(how, at, inner) && at) value(*inner, at);
      return;
    }
    case kind::tagged: {
      const tagged_how& tag = how.tag();
      for (std::size_t i = 0; i < tag.count; ++i) {
        if (&tag.first[i].ops() == tag.ops(at)) return object(tag.first[i].object(), tag.value(at));
      }
      return;  // empty, or of a kind that is not known
    }
    default: return;
  }
}

void limit_walk::member(const table& how, const field& f, const void* at) const {
  const auto limits = how.limits.fields.subspan(f.first_limit, f.limits);
  const place here{where_, f.name, 0};
  const limit_walk within = inside(here);
  if (is_plain(f.what)) {
    if (!holds_value(f, at)) return;
    for (const limit& l : limits) within.plain_figure(l, f.what, at);
    return;
  }
  const type* inner = nullptr;
  if (!present(f, at, inner) || !at) return;
  for (const limit& l : limits) {
    if (l.of_each) within.each(l, *inner, at);
    else within.figure(l, *inner, at);
  }
  if (f.what >= kind::object) within.value(*inner, at);
}

void limit_walk::members(const table& how, const void* object) const {
  if (how.inlined) members(how.inlined(), static_cast<const char*>(object) + how.inlined_offset);
  for (std::uint64_t left = how.limited & marked_fields(how, object); left != 0; left &= left - 1) {
    const field& f = how.fields[std::countr_zero(left)];
    member(how, f, static_cast<const char*>(object) + f.offset);
  }
  if (how.limits.rule) how.limits.rule(object, *this);
}

void limit_walk::object(const table& how, const void* at) const { members(how, at); }

void limit_walk::items(const table& how, const void* first, std::size_t count, std::size_t stride) const {
  const auto* at = static_cast<const char*>(first);
  for (std::size_t i = 0; i < count; ++i, at += stride) {
    const place here{where_, {}, i};
    inside(here).object(how, at);
  }
}

namespace detail {

void check_limits(const table& how, const void* value, limit_checks which) { limit_walk(which).object(how, value); }

void check_limits(const table& how, const void* first, std::size_t count, std::size_t stride, limit_checks which) {
  limit_walk(which).items(how, first, count, stride);
}

}  // namespace detail

}  // namespace monochord::json
