// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstring>

#include "json/table.hpp"

// What everybody needs who walks the tables over a value that is there: the encoder and the check of limits.
namespace monochord::json {

template <class T>
T load(const void* at) noexcept {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// Whether a field is there, and where its value is; null at `at` stands for JSON's null.
inline bool present(const type& how, const void*& at, const type*& inner) {
  inner = &how;
  switch (how.what) {
    case kind::wrapper: {
      const auto& wrap = *static_cast<const wrapper_how*>(how.how);
      if (const void* held = wrap.get(at)) {
        at = held;
        return present(*how.inner, at, inner);
      }
      const bool is_null = wrap.is_null && wrap.is_null(at);
      at = nullptr;
      return is_null;
    }
    case kind::optional_bool: return static_cast<const optional_bool*>(at)->has_value();
    case kind::null_bool:
      if (!*static_cast<const null_bool*>(at)) return false;
      at = nullptr;
      return true;
    case kind::tagged: return how.tag().value(at) != nullptr;
    case kind::raw: return !static_cast<const raw_json*>(at)->empty();
    case kind::scalar: return !static_cast<const scalar*>(at)->empty();
    default: return true;
  }
}

/// Whether a value of this kind needs nothing of its type, and is always there: the first ones.
constexpr bool is_plain(kind what) noexcept { return what <= kind::timestamp; }
/// Whether a field that is there, with a plain value or an optional or maybe of one, is not null.
inline bool holds_value(const field& f, const void* at) noexcept {
  return f.flags.has == 0 || static_cast<const bool*>(at)[f.flags.has];
}

/// The same as of a type of a field; an optional or a maybe that is there says itself which of the two it is.
inline bool present(const field& f, const void*& at, const type*& inner) {
  if (f.flags.has == 0) return present(*f.how, at, inner);
  if (holds_value(f, at)) return present(*f.how->inner, at, inner);
  at = nullptr;
  return true;
}

/// Bits of the fields that are there as far as their marks say, which without one is all: what else is there says `present`.
inline std::uint64_t marked_fields(const table& how, const void* object) {
  const auto* const bytes = static_cast<const char*>(object);
  std::uint64_t there = how.unmarked;
  const mark* m = how.marks;
  for (const mark* const end = m + how.flags; m != end; ++m) {
    const bool flag = (bytes[m->offset] | bytes[m->offset + m->null]) != 0;
    there |= std::uint64_t{flag} << m->place;
  }
  for (const mark* const end = how.marks + how.marked; m != end; ++m) {
    const bool word = load<std::uintptr_t>(bytes + m->offset) != 0;
    there |= std::uint64_t{word} << m->place;
  }
  return there;
}

}  // namespace monochord::json
