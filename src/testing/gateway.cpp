// SPDX-License-Identifier: MIT
// Connections, sessions and what they are sent. What clients send is judged in gateway_receive.cpp.
#include "testing/gateway.hpp"

#include <algorithm>
#include <string>

#include "testing/query.hpp"

namespace monochord::testing {

namespace {

/// Discord closes a connection whose heartbeats stop; how late it does is its own affair. Two intervals are lenient.
constexpr int silent_intervals = 2;

const tables::event_row* find_event(std::string_view name) {
  const auto found =
      std::find_if(tables::events.begin(), tables::events.end(), [&](const auto& e) { return e.name == name; });
  return found == tables::events.end() ? nullptr : &*found;
}

/// Whether Discord's table says that a session is over once its connection was closed so.
bool ends_session(std::uint16_t code) {
  return std::any_of(tables::close_codes.begin(), tables::close_codes.end(),
                     [&](const auto& row) { return row.code == code && !row.resume; });
}

std::shared_ptr<const std::string> shared_text(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

}  // namespace

mock_state::mock_state(mock_options what)
    : options(std::move(what)),
      world(options.clock),
      bearer_tokens{options.bearer_token},
      limits(options.rest_requests_per_second, options.invalid_requests_per_10_minutes) {}

void mock_state::violate(std::string kind, std::string text) {
  ++counters.violations;
  if (violations.size() >= options.violations_limit) return;  // the first ones say what went wrong
  violations.push_back({std::move(kind), std::move(text), now()});
}

std::shared_ptr<gateway_link> gateway::open(std::string_view path, std::string_view query, std::function<void()> wake) {
  auto link = std::make_shared<gateway_link>();
  link->id = ++state_.last_link;
  link->at_resume_url = is_resume_path(path);
  link->wake = std::move(wake);
  link->last_heartbeat = state_.now();
  state_.links.emplace(link->id, link);
  ++state_.counters.connections;
  state_.counters.open_connections = state_.links.size();

  std::string version;
  std::string encoding = "json";
  std::string compress;
  for (const auto& [name, value] : parse_query(query)) {
    if (name == "v") version = value;
    if (name == "encoding") encoding = value;
    if (name == "compress") compress = value;
  }
  if (state_.faults.no_hello) return link;
  if (version != "10") {
    link->usable = false;
    refuse(*link, 4012, "Invalid API version.", "gateway_version",
           "the gateway was opened with v=" + version + "; this is version 10");
  } else if (encoding != "json") {
    link->usable = false;
    refuse(*link, 4002, "Error while decoding payload.", "gateway_encoding",
           "the gateway was opened with encoding=" + encoding + "; the mock speaks json");
  } else if (!compress.empty() && !(compress == "zlib-stream" && state_.options.allow_zlib) &&
             !(compress == "zstd-stream" && state_.options.allow_zstd)) {
    link->usable = false;
    refuse(*link, 4002, "Error while decoding payload.", "gateway_compression",
           "the gateway was opened with compress=" + compress + ", which is not served");
  } else {
    link->greeted = true;
    send(*link, {{"op", 10},
                 {"s", nullptr},
                 {"t", nullptr},
                 {"d", {{"heartbeat_interval", state_.options.heartbeat_interval.count()}, {"_trace", json::array({"[\"mock\"]"})}}}});
  }
  return link;
}

void gateway::closed(gateway_link& link, std::uint16_t code) {
  if (code != 0) {
    ++state_.counters.closes_received;
    state_.counters.last_close_received = code;
  }
  if (link.session) {
    const auto session = link.session;
    if (session->link == link.id) detach(*session);
    // 1000 and 1001 say that the bot goes away for good; anything else leaves the session to be resumed.
    if ((code == 1000 || code == 1001) && !link.closing) end_session(session);
    leave_session(link);
  }
  link.closing = true;
  state_.links.erase(link.id);
  state_.counters.open_connections = state_.links.size();
}

void gateway::tick(gateway_link& link) {
  if (link.closing || link.stalled) return;
  const auto now = state_.now();
  if (link.session && link.ready_pending && now >= link.ready_at) ready(link);
  if (now < silent_at(link)) return;
  if (link.session) {
    refuse(link, 4009, "Session timed out.", "heartbeats_missing",
           "no heartbeat of shard " + std::to_string(link.session->shard) + " came for " +
               std::to_string(silent_intervals) + " intervals");
  } else {
    refuse(link, 4009, "Session timed out.", "heartbeats_missing", "a connection without a session sent no heartbeat");
  }
}

time_point gateway::due(const gateway_link& link) const {
  if (link.closing || link.stalled) return time_point::max();
  return link.ready_pending ? std::min(silent_at(link), link.ready_at) : silent_at(link);
}

time_point gateway::silent_at(const gateway_link& link) const {
  // Without HELLO nobody knows how often to beat.
  if (!link.greeted) return time_point::max();
  return link.last_heartbeat + silent_intervals * state_.options.heartbeat_interval;
}

std::vector<outgoing> gateway::take(gateway_link& link, std::size_t most) {
  std::vector<outgoing> taken;
  auto& cut = state_.faults.cut_after_events;
  while (!link.stalled && !link.out.empty() && taken.size() < most) {
    if (link.out.front().what == outgoing::kind::event) {
      if (cut && *cut == 0) {
        cut.reset();
        disconnect(disconnect_how::drop, 0, std::nullopt);
        continue;
      }
      if (cut) --*cut;
      ++state_.counters.events_sent;
    }
    if (link.out.front().what == outgoing::kind::close) ++state_.counters.closes_sent;
    if (link.out.front().what == outgoing::kind::stall) link.stalled = true;
    taken.push_back(std::move(link.out.front()));
    link.out.pop_front();
  }
  return taken;
}

void gateway::forget_abandoned() {
  std::vector<std::shared_ptr<gateway_session>> abandoned;
  for (const auto& [id, session] : state_.sessions)
    if (session->link == 0 && state_.now() - session->detached > state_.options.session_lifetime) abandoned.push_back(session);
  for (const auto& session : abandoned) end_session(session);
}

void gateway::end_session(const std::shared_ptr<gateway_session>& session) {
  state_.sessions.erase(session->id);
  for (const auto& one : session->overflow) note_lost(session->id, one.seq, *one.text);
  for (const auto& one : session->ring) note_lost(session->id, one.seq, *one.text);
}

void gateway::note_lost(std::string_view session, std::uint64_t seq, std::string_view text) {
  if (state_.options.note_lost_events) state_.lost_events.push_back({std::string(session), seq, std::string(text)});
}

void gateway::event(std::string_view name, snowflake guild, const json& data) {
  forget_abandoned();
  const std::string text = dump(data);
  bool heard = false;
  for (const auto& [id, session] : state_.sessions) {
    if (!wants(*session, name, guild)) continue;
    push(*session, name, text);
    heard = true;
  }
  if (!heard) note_lost({}, 0, text);
}

void gateway::guild_create(const guild_record& guild) {
  forget_abandoned();
  bool heard = false;
  for (const auto& [id, session] : state_.sessions) {
    if (!wants(*session, "GUILD_CREATE", guild.id)) continue;
    push_guild(*session, guild);
    heard = true;
  }
  if (!heard) note_lost({}, 0, dump(state_.world.guild_create_json(guild, false, 0)));
}

void gateway::push_guild(gateway_session& session, const guild_record& guild) {
  constexpr std::uint32_t guild_presences = 1U << 8;
  push(session, "GUILD_CREATE",
       dump(state_.world.guild_create_json(guild, (session.intents & guild_presences) != 0, session.large_threshold)));
}

void gateway::message_event(std::string_view name, snowflake guild, const json& data) {
  constexpr std::uint32_t message_content = 1U << 15;
  forget_abandoned();
  const std::string full = dump(data);
  std::string without = full;
  // Without the intent a bot reads its own messages, those that mention it, and direct ones.
  bool readable = guild == 0 || id_at(at(data, "author"), "id") == state_.world.bot;
  for (const auto& user : at(data, "mentions")) readable = readable || id_at(user, "id") == state_.world.bot;
  if (!readable) {
    json stripped = data;
    stripped["content"] = "";
    for (const char* list : {"embeds", "attachments", "components"}) stripped[list] = json::array();
    stripped.erase("poll");
    without = dump(stripped);
  }
  bool heard = false;
  for (const auto& [id, session] : state_.sessions) {
    if (!wants(*session, name, guild)) continue;
    push(*session, name, (session->intents & message_content) != 0 ? full : without);
    heard = true;
  }
  if (!heard) note_lost({}, 0, full);
}

void gateway::event_to_all(std::string_view name, std::string_view data) {
  forget_abandoned();
  for (const auto& [id, session] : state_.sessions)
    if (session->started) push(*session, name, data);
}

bool gateway::concerns(const gateway_link& link, std::optional<int> shard) {
  return !shard || (link.session && link.session->shard == *shard);
}

void gateway::disconnect(disconnect_how how, std::uint16_t code, std::optional<int> shard) {
  for (const auto& [id, link] : state_.links) {
    if (!concerns(*link, shard)) continue;
    link->stalled = false;
    if (how == disconnect_how::drop) drop(*link);
    else close(*link, code, "");
  }
}

void gateway::stall(bool on, std::optional<int> shard) {
  for (const auto& [id, link] : state_.links) {
    if (!concerns(*link, shard)) continue;
    link->stalled = on;
    link->last_heartbeat = state_.now();  // what the client sent meanwhile was not read: it is not its fault
    link->wake();
  }
}

void gateway::send_op(int op, const json& data, std::optional<int> shard) {
  for (const auto& [id, link] : state_.links) {
    if (!concerns(*link, shard)) continue;
    if (op == 9) ++state_.counters.invalid_sessions;
    send(*link, {{"op", op}, {"d", data}, {"s", nullptr}, {"t", nullptr}});
    if (op == 9 && data == false && link->session) {
      const auto session = link->session;
      detach(*session);
      leave_session(*link);
      link->session_ended = true;
      end_session(session);
    }
  }
}

void gateway::send_raw(std::string_view bytes, bool binary, std::optional<int> shard) {
  queue_raw(binary ? outgoing::kind::raw_binary : outgoing::kind::raw_text, bytes, shard);
}

void gateway::send_bytes(std::string_view bytes, std::optional<int> shard) {
  queue_raw(outgoing::kind::raw_bytes, bytes, shard);
}

void gateway::queue_raw(outgoing::kind kind, std::string_view bytes, std::optional<int> shard) {
  const auto text = shared_text(std::string(bytes));
  for (const auto& [id, link] : state_.links) {
    if (link->closing || !concerns(*link, shard)) continue;
    link->out.push_back({kind, text, 0});
    link->wake();
  }
}

void gateway::forget_sessions(std::optional<int> shard) {
  std::vector<std::shared_ptr<gateway_session>> forgotten;
  for (const auto& [id, session] : state_.sessions)
    if (!shard || session->shard == *shard) forgotten.push_back(session);
  for (const auto& session : forgotten) {
    end_session(session);
    gateway_link* link = link_of(*session);
    if (!link) continue;
    leave_session(*link);
    link->session_ended = true;
  }
}

void gateway::leave_session(gateway_link& link) {
  link.session = nullptr;
  link.ready_pending = false;  // it was to be the session's
  link.last_position = 0;
}

std::shared_ptr<gateway_session> gateway::connected_session(int shard) const {
  for (const auto& [id, session] : state_.sessions)
    if (session->shard == shard && session->link != 0) {
      const gateway_link* link = link_of(*session);
      if (link && !link->closing && !link->ready_pending) return session;
    }
  return nullptr;
}

int gateway::identifies_left(duration& reset_after) {
  const auto end = state_.budget_start + std::chrono::hours{tables::limits.identify_budget_hours};
  if (state_.now() >= end) state_.identifies_today = 0;
  reset_after = state_.identifies_today == 0 ? duration{} : end - state_.now();
  return state_.options.session_start_limit - state_.identifies_today;
}

void gateway::ready(gateway_link& link) {
  link.ready_pending = false;
  link.session_since = state_.now();
  auto& session = *link.session;
  session.started = true;
  json guilds = json::array();
  for (const auto& [id, guild] : state_.world.guilds)
    if (in_shard(session, id) && guild.members.contains(state_.world.bot))
      guilds.push_back({{"id", id_text(id)}, {"unavailable", true}});
  const json data = {
      {"v", 10},
      {"user", state_.world.own_user_json()},
      {"guilds", guilds},
      {"session_id", session.id},
      {"session_type", "normal"},
      {"resume_gateway_url", state_.faults.dead_resume_url
                                 ? (state_.options.tls ? "wss://" : "ws://") + state_.options.host + ":9"
                                 : state_.resume_gateway_url},
      {"shard", {session.shard, session.shard_count}},
      {"application", {{"id", id_text(state_.world.application)}, {"flags", 0}, {"flags_new", "0"}}},
      {"relationships", json::array()},
      {"private_channels", json::array()},
      {"presences", json::array()},
      {"user_settings", json::object()},
      {"geo_ordered_rtc_regions", json::array({"rotterdam"})},
      {"guild_join_requests", json::array()},
      {"_trace", json::array({"[\"mock\"]"})}};
  push(session, "READY", dump(data));
  ++state_.counters.readies;
  if (!state_.faults.guilds_stay_unavailable) {
    for (const auto& [id, guild] : state_.world.guilds)
      if (!guild.unavailable && wants(session, "GUILD_CREATE", id))
        push_guild(session, guild);
  }
  after_session_start(link);
}

void gateway::after_session_start(gateway_link& link) {
  if (!state_.faults.swallow_after_ready) return;
  // READY and what follows it still go out; then the cable is cut.
  link.out.push_back({outgoing::kind::stall, nullptr, 0});
  link.wake();
}

void gateway::send(gateway_link& link, const json& payload, outgoing::kind what) {
  if (link.closing) return;
  link.out.push_back({what, shared_text(dump(payload)), 0});
  link.wake();
}

void gateway::close(gateway_link& link, std::uint16_t code, std::string_view reason) {
  if (link.closing) return;
  link.closing = true;
  if (link.session) {
    detach(*link.session);
    if (ends_session(code)) end_session(link.session);
  }
  link.out.push_back({outgoing::kind::close, shared_text(std::string(reason)), code});
  link.wake();
}

void gateway::refuse(gateway_link& link, std::uint16_t code, std::string_view reason, std::string kind,
                     std::string text) {
  state_.violate(std::move(kind), std::move(text) + " (closed with " + std::to_string(code) + ")");
  close(link, code, reason);
}

void gateway::drop(gateway_link& link) {
  link.closing = true;
  link.stalled = false;
  if (link.session) detach(*link.session);
  link.out.clear();
  link.out.push_back({outgoing::kind::drop, nullptr, 0});
  link.wake();
}

void gateway::push(gateway_session& session, std::string_view name, std::string_view data) {
  ++session.seq;
  std::string text;
  text.reserve(data.size() + name.size() + 48);
  text.append("{\"t\":\"").append(name).append("\",\"s\":").append(std::to_string(session.seq));
  text.append(",\"op\":0,\"d\":").append(data).append("}");
  const auto shared = shared_text(std::move(text));
  session.ring.push_back({session.seq, shared});
  if (session.ring.size() > state_.options.replay_limit) {
    if (state_.options.note_lost_events) session.overflow.push_back(session.ring.front());
    session.forgotten = session.ring.front().seq;
    session.ring.pop_front();
  }
  gateway_link* link = link_of(session);
  if (!link || link->closing) return;
  link->out.push_back({outgoing::kind::event, shared, 0});
  link->wake();
}

/// What a heartbeat has acknowledged need not be kept: nobody who resumes is to ask for it.
void gateway::forget_up_to(gateway_session& session, std::uint64_t seq) {
  while (!session.overflow.empty() && session.overflow.front().seq <= seq) session.overflow.pop_front();
  while (!session.ring.empty() && session.ring.front().seq <= seq) {
    session.forgotten = session.ring.front().seq;
    session.ring.pop_front();
  }
}

void gateway::detach(gateway_session& session) {
  session.link = 0;
  session.detached = state_.now();
}

bool gateway::in_shard(const gateway_session& session, snowflake guild) const {
  return static_cast<int>((guild >> 22U) % static_cast<snowflake>(session.shard_count)) == session.shard;
}

bool gateway::wants(const gateway_session& session, std::string_view name, snowflake guild) const {
  const auto* row = find_event(name);
  if (!session.started) return false;
  if (!row) return true;  // not an event of the tables: a test sends it
  // Direct messages and what belongs to no guild go to shard 0.
  const bool mine = guild == 0 ? session.shard == 0 : in_shard(session, guild);
  if (name == "USER_UPDATE") return true;
  if (!mine) return false;
  // Only the news that the bot is out of a guild comes from outside it.
  if (guild != 0 && name != "GUILD_DELETE" && !state_.world.is_member(guild, state_.world.bot)) return false;
  return row->always || (session.intents & (guild == 0 ? row->direct : row->guild)) != 0;
}

gateway_link* gateway::link_of(const gateway_session& session) const {
  const auto found = state_.links.find(session.link);
  return session.link == 0 || found == state_.links.end() ? nullptr : found->second.get();
}

}  // namespace monochord::testing
