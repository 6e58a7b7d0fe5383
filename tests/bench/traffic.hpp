// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace monochord::bench {

/// What a big bot reads: 35 % presence updates, 25 % typing, 25 % messages of 1 to 1.5 kB, the rest updates. The fields
/// and their order are those of Discord's gateway; the same seed gives the same bytes.
class traffic {
 public:
  static constexpr std::size_t guild_count = 400;

  /// Of one shard: each has guilds of its own, all have the same users.
  explicit traffic(unsigned seed = 1, unsigned shard = 0) : random_(seed), shard_(shard) {}

  std::vector<std::string> payloads(std::size_t count) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(payload(i + 1));
    return all;
  }
  /// The next event, with this sequence number.
  std::string payload(std::size_t s) {
    const auto [name, d] = event();
    return as_payload(name, s, d);
  }
  /// GUILD_CREATE of one of the guilds that the events are about.
  std::string guild(std::size_t number, std::size_t s) {
    json d{{"id", guild_id(number)}, {"name", words(14)}, {"icon", hex(32)}, {"splash", nullptr}, {"discovery_splash", nullptr},
           {"owner_id", id(1, 5000)}, {"afk_channel_id", nullptr}, {"afk_timeout", 300}, {"verification_level", 1},
           {"default_message_notifications", 1}, {"explicit_content_filter", 2}, {"features", json::array()}, {"mfa_level", 0},
           {"application_id", nullptr}, {"system_channel_id", nullptr}, {"system_channel_flags", 0}, {"rules_channel_id", nullptr},
           {"vanity_url_code", nullptr}, {"description", nullptr}, {"banner", nullptr}, {"premium_tier", 0},
           {"preferred_locale", "en-US"}, {"public_updates_channel_id", nullptr}, {"nsfw_level", 0},
           {"premium_progress_bar_enabled", false}, {"safety_alerts_channel_id", nullptr}, {"joined_at", when()}, {"large", true},
           {"member_count", 5000}};
    for (const char* list : {"roles", "emojis", "stickers", "voice_states", "members", "channels", "threads", "presences",
                             "stage_instances", "guild_scheduled_events", "soundboard_sounds"})
      d[list] = json::array();
    for (int i = 0; i < 12; ++i) d["roles"].push_back(role());
    for (int i = 0; i < 12; ++i) d["channels"].push_back(channel());
    for (int i = 0; i < 20; ++i) d["members"].push_back(member(true));
    return as_payload("GUILD_CREATE", s, d);
  }
  std::string guild_id(std::uint64_t number) const {
    return std::to_string(175928847299117063U + 3 * 10'000'000'000'007U + shard_ * 2'000'000'000'003U + number * 4'194'304'003U);
  }

 private:
  using json = nlohmann::ordered_json;

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  template <std::size_t N>
  const char* one_of(const char* const (&all)[N]) {
    return all[below(N)];
  }
  // Of a fixed population, as a bot sees the same people again.
  std::string id(std::uint64_t kind, std::uint64_t population) {
    return std::to_string(175928847299117063U + kind * 10'000'000'000'007U + below(population) * 4'194'304'003U);
  }
  std::string fresh_id() { return std::to_string(1201928847299117063U + (++made_) * 4'194'313U); }
  std::string hex(int digits) {
    std::string text;
    for (int i = 0; i < digits; ++i) text += "0123456789abcdef"[below(16)];
    return text;
  }
  std::string when() {
    return "2024-0" + std::to_string(1 + below(9)) + "-1" + std::to_string(below(10)) + "T1" + std::to_string(below(10)) + ":3" +
           std::to_string(below(10)) + ":4" + std::to_string(below(10)) + "." + std::to_string(100000 + below(900000)) + "+00:00";
  }
  std::string words(std::size_t bytes) {
    static const char* const vocabulary[] = {"the",  "server", "was",    "restarted", "again", "and", "nobody", "noticed", "until", "somebody", "asked",
                                             "why",  "music",  "queue",  "looked",    "so",    "odd", "today",  "\u00fcber", "\U0001F600", "\"quoted\"",
                                             "https://example.org/a/b?c=d", "<@80351110224678912>", "**bold**", "line\nbreak"};
    std::string text;
    while (text.size() < bytes) text += (text.empty() ? "" : " ") + std::string(one_of(vocabulary));
    return text;
  }

  json user() {
    const std::string name = "user_" + std::to_string(below(5000));
    json u{{"username", name}, {"public_flags", below(4) ? 0 : 4194304}, {"primary_guild", nullptr}, {"id", id(1, 5000)},
           {"global_name", below(2) ? json(name + " the " + std::to_string(below(100))) : json(nullptr)}};
    u["display_name_styles"] = nullptr;
    u["discriminator"] = "0";
    u["collectibles"] = nullptr;
    u["clan"] = nullptr;
    if (below(10) == 0) u["bot"] = true;
    u["avatar_decoration_data"] = nullptr;
    u["avatar"] = hex(32);
    return u;
  }
  json member(bool with_user) {
    json roles = json::array();
    for (std::uint64_t i = below(6); i > 0; --i) roles.push_back(id(2, 300));
    json m{{"roles", roles}, {"premium_since", nullptr}, {"pending", false}, {"nick", below(3) ? json(nullptr) : json(words(12))},
           {"mute", false},  {"joined_at", when()}, {"flags", below(3)}, {"deaf", false}, {"communication_disabled_until", nullptr},
           {"banner", nullptr}, {"avatar", nullptr}};
    if (with_user) m["user"] = user();
    return m;
  }
  json presence() {
    static const char* const games[] = {"VALORANT", "Minecraft", "Visual Studio Code", "League of Legends"};
    static const char* const statuses[] = {"online", "idle", "dnd", "offline"};
    json activities = json::array();
    if (below(3) == 0)
      activities.push_back({{"type", 4}, {"state", words(20)}, {"name", "Custom Status"}, {"id", "custom"}, {"created_at", 1719410000000 + below(100000000)}});
    if (below(2) == 0)
      activities.push_back({{"type", 0},
                            {"timestamps", {{"start", 1719410000000 + below(100000000)}}},
                            {"name", one_of(games)},
                            {"id", hex(16)},
                            {"details", words(25)},
                            {"created_at", 1719410000000 + below(100000000)},
                            {"assets", {{"small_image", id(8, 50)}, {"large_text", words(10)}, {"large_image", id(8, 50)}}},
                            {"application_id", id(7, 50)}});
    const char* status = one_of(statuses);
    return {{"user", {{"id", id(1, 5000)}}}, {"status", status}, {"processed_at_timestamp", 0}, {"guild_id", guild_id(below(guild_count))},
            {"client_status", {{"desktop", status}}}, {"broadcast", nullptr}, {"activities", activities}};
  }
  json message() {
    json m{{"type", 0}, {"tts", false}, {"timestamp", when()}, {"pinned", false}, {"nonce", fresh_id()}, {"mentions", json::array()},
           {"mention_roles", json::array()}, {"mention_everyone", false}, {"member", member(false)}, {"id", fresh_id()}, {"flags", 0},
           {"embeds", json::array()}, {"edited_timestamp", nullptr}, {"content", words(40 + below(300))}, {"components", json::array()},
           {"channel_type", 0}, {"channel_id", id(4, 3000)}, {"author", user()}, {"attachments", json::array()}, {"guild_id", guild_id(below(guild_count))}};
    if (below(2)) m["mentions"].push_back([&] { json u = user(); u["member"] = member(false); return u; }());
    if (below(4) == 0)
      m["embeds"].push_back({{"type", "rich"}, {"title", words(20)}, {"description", words(120)}, {"color", 5793266},
                             {"fields", {{{"name", "Wins"}, {"value", "12"}, {"inline", true}}, {{"name", "Losses"}, {"value", "3"}, {"inline", true}}}},
                             {"footer", {{"text", words(15)}}}});
    if (below(6) == 0)
      m["attachments"].push_back({{"width", 640}, {"url", "https://cdn.discordapp.com/attachments/1/2/image.png?ex=" + hex(8) + "&hm=" + hex(64)}, {"size", 10240 + below(500000)},
                                  {"proxy_url", "https://media.discordapp.net/attachments/1/2/image.png?ex=" + hex(8)}, {"placeholder_version", 1}, {"placeholder", hex(28)},
                                  {"id", fresh_id()}, {"height", 480}, {"filename", "image.png"}, {"content_type", "image/png"}, {"content_scan_version", 0}});
    for (std::size_t size = m.dump().size(); size < 1000; size = m.dump().size())
      m["content"] = m["content"].get<std::string>() + " " + words(1020 - size);
    return m;
  }
  json role() {
    return {{"version", 1719410000000 + below(1000)}, {"unicode_emoji", nullptr}, {"tags", json::object()}, {"position", below(50)}, {"permissions", "2251799813685247"},
            {"name", words(10)}, {"mentionable", false}, {"managed", false}, {"id", id(2, 300)}, {"icon", nullptr}, {"hoist", false}, {"flags", 0},
            {"colors", {{"tertiary_color", nullptr}, {"secondary_color", nullptr}, {"primary_color", 3447003}}}, {"color", 3447003}};
  }
  json channel() {
    json overwrites = json::array();
    for (std::uint64_t i = 1 + below(5); i > 0; --i)
      overwrites.push_back({{"type", 0}, {"id", id(2, 300)}, {"deny", "1024"}, {"allow", "0"}});
    return {{"version", 1719410000000 + below(1000)}, {"type", 0}, {"topic", words(60)}, {"rate_limit_per_user", 0}, {"position", below(50)},
            {"permission_overwrites", overwrites}, {"parent_id", id(4, 3000)}, {"nsfw", false}, {"name", words(12)}, {"last_message_id", fresh_id()},
            {"id", id(4, 3000)}, {"icon_emoji", {{"name", "\U0001F600"}, {"id", nullptr}}}, {"guild_id", guild_id(below(guild_count))}, {"flags", 0}};
  }

  std::pair<const char*, json> event() {
    const std::uint64_t dice = below(100);
    const char* name = "PRESENCE_UPDATE";
    json d;
    if (dice < 35) {
      d = presence();
    } else if (dice < 60) {
      name = "TYPING_START";
      d = {{"user_id", id(1, 5000)}, {"timestamp", 1719410000 + below(100000)}, {"member", member(true)}, {"guild_id", guild_id(below(guild_count))}, {"channel_id", id(4, 3000)}};
    } else if (dice < 85) {
      name = "MESSAGE_CREATE";
      d = message();
    } else if (dice < 89) {
      name = "GUILD_MEMBER_UPDATE";
      d = member(true);
      d["guild_id"] = guild_id(below(guild_count));
    } else if (dice < 91) {
      name = "GUILD_ROLE_UPDATE";
      d = {{"role", role()}, {"guild_id", guild_id(below(guild_count))}};
    } else if (dice < 93) {
      name = "CHANNEL_UPDATE";
      d = channel();
    } else if (dice < 97) {
      name = "VOICE_STATE_UPDATE";
      d = {{"member", member(true)}, {"user_id", id(1, 5000)}, {"suppress", false}, {"session_id", hex(32)}, {"self_video", false}, {"self_mute", true},
           {"self_deaf", false}, {"request_to_speak_timestamp", nullptr}, {"mute", false}, {"guild_id", guild_id(below(guild_count))}, {"deaf", false}, {"channel_id", id(4, 3000)}};
    } else {
      name = "MESSAGE_REACTION_ADD";
      d = {{"user_id", id(1, 5000)}, {"type", 0}, {"message_id", fresh_id()}, {"message_author_id", id(1, 5000)}, {"member", member(true)},
           {"emoji", {{"name", "\U0001F525"}, {"id", nullptr}}}, {"channel_id", id(4, 3000)}, {"burst", false}, {"guild_id", guild_id(below(guild_count))}};
    }
    return {name, std::move(d)};
  }
  static std::string as_payload(const char* name, std::size_t s, const json& d) {
    return "{\"t\":\"" + std::string(name) + "\",\"s\":" + std::to_string(s) + ",\"op\":0,\"d\":" + d.dump() + "}";
  }

  std::mt19937_64 random_;
  const std::uint64_t shard_;
  std::uint64_t made_ = 0;
};

}  // namespace monochord::bench
