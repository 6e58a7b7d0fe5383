// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace monochord {

/// A boolean that may be absent. It converts to "is there, and true", so that `if (user.bot)` means what it says.
class optional_bool {
 public:
  constexpr optional_bool() noexcept = default;
  constexpr optional_bool(bool value) noexcept : state_(value ? 1 : 0) {}

  constexpr operator bool() const noexcept { return state_ == 1; }
  constexpr bool has_value() const noexcept { return state_ >= 0; }
  constexpr bool value_or(bool other) const noexcept { return has_value() ? state_ == 1 : other; }
  constexpr void reset() noexcept { state_ = -1; }

 private:
  std::int8_t state_ = -1;
};

}  // namespace monochord
