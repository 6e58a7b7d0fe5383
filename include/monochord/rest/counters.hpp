// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace monochord {

/// What the REST side of a client did so far.
struct rest_counters {
  std::uint64_t calls = 0;
  std::uint64_t succeeded = 0;
  std::uint64_t refused = 0;             ///< ended by a status of 400 or more
  std::uint64_t failed = 0;              ///< ended without an answer
  std::uint64_t retries = 0;             ///< sent again after a 5xx or a lost connection
  std::uint64_t status_429 = 0;          ///< answers that were 429s
  std::uint64_t waited = 0;              ///< sendings that had to wait for a limit
  std::uint64_t waited_bucket = 0;       ///< of these, for the quota of a bucket
  std::uint64_t waited_global = 0;       ///< for the global limit
  std::uint64_t waited_blocked = 0;      ///< for the end of a block of the whole address
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_reused = 0;  ///< requests on a connection that had served one before
  std::uint64_t tls_handshakes = 0;
  std::uint64_t tls_resumed = 0;         ///< of these, those that went on from an earlier connection
  std::uint64_t idle_closes = 0;         ///< connections closed because nobody had used them for a while
  std::uint64_t timeouts = 0;
};

}  // namespace monochord
