// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <mutex>

#include <monochord/gateway/shards.hpp>
#include "gateway/shard_manager.hpp"

namespace monochord {

/// Where a `shard_set` finds its shards: the manager comes when the client knows how many there are. Thread-safe.
struct shard_set::source {
  void set(std::shared_ptr<gateway::shard_manager> known) {
    const std::lock_guard lock(mutex);
    manager = std::move(known);
  }
  std::shared_ptr<gateway::shard_manager> get() const {
    const std::lock_guard lock(mutex);
    return manager;
  }

  mutable std::mutex mutex;
  std::shared_ptr<gateway::shard_manager> manager;
};

}  // namespace monochord
