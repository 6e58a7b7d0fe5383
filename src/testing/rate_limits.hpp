// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/clock.hpp>
#include "testing/tables.hpp"

namespace monochord::testing {

/// What the limits say about one request.
struct limit_verdict {
  enum class kind { pass, route, global, shared, blocked };
  kind what = kind::pass;
  duration retry_after{};
  bool ignored = false;  ///< an earlier 429 had told the client to wait longer than it did
  // for the X-RateLimit headers
  bool limited_route = false;
  int limit = 0;
  int remaining = 0;
  duration reset_after{};
  std::string bucket;
};

/// What a request is counted under besides its route.
struct request_kind {
  std::string_view age = {};               ///< of the message that is deleted: each has a bucket of its own
  std::vector<std::string> fields = {};    ///< of a channel, whose changes have a limit of their own
};

/// The limits of Discord's REST: a window for each bucket and major parameter, 50 a second for each sender, and the block
/// of an address after too many invalid requests. The buckets' sizes are the mock's own; a client must read them from headers.
/// https://docs.discord.com/developers/topics/rate-limits
class rate_limits {
 public:
  rate_limits(int global_per_second, int invalid_per_10_minutes)
      : global_per_second_(global_per_second), invalid_limit_(invalid_per_10_minutes) {}

  /// Whether the address is blocked (by Discord's front, which knows no route); counts nothing.
  limit_verdict check_block(time_point now);
  /// Asks for one request of a route in a bucket; a pass takes its place. `major` are the major parameters, `sender` is whose global
  /// limit the call counts against; empty: nobody's.
  limit_verdict take(const tables::route_row& route, const tables::route_row& bucket, const request_kind& kind,
                     const std::string& major, const std::string& sender, time_point now);

  /// A played 429: the bucket (as a verdict named it), the route alone, or everything, is closed for that long.
  void close_bucket(const std::string& bucket, const std::string& major, bool shared, time_point now, time_point until);
  void close_sub_limit(const tables::route_row& route, const std::string& major, time_point now, time_point until);
  void close_global(const std::string& sender, time_point now, time_point until);
  void block(time_point now, time_point until);
  /// A 401, 403 or 429 that is not of a shared limit. True when it is the one that blocks the address.
  bool count_invalid(time_point now);
  std::size_t invalid_requests(time_point now);
  /// From now on the route answers with another bucket name.
  void rename_bucket(const tables::route_row& route) { ++renames_[route.operation]; }

 private:
  struct window {
    time_point start{};
    time_point closed_at{};
    time_point closed_until{};
    bool shared = false;  ///< it was closed by a limit that others use up too
    int used = 0;
    int limit = 0;
    duration length{};
  };
  struct closed_route {
    time_point at{};
    time_point until{};
  };
  /// The last second of one sender.
  struct global_window {
    std::deque<time_point> sent;
    time_point closed_at{};
    time_point closed_until{};
  };
  std::string bucket_of(const tables::route_row& route, std::string_view age) const;
  bool sub_limited(const std::string& key, const window& open, time_point now, limit_verdict& verdict) const;
  bool take_global(const std::string& sender, time_point now, limit_verdict& verdict);

  const int global_per_second_;
  const int invalid_limit_;
  std::map<std::string, window> windows_;
  std::map<std::string, closed_route> sub_limits_;  ///< by operation and major parameters, and by field
  std::map<std::string, std::deque<time_point>> changes_;  ///< of fields
  std::map<std::string_view, int> renames_;
  std::map<std::string, global_window> global_;  ///< by sender
  std::deque<time_point> invalid_;
  time_point blocked_at_{};
  time_point blocked_until_{};
};

}  // namespace monochord::testing
