// SPDX-License-Identifier: MIT
#include "testing/validate.hpp"

#include <string>

#include "support/catch.hpp"
#include "testing/rest.hpp"

using namespace monochord::testing;

namespace {

/// The errors of a body for a route, as text of JSON; empty when it is accepted.
std::string errors_of(std::string_view method, std::string_view path, std::string_view body) {
  const auto match = match_route(method, path);
  REQUIRE(match.route);
  form_errors errors;
  std::vector<std::string> where;
  validate(match.route->body, parse_json(body), where, errors);
  return errors.empty() ? std::string() : dump(errors.tree());
}

std::string message_errors(std::string_view body) { return errors_of("POST", "/channels/1/messages", body); }

}  // namespace

TEST_CASE("a message that Discord takes is taken") {
  CHECK(message_errors(R"({"content":"hi"})").empty());
  CHECK(message_errors(R"({"content":null,"embeds":[{"title":"t","fields":[{"name":"a","value":"b"}]}],"tts":false})").empty());
  CHECK(message_errors(R"({"components":[{"type":1,"components":[{"type":2,"style":1,"label":"ok","custom_id":"x"}]}]})").empty());
  CHECK(message_errors(R"({"nonce":12,"flags":64,"allowed_mentions":{"parse":["users"],"replied_user":true}})").empty());
  CHECK(message_errors(R"({"content":"hi","something_of_tomorrow":1})").empty());
}

TEST_CASE("errors are nested as Discord nests them") {
  CHECK(message_errors(R"({"embeds":[{"title":"a"},{"title":7}]})") ==
        R"({"embeds":{"1":{"title":{"_errors":[{"code":"STRING_TYPE_CONVERT","message":"Could not interpret \"7\" as string."}]}}}})");
  CHECK(message_errors(R"([])") ==
        R"({"_errors":[{"code":"MODEL_TYPE_CONVERT","message":"Only dictionaries may be used in a ModelType"}]})");
}

TEST_CASE("lengths are counted in characters, not bytes") {
  std::string umlauts;
  for (int i = 0; i < 2000; ++i) umlauts += "ü";
  CHECK(message_errors(R"({"content":")" + umlauts + R"("})").empty());
  CHECK(message_errors(R"({"content":")" + umlauts + R"(ü"})").find("BASE_TYPE_MAX_LENGTH") != std::string::npos);
}

TEST_CASE("each kind of wrong value is named") {
  const auto code = [](std::string_view body) {
    const auto errors = message_errors(body);
    const auto at = errors.find(R"("code":")");
    return at == std::string::npos ? std::string("none") : errors.substr(at + 8, errors.find('"', at + 8) - at - 8);
  };
  CHECK(code(R"({"tts":"yes"})") == "BOOLEAN_TYPE_CONVERT");
  CHECK(code(R"({"flags":"many"})") == "NUMBER_TYPE_COERCE");
  CHECK(code(R"({"embeds":{}})") == "LIST_TYPE_CONVERT");
  CHECK(code(R"({"embeds":[{"color":16777216}]})") == "NUMBER_TYPE_MAX");
  CHECK(code(R"({"embeds":[{"color":-1}]})") == "NUMBER_TYPE_MIN");
  CHECK(code(R"({"embeds":[{"timestamp":"yesterday"}]})") == "DATE_TIME_TYPE_PARSE");
  CHECK(code(R"({"embeds":[{"url":"nowhere"}]})") == "URL_TYPE_INVALID_URL");
  CHECK(code(R"({"embeds":[{"url":"gopher://x"}]})") == "URL_TYPE_INVALID_SCHEME");
  CHECK(code(R"({"message_reference":{"message_id":"abc"}})") == "NUMBER_TYPE_COERCE");
  CHECK(code(R"({"message_reference":{}})") == "BASE_TYPE_REQUIRED");
  CHECK(code(R"({"allowed_mentions":{"parse":["all"]}})") == "BASE_TYPE_CHOICES");
  CHECK(code(R"({"allowed_mentions":{"users":["1","1"]}})") == "SET_TYPE_ALREADY_CONTAINS_VALUE");
  CHECK(code(R"({"components":[{"type":99}]})") == "UNION_TYPE_CHOICES");
  CHECK(code(R"({"components":[{"type":1,"components":[]}]})") == "BASE_TYPE_BAD_LENGTH");
}

TEST_CASE("a modal has at most five components, whatever the schema says") {
  std::string components;
  for (int i = 0; i < 6; ++i) {
    const auto n = std::to_string(i);
    components += (i ? "," : "");
    components += R"({"type":1,"components":[{"type":4,"custom_id":")" + n + R"(","style":1,"label":"l"}]})";
  }
  const auto path = "/interactions/1/token/callback";
  CHECK(errors_of("POST", path, R"({"type":9,"data":{"custom_id":"m","title":"t","components":[)" + components + "]}}")
            .find("BASE_TYPE") != std::string::npos);
  CHECK(errors_of("POST", path, R"({"type":4,"data":{"content":"hi"}})").empty());
  CHECK(errors_of("POST", path, R"({"type":5})").empty());
  CHECK(errors_of("POST", path, R"({"type":9})").find("BASE_TYPE_REQUIRED") != std::string::npos);
  CHECK(errors_of("POST", path, R"({"type":77})").find("UNION_TYPE_CHOICES") != std::string::npos);
}

TEST_CASE("command options are told apart by their type") {
  const auto path = "/applications/1/commands";
  CHECK(errors_of("POST", path, R"({"name":"roll","description":"d","options":[{"type":4,"name":"n","description":"d","min_value":2}]})").empty());
  CHECK(errors_of("PUT", path, R"([{"name":"roll","description":"d"}])").empty());
  const auto errors = errors_of("PUT", path, R"([{"name":"roll","options":[{"type":1,"name":"s","description":"d","options":[{"type":3}]}]}])");
  CHECK(errors.find(R"({"0":{"options":{"0":{"options":{"0":{"description")") == 0);
}

TEST_CASE("rules beyond the tables: messages") {
  const auto errors_in = [](std::string_view body) {
    form_errors errors;
    check_message_rules(parse_json(body), 0, nullptr, errors);
    return errors.summary();
  };
  CHECK(errors_in(R"({"content":"hi"})").empty());
  const std::string big(3500, 'x');
  CHECK(errors_in(R"({"embeds":[{"description":")" + big + R"("},{"description":")" + big + R"("}]})") ==
        "embeds: MAX_EMBED_SIZE_EXCEEDED");
  CHECK(errors_in(R"({"flags":32768,"content":"no","components":[{"type":10,"content":"t"}]})") ==
        "content: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2");
  CHECK(errors_in(R"({"components":[{"type":10,"content":"t"}]})") == "components.0.type: UNION_TYPE_CHOICES");
  CHECK(errors_in(R"({"components":[{"type":1,"components":[{"type":2,"style":1,"label":"a","custom_id":"x"},{"type":2,"style":1,"label":"b","custom_id":"x"}]}]})") ==
        "components.0.components.1.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED");
  CHECK(errors_in(R"({"components":[{"type":1,"components":[{"type":2,"style":5,"label":"a"}]}]})") ==
        "components.0.components.0.url: BASE_TYPE_REQUIRED");
  CHECK(errors_in(R"({"attachments":[{"id":"1234567890123456789"}]})") == "attachments.0.id: MODEL_VALUE_INVALID_FILE");
  CHECK(errors_in(R"({"attachments":[{"id":0}]})") == "attachments.0.id: MODEL_VALUE_INVALID_FILE");
  CHECK(errors_in(R"({"allowed_mentions":{"parse":["users"],"users":["1"]}})") ==
        "allowed_mentions.parse: MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE");
}

TEST_CASE("rules beyond the tables: commands") {
  const auto errors_in = [](std::string_view body) {
    form_errors errors;
    check_command_rules(parse_json(body), {}, errors);
    return errors.summary();
  };
  CHECK(errors_in(R"({"name":"würfeln","description":"d"})").empty());
  CHECK(errors_in(R"({"name":"Roll","description":"d"})") == "name: APPLICATION_COMMAND_INVALID_NAME");
  CHECK(errors_in(R"({"name":"two words","type":2})").empty());
  CHECK(errors_in(R"({"name":"x","type":3,"description":"d"})") ==
        "description: APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID");
  CHECK(errors_in(R"({"name":"x","description":"d","options":[{"name":"a","description":"d","type":3},{"name":"b","description":"d","type":3,"required":true}]})") ==
        "options.1: APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID");
  form_errors errors;
  check_command_list(parse_json(R"([{"name":"a"},{"name":"a"},{"name":"a","type":2}])"), errors);
  CHECK(errors.summary() == "1.name: APPLICATION_COMMANDS_DUPLICATE_NAME");
}

TEST_CASE("routes are matched, the more literal one first") {
  CHECK(match_route("GET", "/users/@me").route->operation == "get_my_user");
  CHECK(match_route("GET", "/users/1").params.at("user_id") == "1");
  CHECK(match_route("PATCH", "/webhooks/1/t/messages/@original").route->operation == "update_original_webhook_message");
  CHECK(match_route("PATCH", "/webhooks/1/t/messages/%40original").route->operation == "update_original_webhook_message");
  CHECK(match_route("PUT", "/channels/1/messages/2/reactions/%F0%9F%94%A5/@me").params.at("emoji_name") == "🔥");
  CHECK(!match_route("PUT", "/gateway").route);
  CHECK(match_route("PUT", "/gateway").path_known);
  CHECK(!match_route("GET", "/nowhere").path_known);
}
