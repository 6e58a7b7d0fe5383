// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monochord::rest {

/// The parameters of a path as its functions take them. No route has as many as there is room for.
class views {
 public:
  explicit views(const std::vector<std::string>& texts) {
    for (const auto& text : texts)
      if (count_ < all_.size()) all_[count_++] = text;
  }
  operator std::span<const std::string_view>() const { return {all_.data(), count_}; }

 private:
  std::array<std::string_view, 8> all_;
  std::size_t count_ = 0;
};

/// Stands for a secret in tables that need to tell one from another.
std::string stands_for(const std::string& secret);

}  // namespace monochord::rest
