// SPDX-License-Identifier: MIT
#include "net/plain_answer.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "net/http_token.hpp"

namespace monochord::net {
namespace {

constexpr std::string_view version = "HTTP/1.1 ";
constexpr std::string_view line_end = "\r\n";
constexpr std::size_t usual_fields = 24;

/// Where the first byte of a text is that no value may hold, or its end.
std::size_t end_of_text(std::string_view bytes) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101, high = 0x80 * ones;
  std::size_t at = 0;
  for (; at + sizeof ones <= bytes.size(); at += sizeof ones) {
    std::uint64_t eight;
    std::memcpy(&eight, bytes.data() + at, sizeof eight);
    const std::uint64_t control = (eight - 0x20 * ones) & ~eight & high;
    const std::uint64_t of_delete = eight ^ 0x7f * ones;
    const std::uint64_t found = control | ((of_delete - ones) & ~of_delete & high);
    if (found == 0) continue;
    if constexpr (std::endian::native != std::endian::little) break;
    return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;  // further ones need not be right
  }
  for (; at < bytes.size(); ++at) {
    const auto c = static_cast<unsigned char>(bytes[at]);
    if (c < ' ' || c == 0x7f) break;
  }
  return at;
}

/// Takes a line of text from the front of `rest`, without its end. Nothing when it is not whole, or holds something
/// else.
std::optional<std::string_view> take_line(std::string_view& rest) noexcept {
  const auto line = rest.substr(0, end_of_text(rest));
  if (!rest.substr(line.size()).starts_with(line_end)) return std::nullopt;
  rest.remove_prefix(line.size() + line_end.size());
  return line;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Nothing where it is too large to be worth a thought.
std::optional<std::size_t> number(std::string_view digits) noexcept {
  constexpr std::size_t most_digits = 9;
  if (digits.empty() || digits.size() > most_digits) return std::nullopt;
  std::size_t value = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<std::size_t>(c - '0');
  }
  return value;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Those that answer HEAD and what has no body are no plain ones.
std::optional<int> status_of(std::string_view line) noexcept {
  if (!line.starts_with(version)) return std::nullopt;
  line.remove_prefix(version.size());
  if (line.size() < 4 || line[3] != ' ') return std::nullopt;
  const auto code = number(line.substr(0, 3));
  if (!code || *code < 200 || *code == 204 || *code == 304) return std::nullopt;
  return static_cast<int>(*code);
}

/// What a field does to how the answer is read.
enum class meaning { none, length, keeps, other };

meaning meaning_of(std::string_view name, std::string_view value) noexcept {
  switch (name.size()) {
    case 14:
      return same_token(name, "Content-Length") ? meaning::length : meaning::none;
    case 10:
      if (!same_token(name, "Connection")) return meaning::none;
      return same_token(value, "keep-alive") ? meaning::keeps : meaning::other;
    case 7:
      return same_token(name, "Upgrade") ? meaning::other : meaning::none;
    case 16:
      return same_token(name, "Proxy-Connection") ? meaning::other : meaning::none;
    case 17:
      return same_token(name, "Transfer-Encoding") ? meaning::other : meaning::none;
    default:
      return meaning::none;
  }
}

}  // namespace

std::size_t read_plain_answer(std::string_view bytes, const plain_answer_limits& limits, http_response& into) {
  std::string_view rest = bytes;
  const auto first = take_line(rest);
  const auto status = first ? status_of(*first) : std::nullopt;
  if (!status) return 0;

  const char* const begin = bytes.data();
  std::vector<http_headers::place> fields;
  fields.reserve(usual_fields);
  std::optional<std::size_t> length;
  for (;;) {
    const auto line = take_line(rest);
    if (!line || bytes.size() - rest.size() > limits.header_bytes / 2) return 0;
    if (line->empty()) break;
    const std::size_t colon = token_length(*line);
    if (colon == 0 || colon == line->size() || (*line)[colon] != ':') return 0;
    const auto name = line->substr(0, colon), value = trimmed(line->substr(colon + 1));
    switch (meaning_of(name, value)) {
      case meaning::none:
      case meaning::keeps:
        break;
      case meaning::other:
        return 0;
      case meaning::length:
        if (length) return 0;
        length = number(value);
        if (!length) return 0;
        break;
    }
    fields.push_back({static_cast<std::size_t>(name.data() - begin), name.size(),
                      static_cast<std::size_t>(value.data() - begin), value.size()});
  }
  const auto head = bytes.substr(0, bytes.size() - rest.size());
  if (!length || *length > limits.body_bytes || *length > rest.size()) return 0;

  std::string body;
  body.reserve(*length + limits.spare_bytes);
  body.assign(rest.data(), *length);
  into.status = *status;
  into.headers = http_headers(head, std::move(fields));
  into.body = std::move(body);
  return bytes.size() - rest.size() + *length;
}

}  // namespace monochord::net
