// SPDX-License-Identifier: MIT
// What Discord adds after this library was written is kept and written back.
#include <monochord/json/codec.hpp>
#include <monochord/model/application_command.hpp>
#include <monochord/model/channel_events.hpp>
#include <monochord/model/interaction.hpp>
#include <monochord/model/message.hpp>

#include "support/catch.hpp"

using namespace monochord;

namespace {

// Decodes what nobody knows yet, and encodes it again.
template <class T>
T kept(const std::string& text) {
  const std::uint64_t before = json::counters().unknown_kinds;
  T value = json::decode<T>(text);
  CHECK(json::encode(value) == text);
  CHECK(json::counters().unknown_kinds > before);
  return value;
}

}  // namespace

TEST_CASE("a channel of a new kind keeps its type and its text") {
  const std::string text = R"({"id":"1","type":99,"name":"x","lanes": [1, {"a":null}]})";
  const auto one = kept<channel>(text);
  CHECK(one.type == static_cast<channel_type>(99));
  CHECK(one.name.value() == "x");
  CHECK(one.unknown->text() == text);
  kept<std::vector<channel>>("[" + text + "]");
  // The event that holds it, too.
  CHECK(kept<channel_create>(text).channel.unknown->text() == text);
  CHECK_FALSE(json::decode<channel>(std::string_view(R"({"id":"1","type":16})")).unknown);
}

TEST_CASE("an interaction of a new type keeps its type, its data and its text") {
  const std::string text = R"({"id":"1","application_id":"2","type":77,"data":{"z":[0.5]},"token":"t","version":1,"news":true})";
  const auto one = kept<interaction>(text);
  CHECK(one.type == static_cast<interaction_type>(77));
  REQUIRE(one.data.unknown());
  CHECK(one.data.unknown()->text() == R"({"z":[0.5]})");
}

TEST_CASE("a command and an option of a new type keep their type and text") {
  const std::string option = R"({"type":55,"name":"o","description":"d","shape":"round"})";
  const std::string command = R"({"id":"1","type":9,"application_id":"2","name":"c","description":"","version":"3","options":[)" + option + R"(],"x":1})";
  CHECK(kept<application_command>(command).type.value() == static_cast<application_command_type>(9));
  const std::string known = R"({"id":"1","type":1,"application_id":"2","name":"c","description":"","options":[)" + option + R"(],"version":"3"})";
  const auto one = kept<application_command>(known);
  CHECK_FALSE(one.unknown);
  CHECK(one.options->at(0).unknown->text() == option);
}

TEST_CASE("components of a new type and members of enums keep what they are") {
  const std::string text = R"({"type":2,"content":"c","flags":2147483648,"components":[{"type":88,"pips":[1,2]},{"type":10,"content":"t"}]})";
  const auto one = kept<partial_message>(text);
  REQUIRE(one.components->at(0).unknown());
  CHECK(one.components->at(0).type() == static_cast<component_type>(88));
  CHECK(one.flags->bits() == 2147483648U);
  const auto odd = json::decode<partial_message>(std::string_view(R"({"type":-3})"));
  CHECK(json::encode(odd) == R"({"type":-3})");
}
