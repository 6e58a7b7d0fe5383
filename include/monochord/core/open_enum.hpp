// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace monochord {

// Enums that Discord sends as numbers are ordinary `enum class` types with a fixed underlying type: such a type holds
// every value of that type, named or not, so an unknown number survives a round trip.

/// An enum that Discord sends as text. Known members are constants of `Names` (`locale_name::de`); any other text is kept.
/// Cheap to compare; as safe to share as a std::string.
template <class Names>
class open_string : public Names {
 public:
  open_string() = default;
  explicit open_string(std::string text) : text_(std::move(text)) {}
  explicit open_string(std::string_view text) : text_(text) {}
  explicit open_string(const char* text) : text_(text) {}

  const std::string& str() const noexcept { return text_; }
  bool empty() const noexcept { return text_.empty(); }

  friend bool operator==(const open_string& a, const open_string& b) noexcept { return a.text_ == b.text_; }
  friend bool operator==(const open_string& a, std::string_view b) noexcept { return a.text_ == b; }

 private:
  std::string text_;
};

}  // namespace monochord
