// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace monochord::json {

// Eight bytes as a number, in whatever order this machine has them.
constexpr std::uint64_t eight_bytes(const char* text) noexcept {
  if (!std::is_constant_evaluated()) {
    std::uint64_t word = 0;
    std::memcpy(&word, text, sizeof word);
    return word;
  }
  std::uint64_t word = 0;
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned place = std::endian::native == std::endian::little ? i : 7 - i;
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i])) << (8 * place);
  }
  return word;
}
// The bytes before the last `bits` of them.
constexpr std::uint64_t without_last(std::uint64_t word, unsigned bits) noexcept {
  return std::endian::native == std::endian::little ? word << bits : word >> bits;
}

// A name as Discord writes it before a value, `"name":`, by the words that it is found and told by.
struct written_name {
  static constexpr std::size_t more = 3;  // characters than the name

  std::uint64_t head = 0;    // its first eight bytes, or all of them, behind which are zeros
  std::uint64_t middle = 0;  // of more than 16 bytes: the eight behind the head; of others the same as the tail
  std::uint64_t tail = 0;    // the last eight, or all

  constexpr written_name() noexcept = default;
  // Of what is `size` bytes long at `text`; eight bytes can be read, however short it is.
  constexpr written_name(const char* text, std::size_t size) noexcept
      : head(word_of(text, 0, size)),
        middle(word_of(text, middle_at(tail_at(size)), size)),
        tail(word_of(text, tail_at(size), size)) {}
  explicit constexpr written_name(std::string_view name) {
    char text[128] = "\"";
    if (name.size() + more > sizeof text) throw "a name too long for written_name";
    for (std::size_t i = 0; i < name.size(); ++i) text[i + 1] = name[i];
    text[name.size() + 1] = '"';
    text[name.size() + 2] = ':';
    *this = written_name(text, name.size() + more);
  }

  // Of the eight bytes that are read, how many bits stand behind a text that is shorter.
  static constexpr unsigned bits_behind(std::size_t size) noexcept {
    return size < 8 ? 64 - 8 * static_cast<unsigned>(size) : 0;
  }

  // Where the tail begins, and the middle.
  static constexpr std::size_t tail_at(std::size_t size) noexcept { return size < 8 ? 0 : size - 8; }
  static constexpr std::size_t middle_at(std::size_t tail) noexcept { return tail < 8 ? tail : 8; }

  // Where the search for it begins.
  constexpr std::uint32_t slot(std::size_t size) const noexcept {
    const std::uint64_t x = head ^ (tail * 0x9E3779B97F4A7C15U) ^ size;
    return static_cast<std::uint32_t>((x * 0xD6E8FEB86659FD93U) >> 40);
  }

  // Whether it stands at `text`, of which as many bytes can be read, and no fewer than eight. All names that the words hold
  // are told in the same steps, whatever their length.
  bool is_at(const char* text, std::string_view name, unsigned behind, std::size_t tail_at) const noexcept {
    const std::uint64_t other = (eight_bytes(text) ^ head) | (eight_bytes(text + middle_at(tail_at)) ^ middle) |
                                (eight_bytes(text + tail_at) ^ tail);
    if (without_last(other, behind) != 0) return false;
    return tail_at <= most_written - 8 || same_between(text, name);
  }

  // Writes it to where there is room for the most that the words hold all of.
  static constexpr std::size_t most_written = 24;
  void write(char* to, std::size_t size) const noexcept {
    const auto put = [&](std::size_t place, std::uint64_t word) { std::memcpy(to + place, &word, sizeof word); };
    put(0, head);
    put(middle_at(tail_at(size)), middle);
    put(tail_at(size), tail);
  }

 private:
  static constexpr std::uint64_t word_of(const char* text, std::size_t place, std::size_t size) noexcept {
    const std::uint64_t word = eight_bytes(text + place);
    const unsigned behind = bits_behind(size);
    return std::endian::native == std::endian::little ? word << behind >> behind : word >> behind << behind;
  }
  // All but the first 16 and the last eight bytes.
  [[gnu::noinline]] static bool same_between(const char* text, std::string_view name) noexcept {
    for (std::size_t i = name.size() + more - 16; i > 8; i -= 8)
      if (eight_bytes(text + i) != eight_bytes(name.data() + i - 1)) return false;
    return true;
  }
};

}  // namespace monochord::json
