// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>

namespace monochord {

/// What Discord allows. The defaults are those of a bot at Discord.
struct rest_limits_options {
  /// Requests a second over all routes, for each token and for all calls without one; 0 is no such limit.
  /// https://docs.discord.com/developers/topics/rate-limits#global-rate-limit
  int requests_per_second = 50;
  /// Answers of 401, 403 and 429 in ten minutes after which Discord blocks the address. Calls other than answers to
  /// interactions wait when 95 % of them are used up; 0 is no such limit.
  /// https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
  std::size_t invalid_requests = 10'000;
};

/// What is known about Discord's rate limits: one for each address, and so for all clients of a program. Thread-safe.
class rest_limits;

/// For `client_options::rest_limits` of several clients: whatever one of them learns, all obey. Clients of one token share
/// its quotas; those of different tokens share what counts for the address. Their clocks must be the same.
std::shared_ptr<rest_limits> make_rest_limits(rest_limits_options options = {});

}  // namespace monochord
