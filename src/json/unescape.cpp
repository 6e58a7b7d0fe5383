// SPDX-License-Identifier: MIT
#include "json/unescape.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace monochord::json {

namespace {

int hex(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The four digits at `at`; -1 when there are none.
std::int32_t unit(std::string_view text, std::size_t at) noexcept {
  if (at + 4 > text.size()) return -1;
  std::int32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const int digit = hex(text[i]);
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

// One escape behind the backslash at `at`, which is moved past it; -1 when it is impossible.
std::int32_t escape(std::string_view text, std::size_t& at) noexcept {
  if (++at >= text.size()) return -1;
  switch (text[at++]) {
    case '"': return '"';
    case '\\': return '\\';
    case '/': return '/';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'u': break;
    default: return -1;
  }
  const std::int32_t first = unit(text, at);
  if (first < 0 || (first >= 0xDC00 && first <= 0xDFFF)) return -1;
  at += 4;
  if (first < 0xD800 || first > 0xDBFF) return first;
  if (text.substr(at, 2) != "\\u") return -1;
  const std::int32_t second = unit(text, at + 2);
  if (second < 0xDC00 || second > 0xDFFF) return -1;
  at += 6;
  return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

char* put_utf8(std::int32_t code, char* to) noexcept {
  const auto byte = [&to](std::int32_t b) { *to++ = static_cast<char>(static_cast<unsigned char>(b)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
  return to;
}

}  // namespace

bool unescape(std::string_view quoted, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + quoted.size());  // no escape is shorter than what it stands for
  char* to = out.data() + before;
  for (std::size_t at = 0; at < quoted.size();) {
    const std::size_t slash = std::min(quoted.find('\\', at), quoted.size());
    std::memcpy(to, quoted.data() + at, slash - at);
    to += slash - at;
    at = slash;
    if (at == quoted.size()) break;
    const std::int32_t code = escape(quoted, at);
    if (code < 0) return false;
    to = put_utf8(code, to);
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return true;
}

bool unescapable(std::string_view quoted) noexcept {
  for (std::size_t at = quoted.find('\\'); at != std::string_view::npos; at = quoted.find('\\', at))
    if (escape(quoted, at) < 0) return false;
  return true;
}

namespace {

/// Whether eight bytes can stand in a JSON string as they are: no control character, no quote, no backslash.
bool plain(std::uint64_t word) noexcept {
  constexpr std::uint64_t each = 0x0101010101010101U, high = 0x8080808080808080U;
  const auto less = [](std::uint64_t bytes, std::uint64_t than) { return (bytes - each * than) & ~bytes & high; };
  return (less(word, 0x20) | less(word ^ each * '"', 1) | less(word ^ each * '\\', 1)) == 0;
}
template <class Word>
std::uint64_t load(const char* text) noexcept {
  Word word;
  std::memcpy(&word, text, sizeof word);
  return word;
}
/// The same of a whole text. What is left at its end is looked at together with some that was before it.
bool plain(std::string_view text) noexcept {
  const char* const from = text.data();
  const std::size_t size = text.size();
  if (size >= 8) {
    for (std::size_t i = 0; i < size - 8; i += 8)
      if (!plain(load<std::uint64_t>(from + i))) return false;
    return plain(load<std::uint64_t>(from + size - 8));
  }
  if (size >= 4) return plain(load<std::uint32_t>(from) << 32 | load<std::uint32_t>(from + size - 4));
  std::uint64_t word = 0x2020202020202020U;
  for (const char c : text) word = word << 8 | static_cast<unsigned char>(c);
  return plain(word);
}

/// Of a text that is not plain.
[[gnu::noinline]] void quote_slowly(std::string_view text, std::string& out) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (i + 8 <= text.size() && plain(load<std::uint64_t>(text.data() + i))) i += 8;
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, from, i - from);
    from = i + 1;
    out += '\\';
    switch (c) {
      case '"': out += '"'; break;
      case '\\': out += '\\'; break;
      case '\n': out += 'n'; break;
      case '\r': out += 'r'; break;
      case '\t': out += 't'; break;
      case '\b': out += 'b'; break;
      case '\f': out += 'f'; break;
      default:
        out += "u00";
        out += digits[c >> 4];
        out += digits[c & 15];
    }
  }
  out.append(text, from);
  out += '"';
}

}  // namespace

void quote(std::string_view text, std::string& out) {
  if (!plain(text)) return quote_slowly(text, out);
  out += '"';
  out += text;
  out += '"';
}

}  // namespace monochord::json
