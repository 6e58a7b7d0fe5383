// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "core/histogram.hpp"
#include "core/tally.hpp"
#include "protocol/inflate.hpp"
#include "protocol/session.hpp"

namespace monochord::gateway {

/// What a shard did over all its connections. Counted on its strand, to be read from anywhere.
struct shard_counters {
  protocol::session_counters session;
  protocol::inflate_counters inflate;
  tally payloads_sent;  ///< all opcodes
  tally bytes_sent;     ///< of these, as they are written, which nothing compresses
  tally user_payloads, user_waits;
  tally pauses;         ///< times reading stopped because the sink had no room
  tally store_errors;
  tally late_events;    ///< counted as handled although somebody still worked on them

  shard_counters& operator+=(const shard_counters& other) noexcept;
};

/// The counters of all shards that a client ever has: what one counted stays in the sum when it is gone. Thread-safe.
class shard_ledger : public std::enable_shared_from_this<shard_ledger> {
 public:
  /// Those of one more shard.
  std::shared_ptr<shard_counters> open() {
    std::shared_ptr<shard_counters> made(new shard_counters, [self = shared_from_this()](shard_counters* gone) { self->close(gone); });
    const std::lock_guard lock(mutex_);
    open_.push_back(made.get());
    return made;
  }
  shard_counters sum() const {
    const std::lock_guard lock(mutex_);
    auto out = closed_;
    for (const auto* one : open_) out += *one;
    return out;
  }

  histogram latency;  ///< from a heartbeat to its answer

 private:
  void close(shard_counters* gone) {
    const std::unique_ptr<shard_counters> owner(gone);
    const std::lock_guard lock(mutex_);
    closed_ += *gone;
    std::erase(open_, gone);
  }

  mutable std::mutex mutex_;  // guards what follows
  shard_counters closed_;
  std::vector<shard_counters*> open_;
};

}  // namespace monochord::gateway
