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

}  // namespace monochord::json
