// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

#include <monochord/json/codec.hpp>

namespace monochord::json {

/// The JSON text of a member of the object at the front of `object`, found by brackets alone and no further than it: for
/// one small field of something large. Empty when there is none, or the text is broken before it. A key that is written with
/// escapes is not found. Thread-safe; allocates nothing unless the text is broken.
[[nodiscard]] std::string_view member_of(std::string_view object, std::string_view key);

/// The same for several members in one walk: `values` has a place for each of `keys`, which stays empty for one that is not found.
void members_of(std::string_view object, std::span<const std::string_view> keys, std::span<std::string_view> values);

/// The same of a large text, several times as fast.
void members_of(const padded_text& object, std::span<const std::string_view> keys, std::span<std::string_view> values);

}  // namespace monochord::json
