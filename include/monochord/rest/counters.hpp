// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/clock.hpp>

namespace monochord {

/// Calls that wait for one limit.
struct rest_waiting {
  std::string route;   ///< like `POST /channels/{channel_id}/messages of 123`; tokens never appear
  std::string bucket;  ///< Discord's name of the limit; empty while it is not known
  std::string reason;  ///< what the next of them waits for, in words
  std::size_t waiting = 0;
  int in_flight = 0;
  duration oldest{};   ///< how long the oldest has waited
};

/// What the REST side of a client did so far. What is said of limits counts for all clients that share them.
struct rest_counters {
  std::uint64_t calls = 0;               ///< `succeeded`, `refused`, `failed` and those under way
  std::uint64_t succeeded = 0;
  std::uint64_t refused = 0;             ///< ended by an answer that is no success
  std::uint64_t failed = 0;              ///< ended without an answer, cancelled ones included
  std::uint64_t retries = 0;             ///< sent again after a 5xx or a lost connection
  std::uint64_t status_429 = 0;          ///< answers that were 429s
  std::uint64_t waited = 0;              ///< sendings that had to wait for a limit
  std::uint64_t waited_bucket = 0;       ///< of these, for the quota of a bucket
  std::uint64_t waited_order = 0;        ///< for an earlier write to the same channel or webhook
  std::uint64_t waited_connection = 0;   ///< for one of the client's connections
  std::uint64_t waited_global = 0;       ///< for the global limit
  std::uint64_t waited_blocked = 0;      ///< for the end of a block of the whole address
  std::uint64_t waited_guard = 0;        ///< because of too many invalid requests
  std::uint64_t waited_circuit = 0;      ///< because Discord only failed
  std::uint64_t limited_bucket = 0;      ///< 429s of a bucket or a sub-limit
  std::uint64_t limited_shared = 0;      ///< 429s of scope `shared`
  std::uint64_t limited_global = 0;      ///< global 429s
  std::uint64_t limited_address = 0;     ///< 429s that were Cloudflare's
  std::uint64_t circuit_openings = 0;
  std::uint64_t invalid_requests = 0;    ///< 401s, 403s and 429s of the last ten minutes: 10,000 block the address
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_reused = 0;  ///< requests on a connection that had served one before
  std::uint64_t tls_handshakes = 0;
  std::uint64_t tls_resumed = 0;         ///< of these, those that went on from an earlier connection
  std::uint64_t idle_closes = 0;         ///< connections closed because nobody had used them for a while
  std::uint64_t timeouts = 0;
  std::vector<rest_waiting> waiting;     ///< where calls wait now, the longest wait first
};

}  // namespace monochord
