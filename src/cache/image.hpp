// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "cache/impl.hpp"

namespace monochord::cached {

/// A copy of one guild at a moment, with its users. Nothing changes it once it is shared, so it is read under no lock.
struct guild_image {
  /// The guild's lock is held.
  explicit guild_image(const guild_entry& g) : entry(g) {}
  optional<monochord::member> member(std::uint64_t key) const;
  std::vector<monochord::member> members() const;
  std::size_t bytes() const noexcept;

  guild_entry entry;
  record_set users;
};

}  // namespace monochord::cached
