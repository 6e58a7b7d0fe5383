// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "json/table.hpp"

namespace monochord::json {

// Which field came behind which: Discord writes the fields of one kind of object in one order, so that the same comes again
// nearly always. Only a guess; it may be of another table. Of one thread.
class habits {
 public:
  // What came behind `last`, a field, or a table when an object begins.
  const field*& after(const void* last) noexcept {
    return next_[reinterpret_cast<std::uintptr_t>(last) / alignof(field) % next_.size()];
  }

 private:
  std::array<const field*, 512> next_{};
};

}  // namespace monochord::json
