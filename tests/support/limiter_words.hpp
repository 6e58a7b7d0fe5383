// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/rate_limiter.hpp"

// What scripts of the rate limiter are made of.
namespace monochord::tests {

using ticket = protocol::rate_limiter::ticket;
using tickets = std::vector<ticket>;
using verdict = protocol::rate_limiter::verdict;

inline constexpr time_point start{std::chrono::hours{1000}};

inline protocol::route_key key(std::string route, std::string major = "", std::string domain = "") {
  protocol::route_key k;
  k.route = std::move(route);
  k.major = std::move(major);
  k.domain = std::move(domain);
  return k;
}

/// A success that says how its bucket is.
inline protocol::response_info answer(std::string bucket, int limit, int remaining, duration reset_after) {
  protocol::response_info info;
  info.bucket = std::move(bucket);
  info.limit = limit;
  info.remaining = remaining;
  info.reset_after = reset_after;
  return info;
}

inline protocol::response_info refusal(duration retry_after, protocol::limit_scope scope = protocol::limit_scope::user) {
  protocol::response_info info;
  info.status = 429;
  info.retry_after = retry_after;
  info.scope = scope;
  info.global = scope == protocol::limit_scope::global;
  return info;
}

inline protocol::response_info status(int code, std::optional<std::int64_t> discord = {}) {
  protocol::response_info info;
  info.status = code;
  info.code = discord;
  return info;
}

}  // namespace monochord::tests
