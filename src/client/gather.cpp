// SPDX-License-Identifier: MIT
// The figures of a client as families of metrics.
#include <algorithm>
#include <array>
#include <monochord/cache/cache.hpp>
#include <monochord/gateway/shards.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "client/meters.hpp"

namespace monochord {

namespace {

constexpr std::size_t reconnect_reasons = static_cast<std::size_t>(protocol::reconnect_reason::count_);
// In the order of the enumerators.
constexpr std::array<std::string_view, reconnect_reasons> reason_labels = {
    "asked",          "invalid_session", "zombie",        "suspended", "closed",
    "connect_failed", "hello_timeout",   "ready_timeout", "malformed", "restarted"};
constexpr std::array<std::string_view, cache_stats::kinds> kind_labels = {
    "guilds",    "channels",        "threads",          "members",           "users",
    "roles",     "emojis",          "stickers",         "soundboard_sounds", "voice_states",
    "presences", "stage_instances", "scheduled_events", "integrations",      "auto_moderation_rules",
    "invites",   "messages",        "entitlements"};

}  // namespace

void gather_gateway(metric_page& to, const dispatch::event_tally& events, const gateway::shard_ledger& all,
                    const std::vector<shard_info>& now) {
  auto by_type = to.counter("monochord_gateway_events_total", "Events taken to handlers, by their type on the wire.");
  for (std::size_t i = 0; i <= dispatch::unknown_event; ++i)
    if (const auto count = events.of(i)) by_type.add(count, {{"type", std::string(dispatch::event_name(i))}});

  const auto sum = all.sum();
  const auto& session = sum.session;
  to.counter("monochord_gateway_duplicate_events_total",
             "Events that were sent again after a reconnect although they had come.")
      .add(session.duplicates.get());
  to.counter("monochord_gateway_skipped_events_total", "Sequence numbers that never came.").add(session.gaps.get());
  to.counter("monochord_gateway_late_events_total", "Events that handlers worked on for longer than ack_after.")
      .add(sum.late_events.get());
  to.counter("monochord_gateway_pauses_total", "Times that a shard stopped reading because too many handlers ran.")
      .add(sum.pauses.get());
  to.counter("monochord_gateway_frames_total", "Websocket messages received.").add(session.frames.get());
  to.counter("monochord_gateway_received_compressed_bytes_total", "Bytes of these as they came.")
      .add(sum.inflate.bytes_in.get());
  to.counter("monochord_gateway_received_bytes_total", "Bytes of these, decompressed.")
      .add(sum.inflate.bytes_out.get());
  to.counter("monochord_gateway_payloads_sent_total", "Payloads sent, heartbeats included.")
      .add(sum.payloads_sent.get());
  to.counter("monochord_gateway_sent_bytes_total", "Bytes of these, which nothing compresses.")
      .add(sum.bytes_sent.get());

  to.counter("monochord_gateway_connects_total", "Attempts to open a connection.").add(session.connects.get());
  auto reconnects =
      to.counter("monochord_gateway_reconnects_total", "Connections and attempts that were lost, by the reason.");
  for (std::size_t i = 0; i < reason_labels.size(); ++i)
    reconnects.add(session.reconnects[i].get(), {{"reason", std::string(reason_labels[i])}});
  to.counter("monochord_gateway_identifies_total", "IDENTIFYs sent.").add(session.identifies.get());
  to.counter("monochord_gateway_resumes_total", "RESUMEs sent.").add(session.resumes.get());
  to.counter("monochord_gateway_resumed_total", "RESUMEs that Discord accepted.").add(session.resumed.get());
  to.counter("monochord_gateway_sessions_lost_total", "Sessions that could not be resumed any more.")
      .add(session.sessions_lost.get());
  to.counter("monochord_gateway_heartbeats_total", "Heartbeats sent.").add(session.heartbeats.get());
  to.counter("monochord_gateway_heartbeat_acks_total", "Heartbeats that were answered.").add(session.acks.get());
  to.counter("monochord_gateway_store_errors_total", "Calls of the session store that failed.")
      .add(sum.store_errors.get());
  to.histogram("monochord_gateway_heartbeat_latency_seconds", "From a heartbeat to its answer.")
      .add(all.latency.figures());

  std::array<std::size_t, static_cast<std::size_t>(shard_status::ended) + 1> by_status{};
  for (const auto& one : now) ++by_status[static_cast<std::size_t>(one.status)];
  auto shards = to.gauge("monochord_gateway_shards", "Shards of this process, by what they are doing.");
  for (std::size_t i = 0; i < by_status.size(); ++i)
    shards.add(by_status[i], {{"status", std::string(to_string(static_cast<shard_status>(i)))}});
  const auto each = [&](std::string name, std::string help, auto value_of) {
    auto family = to.gauge(std::move(name), std::move(help));
    for (const auto& one : now)
      if (const std::optional<double> value = value_of(one)) family.add(*value, {{"shard", std::to_string(one.id)}});
  };
  each("monochord_gateway_shard_latency_seconds", "Between the last heartbeat and its answer.",
       [](const shard_info& one) { return one.latency ? std::optional(in_seconds(*one.latency)) : std::nullopt; });
  each("monochord_gateway_shard_lag_seconds", "For how long the oldest event has been here that is not handled.",
       [](const shard_info& one) { return in_seconds(one.lag); });
  each("monochord_gateway_shard_guilds", "Guilds of the shard, once they are known.", [](const shard_info& one) {
    return one.guilds ? std::optional(static_cast<double>(*one.guilds)) : std::nullopt;
  });
}

void gather_session_starts(metric_page& to, const std::optional<identify_budget>& left) {
  auto starts =
      to.gauge("monochord_gateway_session_starts_left", "IDENTIFYs that are left of the day, once that is known.");
  if (left) starts.add(left->remaining);
}

void gather_rest(metric_page& to, const rest::queue& of) {
  const auto all = of.count();
  to.counter("monochord_rest_calls_total", "Calls that have ended, by how.")
      .add(all.succeeded, {{"outcome", "succeeded"}})
      .add(all.refused, {{"outcome", "refused"}})
      .add(all.failed, {{"outcome", "failed"}});
  to.gauge("monochord_rest_calls", "Calls under way, waiting ones included.")
      .add(all.calls - all.succeeded - all.refused - all.failed);

  const auto routes = of.routes();
  const auto labels = [](const rest::route_meter::figures& one) {
    return metric_page::labels{{"method", std::string(one.verb)}, {"route", std::string(one.path)}};
  };
  auto requests =
      to.counter("monochord_rest_requests_total", "Requests sent, by route and by the status of the answer.");
  for (const auto& one : routes) {
    for (const auto& [status, count] : one.statuses) {
      auto with = labels(one);
      with.push_back({"status", std::string(status)});
      requests.add(count, std::move(with));
    }
  }
  auto times =
      to.histogram("monochord_rest_request_duration_seconds", "From sending a request to the end of its answer.");
  for (const auto& one : routes) times.add(one.times, labels(one));

  to.histogram("monochord_rest_wait_seconds", "How long each request waited for its turn before it was sent.")
      .add(of.waits());
  to.counter("monochord_rest_waits_total", "Requests that had to wait, by what they waited for at first.")
      .add(all.waited_bucket, {{"reason", "bucket"}})
      .add(all.waited_order, {{"reason", "order"}})
      .add(all.waited_connection, {{"reason", "connection"}})
      .add(all.waited_global, {{"reason", "global"}})
      .add(all.waited_blocked, {{"reason", "blocked"}})
      .add(all.waited_guard, {{"reason", "guard"}})
      .add(all.waited_circuit, {{"reason", "circuit"}});
  to.counter("monochord_rest_retries_total", "Requests sent again after a 5xx or a lost connection.").add(all.retries);
  to.counter("monochord_rest_rate_limited_total", "Answers that were 429s, by the limit that they told of.")
      .add(all.limited_bucket, {{"scope", "bucket"}})
      .add(all.limited_shared, {{"scope", "shared"}})
      .add(all.limited_global, {{"scope", "global"}})
      .add(all.limited_address, {{"scope", "address"}});
  to.counter("monochord_rest_circuit_openings_total", "Times that calls were held back because Discord only failed.")
      .add(all.circuit_openings);
  to.gauge("monochord_rest_invalid_requests",
           "Answers 401, 403 and 429 of the last ten minutes; 10,000 block the address.")
      .add(all.invalid_requests);

  std::size_t waiting = 0;
  duration oldest{};
  for (const auto& one : all.waiting) {
    waiting += one.waiting;
    oldest = std::max(oldest, one.oldest);
  }
  to.gauge("monochord_rest_waiting", "Calls that wait for a limit.").add(waiting);
  to.gauge("monochord_rest_oldest_waiting_seconds", "How long the oldest of them has waited.").add(in_seconds(oldest));

  to.counter("monochord_rest_connections_opened_total", "Connections opened.").add(all.connections_opened);
  to.counter("monochord_rest_connections_reused_total", "Requests on a connection that had served one before.")
      .add(all.connections_reused);
  to.counter("monochord_rest_tls_handshakes_total", "TLS handshakes.").add(all.tls_handshakes);
  to.counter("monochord_rest_tls_resumed_total", "TLS handshakes that went on from an earlier connection.")
      .add(all.tls_resumed);
  to.counter("monochord_rest_timeouts_total", "Requests that were not answered in time.").add(all.timeouts);
}

void gather_dispatch(metric_page& to, const dispatch::dispatcher& of, const dispatch::handler_meter& handlers) {
  const auto all = of.counters();
  to.counter("monochord_dispatch_unwanted_events_total", "Events that nobody wanted, which were not decoded.")
      .add(all.unwanted);
  to.counter("monochord_dispatch_filtered_events_total", "Events that no filter let through, which were not decoded.")
      .add(all.filtered);
  to.counter("monochord_dispatch_dropped_events_total", "Events dropped by client_options::overflow.").add(all.dropped);
  to.counter("monochord_dispatch_slow_handlers_total", "Handlers that worked for longer than client_options::slow_handler.")
      .add(all.slow_handlers);
  to.gauge("monochord_dispatch_handlers_waiting", "Handlers that wait for an event or for Discord's answer to a command.")
      .add(all.handlers_waiting);
  to.gauge("monochord_dispatch_events_queued", "Events that wait for their turn.").add(all.events_queued);
  to.counter("monochord_dispatch_decode_errors_total", "Events that could not be decoded.").add(all.decode_errors);
  to.counter("monochord_dispatch_handlers_started_total", "Handlers started.").add(all.handlers_started);
  to.counter("monochord_dispatch_waits_for_room_total", "Times that reading stopped because max_running_handlers ran.")
      .add(all.waits_for_room);

  // Read in this order: what begins meanwhile does not make the queue shorter than none.
  const auto working = handlers.at_work();
  const auto started = of.running();
  to.gauge("monochord_dispatch_handlers_running", "Handlers at work, those that wait for something included.")
      .add(working);
  to.gauge("monochord_dispatch_handlers_queued", "Handlers that wait for a thread of the pool to begin.")
      .add(started - std::min(started, working));

  const auto types = handlers.look();
  auto times = to.histogram("monochord_dispatch_handler_duration_seconds",
                            "From the beginning of a handler to its end, by event.");
  for (const auto& one : types) times.add(one.times, {{"type", std::string(one.type)}});
  auto failed = to.counter("monochord_dispatch_handler_errors_total", "Handlers that ended by an exception, by event.");
  for (const auto& one : types) failed.add(one.failed, {{"type", std::string(one.type)}});
}

void gather_process(metric_page& to, const std::optional<detail::process_figures>& now) {
  if (!now) return;
  to.counter("process_cpu_seconds_total", "CPU time of the process.").add(now->cpu_seconds);
  to.gauge("process_resident_memory_bytes", "Resident memory of the process.").add(now->resident_bytes);
  to.gauge("process_virtual_memory_bytes", "Virtual memory of the process.").add(now->virtual_bytes);
  to.gauge("process_threads", "Threads of the process.").add(now->threads);
}

void gather_cache(metric_page& to, const cache_stats& now) {
  auto entities = to.gauge("monochord_cache_entities", "What the cache holds, by kind.");
  for (std::size_t i = 0; i < kind_labels.size(); ++i)
    entities.add(now.each[i].count, {{"kind", std::string(kind_labels[i])}});
  auto bytes = to.gauge("monochord_cache_bytes", "Memory of what the cache holds, by kind.");
  for (std::size_t i = 0; i < kind_labels.size(); ++i)
    bytes.add(now.each[i].bytes, {{"kind", std::string(kind_labels[i])}});
  to.gauge("monochord_cache_overhead_bytes", "Memory of the cache that belongs to no kind.").add(now.overhead_bytes);
  to.counter("monochord_cache_lookups_total", "What was looked up in the cache.").add(now.lookups);
  to.counter("monochord_cache_hits_total", "Of these, what it had.").add(now.hits);
}

}  // namespace monochord
