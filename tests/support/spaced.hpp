// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace monochord::tests {

namespace detail {
/// Calls `f` with each character and whether it is a bracket, comma or colon outside of strings.
void each_character(std::string_view text, auto&& f) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    f(c, !quoted && std::string_view("{}[]:,").find(c) != std::string_view::npos, quoted);
    if (c == '\\' && i + 1 < text.size())
      f(text[++i], false, true);
    else if (c == '"')
      quoted = !quoted;
  }
}
}  // namespace detail

/// The same JSON with white space around all that parts its values: what the decoder takes in few steps as Discord
/// writes it, it has to read like this the long way. Text that is no JSON stays none.
inline std::string spaced(std::string_view text) {
  std::string out;
  detail::each_character(text, [&](char c, bool structural, bool) {
    if (structural)
      out.append({' ', c, '\n'});
    else
      out += c;
  });
  return out;
}

/// Without the white space between its values.
inline std::string unspaced(std::string_view text) {
  std::string out;
  detail::each_character(text, [&](char c, bool, bool quoted) {
    if (quoted || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) out += c;
  });
  return out;
}

}  // namespace monochord::tests
