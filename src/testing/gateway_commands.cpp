// SPDX-License-Identifier: MIT
// What clients send on a session: presence, voice, and what they ask for.
#include <algorithm>
#include <string>

#include "testing/gateway.hpp"

namespace monochord::testing {

namespace {

using namespace std::chrono_literals;

constexpr duration whole_guild_interval = 30s;
/// Of a member request, but for one that asks for all members.
/// https://docs.discord.com/developers/events/gateway-events#request-guild-members
constexpr std::size_t max_members_asked = 100;
constexpr std::size_t max_nonce_bytes = 32;
constexpr std::size_t members_in_a_chunk = 1000;

json text_or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

}  // namespace

bool good_presence(const json& presence) {
  if (!presence.is_object() || !at(presence, "activities").is_array() || !at(presence, "afk").is_boolean() ||
      !at(presence, "status").is_string())
    return false;
  const json& since = at(presence, "since");
  if (!since.is_null() && !since.is_number_integer()) return false;
  for (const auto& activity : presence["activities"])
    if (!at(activity, "name").is_string() || !at(activity, "type").is_number_integer()) return false;
  const auto status = text_at(presence, "status");
  return status == "online" || status == "dnd" || status == "idle" || status == "invisible" || status == "offline";
}

void gateway::command(gateway_link& link, int op, const json& d) {
  const auto malformed = [&](const char* what) {
    refuse(link, 4002, "Error while decoding payload.", "payload_malformed", std::string("a malformed ") + what);
  };
  const auto ids = [](const json& list) {
    return list.is_array() && std::all_of(list.begin(), list.end(), [](const json& one) { return id_of(one) != 0; });
  };
  const auto texts = [](const json& list) {
    return list.is_array() && std::all_of(list.begin(), list.end(), [](const json& one) { return one.is_string(); });
  };
  switch (op) {
    case 3:
      if (!good_presence(d)) return malformed("presence update");
      link.session->last_presence = d;
      return;
    case 4:
      if (id_at(d, "guild_id") == 0 || !d.contains("channel_id") || !at(d, "self_mute").is_boolean() ||
          !at(d, "self_deaf").is_boolean() || (!d["channel_id"].is_null() && id_at(d, "channel_id") == 0))
        return malformed("voice state update");
      return update_voice(link, d);
    case 8:
      return request_members(link, d);
    case 31:
      if (!ids(at(d, "guild_ids"))) return malformed("soundboard request");
      return send_sounds(link, d);
    case 43:
      if (id_at(d, "guild_id") == 0 || !texts(at(d, "fields"))) return malformed("channel info request");
      return send_channel_info(link, d);
    default:
      return;
  }
}

void gateway::send_sounds(gateway_link& link, const json& d) {
  for (const auto& asked : d["guild_ids"]) {
    const guild_record* guild = state_.world.find_guild(id_of(asked));
    if (!guild || !in_shard(*link.session, guild->id) || !guild->members.contains(state_.world.bot)) continue;
    json sounds = json::array();
    for (const auto& sound : guild->sounds) sounds.push_back(world::sound_json(*guild, sound));
    push(*link.session, "SOUNDBOARD_SOUNDS", dump({{"guild_id", asked}, {"soundboard_sounds", std::move(sounds)}}));
  }
}

void gateway::send_channel_info(gateway_link& link, const json& d) {
  const guild_record* guild = state_.world.find_guild(id_at(d, "guild_id"));
  if (!guild || !in_shard(*link.session, guild->id) || !guild->members.contains(state_.world.bot)) return;
  const auto& fields = d["fields"];
  const auto asked = [&](const char* field) { return std::find(fields.begin(), fields.end(), field) != fields.end(); };
  json channels = json::array();
  for (const auto id : guild->channels) {
    const channel_record& channel = state_.world.channels.at(id);
    if (channel.type != voice_channel_type) continue;
    json one = {{"id", id_text(id)}};
    if (asked("status")) one["status"] = text_or_null(channel.voice_status);
    if (asked("voice_start_time"))
      one["voice_start_time"] = channel.voice_since == 0 ? json(nullptr) : json(channel.voice_since);
    channels.push_back(std::move(one));
  }
  push(*link.session, "CHANNEL_INFO", dump({{"guild_id", d["guild_id"]}, {"channels", std::move(channels)}}));
}

void gateway::update_voice(gateway_link& link, const json& d) {
  const auto where = id_at(d, "guild_id");
  const guild_record* guild = state_.world.find_guild(where);
  if (!guild || !in_shard(*link.session, where) || !guild->members.contains(state_.world.bot)) return;
  voice_record to;
  to.channel = id_at(d, "channel_id");
  to.self_mute = bool_at(d, "self_mute");
  to.self_deaf = bool_at(d, "self_deaf");
  to.session = link.session->id;
  const channel_record* channel = state_.world.find_channel(to.channel);
  if (to.channel != 0 && (!channel || channel->guild != where || channel->type != voice_channel_type))
    return state_.violate("voice_channel", "a voice state update names what is no voice channel of its guild");
  const auto session = link.session;
  const auto before = guild->voice.find(state_.world.bot);
  const bool elsewhere = before == guild->voice.end() || before->second.channel != to.channel;
  move_voice(where, state_.world.bot, to);
  if (to.channel == 0 || !elsewhere) return;
  const auto token = "mock-voice-token-" + std::to_string(++state_.last_token);
  push(*session, "VOICE_SERVER_UPDATE",
       dump({{"guild_id", d["guild_id"]}, {"token", token}, {"endpoint", "voice.mock.invalid:443"}}));
}

void gateway::request_members(gateway_link& link, const json& d) {
  constexpr std::uint32_t guild_members = 1U << 1;
  constexpr std::uint32_t guild_presences = 1U << 8;
  const auto guild_id = id_at(d, "guild_id");
  const bool by_query = at(d, "query").is_string();
  const bool by_ids = d.is_object() && d.contains("user_ids");
  const auto limit = by_query ? int_at(d, "limit") : 0;
  if (guild_id == 0 || by_query == by_ids || (by_query && (!at(d, "limit").is_number_integer() || limit < 0)))
    return refuse(link, 4002, "Error while decoding payload.", "payload_malformed",
                  "a member request needs guild_id and either query with limit, or user_ids");
  auto& session = *link.session;
  const guild_record* guild = state_.world.find_guild(guild_id);
  if (!guild || !in_shard(session, guild_id) || !guild->members.contains(state_.world.bot)) return;
  const std::string query = text_at(d, "query");
  const bool whole = by_query && query.empty() && limit == 0;
  if (bool_at(d, "presences") && (session.intents & guild_presences) == 0)
    return state_.violate("members_intent", "presences of members were asked for without GUILD_PRESENCES");
  if (whole && (session.intents & guild_members) == 0)
    return state_.violate("members_intent", "all members of a guild were asked for without GUILD_MEMBERS");
  const json& nonce = at(d, "nonce");
  const bool nonce_comes_back = nonce.is_string() && text_at(d, "nonce").size() <= max_nonce_bytes;
  if (!nonce.is_null() && !nonce_comes_back)
    state_.violate("members_nonce",
                   "a member request with a nonce that is not text of at most 32 bytes; it does not come back");
  if (whole) {
    const auto now = state_.now();
    const auto before = state_.member_requests.find(guild_id);
    if (before != state_.member_requests.end() && now - before->second < whole_guild_interval) {
      const auto wait = std::chrono::duration<double>(before->second + whole_guild_interval - now).count();
      json meta = {{"guild_id", d["guild_id"]}};
      if (nonce_comes_back) meta["nonce"] = nonce;
      state_.violate("members_rate_limit", "all members of a guild were asked for twice in 30 s");
      return push(session, "RATE_LIMITED", dump({{"opcode", 8}, {"retry_after", wait}, {"meta", meta}}));
    }
    state_.member_requests[guild_id] = now;
  }
  json ids = json::array();
  if (by_ids) ids = d["user_ids"].is_array() ? d["user_ids"] : json::array({d["user_ids"]});
  if (std::max(ids.size(), static_cast<std::size_t>(limit)) > max_members_asked)
    state_.violate("members_limit", "more than 100 members were asked for by name or id; no more than 100 are sent");
  std::vector<snowflake> found;
  json missing = json::array();
  if (by_ids) {
    for (std::size_t i = 0; i < std::min(ids.size(), max_members_asked); ++i) {
      const json& id = ids[i];
      if (guild->members.contains(id_of(id)))
        found.push_back(id_of(id));
      else
        missing.push_back(id);
    }
  } else {
    const auto wanted = limit == 0 ? max_members_asked : std::min(static_cast<std::size_t>(limit), max_members_asked);
    for (const auto& [user, member] : guild->members) {
      if (!whole && found.size() >= wanted) break;
      if (state_.world.users.at(user).name.starts_with(query)) found.push_back(user);
    }
  }
  const std::size_t chunks = std::max<std::size_t>(1, (found.size() + members_in_a_chunk - 1) / members_in_a_chunk);
  for (std::size_t i = 0; i < chunks; ++i) {
    json members = json::array(), presences = json::array();
    for (std::size_t m = i * members_in_a_chunk; m < std::min(found.size(), (i + 1) * members_in_a_chunk); ++m) {
      members.push_back(state_.world.member_json(*guild, found[m], true));
      if (state_.world.users.at(found[m]).status != "offline")
        presences.push_back(state_.world.presence_json(*guild, found[m]));
    }
    json out = {
        {"guild_id", d["guild_id"]}, {"members", std::move(members)}, {"chunk_index", i}, {"chunk_count", chunks}};
    if (by_ids) out["not_found"] = missing;
    if (nonce_comes_back) out["nonce"] = nonce;
    if (bool_at(d, "presences")) out["presences"] = std::move(presences);
    push(session, "GUILD_MEMBERS_CHUNK", dump(out));
  }
}

}  // namespace monochord::testing
