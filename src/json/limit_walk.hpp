// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <monochord/json/limits.hpp>

#include "json/table.hpp"

namespace monochord::json {

/// Unicode code points of UTF-8 text.
std::size_t code_points(std::string_view text) noexcept;
/// The text without the white space around it.
std::string_view trimmed(std::string_view text) noexcept;

/// Walks a request body along its tables and throws limit_error at the first figure that is out of its limits. A path is
/// a chain of places on the stack, so that nothing is allocated unless something is wrong.
class limit_walk {
 public:
  struct place {
    const place* outer = nullptr;
    std::string_view name{};  // empty: an index
    std::size_t index = 0;
  };

  explicit limit_walk(limit_checks which) : limit_walk(which, nullptr) {}

  void object(const table& how, const void* at) const;
  void items(const table& how, const void* first, std::size_t count, std::size_t stride) const;

  bool strict() const noexcept { return which_ == limit_checks::strict; }
  /// For rules: `field` is below the object that the rule is about, like `embeds` or `answers[2].poll_media.text`.
  void at_most(std::string_view field, std::size_t figure, std::int64_t max, std::string_view unit) const {
    if (std::cmp_greater(figure, max)) too_many(field, figure, max, unit);
  }
  void at_least(std::string_view field, std::size_t figure, std::int64_t min, std::string_view unit) const;
  [[noreturn]] void refuse(std::string_view field, std::string_view reason) const;

 private:
  limit_walk(limit_checks which, const place* where) : which_(which), where_(where) {}
  limit_walk inside(const place& where) const { return limit_walk(which_, &where); }

  [[noreturn]] void too_many(std::string_view field, std::size_t figure, std::int64_t max, std::string_view unit) const;
  void members(const table& how, const void* object) const;
  void member(const table& how, const field& f, const void* at) const;
  void value(const type& how, const void* at) const;
  void length(const limit& l, std::string_view text) const;
  void plain_figure(const limit& l, kind what, const void* at) const;
  void figure(const limit& l, const type& how, const void* at) const;
  void each(const limit& l, const type& how, const void* at) const;
  template <class Number>
  void range(const limit& l, Number figure, std::string_view unit) const;

  limit_checks which_;
  const place* where_;  // of what is looked at; null: the body itself
};

}  // namespace monochord::json
