// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

// What Discord takes of a field of a request body, as data beside the table of the model. A model gets its limits with one
// line before that of the table: MONOCHORD_LIMITS(create_message_body, {"content", 0, 2000}, ...). They are looked at by
// check_limits only, never when something is encoded or decoded.
namespace monochord::json {

/// How a text is counted.
enum class counted : bool {
  whole,
  trimmed,  // without the white space around it, which Discord takes away
};

/// Text counts in Unicode code points, lists and maps in items, numbers as what they are. What is absent or null has no
/// figure, and so no limit.
struct limit {
  static constexpr std::int64_t no_max = std::numeric_limits<std::int64_t>::max();

  std::string_view field;        // on the wire; `tags[]` is each item of a list, each value of a map
  std::int64_t min = 0;
  std::int64_t max = no_max;
  std::int64_t wide_max = 0;     // what Discord's specification takes where its documentation is stricter; 0: the same
  counted text = counted::whole;
  bool of_each = false;          // what `each` says, set by the table

  constexpr bool each() const noexcept { return field.ends_with("[]"); }
  constexpr std::string_view name() const noexcept { return each() ? field.substr(0, field.size() - 2) : field; }
};

class limit_walk;
/// What cannot be said of one field: sums, and fields that exclude each other. `object` is the model.
using limit_rule = void (*)(const void* object, const limit_walk& walk);

struct limit_list {
  std::span<const limit> fields{};
  limit_rule rule = nullptr;
};

namespace detail {

template <class T>
inline constexpr std::span<const limit> limits_of{};
template <class T>
inline constexpr limit_rule rule_of = nullptr;

}  // namespace detail

}  // namespace monochord::json

#define MONOCHORD_LIMITS(model, ...)                                            \
  namespace json::detail {                                                      \
  inline constexpr limit limits_of_##model[] = {__VA_ARGS__};                   \
  template <>                                                                   \
  inline constexpr std::span<const limit> limits_of<model> = limits_of_##model; \
  }
/// `function(const model&, const limit_walk&)` throws through the walk when the whole cannot be sent.
#define MONOCHORD_LIMIT_RULE(model, function)                                 \
  namespace json::detail {                                                    \
  template <>                                                                 \
  inline constexpr limit_rule rule_of<model> =                                \
      [](const void* object, const limit_walk& walk) { function(*static_cast<const model*>(object), walk); }; \
  }
