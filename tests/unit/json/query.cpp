// SPDX-License-Identifier: MIT
#include "json/query.hpp"

#include <string_view>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/view_map.hpp>

#include "json/table.hpp"
#include "support/catch.hpp"

namespace monochord {

namespace {

struct sample_query {
  maybe<std::string_view> name{};
  maybe<bool> with_counts{};
  list<role_id> tags{};
  comma_list<role_id> roles{};
};

struct sample_body {
  maybe<text_map> names{};
};

}  // namespace

MONOCHORD_MODEL(sample_query, name, with_counts, tags, roles)
MONOCHORD_MODEL(sample_body, names)

}  // namespace monochord

using namespace monochord;

TEST_CASE("a query holds a pair for each item of a list, and one for all items of a comma list") {
  CHECK(json::encode_query(sample_query{}).empty());
  const role_id ids[] = {role_id{1}, role_id{22}};
  CHECK(json::encode_query(sample_query{.name = "a&b", .with_counts = true, .tags = ids, .roles = ids}) ==
        "?name=a%26b&with_counts=true&tags=1&tags=22&roles=1%2C22");
  CHECK(json::encode_form(sample_query{.name = {}, .with_counts = {}, .tags = {}, .roles = ids}) == "roles=1%2C22");
}

TEST_CASE("a map of views is written as an object, keys escaped, in its order") {
  CHECK(json::encode(sample_body{}) == "{}");
  CHECK(json::encode(sample_body{.names = null}) == R"({"names":null})");
  CHECK(json::encode(sample_body{.names = text_map{}}) == R"({"names":{}})");
  CHECK(json::encode(sample_body{.names = text_map{{"de", "W\"x"}, {"a\"b", "c"}}}) == R"({"names":{"de":"W\"x","a\"b":"c"}})");
  sample_body read;
  json::failure why;
  CHECK(!json::decode_into(read, R"({"names":{"de":"x"}})", why));
}
