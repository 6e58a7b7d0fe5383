// SPDX-License-Identifier: MIT
// Changes of the audit log, and answers that are maps.
#include <monochord/json/audit_log_change.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/flat_map.hpp>

#include "support/catch.hpp"

using namespace monochord;

namespace {

audit_log_change change(std::string_view text) { return json::decode<audit_log_change>(text); }

}  // namespace

TEST_CASE("changes of the audit log have the type of their key") {
  const auto nick = change(R"({"key":"nick","old_value":"a\u00e4","new_value":"b"})");
  CHECK(old_value(nick, audit_log_keys::nick) == std::string("a\u00e4"));
  CHECK(new_value(nick, audit_log_keys::nick) == std::string("b"));
  CHECK_FALSE(new_value(nick, audit_log_keys::name));  // another key

  const auto roles = change(R"({"key":"$add","new_value":[{"id":"5","name":"helpers"},{"id":"6","name":"x"}]})");
  REQUIRE(new_value(roles, audit_log_keys::roles_added));
  CHECK(new_value(roles, audit_log_keys::roles_added)->at(1).id == role_id{6});
  CHECK_FALSE(old_value(roles, audit_log_keys::roles_added));
  CHECK_FALSE(new_value(roles, audit_log_keys::roles_removed));

  const auto allowed = change(R"({"key":"permissions","old_value":"0","new_value":"2251799813685248"})");
  CHECK(new_value(allowed, audit_log_keys::permissions) == flags<permission>(permission::pin_messages));
  CHECK(old_value(allowed, audit_log_keys::permissions)->empty());

  const auto timeout = change(R"({"key":"communication_disabled_until","new_value":"2026-01-02T03:04:05+00:00","old_value":null})");
  CHECK(new_value(timeout, audit_log_keys::communication_disabled_until) == parse_timestamp("2026-01-02T03:04:05Z"));
  CHECK_FALSE(old_value(timeout, audit_log_keys::communication_disabled_until));

  const auto command = change(R"({"key":"42","new_value":{"id":"42","type":3,"permission":true}})");
  const auto now = new_value(command, audit_log_key<application_command_permission>{"42"});
  REQUIRE(now);
  CHECK(now->type == application_command_permission_type::channel);
  CHECK(now->permission);

  const auto overwrites = change(R"({"key":"permission_overwrites","new_value":[{"id":"1","type":0,"allow":"8","deny":"0"}]})");
  CHECK(new_value(overwrites, audit_log_keys::permission_overwrites)->at(0).allow.has(permission::administrator));
}

TEST_CASE("a change of another shape than its key is kept as it came") {
  const auto odd = change(R"({"key":"name","new_value":{"a":[1, 2]}})");
  CHECK_FALSE(new_value(odd, audit_log_keys::name));
  CHECK(odd.new_value->text() == R"({"a":[1, 2]})");
  CHECK(json::encode(odd) == R"({"new_value":{"a":[1, 2]},"key":"name"})");
}

TEST_CASE("an answer may be a map from ids") {
  using counts = flat_map<role_id, int>;
  const auto members = json::decode<counts>(R"({"5": 3, "6": 0})");
  REQUIRE(members.find(role_id{5}));
  CHECK(*members.find(role_id{5}) == 3);
  CHECK(json::encode(members) == R"({"5":3,"6":0})");
  CHECK_THROWS_AS(json::decode<counts>("[1]"), decode_error);
  CHECK_THROWS_AS(json::decode<counts>(R"({"x":1})"), decode_error);
  CHECK_THROWS_AS(json::decode<counts>(R"({"5":1)"), decode_error);
}
