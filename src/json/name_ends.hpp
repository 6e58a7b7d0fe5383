// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace monochord::json {

// What a name is found and told by: its first and its last eight bytes.
struct name_ends {
  std::uint64_t head = 0;  // with zeros behind a name that is shorter
  std::uint64_t tail = 0;  // 0 of a name of up to eight bytes
};

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
// The first `count` of them, fewer than eight; zeros for the others.
constexpr std::uint64_t first_bytes(std::uint64_t word, std::size_t count) noexcept {
  if (count == 0) return 0;
  const auto others = static_cast<unsigned>(64 - 8 * count);
  return std::endian::native == std::endian::little ? word << others >> others : word >> others << others;
}

// Eight bytes are read from where a name begins, however short it is.
constexpr name_ends ends_of(const char* name, std::size_t size) noexcept {
  const std::uint64_t word = eight_bytes(name);
  if (size < 8) return {first_bytes(word, size), 0};
  return {word, size == 8 ? 0 : eight_bytes(name + size - 8)};
}
constexpr name_ends ends_of(std::string_view name) {
  char padded[8] = {};
  for (std::size_t i = 0; i < name.size() && i < 8; ++i) padded[i] = name[i];
  return name.size() <= 8 ? ends_of(padded, name.size()) : ends_of(name.data(), name.size());
}

// Where the search for a name begins.
constexpr std::uint32_t slot_of(const name_ends& of, std::size_t size) noexcept {
  const std::uint64_t x = of.head ^ (of.tail * 0x9E3779B97F4A7C15U) ^ size;
  return static_cast<std::uint32_t>((x * 0xD6E8FEB86659FD93U) >> 40);
}

// A name as Discord writes it before a value, `"name":`, by its first and its last eight bytes.
struct written_name {
  std::uint64_t head = 0;  // what `mask` leaves of the first eight bytes
  std::uint64_t mask = 0;
  std::uint64_t tail = 0;  // of more than eight

  constexpr written_name() noexcept = default;
  explicit constexpr written_name(std::string_view name) {
    const std::size_t size = name.size() + 3;
    const auto at = [&](std::size_t i) { return i == 0 || i == size - 2 ? '"' : i == size - 1 ? ':' : name[i - 1]; };
    char first[8] = {}, last[8] = {};
    for (std::size_t i = 0; i < size && i < 8; ++i) first[i] = at(i);
    for (std::size_t i = 0; size > 8 && i < 8; ++i) last[i] = at(size - 8 + i);
    head = eight_bytes(first);
    mask = size < 8 ? first_bytes(~std::uint64_t{0}, size) : ~std::uint64_t{0};
    tail = eight_bytes(last);
  }

  // Whether it stands at `text`, of which as many bytes can be read, and no fewer than eight.
  bool is_at(const char* text, std::string_view name) const noexcept {
    if ((eight_bytes(text) & mask) != head) return false;
    const std::size_t size = name.size() + 3;
    return size <= 8 || (eight_bytes(text + size - 8) == tail && (size <= 16 || same_between(text, name)));
  }

 private:
  // All but the first and the last eight bytes.
  [[gnu::noinline]] static bool same_between(const char* text, std::string_view name) noexcept {
    for (std::size_t i = name.size() + 3 - 16;; i -= 8) {
      if (eight_bytes(text + i) != eight_bytes(name.data() + i - 1)) return false;
      if (i <= 8) return true;
    }
  }
};

}  // namespace monochord::json
