// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include <monochord/gateway/shards.hpp>
#include "gateway/shard_manager.hpp"
#include "gateway/source_feed.hpp"

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

  /// Events come from elsewhere: there will be no manager.
  void set_feed(std::shared_ptr<gateway::source_feed> known) {
    const std::lock_guard lock(mutex);
    feed = std::move(known);
  }
  std::shared_ptr<gateway::source_feed> get_feed() const {
    const std::lock_guard lock(mutex);
    return feed;
  }

  /// How the client has them resharded; empty before it runs.
  using resharder = std::function<task<reshard_report>(int total, reshard_options how)>;
  void on_reshard(resharder how) {
    const std::lock_guard lock(mutex);
    reshard = std::move(how);
  }

  mutable std::mutex mutex;
  std::shared_ptr<gateway::shard_manager> manager;
  std::shared_ptr<gateway::source_feed> feed;
  resharder reshard;
};

}  // namespace monochord
