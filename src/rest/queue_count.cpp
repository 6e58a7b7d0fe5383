// SPDX-License-Identifier: MIT
// What a queue has counted.
#include <string>

#include "rest/queue.hpp"

namespace monochord::rest {

task<rest_counters> queue::counters() { co_return count(); }

rest_counters queue::count() const {
  rest_counters all;
  all.succeeded = tallies_.succeeded;
  all.refused = tallies_.refused;
  all.failed = tallies_.failed;
  all.calls = tallies_.calls;  // last: it is never less than the three
  all.retries = tallies_.retries;
  all.waited = tallies_.waited;
  all.status_429 = tallies_.status_429;
  const auto report = limits_->look(clock_->now());
  const auto& limiter = report.counters;
  all.waited_bucket = limiter.waits_bucket + limiter.waits_learning;
  all.waited_order = limiter.waits_order;
  all.waited_connection = limiter.waits_connection;
  all.waited_global = limiter.waits_global;
  all.waited_blocked = limiter.waits_blocked;
  all.waited_guard = limiter.waits_guard;
  all.waited_circuit = limiter.waits_circuit;
  all.limited_bucket = limiter.limited_user;
  all.limited_shared = limiter.limited_shared;
  all.limited_global = limiter.limited_global;
  all.limited_address = limiter.limited_blocked;
  all.circuit_openings = limiter.circuit_openings;
  all.invalid_requests = report.invalid_requests;
  for (const auto& figure : report.waiting)
    all.waiting.push_back({figure.label, figure.bucket, std::string(protocol::name(figure.waits_for)), figure.waiting,
                           figure.in_flight, figure.oldest});
  const auto http = pool_.counters();
  const auto express = express_.counters();
  all.connections_opened = http.connections_opened + express.connections_opened;
  all.connections_reused = http.connections_reused + express.connections_reused;
  all.tls_handshakes = http.tls_handshakes + express.tls_handshakes;
  all.tls_resumed = http.tls_resumed + express.tls_resumed;
  all.idle_closes = http.idle_closes + express.idle_closes;
  all.timeouts = http.timeouts + express.timeouts;
  return all;
}

}  // namespace monochord::rest
