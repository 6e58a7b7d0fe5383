// SPDX-License-Identifier: MIT
// Discord's own examples: each that shows one of our objects decodes, re-encodes to the same fields, and is refused when
// it is cut anywhere.
#include <fstream>
#include <sstream>

#include <monochord/json/payload.hpp>

#include "support/models.hpp"
#include "support/samples.hpp"
#include "support/catch.hpp"
#include "support/skip.hpp"

using namespace monochord;
using namespace monochord::tests;

namespace {

struct shown {
  std::string_view target;  // as index.json says, without "object:"
  std::string_view model;
};
constexpr shown objects[] = {
    {"events/gateway-events#activity-object-activity-structure", "activity"},
    {"interactions/receiving-and-responding#interaction-object-interaction-structure", "interaction"},
    {"resources/application#application-object-application-structure", "application"},
    {"resources/channel#channel-object-channel-structure", "channel"},
    {"resources/emoji#emoji-object-emoji-structure", "emoji"},
    {"resources/entitlement#entitlement-object-entitlement-structure", "entitlement"},
    {"resources/guild#guild-member-object-guild-member-structure", "member"},
    {"resources/guild#guild-object-guild-structure", "guild"},
    {"resources/guild#incidents-data-object-incidents-data-structure", "incidents_data"},
    {"resources/guild#unavailable-guild-object", "unavailable_guild"},
    {"resources/guild#welcome-screen-object-welcome-screen-structure", "welcome_screen"},
    {"resources/message#message-object-message-structure", "message"},
    {"resources/message#shared-client-theme-object-shared-client-theme-object-structure", "shared_client_theme"},
    {"resources/message#create-message (request body)", "partial_message"},
    {"resources/soundboard#soundboard-sound-object-soundboard-sound-structure", "soundboard_sound"},
    {"resources/stage-instance#stage-instance-object-stage-instance-structure", "stage_instance"},
    {"resources/sticker#sticker-object-sticker-structure", "sticker"},
    {"resources/user#user-object-user-structure", "user"},
    {"resources/voice#voice-state-object-voice-state-structure", "voice_state"},
    {"topics/permissions#role-object-role-structure", "role"},
    {"topics/rate-limits#exceeding-a-rate-limit-rate-limit-response-structure", "api_error"},
    {"events/gateway#get-gateway-bot-json-response", "gateway_bot_info"},
    {"interactions/application-commands#application-command-object", "command_definition"},
};
constexpr shown payloads[] = {
    {"gateway:Hello", "hello"},
    {"gateway:Identify", "identify"},
    {"gateway:Resume", "resume"},
    {"gateway:Update Presence", "gateway_presence_update"},
    {"gateway:Update Voice State", "voice_state_update_request"},
    {"gateway:Request Guild Members", "request_guild_members"},
    {"gateway:Request Soundboard Sounds", "request_soundboard_sounds"},
    {"gateway:Request Channel Info", "request_channel_info"},
    {"gateway:VOICE_SERVER_UPDATE", "voice_server_update"},
    {"gateway:VOICE_SERVER_UPDATE (d only)", "voice_server_update"},
};

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

void erase(value& at, const std::string& key) {
  if (at.is_object()) at.erase(key);
  if (at.is_structured())
    for (auto& inner : at) erase(inner, key);
}

// What some examples leave out or get wrong, though Discord always sends it; the rest of them is shown all the same.
value completed(value example, std::string_view model, const std::string& file) {
  if (model == "interaction") {
    const value always{{"id", "1"}, {"application_id", "2"}, {"token", "x"}, {"version", 1}};
    for (const auto& [key, filling] : always.items())
      if (!example.contains(key)) example[key] = filling;
  }
  if (file == "guild-guild-member.json") example.erase("user");  // an empty object
  if (file == "message-shared-client-theme.json") example = example.at("shared_client_theme");
  if (file == "permissions-default-role-colors.json") example = example.at("colors");
  // In examples, but documented nowhere.
  for (const char* undocumented : {"gift_code_flags", "subscription_id", "is_pending", "display_name_styles"}) erase(example, undocumented);
  if (file == "application-application.json")
    for (auto& member : example.at("team").at("members")) member.erase("permissions");
  if (file == "application-commands-retrieving-localized-commands.json") erase(example, "name_localized"), erase(example, "description_localized");  // of application_command
  std::string text = example.dump();
  const std::string_view impossible = "111111111111111111111";  // over 64 bits
  for (auto at = text.find(impossible); at != std::string::npos; at = text.find(impossible, at)) text.replace(at, 21, "1111111111111111111");
  return value::parse(text);
}

void check(const model& m, const value& example, const std::string& name) {
  const std::string text = completed(example, m.name, name).dump();
  std::string out;
  json::failure why;
  const bool good = m.round(text, out, why);
  INFO(name << " as " << m.name << " at " << why.path << ": " << why.reason << "\n" << text);
  CHECK(good);
  if (!good) return;
  std::string where = "$";
  const bool equal = m.name == "api_error" || same(value::parse(text), value::parse(out), where);  // only ever read
  INFO("differs at " << where << ": " << out);
  CHECK(equal);
  for (std::size_t size = 0; size < text.size(); ++size) {
    json::failure cut;
    if (m.round(text.substr(0, size), out, cut)) FAIL_CHECK("took a truncation of " << name << " at " << size);
  }
}

}  // namespace

TEST_CASE("Discord's examples decode and re-encode") {
  const auto data = test::discord_data();
  if (!data) return test::skip(test::no_discord_data);
  const value index = value::parse(read(*data / "fixtures" / "index.json"));
  int checked = 0;
  for (const auto& entry : index.at("fixtures")) {
    if (!entry.contains("target") || entry.at("kind") == "rpc") continue;
    const auto file = entry.at("file").get<std::string>();
    auto target = entry.at("target").get<std::string>();
    const value content = value::parse(read(*data / "fixtures" / file));
    for (const shown& s : payloads) {
      if (target != s.target) continue;
      check(model_named(s.model), content.contains("d") ? content.at("d") : content, file);
      ++checked;
      if (!content.contains("d")) continue;
      const std::string text = content.dump();
      const json::payload_head head = json::peek(text);
      CHECK(head.op == content.at("op").get<int>());
      CHECK(value::parse(head.d) == content.at("d"));
    }
    if (!target.starts_with("object:")) continue;
    target.erase(0, 7);
    for (const shown& s : objects) {
      if (target != s.target) continue;
      if (file == "guild-get-guild-role-member-counts-example-response.json") continue;  // counts, not a guild
      const bool colors = file == "permissions-default-role-colors.json";
      // Some examples are lists of the object.
      const value& body = content.contains("items") ? content.at("items") : content;
      if (body.is_array()) {
        for (const auto& one : body) check(model_named(s.model), one, file);
      } else {
        check(model_named(colors ? "role_colors" : s.model), body, file);
      }
      ++checked;
    }
  }
  CHECK(checked > 90);
}
