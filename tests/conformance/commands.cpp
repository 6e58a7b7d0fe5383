// SPDX-License-Identifier: MIT
// Every payload that Discord takes on the gateway is sent by somebody here, with its fields and within its limits.
#include <cstdio>
#include <fstream>
#include <map>
#include <monochord/model/gateway.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "json/table.hpp"
#include "protocol/guild_call.hpp"
#include "protocol/member_call.hpp"
#include "protocol/send_limit.hpp"
#include "support/catch.hpp"
#include "support/skip.hpp"

using namespace monochord;
using value = nlohmann::json;

namespace {

/// What clients send besides heartbeats: by whom, and the model of its data.
const std::map<int, std::pair<std::string, const json::table*>> sent{
    {2, {"the session", &json::table_of<identify>()}},
    {3, {"gateway_commands::update_presence", &json::table_of<gateway_presence_update>()}},
    {4, {"gateway_commands::update_voice_state", &json::table_of<voice_state_update_request>()}},
    {6, {"the session", &json::table_of<resume>()}},
    {8, {"gateway_commands::request_guild_members", &json::table_of<request_guild_members>()}},
    {31, {"gateway_commands::request_soundboard_sounds", &json::table_of<request_soundboard_sounds>()}},
    {43, {"gateway_commands::request_channel_info", &json::table_of<request_channel_info>()}},
};

bool has(const json::table& how, const std::string& name) {
  for (std::uint32_t i = 0; i < how.count; ++i)
    if (how.fields[i].name == name) return true;
  return false;
}

}  // namespace

TEST_CASE("every opcode that clients send is a command, or the session's own, with all its fields") {
  const auto folder = test::discord_data();
  if (!folder) return test::skip(test::no_discord_data);
  std::ifstream file(*folder / "gateway.json", std::ios::binary);
  const value data = value::parse(file);
  auto left = sent;
  std::size_t fields = 0;
  for (const value& theirs : data.at("send")) {
    const int op = theirs.at("op").get<int>();
    if (op == 1) continue;  // a number, no object
    const auto found = left.find(op);
    INFO(theirs.at("name").get<std::string>());
    REQUIRE(found != left.end());
    for (const value& field : theirs.at("fields")) {
      ++fields;
      INFO(field.at("name").get<std::string>());
      CHECK(has(*found->second.second, field.at("name").get<std::string>()));
    }
    left.erase(found);
  }
  CHECK(left.empty());
  for (const value& opcode : data.at("opcodes")) {
    const int code = opcode.at("code").get<int>();
    const bool is_sent = opcode.at("client").get<std::string>().find("Send") != std::string::npos;
    INFO("opcode " << code);
    CHECK(is_sent == (code == 1 || sent.contains(code)));
  }
  std::printf("commands %zu / %zu, %zu fields\n", sent.size() - left.size(), sent.size(), fields);

  const auto constant = [&](const char* name) -> value {
    for (const value& one : data.at("constants"))
      if (one.at("name") == name) return one.at("value");
    return {};
  };
  const auto members = constant("request_guild_members");
  CHECK(members.at("user_ids_max") == protocol::member_call::ids_in_a_payload);
  CHECK(members.at("nonce_max_bytes") == protocol::member_call::nonce_bytes);
  CHECK(constant("send_limit").at("events") == protocol::send_limit::limit);
  CHECK(constant("max_send_payload_bytes") == 4096);
  protocol::guild_call call(protocol::guild_question::channel_info, {{guild_id{1}}});
  const auto payload = call.next({});
  REQUIRE(payload);
  CHECK(value::parse(payload->payload).at("d").at("fields") == constant("request_channel_info_fields"));
}
