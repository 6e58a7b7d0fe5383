// SPDX-License-Identifier: MIT
#pragma once

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

/// Likewise of a field of a table: one that is absent costs no look at its type.
inline bool present(const field& f, const void*& at, const type*& inner) {
  inner = f.how;
  switch (f.there) {
    case seen_by::always: return true;
    case seen_by::flag: {
      const auto* const flags = static_cast<const bool*>(at);
      if (flags[f.flags.has]) return present(*f.how->inner, at, inner);
      at = nullptr;
      return f.flags.null != 0 && flags[f.flags.null];
    }
    case seen_by::pointer:
      at = load<const void*>(at);
      return at && present(*f.how->inner, at, inner);
    case seen_by::count: return load<row_view>(at).count != 0;
    case seen_by::value: break;
  }
  return present(*f.how, at, inner);
}

}  // namespace monochord::json
