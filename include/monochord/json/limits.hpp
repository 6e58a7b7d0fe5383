// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include <monochord/core/error.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/json/limit_checks.hpp>

namespace monochord::json {

namespace detail {
void check_limits(const table& how, const void* value, limit_checks which);
void check_limits(const table& how, const void* first, std::size_t count, std::size_t stride, limit_checks which);

template <class T>
struct limits_door {
  static void check(const T& value, limit_checks which) { check_limits(table_of<T>(), &value, which); }
};
template <class T>
struct limits_door<std::vector<T>> {
  static void check(const std::vector<T>& values, limit_checks which) {
    check_limits(table_of<T>(), values.data(), values.size(), sizeof(T), which);
  }
};
template <class T>
struct limits_door<list<T>> {
  static void check(const list<T>& values, limit_checks which) {
    check_limits(table_of<T>(), values.data(), values.size(), sizeof(T), which);
  }
};
template <builder T>
struct limits_door<T> {
  static void check(const T& value, limit_checks which) {
    const auto& body = value.body();
    check_limits(table_of<std::remove_cvref_t<decltype(body)>>(), &body, which);
  }
};
template <builder T>
struct limits_door<std::vector<T>> {
  static void check(const std::vector<T>& values, limit_checks which) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      try {
        limits_door<T>::check(values[i], which);
      } catch (const limit_error& e) {
        throw limit_error("[" + std::to_string(i) + "]." + e.path(), e.reason());
      }
    }
  }
};
}  // namespace detail

/// Looks whether a request body (or a builder, or a std::vector or list of one) is within the limits that Discord
/// documents: lengths in Unicode code points, numbers of items, ranges, and sums over a whole message or command. Throws
/// limit_error for the first that is not. The REST client does this for every call; a program that wants to know earlier,
/// e.g. when somebody types, may do it itself. May be called from any thread.
template <class T>
void check_limits(const T& body, limit_checks which = limit_checks::strict) {
  if (which != limit_checks::off) detail::limits_door<T>::check(body, which);
}

}  // namespace monochord::json
