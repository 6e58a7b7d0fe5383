// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/testing/mock_discord.hpp>
#include "testing/gateway_link.hpp"
#include "testing/rate_limits.hpp"
#include "testing/world.hpp"

namespace monochord::testing {

/// Everything that the mock knows: plain data under one lock, which the facade holds around every call.
struct mock_state {
  explicit mock_state(mock_options what);

  time_point now() const { return options.clock->now(); }
  void violate(std::string kind, std::string text);

  mock_options options;
  class world world;
  mock_counters counters;
  mock_faults faults;
  std::vector<violation> violations;
  std::deque<mock_request> rest_log;
  std::optional<schema_play> schema;       ///< as a test set it
  std::set<std::string, std::less<>> bearer_tokens;  ///< access tokens that are good
  std::set<std::string, std::less<>> refresh_tokens;
  std::uint64_t last_token = 0;

  std::deque<time_point> connection_times;
  static constexpr std::size_t connection_times_kept = 10'000;

  // gateway
  std::string gateway_url;         ///< known once the mock listens
  std::string resume_gateway_url;
  std::map<std::uint64_t, std::shared_ptr<gateway_link>> links;
  std::map<std::string, std::shared_ptr<gateway_session>> sessions;
  std::uint64_t last_link = 0;
  std::uint64_t last_session = 0;
  std::map<int, time_point> identified_at;  ///< by shard % max_concurrency
  time_point budget_start{};                ///< the first IDENTIFY of the day
  int identifies_today = 0;                 ///< in the day that began then
  std::map<int, std::string> last_identify; ///< by shard
  std::map<snowflake, time_point> member_requests;
  std::vector<mock_lost_event> lost_events;
  bool token_reset = false;                 ///< the daily budget was overdrawn

  rate_limits limits;
  std::map<std::string_view, const tables::route_row*> merged_buckets;  ///< by operation: whose bucket it uses
};

}  // namespace monochord::testing
