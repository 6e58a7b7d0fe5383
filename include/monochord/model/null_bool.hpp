// SPDX-License-Identifier: MIT
#pragma once

namespace monochord {

/// A boolean that Discord writes as null for true and leaves out for false, as in role tags.
class null_bool {
 public:
  constexpr null_bool() noexcept = default;
  constexpr null_bool(bool value) noexcept : value_(value) {}
  constexpr operator bool() const noexcept { return value_; }

 private:
  bool value_ = false;
};

}  // namespace monochord
