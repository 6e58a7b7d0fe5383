// SPDX-License-Identifier: MIT
// What clients send on the gateway, judged as Discord judges it. What they send on a session: gateway_commands.cpp.
#include <algorithm>
#include <optional>
#include <string>

#include "testing/gateway.hpp"

namespace monochord::testing {

namespace {

using namespace std::chrono_literals;

/// How much earlier than an interval after the one before an IDENTIFY may arrive: two messages need not travel equally
/// long. Of a shorter interval than Discord's a quarter.
constexpr duration travel_allowance = 250ms;
constexpr int travel_parts = 4;
/// How much later than an interval after the one before a heartbeat may arrive: a quarter of an interval, and what a busy
/// machine may keep it waiting. With intervals below some seconds nothing is left but the silence of two of them.
constexpr int late_parts = 4;
constexpr duration busy_machine = 2s;

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
                                             std::to_string(state_.options.identify_interval.count()) +
                                             " ms after another one of its max_concurrency key");
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
  const duration interval = state_.options.identify_interval;
  const duration spacing = interval - std::min<duration>(travel_allowance, interval / travel_parts);
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
  if (d.contains("large_threshold")) session->large_threshold = static_cast<std::size_t>(int_at(d, "large_threshold"));
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

}  // namespace monochord::testing
