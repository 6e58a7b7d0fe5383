// SPDX-License-Identifier: MIT
// What clients send on the gateway, judged as Discord judges it.
#include <algorithm>
#include <optional>
#include <string>

#include "testing/gateway.hpp"

namespace monochord::testing {

namespace {

using namespace std::chrono_literals;

/// How much earlier than five seconds after the one before an IDENTIFY may arrive: two messages need not travel equally
/// long.
constexpr duration travel_allowance = 250ms;
constexpr duration whole_guild_interval = 30s;
/// How much later than an interval after the one before a heartbeat may arrive: a quarter of an interval, and what a busy
/// machine may keep it waiting. With intervals below some seconds nothing is left but the silence of two of them.
constexpr int late_parts = 4;
constexpr duration busy_machine = 2s;
/// Of a member request, but for one that asks for all members.
/// https://docs.discord.com/developers/events/gateway-events#request-guild-members
constexpr std::size_t max_members_asked = 100;
constexpr std::size_t max_nonce_bytes = 32;

std::uint32_t all_intents() {
  std::uint32_t all = 0;
  for (const auto& intent : tables::intents) all |= intent.bit;
  return all;
}

std::uint32_t privileged_intents() {
  std::uint32_t all = 0;
  for (const auto& intent : tables::intents)
    if (intent.privileged) all |= intent.bit;
  return all;
}

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

bool good_identify(const json& d) {
  if (!d.is_object() || !at(d, "token").is_string() || !at(d, "intents").is_number_unsigned()) return false;
  const json& properties = at(d, "properties");
  for (const char* name : {"os", "browser", "device"})
    if (!at(properties, name).is_string()) return false;
  if (d.contains("compress") && !d["compress"].is_boolean()) return false;
  if (d.contains("large_threshold") &&
      (!d["large_threshold"].is_number_integer() || int_at(d, "large_threshold") < 50 || int_at(d, "large_threshold") > 250))
    return false;
  return !d.contains("presence") || d["presence"].is_null() || good_presence(d["presence"]);
}

/// {shard, count}, {0, 1} when there is none; nothing when it cannot be one.
std::optional<std::pair<int, int>> shard_of(const json& d) {
  if (!d.contains("shard")) return std::pair{0, 1};
  const json& shard = d["shard"];
  if (!shard.is_array() || shard.size() != 2 || !shard[0].is_number_integer() || !shard[1].is_number_integer())
    return std::nullopt;
  const auto id = shard[0].get<std::int64_t>();
  const auto count = shard[1].get<std::int64_t>();
  if (id < 0 || count < 1 || id >= count || count > 1'000'000) return std::nullopt;
  return std::pair{static_cast<int>(id), static_cast<int>(count)};
}

}  // namespace

void gateway::receive(gateway_link& link, std::string_view text) {
  if (link.closing) return;
  const auto now = state_.now();
  ++state_.counters.payloads_received;
  auto& received = link.received;
  const auto window = std::chrono::seconds{tables::limits.sends_per_seconds};
  while (!received.empty() && now - received.front() >= window) received.pop_front();
  received.push_back(now);
  if (received.size() > static_cast<std::size_t>(state_.options.gateway_sends_per_minute))
    return refuse(link, 4008, "Rate limited.", "gateway_rate_limit",
                  "more than " + std::to_string(state_.options.gateway_sends_per_minute) + " payloads in a minute");
  if (text.size() > static_cast<std::size_t>(tables::limits.max_payload_bytes))
    return refuse(link, 4002, "Error while decoding payload.", "payload_too_large",
                  "a payload of " + std::to_string(text.size()) + " bytes");
  const json payload = parse_json(text);
  if (!payload.is_object() || !at(payload, "op").is_number_integer())
    return refuse(link, 4002, "Error while decoding payload.", "payload_malformed", "a payload that is no JSON object with an op");
  const auto op = static_cast<int>(int_at(payload, "op", -1));
  const auto& known = tables::client_opcodes;
  if (std::find(known.begin(), known.end(), op) == known.end())
    return refuse(link, 4001, "Unknown opcode.", "unknown_opcode", "op " + std::to_string(op) + " is not one that clients send");
  const json& d = at(payload, "d");
  if (op == 1) return heartbeat(link, d);
  if (op == 2 || op == 6) {
    if (link.session)
      return refuse(link, 4005, "Already authenticated.", "already_authenticated", "op " + std::to_string(op) + " on a session");
    link.session_ended = false;
    return op == 2 ? identify(link, d) : resume(link, d);
  }
  // It was on its way when we took the session away.
  if (link.session_ended) return;
  if (!link.session)
    return refuse(link, 4003, "Not authenticated.", "not_authenticated",
                  "op " + std::to_string(op) + " before IDENTIFY or RESUME");
  command(link, op, d);
}

void gateway::heartbeat(gateway_link& link, const json& d) {
  ++state_.counters.heartbeats;
  const bool position = d.is_null() || d.is_number_unsigned();
  if (!position) return refuse(link, 4002, "Error while decoding payload.", "payload_malformed", "a heartbeat without a sequence number or null");
  judge_heartbeat(link, d);
  if (link.session && d.is_number_unsigned() && d.get<std::uint64_t>() <= link.session->seq) {
    link.last_position = d.get<std::uint64_t>();
    forget_up_to(*link.session, link.last_position);
  }
  link.last_heartbeat = state_.now();
  if (state_.faults.no_heartbeat_acks) return;
  ++state_.counters.heartbeat_acks;
  send(link, {{"op", 11}, {"s", nullptr}, {"t", nullptr}, {"d", nullptr}});
}

void gateway::judge_heartbeat(const gateway_link& link, const json& d) {
  const auto now = state_.now();
  const duration interval = state_.options.heartbeat_interval;
  const auto gap = now - link.last_heartbeat;
  if (link.greeted && gap > interval + interval / late_parts + busy_machine)
    state_.violate("heartbeat_late", "a heartbeat came " +
                                         std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(gap).count()) +
                                         " ms after the one before it, or after HELLO");
  if (!link.session || !link.session->started) return;
  if (d.is_null()) {
    if (now - link.session_since > interval + busy_machine)
      state_.violate("heartbeat_seq", "a heartbeat names no sequence number, long after READY");
  } else if (d.get<std::uint64_t>() > link.session->seq) {
    state_.violate("heartbeat_seq", "a heartbeat names a sequence number that was never sent");
  } else if (d.get<std::uint64_t>() < link.last_position) {
    state_.violate("heartbeat_seq", "a heartbeat names a sequence number before that of the one before it");
  }
}

bool gateway::check_token(gateway_link& link, const json& d) {
  if (!state_.token_reset && text_at(d, "token") == state_.options.token) return true;
  refuse(link, 4004, "Authentication failed.", "gateway_token",
         state_.token_reset ? "a token that was reset after the daily IDENTIFY limit" : "a wrong token");
  return false;
}

void gateway::identify(gateway_link& link, const json& d) {
  if (!good_identify(d))
    return refuse(link, 4002, "Error while decoding payload.", "identify_malformed",
                  "IDENTIFY needs token, intents, properties {os, browser, device}, and what else it has well formed");
  if (!check_token(link, d)) return;
  const auto shard = shard_of(d);
  if (!shard) return refuse(link, 4010, "Invalid shard.", "identify_shard", "IDENTIFY with an impossible shard");
  const auto intents = d["intents"].get<std::uint64_t>();
  if ((intents & ~std::uint64_t{all_intents()}) != 0)
    return refuse(link, 4013, "Invalid intent(s).", "identify_intents", "IDENTIFY with intents that do not exist");
  if ((intents & privileged_intents() & ~state_.options.allowed_privileged_intents) != 0)
    return refuse(link, 4014, "Disallowed intent(s).", "identify_intents",
                  "IDENTIFY with privileged intents that the application does not have");
  const auto guilds = std::count_if(state_.world.guilds.begin(), state_.world.guilds.end(), [&](const auto& guild) {
    return static_cast<int>((guild.first >> 22U) % static_cast<snowflake>(shard->second)) == shard->first;
  });
  if (guilds > state_.options.max_guilds_per_shard)
    return refuse(link, 4011, "Sharding required.", "identify_sharding",
                  std::to_string(guilds) + " guilds on one shard");
  duration reset_after{};
  if (identifies_left(reset_after) <= 0) return budget_overdrawn();
  if (state_.identifies_today++ == 0) state_.budget_start = state_.now();
  if (link.at_resume_url) state_.violate("identify_at_resume_url", "IDENTIFY came on the URL that is for resuming");
  const bool early = too_early(shard->first);
  if (early)
    state_.violate("identify_too_early", "shard " + std::to_string(shard->first) + " identified less than " +
                                             std::to_string(tables::limits.identify_seconds) +
                                             " s after another one of its max_concurrency key");
  bool refused = early;
  if (!early && state_.faults.op9_at_identify > 0) {
    --state_.faults.op9_at_identify;
    refused = true;
  }
  if (refused) {
    ++state_.counters.invalid_sessions;
    return send(link, {{"op", 9}, {"s", nullptr}, {"t", nullptr}, {"d", false}});
  }
  accept_identify(link, d, shard->first, shard->second, static_cast<std::uint32_t>(intents));
}

bool gateway::too_early(int shard) {
  const int key = shard % std::max(1, state_.options.max_concurrency);
  const auto now = state_.now();
  const auto before = state_.identified_at.find(key);
  const auto spacing = std::chrono::seconds{tables::limits.identify_seconds} - travel_allowance;
  if (before != state_.identified_at.end() && now - before->second < spacing) return true;
  state_.identified_at[key] = now;
  return false;
}

void gateway::budget_overdrawn() {
  // Discord ends every session, resets the token and writes to the owner.
  state_.violate("identify_budget", "more IDENTIFYs than the day has; every session is ended and the token is reset");
  state_.token_reset = true;
  for (const auto& [id, link] : state_.links) close(*link, 4004, "Authentication failed.");
  while (!state_.sessions.empty()) end_session(state_.sessions.begin()->second);
}

void gateway::accept_identify(gateway_link& link, const json& d, int shard, int count, std::uint32_t intents) {
  ++state_.counters.identifies;
  forget_abandoned();
  auto session = std::make_shared<gateway_session>();
  // 32 hexadecimal digits, as Discord's are.
  const std::string number = std::to_string(++state_.last_session);
  session->id = std::string("5e5510") + std::string(26 - number.size(), '0') + number;
  session->shard = shard;
  session->shard_count = count;
  session->intents = intents;
  session->link = link.id;
  if (d.contains("presence")) session->last_presence = d["presence"];
  json shown = d;
  shown.erase("token");
  state_.last_identify[shard] = dump(shown);
  state_.sessions[session->id] = session;
  link.session = session;
  if (state_.faults.ready_delay.count() > 0) {
    link.ready_pending = true;
    link.ready_at = state_.now() + state_.faults.ready_delay;
    return link.wake();
  }
  ready(link);
}

void gateway::resume(gateway_link& link, const json& d) {
  if (!d.is_object() || !at(d, "token").is_string() || !at(d, "session_id").is_string() || !at(d, "seq").is_number_unsigned())
    return refuse(link, 4002, "Error while decoding payload.", "resume_malformed", "RESUME needs token, session_id and seq");
  if (!check_token(link, d)) return;
  if (state_.faults.close_at_resume > 0) {
    --state_.faults.close_at_resume;
    return drop(link);
  }
  forget_abandoned();
  const auto found = state_.sessions.find(text_at(d, "session_id"));
  const auto session = found == state_.sessions.end() ? nullptr : found->second;
  const auto seq = d["seq"].get<std::uint64_t>();
  if (session && seq > session->seq) {
    end_session(session);
    return refuse(link, 4007, "Invalid seq.", "resume_seq", "RESUME names a sequence number that was never sent");
  }
  bool refused = !session || seq < session->forgotten;
  if (!refused && state_.faults.op9_at_resume > 0) {
    --state_.faults.op9_at_resume;
    refused = true;
  }
  if (refused) {
    if (session) {
      forget_up_to(*session, seq);  // that much the client has
      end_session(session);
    } else {
      std::erase_if(state_.lost_events, [&](const auto& one) { return one.session == text_at(d, "session_id") && one.seq <= seq; });
    }
    ++state_.counters.invalid_sessions;
    return send(link, {{"op", 9}, {"s", nullptr}, {"t", nullptr}, {"d", false}});
  }
  if (gateway_link* old = link_of(*session); old && old != &link) {
    leave_session(*old);
    drop(*old);
  }
  ++state_.counters.resumes;
  if (link.at_resume_url) ++state_.counters.resumes_at_resume_url;
  session->link = link.id;
  link.session = session;
  link.session_since = state_.now();
  for (const auto& sent : session->ring) {
    if (sent.seq <= seq) continue;
    link.out.push_back({outgoing::kind::event, sent.text, 0});
    ++state_.counters.events_replayed;
  }
  push(*session, "RESUMED", R"({"_trace":["[\"mock\"]"]})");
  ++state_.counters.resumed;
  after_session_start(link);
}

void gateway::command(gateway_link& link, int op, const json& d) {
  const auto malformed = [&](const char* what) {
    refuse(link, 4002, "Error while decoding payload.", "payload_malformed", std::string("a malformed ") + what);
  };
  switch (op) {
    case 3:
      if (!good_presence(d)) return malformed("presence update");
      link.session->last_presence = d;
      return;
    case 4:
      if (id_at(d, "guild_id") == 0 || !d.contains("channel_id") || !at(d, "self_mute").is_boolean() ||
          !at(d, "self_deaf").is_boolean())
        return malformed("voice state update");
      return update_voice(link, d);
    case 8: return request_members(link, d);
    case 31: {
      if (!at(d, "guild_ids").is_array()) return malformed("soundboard request");
      for (const auto& guild : d["guild_ids"])
        if (state_.world.is_member(id_of(guild), state_.world.bot))
          push(*link.session, "SOUNDBOARD_SOUNDS", dump({{"guild_id", guild}, {"soundboard_sounds", json::array()}}));
      return;
    }
    case 43:
      if (id_at(d, "guild_id") == 0 || !at(d, "fields").is_array()) return malformed("channel info request");
      if (state_.world.is_member(id_at(d, "guild_id"), state_.world.bot))
        push(*link.session, "CHANNEL_INFO", dump({{"guild_id", d["guild_id"]}, {"channels", json::array()}}));
      return;
    default: return;
  }
}

void gateway::update_voice(gateway_link& link, const json& d) {
  const auto guild = id_at(d, "guild_id");
  if (!state_.world.is_member(guild, state_.world.bot)) return;
  json voice = {{"guild_id", d["guild_id"]},
                {"channel_id", d["channel_id"]},
                {"user_id", id_text(state_.world.bot)},
                {"member", state_.world.member_json(state_.world.guilds.at(guild), state_.world.bot, true)},
                {"session_id", link.session->id},
                {"deaf", false},
                {"mute", false},
                {"self_deaf", d["self_deaf"]},
                {"self_mute", d["self_mute"]},
                {"self_video", false},
                {"suppress", false},
                {"request_to_speak_timestamp", nullptr}};
  event("VOICE_STATE_UPDATE", guild, voice);
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
    state_.violate("members_nonce", "a member request with a nonce that is not text of at most 32 bytes; it does not come back");
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
  json found = json::array();
  json missing = json::array();
  if (by_ids) {
    for (std::size_t i = 0; i < std::min(ids.size(), max_members_asked); ++i) {
      const json& id = ids[i];
      if (guild->members.contains(id_of(id))) found.push_back(state_.world.member_json(*guild, id_of(id), true));
      else missing.push_back(id);
    }
  } else {
    const auto wanted = limit == 0 ? max_members_asked : std::min(static_cast<std::size_t>(limit), max_members_asked);
    for (const auto& [user, member] : guild->members) {
      if (!whole && found.size() >= wanted) break;
      if (state_.world.users.at(user).name.starts_with(query)) found.push_back(state_.world.member_json(*guild, user, true));
    }
  }
  constexpr std::size_t chunk = 1000;
  const std::size_t chunks = std::max<std::size_t>(1, (found.size() + chunk - 1) / chunk);
  for (std::size_t i = 0; i < chunks; ++i) {
    json members = json::array();
    for (std::size_t m = i * chunk; m < std::min(found.size(), (i + 1) * chunk); ++m) members.push_back(found[m]);
    json out = {{"guild_id", d["guild_id"]}, {"members", std::move(members)}, {"chunk_index", i}, {"chunk_count", chunks}};
    if (by_ids) out["not_found"] = missing;
    if (nonce_comes_back) out["nonce"] = nonce;
    if (bool_at(d, "presences")) out["presences"] = json::array();
    push(session, "GUILD_MEMBERS_CHUNK", dump(out));
  }
}

}  // namespace monochord::testing
