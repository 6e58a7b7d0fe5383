// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace monochord::net {

/// What names of headers and methods are made of (RFC 9110, 5.6.2).
inline constexpr std::array<bool, 256> in_token = [] {
  std::array<bool, 256> all{};
  for (std::size_t c = 0; c < all.size(); ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool mark =
        c < 128 && std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
    all[c] = letter || mark;
  }
  return all;
}();

/// How many of its first characters make a token.
inline std::size_t token_length(std::string_view text) noexcept {
  std::size_t length = 0;
  while (length < text.size() && in_token[static_cast<unsigned char>(text[length])]) ++length;
  return length;
}

}  // namespace monochord::net
