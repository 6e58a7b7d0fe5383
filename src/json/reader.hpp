// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <monochord/json/codec.hpp>
#include <monochord/model/scalar.hpp>

#include "json/written_name.hpp"
#include "json/unescape.hpp"

namespace monochord::json {

// Walks the structural characters of a JSON text and reads the values between them. Every function that returns false
// has said why in `failure`. Knows nothing of tables.
class reader {
 public:
  // `at` to `end` are the places of the structural characters of `text`, with one more behind them where it ends.
  reader(const char* text, const std::uint32_t* at, const std::uint32_t* end, bool piece, failure& why) noexcept
      : text_(text), plain_from_(text), plain_to_(text), at_(at), end_(end), piece_(piece), why_(why) {}

 protected:
  using position = const std::uint32_t*;

  char peek() const noexcept { return at_ < end_ ? text_[*at_] : '\0'; }

  [[gnu::cold]] bool fail(errc code, std::string reason) {
    why_.code = code;
    why_.path.clear();
    why_.reason = std::move(reason);
    return false;
  }
  [[gnu::cold]] bool malformed() {
    return fail(errc::json_malformed, at_ < end_ ? "the text is not JSON" : "the text ends too early");
  }
  // What is there is well-formed but of another type, or not even that.
  [[gnu::cold]] bool mismatch(const char* wanted) {
    const char c = peek();
    const char* found = c == '{'                          ? "an object"
                        : c == '['                        ? "an array"
                        : c == '"'                        ? "text"
                        : c == 't' || c == 'f'            ? "a boolean"
                        : c == 'n'                        ? "null"
                        : c == '-' || (c >= '0' && c <= '9') ? "a number"
                                                          : nullptr;
    if (!found) return malformed();
    return fail(errc::json_mismatch, std::string("expected ") + wanted + ", found " + found);
  }
  // Steps of the path are put in front while the error travels outwards.
  [[gnu::cold]] bool in(std::string_view key) {
    why_.path.insert(0, key);
    why_.path.insert(0, 1, '.');
    return false;
  }
  [[gnu::cold]] bool in(std::size_t index) {
    std::string step(1, '[');
    step.append(std::to_string(index)).append(1, ']');
    why_.path.insert(0, step);
    return false;
  }
  [[gnu::cold]] bool in_key(std::string_view key) {  // of a map: any text
    std::string step("[\"");
    step.append(key.substr(0, 40)).append("\"]");
    why_.path.insert(0, step);
    return false;
  }

  // Behind the `d` of a payload there may be members that nobody knows yet: peek takes all up to the closing brace.
  bool ended() {
    if (at_ == end_ || (piece_ && peek() == ',')) return true;
    return fail(errc::json_malformed, "there is more after the end");
  }

  // After a value: a comma and more, or the end of what it is in.
  [[gnu::always_inline]] bool next(char close, bool& more) {
    const char c = peek();
    if (c != ',' && c != close) return malformed();
    ++at_;
    more = c == ',';
    return true;
  }

  static bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  // The text of the scalar here: up to the next structural character, without white space.
  std::string_view token() const noexcept {
    const std::uint32_t from = *at_;
    std::uint32_t to = at_[1];
    while (to > from && is_space(text_[to - 1])) --to;
    return {text_ + from, to - from};
  }
  // What stands between the quotes here, escapes and all.
  bool quoted(std::string_view& out) {
    if (peek() != '"') return mismatch("text");
    const std::uint32_t from = *at_, to = at_[1];
    if (text_[to - 1] == '"' && to - from >= 2) {  // no white space behind it
      out = {text_ + from + 1, to - from - 2};
      ++at_;
      return true;
    }
    return loosely_quoted(out);
  }
  bool loosely_quoted(std::string_view& out) {
    const std::string_view all = token();
    if (all.size() < 2 || all.back() != '"') return malformed();
    out = all.substr(1, all.size() - 2);
    ++at_;
    return true;
  }
  // Of a piece of the text.
  [[gnu::always_inline]] bool has_escape(std::string_view piece) noexcept {
    if (piece.data() >= plain_from_ && piece.data() + piece.size() <= plain_to_) [[likely]] return false;
    return piece.size() != 0 && finds_escape(piece);
  }
  // Looks a little further than it is asked, as the next piece is not far.
  [[gnu::noinline]] bool finds_escape(std::string_view piece) noexcept {
    constexpr std::size_t further = 1024;
    const auto left = static_cast<std::size_t>(text_ + *end_ - piece.data());
    const std::size_t size = std::max(piece.size(), std::min(left, further));
    const void* const found = std::memchr(piece.data(), '\\', size);
    plain_from_ = piece.data();
    plain_to_ = found ? static_cast<const char*>(found) : piece.data() + size;
    return plain_to_ < piece.data() + piece.size();
  }
  // Text with escapes resolved; `room` holds it when there were any.
  bool text(std::string_view& out, std::string& room) {
    if (!quoted(out)) return false;
    if (!has_escape(out)) return true;
    room.clear();
    if (!unescape(out, room)) return fail(errc::json_malformed, "text with an impossible escape");
    out = room;
    return true;
  }

  bool literal(std::string_view word) {
    if (token() != word) return malformed();
    ++at_;
    return true;
  }
  bool null_literal() { return word_of_four("null"); }
  bool word_of_four(const char (&word)[5]) {
    if (at_[1] - *at_ == 4 && std::memcmp(text_ + *at_, word, 4) == 0) {
      ++at_;
      return true;
    }
    return literal(word);
  }
  // From the first value of an array on: how many there are, if none has others in it.
  std::size_t count_of_scalars() const noexcept {
    std::size_t places = 0;
    while (at_ + places < end_ && text_[at_[places]] != ']') ++places;
    return places / 2 + 1;
  }

  // Passes one value of whatever kind, checking that it is JSON.
  bool skip() {
    std::uint64_t arrays = 0;  // one bit a level: whether it is an array
    int depth = 0;
    for (;;) {
      bool value_ended = true;
      switch (peek()) {
        case '{':
        case '[': {
          if (depth_ + ++depth > max_depth) return too_deep();
          const bool array = peek() == '[';
          arrays = arrays << 1 | (array ? 1U : 0U);
          ++at_;
          if (peek() == (array ? ']' : '}')) {
            ++at_;
            --depth;
            arrays >>= 1;
          } else {
            if (!array && !skip_key()) return false;
            value_ended = false;
          }
          break;
        }
        case '"': {
          std::string_view all;
          if (!quoted(all)) return false;
          if (has_escape(all) && !unescapable(all)) return fail(errc::json_malformed, "text with an impossible escape");
          break;
        }
        case 't':
          if (!word_of_four("true")) return false;
          break;
        case 'f':
          if (!literal("false")) return false;
          break;
        case 'n':
          if (!null_literal()) return false;
          break;
        default:
          if (!is_number(token_or_none())) return malformed();
          ++at_;
      }
      if (!value_ended) continue;
      for (;;) {
        if (depth == 0) return true;
        const bool array = (arrays & 1U) != 0;
        bool more = false;
        if (!next(array ? ']' : '}', more)) return false;
        if (more) {
          if (!array && !skip_key()) return false;
          break;
        }
        --depth;
        arrays >>= 1;
      }
    }
  }
  bool skip_key() {
    std::string_view key;
    if (peek() != '"') return malformed();
    if (!quoted(key)) return false;
    if (has_escape(key) && !unescapable(key)) return fail(errc::json_malformed, "a key with an impossible escape");
    if (peek() != ':') return malformed();
    ++at_;
    return true;
  }
  [[gnu::cold]] bool too_deep() {
    return fail(errc::json_mismatch, std::string("more than ").append(std::to_string(max_depth)).append(" levels"));
  }
  std::string_view token_or_none() const noexcept { return at_ < end_ ? token() : std::string_view{}; }

  static bool is_number(std::string_view t) noexcept {
    std::size_t i = 0;
    const auto digits = [&] {
      const std::size_t from = i;
      while (i < t.size() && t[i] >= '0' && t[i] <= '9') ++i;
      return i - from;
    };
    if (i < t.size() && t[i] == '-') ++i;
    const std::size_t whole = i;
    const std::size_t n = digits();
    if (n == 0 || (n > 1 && t[whole] == '0')) return false;
    if (i < t.size() && t[i] == '.') {
      ++i;
      if (digits() == 0) return false;
    }
    if (i < t.size() && (t[i] == 'e' || t[i] == 'E')) {
      ++i;
      if (i < t.size() && (t[i] == '+' || t[i] == '-')) ++i;
      if (digits() == 0) return false;
    }
    return i == t.size();
  }

  template <class T>
  static void store(void* out, T value) noexcept {
    std::memcpy(out, &value, sizeof value);
  }

  template <class T>
  bool integer(void* out) {
    const char c = peek();
    if (c != '-' && (c < '0' || c > '9')) return mismatch("a whole number");
    const std::string_view t = token();
    T value{};
    const auto [end, error] = std::from_chars(t.data(), t.data() + t.size(), value);
    if (error != std::errc() || end != t.data() + t.size() || (t.size() > 1 && t[0] == '0') || t.substr(0, 2) == "-0")
      return number_is_not(t, "a whole number");
    store(out, value);
    ++at_;
    return true;
  }
  [[gnu::cold]] bool number_is_not(std::string_view t, const char* wanted) {
    if (!is_number(t)) return malformed();
    return fail(errc::json_mismatch, std::string("a number that is not ") + wanted + " of this field's range");
  }

  bool number(void* out) {
    double value = 0;
    if (!floating(value)) return false;
    store(out, value);
    return true;
  }
  bool floating(double& value) {
    const char c = peek();
    if (c != '-' && (c < '0' || c > '9')) return mismatch("a number");
    const std::string_view t = token();
    if (!is_number(t)) return malformed();
    if (std::from_chars(t.data(), t.data() + t.size(), value).ec != std::errc()) return number_is_not(t, "a number");
    ++at_;
    return true;
  }

  bool boolean(bool& out) {
    const char c = peek();
    if (c != 't' && c != 'f') return mismatch("a boolean");
    out = c == 't';
    return out ? word_of_four("true") : literal("false");
  }

  // Decimal digits in quotes (an id, permissions); a bare number is taken as well.
  bool decimal(std::uint64_t& out, const char* wanted) {
    const char c = peek();
    std::string_view digits;
    if (c >= '0' && c <= '9') {
      digits = token();
      if (!is_number(digits)) return malformed();
      ++at_;
    } else if (c == '"') {
      if (!quoted(digits)) return false;
    } else {
      return mismatch(wanted);
    }
    if (digits.empty() || digits.size() > 20) return not_decimal(wanted);
    const std::size_t most = std::min<std::size_t>(digits.size(), 19);
    std::uint64_t value = 0;
    if (!few_digits(digits.data(), most, value)) return not_decimal(wanted);
    if (digits.size() == 20) {
      const auto digit = static_cast<unsigned char>(digits[19] - '0');
      if (digit > 9 || value > (UINT64_MAX - digit) / 10) return not_decimal(wanted);
      value = value * 10 + digit;
    }
    out = value;
    return true;
  }
  // One to 19 digits, and nothing but digits; eight bytes are read from where they begin. In one place for all who call it.
  [[gnu::noinline]] static bool few_digits(const char* text, std::size_t size, std::uint64_t& out) noexcept {
    if constexpr (std::endian::native != std::endian::little) {
      out = 0;
      for (; size != 0; --size, ++text) {
        const auto digit = static_cast<unsigned char>(*text - '0');
        if (digit > 9) return false;
        out = out * 10 + digit;
      }
      return true;
    }
    constexpr std::uint64_t zeros = 0x3030303030303030U, high = 0xF0F0F0F0F0F0F0F0U, over = 0x0606060606060606U;
    const std::size_t first = (size - 1) % 8 + 1;  // then there are eight, or twice eight, or none
    std::uint64_t word = (eight_bytes(text) ^ zeros) << (64 - 8 * first);
    std::uint64_t bad = word | (word + over), value = add_up(word);
    for (std::size_t read = first; read != size; read += 8) {
      word = eight_bytes(text + read) ^ zeros;
      bad |= word | (word + over);
      value = value * 100'000'000 + add_up(word);
    }
    out = value;
    return (bad & high) == 0;
  }
  static bool eight_digits(const char* text, std::uint64_t& out) noexcept {
    if constexpr (std::endian::native != std::endian::little) {
      out = 0;
      for (int i = 0; i < 8; ++i) {
        const auto digit = static_cast<unsigned char>(text[i] - '0');
        if (digit > 9) return false;
        out = out * 10 + digit;
      }
      return true;
    }
    std::uint64_t word = 0;
    std::memcpy(&word, text, sizeof word);
    constexpr std::uint64_t high = 0xF0F0F0F0F0F0F0F0U;
    if (((word & high) | ((word + 0x0606060606060606U) & high) >> 4U) != 0x3333333333333333U) return false;
    out = add_up(word & 0x0F0F0F0F0F0F0F0FU);
    return true;
  }
  // All at once: each step adds up neighbours, of one digit, of two, of four.
  static std::uint64_t add_up(std::uint64_t digits) noexcept {
    digits = digits * 2561 >> 8U;
    digits = (digits & 0x00FF00FF00FF00FFU) * 6553601 >> 16U;
    return (digits & 0x0000FFFF0000FFFFU) * 42949672960001U >> 32U;
  }
  bool not_decimal(const char* wanted) { return fail(errc::json_mismatch, std::string("not ") + wanted); }

  bool string(std::string& out) {
    std::string_view t;
    if (!quoted(t)) return false;
    if (!has_escape(t)) {
      out.assign(t);
      return true;
    }
    out.clear();
    return unescape(t, out) || fail(errc::json_malformed, "text with an impossible escape");
  }

  bool raw_text(std::string& out) {
    const std::uint32_t from = at_ < end_ ? *at_ : 0;
    if (!skip()) return false;
    std::uint32_t to = at_[-1] + 1;  // after a closing bracket; a scalar is longer
    const char last = text_[to - 1];
    if (last != '}' && last != ']') {
      --at_;
      to = static_cast<std::uint32_t>(token().data() + token().size() - text_);
      ++at_;
    }
    out.assign(text_ + from, to - from);
    return true;
  }

  bool scalar_value(scalar& out) {
    const char c = peek();
    if (c == '"') {
      std::string_view t;
      std::string room;
      if (!text(t, room)) return false;
      out = scalar(t);
      return true;
    }
    if (c == 't' || c == 'f') {
      bool b = false;
      if (!boolean(b)) return false;
      out = scalar(b);
      return true;
    }
    if (c != '-' && (c < '0' || c > '9')) return mismatch("text, a number or a boolean");
    const std::string_view t = token();
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(t.data(), t.data() + t.size(), whole);
    if (error == std::errc() && end == t.data() + t.size() && is_number(t)) {
      out = scalar(whole);
      ++at_;
      return true;
    }
    double value = 0;
    if (!floating(value)) return false;
    out = scalar(value);
    return true;
  }

  const char* text_;
  const char* plain_from_;  // from here to there are no escapes
  const char* plain_to_;
  position at_;
  position end_;
  bool piece_;  // of a larger text
  failure& why_;
  int depth_ = 0;
};

}  // namespace monochord::json
