// SPDX-License-Identifier: MIT
// Every typed call goes to its route as Discord wants it, and reads every answer that the route may give.
#include <cstdio>
#include <map>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include <monochord/json/codec.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"
#include "typed_routes.hpp"

using namespace monochord;
using namespace monochord::tests;
using testing::mock_discord;
using testing::schema_mode;

namespace {

/// `/channels/{channel.id}` and `/channels/{channel_id}` are the same.
std::string without_names(const std::string& path) { return std::regex_replace(path, std::regex("\\{[^}]*\\}"), "{}"); }

/// The mock's routes by the names of the rows.
std::map<std::string, testing::mock_route> routes_by_key() {
  std::map<std::string, testing::mock_route> all;
  for (const auto& one : mock_discord::routes())
    all.emplace(one.docs_only ? one.method + " " + without_names(one.path) : one.operation, one);
  return all;
}

std::string key_of(const typed_route& route) {
  const std::string name(route.operation);
  return name.find(' ') == name.npos ? name : without_names(name);
}

class caller {
 public:
  caller() : bot_(world_.world.bot_token(), world_.options()) { some::client = discord().application(); }

  mock_discord& discord() { return world_.discord(); }
  /// Answers with a null where the documentation, unlike the specification, has none: read all the same.
  std::size_t nulls() const { return nulls_; }

  /// Calls, and says what was not as it should be; empty: all is well.
  std::string problem(route_call call, const testing::mock_route& route, int status) {
    world_.sim.run_for(std::chrono::seconds{5});  // no call waits for another's limits
    discord().clear_rest_log();
    discord().clear_violations();
    const auto before = json::counters();
    std::string said;
    try {
      world_.sim.run(call(bot_.rest()));
    } catch (const std::exception& e) {
      said = e.what();
    }
    for (const auto& one : discord().violations()) said += " violation: " + one.kind + " " + one.text;
    const auto log = discord().rest_log();
    if (log.size() != 1) return said + " requests: " + std::to_string(log.size());
    const auto& seen = log.front();
    if (seen.method != route.method || seen.path != route.path) said += " went to " + seen.method + " " + seen.path;
    if (seen.status != status) said += " was answered with " + std::to_string(seen.status);
    const auto after = json::counters();
    if (after.unexpected_nulls != before.unexpected_nulls) ++nulls_;
    if (after.unknown_kinds != before.unknown_kinds) said += " has an object of an unknown kind";
    return said;
  }

 private:
  simulated_world world_;
  client bot_;
  std::size_t nulls_ = 0;
};

const char* name_of(schema_mode mode) {
  switch (mode) {
    case schema_mode::required:
      return "required";
    case schema_mode::full:
      return "full";
    case schema_mode::nulls:
      return "nulls";
  }
  return "";
}

}  // namespace

TEST_CASE("every typed call reaches its route and reads each of its answers") {
  const auto known = routes_by_key();
  caller calls;
  std::size_t good = 0;
  std::size_t called = 0;
  std::size_t played = 0;
  for (const auto& route : typed_routes()) {
    const auto theirs = known.find(key_of(route));
    if (theirs == known.end()) {
      FAIL_CHECK("the mock does not know " << route.operation);
      continue;
    }
    std::string problem;
    const auto play = [&](route_call call, int status, schema_mode mode, std::size_t variation) {
      if (!problem.empty()) return;
      calls.discord().play_schema(testing::schema_play{mode, variation, 0, true, status});
      problem = calls.problem(call, theirs->second, status);
      if (problem.empty())
        ++played;
      else
        problem += std::string(" (") + name_of(mode) + ", variation " + std::to_string(variation) + ")";
    };
    bool first = true;
    for (const int status : theirs->second.statuses) {
      if (status == 202) continue;  // the queue waits: its own tests
      for (const auto mode : {schema_mode::full, schema_mode::required, schema_mode::nulls}) {
        // With sanitizers one of each: decoding is watched by responses.cpp, objects.cpp and fuzz_json_decode, for a minute less.
        const auto variations =
            sanitized ? 1 : mock_discord::schema_variations(theirs->second.method, theirs->second.path, mode, status);
        for (std::size_t i = 0; i < variations; ++i) play(route.calls.front(), status, mode, i);
      }
      for (const auto call : route.calls) play(call, status, schema_mode::full, 0);
      for (const auto call : route.other_calls)
        if (first) play(call, status, schema_mode::full, 0);
      first = false;
    }
    if (!problem.empty()) {
      FAIL_CHECK(route.operation << ": " << problem);
      continue;
    }
    ++good;
    called += route.calls.size() + route.other_calls.size();
  }
  std::printf("routes %zu / %zu\n", good, known.size());
  std::printf("calls %zu, answers %zu, of them with a null that the documentation has not %zu\n", called, played,
              calls.nulls());
  CHECK(good == known.size());
}
