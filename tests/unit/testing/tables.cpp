// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>

#include "support/catch.hpp"
#include "support/skip.hpp"
#include "testing/rest.hpp"
#include "testing/tables.hpp"

namespace tables = monochord::testing::tables;

TEST_CASE("the committed tables are what the generator makes of the data") {
  if (!monochord::test::discord_data()) return monochord::test::skip(monochord::test::no_discord_data);
  const std::string script = std::string(MONOCHORD_SOURCE_DIR) + "/cmake/generate_mock_tables.py";
  CHECK(std::system(("python3 '" + script + "' --check").c_str()) == 0);
}

TEST_CASE("every index of the tables is inside its table") {
  for (const auto& row : tables::shapes) {
    if (row.kind == tables::shape::object) CHECK(row.first < tables::objects.size());
    if (row.kind == tables::shape::list || row.kind == tables::shape::map) CHECK(row.first < tables::shapes.size());
    if (row.kind == tables::shape::int_choice) CHECK(row.first + row.count <= tables::numbers.size());
    if (row.kind == tables::shape::text_choice) CHECK(row.first + row.count <= tables::texts.size());
    if (row.kind == tables::shape::one_of) CHECK(row.first + row.count <= tables::alternatives.size());
  }
  for (const auto& row : tables::objects) CHECK(row.first_field + row.field_count <= tables::fields.size());
  for (const auto& row : tables::fields) CHECK(row.shape_index < tables::shapes.size());
  for (const auto index : tables::alternatives) CHECK(index < tables::shapes.size());
  for (const auto& row : tables::routes) {
    CHECK(row.first_param + row.param_count <= tables::params.size());
    CHECK(row.first_query + row.query_count <= tables::fields.size());
    CHECK((row.body == tables::no_shape || row.body < tables::shapes.size()));
    REQUIRE(row.answer_count > 0);
    CHECK(row.first_answer + row.answer_count <= tables::answers.size());
    CHECK(tables::answers[row.first_answer].status == row.success);
  }
  for (const auto& row : tables::answers) CHECK((row.shape_index == tables::no_shape || row.shape_index < tables::shapes.size()));
}

TEST_CASE("the tables know what Discord's documentation names") {
  CHECK(tables::routes.size() == 247);
  CHECK(tables::intents.size() == 21);
  CHECK(tables::close_codes.size() == 14);
  CHECK(tables::limits.max_payload_bytes == 4096);
  CHECK(tables::limits.sends == 120);
  std::set<std::string_view> operations;
  for (const auto& row : tables::routes) CHECK(operations.insert(row.operation).second);
  CHECK(std::count_if(tables::routes.begin(), tables::routes.end(), [](const auto& r) { return r.docs_only; }) == 5);
  CHECK(std::count_if(tables::routes.begin(), tables::routes.end(), [](const auto& r) { return r.audit_log_reason; }) > 50);
  const auto message = std::find_if(tables::events.begin(), tables::events.end(),
                                    [](const auto& e) { return e.name == "MESSAGE_CREATE"; });
  REQUIRE(message != tables::events.end());
  CHECK(message->guild == 1U << 9);
  CHECK(message->direct == 1U << 12);
}

TEST_CASE("the routes that the mock plays are routes of the tables") {
  const auto played = std::count_if(tables::routes.begin(), tables::routes.end(), monochord::testing::rest::plays);
  CHECK(played == 93);
}
