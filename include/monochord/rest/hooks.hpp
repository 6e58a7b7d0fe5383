// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string_view>

#include <monochord/core/clock.hpp>
#include <monochord/core/error.hpp>

namespace monochord {

/// One sending of a call. The texts live as long as the hook runs.
struct rest_request_event {
  std::string_view route;  ///< `POST /channels/{channel_id}/messages`
  std::string_view shown;  ///< the same with its ids filled in; tokens never are
  int attempt = 1;         ///< 1 for the first sending of this call, 2 for its first repetition
};

/// What became of it.
struct rest_response_event {
  std::string_view route;
  std::string_view shown;
  int attempt = 1;
  int status = 0;        ///< 0: there was no answer, `error` says why
  error_code error = {};
  duration took{};
};

/// What was over its limit. https://docs.discord.com/developers/topics/rate-limits#header-format
enum class rest_limit_scope {
  bucket,   ///< the route (`user` in Discord's header)
  shared,   ///< a resource that others use too; counts as no mistake
  global,   ///< all requests of the token, or of the address by webhooks' tokens
  address,  ///< everything from this address: Cloudflare's block
};

/// A 429, and what is done about it.
struct rest_rate_limit_event {
  std::string_view route;
  std::string_view shown;
  rest_limit_scope scope = rest_limit_scope::bucket;
  duration retry_after{};
};

/// Called while REST works, for metrics and traces: where the call is awaited, so on any thread, but one at a time for each
/// client. They must not block; what they throw is logged.
struct rest_hooks {
  std::function<void(const rest_request_event&)> before_request = {};
  std::function<void(const rest_response_event&)> after_response = {};
  std::function<void(const rest_rate_limit_event&)> rate_limited = {};
};

}  // namespace monochord
