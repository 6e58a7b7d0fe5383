// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <monochord/core/optional.hpp>
#include <monochord/model/raw_json.hpp>

namespace monochord {

/// What Discord answers to a call that it refuses; with 429 also how long to wait, in seconds.
/// https://docs.discord.com/developers/reference#error-messages
/// https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit-rate-limit-response-structure
struct api_error {
  optional<std::int64_t> code;
  std::string message;
  optional<raw_json> errors;
  optional<double> retry_after;
  optional<bool> global;
};

}  // namespace monochord
