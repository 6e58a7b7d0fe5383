// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace monochord {

/// A point in UTC time to the microsecond, which is what Discord's ISO 8601 timestamps carry.
/// https://docs.discord.com/developers/reference#iso8601-datetime
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Reads `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`; digits past the microsecond are dropped.
/// Nothing on any other text, impossible dates included.
std::optional<timestamp> parse_timestamp(std::string_view text) noexcept;

/// Writes `YYYY-MM-DDThh:mm:ss.ffffff+00:00`, the form that Discord sends.
std::string format_timestamp(timestamp time);

}  // namespace monochord
