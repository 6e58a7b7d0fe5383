// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <monochord/core/descriptor_error.hpp>
#include <string>

namespace monochord::detail {

/// How many descriptors a process may have: as it is, and how far it may raise that itself.
struct descriptor_limits {
  std::uint64_t soft = 0, hard = 0;
};

/// What is going to be opened, besides what is open.
struct descriptor_need {
  std::string what_for;      ///< for the error, like "1000 shards"
  std::uint64_t least = 0;   ///< without these it cannot work
  std::uint64_t wished = 0;  ///< at busy times; at least `least`
};

/// The soft limit that suits: `now.soft` where that is enough, so that whoever uses select() notices nothing. Throws
/// `descriptor_error` when not even the hard limit is enough.
std::uint64_t suitable_limit(const descriptor_limits& now, std::uint64_t open, const descriptor_need& need);

/// Raises the soft limit of this process as far as is needed. Throws `descriptor_error`. Thread-safe, but for others
/// that change the limit at the same time.
void provide_descriptors(const descriptor_need& need);

/// Raises it as far as it goes: for a program that serves whoever comes. Gives what it is afterwards.
std::uint64_t provide_all_descriptors() noexcept;

}  // namespace monochord::detail
