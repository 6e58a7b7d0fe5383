// SPDX-License-Identifier: MIT
#include "protocol/token_user.hpp"

#include <cstdint>
#include <string>

namespace monochord::protocol {

user_id user_of_token(std::string_view token) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";  // digits need no others
  constexpr std::size_t most = 28;                                       // characters of 20 digits, with padding
  const auto dot = token.find('.');
  if (dot == token.npos || dot > most) return {};
  auto part = token.substr(0, dot);
  while (part.ends_with('=')) part.remove_suffix(1);
  std::string decimal;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : part) {
    const auto value = alphabet.find(c);
    if (value == alphabet.npos) return {};
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    decimal += static_cast<char>(bits >> count & 0xff);
  }
  return user_id::parse(decimal);
}

}  // namespace monochord::protocol
