// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace monochord::detail {

/// `count` letters and digits (0-9, a-v) that nobody can foresee, of 5 bits each. Thread-safe. Throws `error` with
/// `errc::resource` when the system has no random numbers to give.
std::string secret_letters(std::size_t count);
/// The same in place of what is there.
void fill_with_secret_letters(std::span<char> letters);

/// From 0 up to 1: of `from`, or the system's when that is empty. Throws as `random_int`, and what `from` throws.
double chance(const std::function<double()>& from);

}  // namespace monochord::detail
