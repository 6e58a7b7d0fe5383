// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace monochord {

/// A JSON value that is one of text, a whole number, a number or a boolean, as it came: what a user chose for an option,
/// a choice, a nonce.
class scalar {
 public:
  enum class kind : std::uint8_t { none, boolean, integer, number, text };

  scalar() = default;
  scalar(bool value) noexcept : kind_(kind::boolean), integer_(value) {}
  scalar(std::integral auto value) noexcept : kind_(kind::integer), integer_(static_cast<std::int64_t>(value)) {}
  scalar(double value) noexcept : kind_(kind::number), number_(value) {}
  scalar(std::string value) noexcept : kind_(kind::text), text_(std::move(value)) {}
  scalar(std::string_view value) : kind_(kind::text), text_(value) {}
  scalar(const char* value) : kind_(kind::text), text_(value) {}

  kind type() const noexcept { return kind_; }
  bool empty() const noexcept { return kind_ == kind::none; }
  bool is_text() const noexcept { return kind_ == kind::text; }
  bool is_integer() const noexcept { return kind_ == kind::integer; }
  /// A whole number counts as a number, since Discord writes 2.0 as 2.
  bool is_number() const noexcept { return kind_ == kind::number || kind_ == kind::integer; }
  bool is_boolean() const noexcept { return kind_ == kind::boolean; }

  /// The value as that type; empty, 0 or false when it is of another.
  const std::string& text() const noexcept { return text_; }
  std::int64_t integer() const noexcept { return kind_ == kind::integer ? integer_ : 0; }
  double number() const noexcept {
    return kind_ == kind::number ? number_ : kind_ == kind::integer ? static_cast<double>(integer_) : 0;
  }
  bool boolean() const noexcept { return kind_ == kind::boolean && integer_ != 0; }

  friend bool operator==(const scalar& a, const scalar& b) noexcept {
    return a.kind_ == b.kind_ && a.integer_ == b.integer_ && a.number_ == b.number_ && a.text_ == b.text_;
  }

 private:
  kind kind_ = kind::none;
  std::int64_t integer_ = 0;
  double number_ = 0;
  std::string text_;
};

}  // namespace monochord
