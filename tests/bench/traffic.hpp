// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace monochord::bench {

/// What a big bot reads: 35 % presence updates, 25 % typing, 25 % messages of 1 to 2.8 kB, the rest updates. The fields
/// and their order are those of Discord's gateway; the same seed gives the same bytes. As on Discord, a guild has
/// channels, roles and people of its own, some of whom are seen more often than others, and who comes again looks the
/// same until an update says otherwise.
class traffic {
 public:
  static constexpr std::size_t guild_count = 400;
  static constexpr std::uint64_t user_count = 5000, people_of_guild = 200, roles_of_guild = 12, channels_of_guild = 12;

  /// Of one shard: each has guilds of its own, all have the same users.
  explicit traffic(unsigned seed = 1, unsigned shard = 0) : random_{seed}, shard_(shard) {}

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
    json d{{"id", guild_id(number)},
           {"name", words(14)},
           {"icon", hex(32)},
           {"splash", nullptr},
           {"discovery_splash", nullptr},
           {"owner_id", user_id(number, 0)},
           {"afk_channel_id", nullptr},
           {"afk_timeout", 300},
           {"verification_level", 1},
           {"default_message_notifications", 1},
           {"explicit_content_filter", 2},
           {"features", json::array()},
           {"mfa_level", 0},
           {"application_id", nullptr},
           {"system_channel_id", nullptr},
           {"system_channel_flags", 0},
           {"rules_channel_id", nullptr},
           {"vanity_url_code", nullptr},
           {"description", nullptr},
           {"banner", nullptr},
           {"premium_tier", 0},
           {"preferred_locale", "en-US"},
           {"public_updates_channel_id", nullptr},
           {"nsfw_level", 0},
           {"premium_progress_bar_enabled", false},
           {"safety_alerts_channel_id", nullptr},
           {"joined_at", when()},
           {"large", true},
           {"member_count", 5000}};
    for (const char* list : {"roles", "emojis", "stickers", "voice_states", "members", "channels", "threads",
                             "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds"})
      d[list] = json::array();
    for (std::uint64_t i = 0; i < roles_of_guild; ++i) d["roles"].push_back(role(number, i));
    for (std::uint64_t i = 0; i < channels_of_guild; ++i) d["channels"].push_back(channel(number, i));
    for (std::uint64_t i = 0; i < 20; ++i) d["members"].push_back(member(number, i * (people_of_guild / 20), true));
    return as_payload("GUILD_CREATE", s, d);
  }
  std::string guild_id(std::uint64_t number) const {
    return std::to_string(175928847299117063U + 3 * 10'000'000'000'007U + shard_ * 2'000'000'000'003U +
                          number * 4'194'304'003U);
  }

 private:
  using json = nlohmann::ordered_json;

  /// SplitMix64.
  struct generator {
    std::uint64_t state;
    std::uint64_t operator()() noexcept {
      std::uint64_t x = state += 0x9e3779b97f4a7c15U;
      x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
      x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
      return x ^ (x >> 31);
    }
  };
  /// While it is there, what is drawn depends on `of` alone: it describes something that stays as it is.
  class lasting {
   public:
    lasting(traffic& in, std::uint64_t of) : in_(in), before_(std::exchange(in.random_, generator{of})) {
      in.random_.state = in.random_();
    }
    lasting(const lasting&) = delete;
    lasting& operator=(const lasting&) = delete;
    ~lasting() { in_.random_ = before_; }

   private:
    traffic& in_;
    const generator before_;
  };

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  template <std::size_t N>
  const char* one_of(const char* const (&all)[N]) {
    return all[below(N)];
  }
  enum kind : std::uint64_t { users = 1, roles = 2, channels = 4, applications = 7, images = 8 };
  static std::string id_of(kind what, std::uint64_t number) {
    return std::to_string(175928847299117063U + what * 10'000'000'000'007U + number * 4'194'304'003U);
  }
  /// Of a fixed population.
  std::string id(kind what, std::uint64_t population) { return id_of(what, below(population)); }
  std::uint64_t a_guild() { return below(guild_count); }
  /// Some speak more than others.
  std::uint64_t a_person() { return std::min(below(people_of_guild), below(people_of_guild)); }
  /// Each is in several guilds.
  static std::uint64_t user_number(std::uint64_t guild, std::uint64_t person) {
    return (guild * 37 + person * 13) % user_count;
  }
  static std::string user_id(std::uint64_t guild, std::uint64_t person) {
    return id_of(users, user_number(guild, person));
  }
  std::uint64_t own(std::uint64_t guild, std::uint64_t n, std::uint64_t each) const {
    return ((shard_ * guild_count) + guild) * each + n;
  }
  std::string role_id(std::uint64_t guild, std::uint64_t n) const {
    return id_of(roles, own(guild, n, roles_of_guild));
  }
  std::string channel_id(std::uint64_t guild, std::uint64_t n) const {
    return id_of(channels, own(guild, n, channels_of_guild));
  }
  std::string a_channel(std::uint64_t guild) { return channel_id(guild, below(channels_of_guild)); }
  std::string fresh_id() { return std::to_string(1201928847299117063U + (++made_) * 4'194'313U); }
  std::string hex(int digits) {
    std::string text;
    for (int i = 0; i < digits; ++i) text += "0123456789abcdef"[below(16)];
    return text;
  }
  std::string when() {
    return "2024-0" + std::to_string(1 + below(9)) + "-1" + std::to_string(below(10)) + "T1" +
           std::to_string(below(10)) + ":3" + std::to_string(below(10)) + ":4" + std::to_string(below(10)) + "." +
           std::to_string(100000 + below(900000)) + "+00:00";
  }
  std::string words(std::size_t bytes) {
    static const char* const vocabulary[] = {"the",
                                             "server",
                                             "was",
                                             "restarted",
                                             "again",
                                             "and",
                                             "nobody",
                                             "noticed",
                                             "until",
                                             "somebody",
                                             "asked",
                                             "why",
                                             "music",
                                             "queue",
                                             "looked",
                                             "so",
                                             "odd",
                                             "today",
                                             "\u00fcber",
                                             "\U0001F600",
                                             "\"quoted\"",
                                             "https://example.org/a/b?c=d",
                                             "<@80351110224678912>",
                                             "**bold**",
                                             "line\nbreak"};
    std::string text;
    while (text.size() < bytes) text += (text.empty() ? "" : " ") + std::string(one_of(vocabulary));
    return text;
  }

  json user(std::uint64_t number) {
    const lasting one(*this, number);
    const std::string name = "user_" + std::to_string(number);
    json u{{"username", name},
           {"public_flags", below(4) ? 0 : 4194304},
           {"primary_guild", nullptr},
           {"id", id_of(users, number)},
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
  json member(std::uint64_t guild, std::uint64_t person, bool with_user) {
    const std::uint64_t which = own(guild, person, people_of_guild);
    std::string joined_at;
    {
      const lasting always(*this, user_count + which * 1000 + 999);
      joined_at = when();
    }
    const auto changed = changes_.find(which);
    const lasting one(*this, user_count + which * 1000 + (changed == changes_.end() ? 0 : changed->second));
    json all = json::array();
    const std::uint64_t first = below(roles_of_guild);
    for (std::uint64_t i = below(6); i > 0; --i) all.push_back(role_id(guild, (first + i * 5) % roles_of_guild));
    json m{{"roles", all},
           {"premium_since", nullptr},
           {"pending", false},
           {"nick", below(3) ? json(nullptr) : json(words(12))},
           {"mute", false},
           {"joined_at", joined_at},
           {"flags", below(3)},
           {"deaf", false},
           {"communication_disabled_until", nullptr},
           {"banner", nullptr},
           {"avatar", nullptr}};
    if (with_user) m["user"] = user(user_number(guild, person));
    return m;
  }
  json presence() {
    static const char* const games[] = {"VALORANT", "Minecraft", "Visual Studio Code", "League of Legends"};
    static const char* const statuses[] = {"online", "idle", "dnd", "offline"};
    json activities = json::array();
    if (below(3) == 0)
      activities.push_back({{"type", 4},
                            {"state", words(20)},
                            {"name", "Custom Status"},
                            {"id", "custom"},
                            {"created_at", 1719410000000 + below(100000000)}});
    if (below(2) == 0)
      activities.push_back(
          {{"type", 0},
           {"timestamps", {{"start", 1719410000000 + below(100000000)}}},
           {"name", one_of(games)},
           {"id", hex(16)},
           {"details", words(25)},
           {"created_at", 1719410000000 + below(100000000)},
           {"assets", {{"small_image", id(images, 50)}, {"large_text", words(10)}, {"large_image", id(images, 50)}}},
           {"application_id", id(applications, 50)}});
    const char* status = one_of(statuses);
    const std::uint64_t guild = a_guild();
    return {{"user", {{"id", user_id(guild, below(people_of_guild))}}},
            {"status", status},
            {"processed_at_timestamp", 0},
            {"guild_id", guild_id(guild)},
            {"client_status", {{"desktop", status}}},
            {"broadcast", nullptr},
            {"activities", activities}};
  }
  json message() {
    const std::uint64_t guild = a_guild(), author = a_person();
    json m{{"type", 0},
           {"tts", false},
           {"timestamp", when()},
           {"pinned", false},
           {"nonce", fresh_id()},
           {"mentions", json::array()},
           {"mention_roles", json::array()},
           {"mention_everyone", false},
           {"member", member(guild, author, false)},
           {"id", fresh_id()},
           {"flags", 0},
           {"embeds", json::array()},
           {"edited_timestamp", nullptr},
           {"content", words(40 + below(300))},
           {"components", json::array()},
           {"channel_type", 0},
           {"channel_id", a_channel(guild)},
           {"author", user(user_number(guild, author))},
           {"attachments", json::array()},
           {"guild_id", guild_id(guild)}};
    if (below(2)) {
      const std::uint64_t other = a_person();
      json u = user(user_number(guild, other));
      u["member"] = member(guild, other, false);
      m["mentions"].push_back(std::move(u));
    }
    if (below(4) == 0)
      m["embeds"].push_back({{"type", "rich"},
                             {"title", words(20)},
                             {"description", words(120)},
                             {"color", 5793266},
                             {"fields",
                              {{{"name", "Wins"}, {"value", "12"}, {"inline", true}},
                               {{"name", "Losses"}, {"value", "3"}, {"inline", true}}}},
                             {"footer", {{"text", words(15)}}}});
    if (below(6) == 0)
      m["attachments"].push_back(
          {{"width", 640},
           {"url", "https://cdn.discordapp.com/attachments/1/2/image.png?ex=" + hex(8) + "&hm=" + hex(64)},
           {"size", 10240 + below(500000)},
           {"proxy_url", "https://media.discordapp.net/attachments/1/2/image.png?ex=" + hex(8)},
           {"placeholder_version", 1},
           {"placeholder", hex(28)},
           {"id", fresh_id()},
           {"height", 480},
           {"filename", "image.png"},
           {"content_type", "image/png"},
           {"content_scan_version", 0}});
    for (std::size_t size = m.dump().size(); size < 1000; size = m.dump().size())
      m["content"] = m["content"].get<std::string>() + " " + words(1020 - size);
    return m;
  }
  json role(std::uint64_t guild, std::uint64_t n) {
    return {{"version", 1719410000000 + below(1000)},
            {"unicode_emoji", nullptr},
            {"tags", json::object()},
            {"position", below(50)},
            {"permissions", "2251799813685247"},
            {"name", words(10)},
            {"mentionable", false},
            {"managed", false},
            {"id", role_id(guild, n)},
            {"icon", nullptr},
            {"hoist", false},
            {"flags", 0},
            {"colors", {{"tertiary_color", nullptr}, {"secondary_color", nullptr}, {"primary_color", 3447003}}},
            {"color", 3447003}};
  }
  json channel(std::uint64_t guild, std::uint64_t n) {
    json overwrites = json::array();
    for (std::uint64_t i = 1 + below(5); i > 0; --i)
      overwrites.push_back(
          {{"type", 0}, {"id", role_id(guild, below(roles_of_guild))}, {"deny", "1024"}, {"allow", "0"}});
    return {{"version", 1719410000000 + below(1000)},
            {"type", 0},
            {"topic", words(60)},
            {"rate_limit_per_user", 0},
            {"position", below(50)},
            {"permission_overwrites", overwrites},
            {"parent_id", a_channel(guild)},
            {"nsfw", false},
            {"name", words(12)},
            {"last_message_id", fresh_id()},
            {"id", channel_id(guild, n)},
            {"icon_emoji", {{"name", "\U0001F600"}, {"id", nullptr}}},
            {"guild_id", guild_id(guild)},
            {"flags", 0}};
  }

  std::pair<const char*, json> event() {
    const std::uint64_t dice = below(100);
    const char* name = "PRESENCE_UPDATE";
    json d;
    const std::uint64_t guild = a_guild(), person = a_person();
    if (dice < 35) {
      d = presence();
    } else if (dice < 60) {
      name = "TYPING_START";
      d = {{"user_id", user_id(guild, person)},
           {"timestamp", 1719410000 + below(100000)},
           {"member", member(guild, person, true)},
           {"guild_id", guild_id(guild)},
           {"channel_id", a_channel(guild)}};
    } else if (dice < 85) {
      name = "MESSAGE_CREATE";
      d = message();
    } else if (dice < 89) {
      name = "GUILD_MEMBER_UPDATE";
      ++changes_[own(guild, person, people_of_guild)];
      d = member(guild, person, true);
      d["guild_id"] = guild_id(guild);
    } else if (dice < 91) {
      name = "GUILD_ROLE_UPDATE";
      d = {{"role", role(guild, below(roles_of_guild))}, {"guild_id", guild_id(guild)}};
    } else if (dice < 93) {
      name = "CHANNEL_UPDATE";
      d = channel(guild, below(channels_of_guild));
    } else if (dice < 97) {
      name = "VOICE_STATE_UPDATE";
      d = {{"member", member(guild, person, true)},
           {"user_id", user_id(guild, person)},
           {"suppress", false},
           {"session_id", hex(32)},
           {"self_video", false},
           {"self_mute", true},
           {"self_deaf", false},
           {"request_to_speak_timestamp", nullptr},
           {"mute", false},
           {"guild_id", guild_id(guild)},
           {"deaf", false},
           {"channel_id", a_channel(guild)}};
    } else {
      name = "MESSAGE_REACTION_ADD";
      d = {{"user_id", user_id(guild, person)},
           {"type", 0},
           {"message_id", fresh_id()},
           {"message_author_id", user_id(guild, a_person())},
           {"member", member(guild, person, true)},
           {"emoji", {{"name", "\U0001F525"}, {"id", nullptr}}},
           {"channel_id", a_channel(guild)},
           {"burst", false},
           {"guild_id", guild_id(guild)}};
    }
    return {name, std::move(d)};
  }
  static std::string as_payload(const char* name, std::size_t s, const json& d) {
    return "{\"t\":\"" + std::string(name) + "\",\"s\":" + std::to_string(s) + ",\"op\":0,\"d\":" + d.dump() + "}";
  }

  generator random_;
  const std::uint64_t shard_;
  std::uint64_t made_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> changes_;  // of members, by number
};

}  // namespace monochord::bench
