// SPDX-License-Identifier: MIT
// Every event that Discord's gateway sends has a row in gateway/events.def, with its intents, and a model with its fields.
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include <monochord/gateway/event_traits.hpp>

#include "json/table.hpp"
#include "support/catch.hpp"
#include "support/models.hpp"
#include "support/skip.hpp"

using namespace monochord;
using namespace monochord::tests;
using value = nlohmann::json;

namespace {

struct event {
  const char* model;
  flags<intent> intents;
};

std::map<std::string, event> events() {
  return {
#define MONOCHORD_EVENT(type, wire_name, intents_) {wire_name, {#type, event_traits<type>::intents}},
#include <monochord/gateway/events.def>
#undef MONOCHORD_EVENT
  };
}

bool has(const json::table& how, const std::string& name) {
  for (std::uint32_t i = 0; i < how.count; ++i)
    if (how.fields[i].name == name) return true;
  return how.inlined && has(how.inlined(), name);
}

}  // namespace

TEST_CASE("every event of the gateway has a row with its intents, and a model with its fields") {
  const auto folder = test::discord_data();
  if (!folder) return test::skip(test::no_discord_data);
  std::ifstream file(*folder / "gateway.json", std::ios::binary);
  const value data = value::parse(file);
  std::map<std::string, std::uint64_t> bits;
  for (const value& one : data.at("intents")) bits[one.at("name")] = one.at("value").get<std::uint64_t>();
  auto ours = events();
  std::size_t all = 0;
  std::size_t good = 0;
  std::size_t fields = 0;
  for (const value& theirs : data.at("receive")) {
    if (theirs.value("op", 0) != 0) continue;  // no event: the session's own messages
    ++all;
    const auto name = theirs.at("name").get<std::string>();
    const auto row = ours.find(name);
    if (row == ours.end()) {
      FAIL_CHECK(name << " has no row in events.def");
      continue;
    }
    std::string wrong;
    std::uint64_t intents = 0;
    for (const value& one : theirs.at("intents")) intents |= bits.at(one.get<std::string>());
    if (intents != static_cast<std::uint64_t>(row->second.intents.bits())) wrong += " other intents;";
    for (const char* list : {"fields", "extra_fields"}) {
      for (const value& field : theirs.value(list, value::array())) {
        ++fields;
        const auto field_name = field.at("name").get<std::string>();
        if (!has(model_named(row->second.model).table(), field_name)) wrong += " no " + field_name + ";";
      }
    }
    if (wrong.empty()) ++good;
    else FAIL_CHECK(name << ":" << wrong);
    ours.erase(row);
  }
  for (const auto& [name, row] : ours) FAIL_CHECK(name << " is not documented any more");
  std::printf("events %zu / %zu, %zu fields\n", good, all, fields);
  CHECK(all > 70);
}
