// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <monochord/cache/cache.hpp>
#include <monochord/core/clock.hpp>
#include <monochord/gateway/identify_queue.hpp>
#include <monochord/metrics/metrics.hpp>
#include <monochord/metrics/server.hpp>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/process.hpp"
#include "dispatch/dispatcher.hpp"
#include "dispatch/event_tally.hpp"
#include "dispatch/handler_meter.hpp"
#include "gateway/shard_counters.hpp"
#include "gateway/shard_set.hpp"
#include "metrics/page.hpp"
#include "rest/queue.hpp"

namespace monochord {

/// A cache's figures, which cost a walk over all of it: they may be a second old.
class cache_look {
 public:
  cache_stats look(const cache& of, time_point now) {
    const std::lock_guard lock(mutex_);
    if (!known_ || now >= until_) {
      known_ = of.stats();
      until_ = after(now, std::chrono::seconds{1});
    }
    return *known_;
  }

 private:
  std::mutex mutex_;
  std::optional<cache_stats> known_;
  time_point until_{};
};

/// What a client counts beside its parts' own counters, and the figures that are made of all of it.
struct client_meters {
  explicit client_meters(std::shared_ptr<clock> time)
      : handlers(std::make_shared<dispatch::handler_meter>(std::move(time))) {}

  const std::shared_ptr<dispatch::event_tally> events = std::make_shared<dispatch::event_tally>();
  const std::shared_ptr<dispatch::handler_meter> handlers;
  const std::shared_ptr<gateway::shard_ledger> shards = std::make_shared<gateway::shard_ledger>();
  cache_look cache;
  metrics figures;
  std::unique_ptr<metrics_server> server;  // null without client_options::metrics_listen
};

// Each writes the families of one part. docs/metrics.md names them all.
void gather_gateway(metric_page& to, const dispatch::event_tally& events, const gateway::shard_ledger& all,
                    const std::vector<shard_info>& now);
void gather_session_starts(metric_page& to, const std::optional<identify_budget>& left);
void gather_rest(metric_page& to, const rest::queue& of);
void gather_dispatch(metric_page& to, const dispatch::dispatcher& of, const dispatch::handler_meter& handlers);
void gather_process(metric_page& to, const std::optional<detail::process_figures>& now);
void gather_cache(metric_page& to, const cache_stats& now);

}  // namespace monochord
