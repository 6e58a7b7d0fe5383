// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "json/table.hpp"

namespace monochord::json {

// Which field came behind which: Discord writes the fields of one kind of object in one order, so that the same comes
// again nearly always. Only a guess; it may be of another table. Of one thread.
class habits {
 public:
  // What came behind `last`, a field, or a table when an object begins.
  const field*& after(const void* last) noexcept {
    const auto place = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(last));
    return next_[static_cast<std::size_t>(place * 0x9E3779B97F4A7C15U >> (64 - bits))];
  }

 private:
  static constexpr unsigned bits = 11;  // few of the fields that a bot reads share a place
  std::array<const field*, 1U << bits> next_{};
};

}  // namespace monochord::json
