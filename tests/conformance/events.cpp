// SPDX-License-Identifier: MIT
// Every event that Discord's gateway sends has a row in gateway/events.def, with its intents, a model with its fields, and a
// sample that reaches a handler; every opcode a name and a sample.
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include <monochord/dispatch/event_type.hpp>
#include <monochord/gateway/event_traits.hpp>
#include <monochord/json/payload.hpp>
#include <monochord/model/events.hpp>
#include <monochord/model/gateway_opcode.hpp>

#include "json/table.hpp"
#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include "support/models.hpp"
#include "support/samples.hpp"
#include "support/skip.hpp"

using namespace monochord;
using namespace monochord::tests;
using json_value = nlohmann::json;

namespace {

struct event {
  const char* model;
  flags<intent> intents;
  const event_type* type;
};

std::map<std::string, event> events() {
  return {
#define MONOCHORD_EVENT(type, wire_name, intents_) {wire_name, {#type, event_traits<type>::intents, &event_type_of<type>()}},
#include <monochord/gateway/events.def>
#undef MONOCHORD_EVENT
  };
}

bool has(const json::table& how, const std::string& name) {
  for (std::uint32_t i = 0; i < how.count; ++i)
    if (how.fields[i].name == name) return true;
  return how.inlined && has(how.inlined(), name);
}

json_value data_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return json_value::parse(in);
}

/// A value of what the documentation calls its type, where that alone says it all.
std::optional<value> documented(const std::string& type) {
  static const std::map<std::string, value> known{{"snowflake", "1234567890123456789"},
                                                  {"string", "text"},
                                                  {"integer", 7},
                                                  {"boolean", true},
                                                  {"float", 0.5},
                                                  {"double", 0.5},
                                                  {"ISO8601 timestamp", "2024-05-06T07:08:09.123456+00:00"},
                                                  {"array of snowflakes", value::array({"1", "1234567890123456789"})},
                                                  {"array of strings", value::array({"a", "b"})}};
  const auto found = known.find(type);
  return found == known.end() ? std::nullopt : std::optional<value>(found->second);
}

/// The event's data as the documentation has it: with every field, without those that may be absent, with null where it may be.
std::vector<std::string> samples_of(const json_value& theirs, const std::string& model) {
  std::vector<std::string> out;
  for (const int variant : {0, 1, 2}) {
    value sample = tests::sample(model_named(model).table(), extent::all);
    for (const char* list : {"fields", "extra_fields"})
      for (const json_value& field : theirs.value(list, json_value::array())) {
        const auto name = field.at("name").get<std::string>();
        if (auto simple = documented(field.at("type"))) sample[name] = *simple;
        if (variant == 1 && field.value("optional", false)) sample.erase(name);
        if (variant == 2 && field.value("nullable", false)) sample[name] = nullptr;
      }
    out.push_back(sample.dump());
  }
  return out;
}

/// "Heartbeat ACK" as heartbeat_ack.
std::string snake(std::string text) {
  for (char& c : text) c = c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

TEST_CASE("every event of the gateway has a row with its intents, and a model with its fields") {
  const auto folder = test::discord_data();
  if (!folder) return test::skip(test::no_discord_data);
  const json_value data = data_of(*folder / "gateway.json");
  std::map<std::string, std::uint64_t> bits;
  for (const json_value& one : data.at("intents")) bits[one.at("name")] = one.at("value").get<std::uint64_t>();
  auto ours = events();
  std::size_t all = 0;
  std::size_t good = 0;
  std::size_t fields = 0;
  std::size_t decoded = 0;
  for (const json_value& theirs : data.at("receive")) {
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
    for (const json_value& one : theirs.at("intents")) intents |= bits.at(one.get<std::string>());
    if (intents != static_cast<std::uint64_t>(row->second.intents.bits())) wrong += " other intents;";
    for (const char* list : {"fields", "extra_fields"}) {
      for (const json_value& field : theirs.value(list, json_value::array())) {
        ++fields;
        const auto field_name = field.at("name").get<std::string>();
        if (!has(model_named(row->second.model).table(), field_name)) wrong += " no " + field_name + ";";
      }
    }
    bool all_decoded = true;
    for (const auto& text : samples_of(theirs, row->second.model)) {
      try {
        all_decoded = row->second.type->decode(json::padded_text(text.data(), text.size(), text.size())) != nullptr && all_decoded;
      } catch (const decode_error& e) {
        wrong += std::string(" ") + e.what() + " in " + text + ";";
      }
    }
    if (all_decoded && wrong.empty()) ++decoded;
    if (wrong.empty()) ++good;
    else FAIL_CHECK(name << ":" << wrong);
    ours.erase(row);
  }
  for (const auto& [name, row] : ours) FAIL_CHECK(name << " is not documented any more");
  std::printf("events %zu / %zu, %zu fields, %zu with samples decoded\n", good, all, fields, decoded);
  CHECK(all > 70);
}

TEST_CASE("every event reaches its handler, and a raw handler as the bytes that were sent") {
  const auto folder = test::discord_data();
  if (!folder) return test::skip(test::no_discord_data);
  simulated_world w;
  auto options = w.options();
  options.intents = all_intents;
  client bot(w.world.bot_token(), options);
  std::map<std::string, int> seen;
  std::map<std::string, std::vector<std::string>> bytes;
#define MONOCHORD_EVENT(type, wire_name, intents_) bot.on<type>([&](const type&) { ++seen[wire_name]; });
#include <monochord/gateway/events.def>
#undef MONOCHORD_EVENT
  bot.on_raw([&](const raw_event& sent) { bytes[std::string(sent.name)].emplace_back(sent.data); });
  bot.on_error([&](std::exception_ptr, const raw_event& event) { FAIL_CHECK("an error in " << event.name); });
  bool ended = false;
  const auto live = [&]() -> task<> {
    co_await bot.async_run();
    ended = true;
  };
  w.sim.spawn(live());
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.discord().disconnect();
  w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, std::chrono::minutes{1});
  w.sim.settle();  // sent is not yet read

  const auto known = events();
  std::size_t all = 0, arrived = 0;
  const json_value data = data_of(*folder / "gateway.json");
  for (const json_value& theirs : data.at("receive")) {
    if (theirs.value("op", 0) != 0) continue;
    ++all;
    const auto name = theirs.at("name").get<std::string>();
    if (name == "READY" || name == "RESUMED") {  // only a session's own can come
      arrived += seen[name] == 1 && bytes[name].size() == 1;
      continue;
    }
    const auto before = seen[name];
    bytes[name].clear();
    const auto text = samples_of(theirs, known.at(name).model).front();
    w.discord().send_event(name, text);
    w.sim.settle();
    const bool right = seen[name] == before + 1 && bytes[name].size() == 1 && json_value::parse(bytes[name][0]) == json_value::parse(text);
    if (!right) FAIL_CHECK(name << " did not arrive as it was sent");
    arrived += right;
  }
  std::printf("events that reach a handler %zu / %zu\n", arrived, all);
  CHECK(all > 70);
  CHECK(arrived == all);
  bot.stop();
  w.sim.run_until([&] { return ended; }, std::chrono::minutes{1});
}

TEST_CASE("every opcode of the gateway has a name, and Discord's example of it is read") {
  const auto folder = test::discord_data();
  if (!folder) return test::skip(test::no_discord_data);
  using enum gateway_opcode;
  std::map<std::string, gateway_opcode> ours{
      {"dispatch", dispatch}, {"heartbeat", heartbeat}, {"identify", identify}, {"presence_update", presence_update},
      {"voice_state_update", voice_state_update}, {"resume", resume}, {"reconnect", reconnect},
      {"request_guild_members", request_guild_members}, {"invalid_session", invalid_session}, {"hello", hello},
      {"heartbeat_ack", heartbeat_ack}, {"request_soundboard_sounds", request_soundboard_sounds},
      {"request_channel_info", request_channel_info}};
  std::map<int, int> shown;  // by opcode: examples whose head is read
  const json_value index = data_of(*folder / "fixtures" / "index.json");
  for (const json_value& entry : index.at("fixtures")) {
    if (!entry.at("page").get<std::string>().starts_with("events/gateway")) continue;
    const json_value example = data_of(*folder / "fixtures" / entry.at("file").get<std::string>());
    if (!example.is_object() || !example.contains("op")) continue;
    const auto text = example.dump();
    const auto head = json::peek(text);
    CHECK(json_value::parse(head.d.empty() ? "null" : head.d) == example.value("d", json_value()));
    CHECK(head.op == example.at("op").get<int>());
    ++shown[head.op];
  }
  std::size_t all = 0, good = 0;
  const json_value data = data_of(*folder / "gateway.json");
  for (const json_value& theirs : data.at("opcodes")) {
    ++all;
    const auto name = snake(theirs.at("name"));
    const int code = theirs.at("code");
    const auto found = ours.find(name);
    if (found == ours.end() || static_cast<int>(found->second) != code) FAIL_CHECK("opcode " << code << " is not " << name);
    else if (shown[code] == 0) FAIL_CHECK("no example of opcode " << code << " was read");
    else ++good;
    if (found != ours.end()) ours.erase(found);
  }
  for (const auto& [name, code] : ours) FAIL_CHECK(name << " is not documented any more");
  std::printf("opcodes %zu / %zu\n", good, all);
  CHECK(all > 10);
  CHECK(good == all);
}
