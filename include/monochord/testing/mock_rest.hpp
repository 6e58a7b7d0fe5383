// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <monochord/core/clock.hpp>

namespace monochord::testing {

/// How much of a response schema an answer holds.
enum class schema_mode {
  required,  ///< what the schema requires; lists and maps inside are empty
  full,      ///< every field
  nulls,     ///< every field, null where the schema allows it
};

/// How a route that the mock does not act on is answered: with values made from its response schema, the same for the
/// same settings. Ids look like ids, times like Discord's.
struct schema_play {
  schema_mode mode = schema_mode::full;
  /// Which alternatives: counting up from 0 to `mock_discord::schema_variations` makes every union take each of its
  /// alternatives, every enumeration each of its values, every boolean both.
  std::size_t variation = 0;
  std::uint64_t seed = 0;  ///< other ids, numbers and times
  bool all_routes = false; ///< also routes that the mock acts on, which then change nothing
  int status = 0;          ///< which of a route's answers, where it has that one; 0: the first
  /// 0: lists are as the rest says. Otherwise routes that give a list in pages (`before`, `after`, `offset`) have so many
  /// items, whose ids are 1 and up, in pages as Discord's: two items in a row share the time where pages go by time, and
  /// a search of messages leaves out the one before the last.
  std::size_t list_items = 0;
};

/// A route that the mock knows. All are checked (authorization, path, query, body, limits); those that it does not play
/// are answered from their response schema, which is counted in `mock_counters::not_played`.
struct mock_route {
  std::string method;
  std::string path;
  bool played = false;
  std::string operation;      ///< Discord's own name where it has one
  std::vector<int> statuses;  ///< those of its answers
  bool audit_log_reason = false;
  bool docs_only = false;     ///< in the documentation, not in Discord's OpenAPI document
};

/// A file of a multipart body, as it arrived.
struct mock_file {
  std::string part;
  std::string name;
  std::string type;
  std::size_t bytes = 0;
};

/// A request as the mock read it. Tokens and secrets in the path, in headers and in the body are left out, or are `...`.
struct mock_request {
  std::uint64_t number = 0;  ///< of all requests, from 1
  time_point when;
  std::string method;
  std::string path;       ///< the route as the tables write it; the target without its query when no route matched
  std::string operation;  ///< empty when no route matched
  std::map<std::string, std::string> params;
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in their order
  std::string body;            ///< JSON; forms as an object of strings; empty when there is none
  std::string content_type;    ///< without parameters
  std::string authorization;   ///< its scheme: `Bot`, `Bearer`, `Basic`, or empty
  std::string audit_log_reason;  ///< decoded
  std::vector<mock_file> files;
  int status = 0;         ///< of the answer
  bool answered = true;   ///< false: the connection was ended instead
  bool from_schema = false;  ///< the answer was made from the response schema
};

}  // namespace monochord::testing
