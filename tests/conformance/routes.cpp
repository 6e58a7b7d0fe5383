// SPDX-License-Identifier: MIT
// Every route of Discord's API has a call, whose body, query and answer have every field that Discord has.
#include <algorithm>
#include <cstdio>
#include <set>

#include "api_data.hpp"
#include "support/catch.hpp"
#include "support/skip.hpp"
#include "typed_routes.hpp"

using namespace monochord;
using namespace monochord::tests;

namespace {

/// Bounds that are kept otherwise.
const std::string alone = "a list that stands alone is absent when empty";
const std::string shared = "the same body edits messages of channels, where the specification has 4000; ours are 2000 unless told";
const std::map<std::string, std::string> bounds_not_kept{
    {"create_application_command contexts", alone},
    {"create_application_command integration_types", alone},
    {"create_guild_application_command contexts", alone},
    {"create_guild_application_command integration_types", alone},
    {"update_original_webhook_message content", shared},
    {"update_webhook_message content", shared},
};

/// Fields that the documentation does not let anybody leave out, though the specification does.
const std::set<std::string> always_said{"create_dm recipient_id", "create_guild_sticker description",
                                        "set_channel_permission_overwrite type"};

std::vector<const json::table*> tables(const std::vector<table_of_model>& of) {
  std::vector<const json::table*> all;
  for (const auto table : of) all.push_back(&table());
  return all;
}

/// Prints `what N / M`, and fails for each field that is neither there nor an exception.
void report(const char* what, const coverage& found, const route_exceptions& exceptions,
            std::vector<std::string>& used) {
  std::vector<std::string> excepted;
  for (const auto& missing : found.missing) {
    const auto why = exceptions.find(missing);
    if (why == exceptions.end())
      FAIL_CHECK("missing: " << missing);
    else
      excepted.push_back(missing + ": " + why->second), used.push_back(missing);
  }
  std::printf("%s %d / %d\n", what, found.fields - static_cast<int>(found.missing.size()), found.fields);
  for (const auto& line : excepted) std::printf("  without %s\n", line.c_str());
}

}  // namespace

TEST_CASE("every route of Discord has a typed call") {
  const auto folder = test::discord_data();
  if (!folder) return test::skip(test::no_discord_data);
  const api_data data(*folder);
  std::map<std::string, int> typed;
  for (const auto& one : typed_routes()) {
    ++typed[std::string(one.operation)];
    if (one.calls.empty()) FAIL_CHECK(one.operation << " has no call");
  }
  std::size_t good = 0;
  for (const auto& route : data.routes()) {
    const auto known = typed.find(route.key);
    if (known == typed.end()) {
      FAIL_CHECK("no call: " << route.key);
      continue;
    }
    if (known->second != 1) FAIL_CHECK(route.key << " stands " << known->second << " times");
    else ++good;
    typed.erase(known);
  }
  for (const auto& [unknown, count] : typed) FAIL_CHECK(unknown << " is no route of Discord");
  std::printf("typed routes %zu / %zu\n", good, data.routes().size());
}

TEST_CASE("bodies, queries and answers have every field of Discord") {
  const auto folder = test::discord_data();
  if (!folder) return test::skip(test::no_discord_data);
  api_data data(*folder);
  std::map<std::string, typed_route> typed;
  for (auto& one : typed_routes()) typed.emplace(std::string(one.operation), std::move(one));
  coverage bodies;
  coverage queries;
  coverage answers;
  for (const auto& route : data.routes()) {
    const auto known = typed.find(route.key);
    if (known == typed.end()) continue;  // the case above tells
    const auto& ours = known->second;
    data.compare(route.key + " query", route.query, tables(ours.queries), queries);
    if (ours.any_body)
      std::printf("any body: %s\n", route.key.c_str());
    else
      data.compare(route.key + " body", route.body, tables(ours.bodies), bodies);
    if (!route.body_type.empty()) data.compare(route.key + " body", route.body_type, tables(ours.bodies), bodies);
    std::string types;
    for (const auto& type : route.answers) types += (types.empty() ? "" : "|") + type;
    if (!types.empty()) data.compare(route.key + " answer", types, tables(ours.answers), answers);
  }
  auto exceptions = exceptions_of_nouns();
  exceptions.merge(exceptions_of_guilds());
  std::vector<std::string> used;
  report("body fields", bodies, exceptions, used);
  report("query fields", queries, exceptions, used);
  report("response fields", answers, exceptions, used);
  for (const auto& [field, why] : exceptions)
    if (std::find(used.begin(), used.end(), field) == used.end()) FAIL_CHECK("an exception for nothing: " << field);
}

TEST_CASE("a body says null wherever the documentation has it, and nothing of a field that may be left out") {
  const auto folder = test::discord_data();
  if (!folder) return test::skip(test::no_discord_data);
  const api_data data(*folder);
  std::map<std::string, typed_route> typed;
  for (auto& one : typed_routes()) typed.emplace(std::string(one.operation), std::move(one));
  int nulls = 0, null_said = 0, optional = 0, left_out = 0;
  std::vector<std::string> said;
  for (const auto& route : data.routes()) {
    const auto known = typed.find(route.key);
    if (known == typed.end()) continue;
    for (const auto& field : route.body) {
      bool can_be_null = false, can_be_absent = false, there = false;
      for (const auto* table : tables(known->second.bodies)) {
        for (std::uint32_t i = 0; i < table->count; ++i) {
          const auto& ours = table->fields[i];
          if (ours.name != field.name) continue;
          there = true;
          can_be_null = can_be_null || takes_null(*ours.how);
          can_be_absent = can_be_absent || !ours.required;
        }
      }
      if (!there) continue;
      if (field.nullable) {
        ++nulls;
        if (can_be_null) ++null_said;
        else FAIL_CHECK(route.key << " " << field.name << " cannot be null");
      }
      if (field.optional) {
        ++optional;
        const std::string name = route.key + " " + field.name;
        if (can_be_absent) ++left_out;
        else if (always_said.contains(name)) said.push_back(name);
        else FAIL_CHECK(name << " cannot be left out");
      }
    }
  }
  std::printf("fields that may be null %d / %d, left out %d / %d\n", null_said, nulls, left_out, optional);
  for (const auto& name : said) std::printf("  always there: %s: the documentation requires it\n", name.c_str());
  CHECK(said.size() == always_said.size());
  CHECK(nulls > 80);
  CHECK(optional > 300);
}

TEST_CASE("no body or query takes what the specification of its route refuses") {
  const auto folder = test::discord_data();
  if (!folder) return test::skip(test::no_discord_data);
  const api_data data(*folder);
  std::map<std::string, typed_route> typed;
  for (auto& one : typed_routes()) typed.emplace(std::string(one.operation), std::move(one));
  int bounds = 0;
  int kept = 0;
  std::vector<std::string> used;
  const auto check = [&](const std::string& where, const std::vector<api_field>& theirs,
                         const std::vector<table_of_model>& ours) {
    for (const auto& field : theirs) {
      for (const auto* table : tables(ours)) {
        const auto& limits = table->limits.fields;
        const bool has = std::any_of(table->fields, table->fields + table->count,
                                     [&](const auto& f) { return f.name == field.name; });
        const auto limit =
            std::find_if(limits.begin(), limits.end(), [&](const json::limit& l) { return l.field == field.name; });
        if (!has || (!field.high && field.low.value_or(0) <= 0)) continue;
        ++bounds;
        const std::int64_t most = limit == limits.end() ? json::limit::no_max
                                  : limit->wide_max     ? limit->wide_max
                                                        : limit->max;
        const std::int64_t least = limit == limits.end() ? 0 : limit->min;
        const bool good =
            (!field.high || most <= *field.high) && least >= std::max<std::int64_t>(field.low.value_or(0), 0);
        const std::string name = where + " " + field.name;
        if (good)
          ++kept;
        else if (bounds_not_kept.contains(name))
          used.push_back(name);
        else
          FAIL_CHECK(name << ": we take " << least << " to " << most << ", Discord " << field.low.value_or(0) << " to "
                          << field.high.value_or(-1));
      }
    }
  };
  for (const auto& route : data.routes()) {
    const auto known = typed.find(route.key);
    if (known == typed.end()) continue;
    check(route.key, route.body, known->second.bodies);
    check(route.key, route.query, known->second.queries);
  }
  std::printf("bounds of fields %d / %d\n", kept, bounds);
  for (const auto& name : used) std::printf("  exception: %s: %s\n", name.c_str(), bounds_not_kept.at(name).c_str());
  CHECK(bounds > 200);
  for (const auto& [name, why] : bounds_not_kept)
    if (std::find(used.begin(), used.end(), name) == used.end()) FAIL_CHECK("an exception for nothing: " << name);
}
