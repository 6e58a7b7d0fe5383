// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <monochord/json/codec.hpp>

namespace monochord::json {

/// What a gateway payload says about itself, read without decoding what it carries. The views point into the text.
/// https://docs.discord.com/developers/events/gateway-events#payload-structure
struct payload_head {
  int op = -1;                     ///< opcode
  std::optional<std::uint64_t> s;  ///< sequence number; none when absent or null
  std::string_view t;              ///< event name as it stands between the quotes; empty when absent or null
  std::string_view d;              ///< JSON text of the data; empty when absent. May be longer: see `first_value`
};

/// Reads the head: keys in any order, with any white space, unknown keys skipped, of a key that comes twice the first
/// counts. When op, s and t stand before d, as Discord sends them, d is not looked at: it is the rest of the text up
/// to the closing brace, and whoever decodes it finds out whether it is whole. False and `why` on anything else.
/// Allocates nothing unless it fails. Thread-safe.
[[nodiscard]] bool peek(std::string_view text, payload_head& out, failure& why);

/// The same; throws decode_error.
payload_head peek(std::string_view text);

/// The JSON value at the front of `text`, by its brackets alone: the `d` of `peek` without members that Discord may put
/// behind it one day. For whoever hands `d` on as text; decoding needs none of it. Empty when there is no whole value.
/// Thread-safe.
[[nodiscard]] std::string_view first_value(std::string_view text);

}  // namespace monochord::json
