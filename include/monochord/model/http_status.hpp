// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace monochord {

/// The statuses that Discord answers a REST call with. `server_error` stands for the rest of 500 to 599.
/// https://docs.discord.com/developers/topics/opcodes-and-status-codes#http-http-response-codes
enum class http_status : std::int32_t {
  ok = 200,
  created = 201,
  no_content = 204,
  not_modified = 304,
  bad_request = 400,
  unauthorized = 401,
  forbidden = 403,
  not_found = 404,
  method_not_allowed = 405,
  too_many_requests = 429,
  server_error = 500,
  gateway_unavailable = 502,
};

}  // namespace monochord
