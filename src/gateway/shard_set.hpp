// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

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

  /// How the client has them resharded; empty before it runs.
  using resharder = std::function<task<reshard_report>(int total, reshard_options how)>;
  void on_reshard(resharder how) {
    const std::lock_guard lock(mutex);
    reshard = std::move(how);
  }

  mutable std::mutex mutex;
  std::shared_ptr<gateway::shard_manager> manager;
  resharder reshard;
};

}  // namespace monochord
