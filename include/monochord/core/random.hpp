// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>

namespace monochord {

namespace detail {
std::int64_t random_between(std::int64_t least, std::int64_t most);
}

/// A random whole number from `least` to `most`, both included, each as likely as the other; `least` when
/// `most < least`. From the system's generator: nobody can foresee it. Thread-safe. Throws `error` with `errc::resource`
/// when the system has no random numbers to give.
template <std::integral T>
T random_int(T least, T most) {
  return static_cast<T>(detail::random_between(static_cast<std::int64_t>(least), static_cast<std::int64_t>(most)));
}

}  // namespace monochord
