// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/error.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/model/raw_json.hpp>

namespace monochord {

/// The body of an answer with an error status, and of a 429.
/// https://docs.discord.com/developers/reference#error-messages
/// https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit-rate-limit-response-structure
struct api_error {
  std::int64_t code = 0;
  std::string message;
  maybe<raw_json> errors;     ///< nested by field; see `json::field_errors`
  maybe<double> retry_after;  ///< of a 429: seconds
  maybe<bool> global;         ///< of a 429

  friend bool operator==(const api_error&, const api_error&) = default;
};

namespace json {
/// The leaves of an error body's `errors`, one entry for each of Discord's `_errors`. Whatever is not of that form is
/// left out; at most 100 entries.
std::vector<field_error> field_errors(std::string_view errors);
}  // namespace json

}  // namespace monochord
