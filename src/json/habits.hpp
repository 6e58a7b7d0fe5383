// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "json/field.hpp"

namespace monochord::json {

// Which field came behind which: Discord writes the fields of one kind of object in one order, so that the same comes
// again nearly always. Some it writes in two: in an event, and in the answer to a request. Only guesses. Of one thread.
class habits {
 public:
  // A field by its place in its table, in one byte, so that those of an object stand in a line or two. It is of the same
  // table as the one before, or of one before or behind that: a table may have another inlined.
  class guess {
   public:
    constexpr guess() noexcept = default;
    constexpr guess(std::ptrdiff_t tables, std::uint8_t place) noexcept
        : value_(static_cast<std::uint8_t>(64 * (tables + 1) + place + 1)) {}
    static constexpr bool can_be(std::ptrdiff_t tables, std::uint8_t place) noexcept {
      return tables >= -1 && tables <= 2 && (tables != 2 || place != 63);
    }

    constexpr bool empty() const noexcept { return value_ == 0; }
    // In the same table; if it is of another, or empty, more than a table has.
    constexpr std::uint32_t place_here() const noexcept { return std::uint32_t{value_} - 65; }
    // How many tables further; of an empty one more than there can be.
    constexpr std::ptrdiff_t tables() const noexcept { return std::ptrdiff_t{at() / 64} - 1; }
    constexpr std::uint32_t place() const noexcept { return at() % 64; }

   private:
    constexpr std::uint32_t at() const noexcept { return std::uint32_t{value_} - 1; }

    std::uint8_t value_ = 0;
  };
  // In the one order and in the other.
  using guesses = std::array<guess, 2>;

  // What came behind `last`, a field, or a table when an object begins: each has a line, and neighbours are neighbours here.
  guesses& after(const void* last) noexcept {
    return next_[reinterpret_cast<std::uintptr_t>(last) / sizeof(field) % next_.size()];
  }

 private:
  std::array<guesses, 4096> next_{};  // few of the fields that a bot reads share a place
};

}  // namespace monochord::json
