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

/// Whether the flag, pointer or count of a field, whose place `at` is, already says that it is not there: then nothing of its
/// type has to be looked at. What is there says `present`.
inline bool absent(const field& f, const void* at) {
  switch (f.there) {
    case seen_by::flag: {
      const auto* const flags = static_cast<const bool*>(at);
      return !flags[f.flags.has] && !(f.flags.null != 0 && flags[f.flags.null]);
    }
    case seen_by::pointer: return load<const void*>(at) == nullptr;
    case seen_by::count: return load<row_view>(at).count == 0;
    default: return false;
  }
}

}  // namespace monochord::json
