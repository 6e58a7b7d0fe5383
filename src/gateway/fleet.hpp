// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <monochord/core/task.hpp>
#include <monochord/gateway/reshard_exchange.hpp>
#include <monochord/gateway/resharding.hpp>
#include "gateway/shard_manager.hpp"

namespace monochord::gateway {

/// The set of shards that serves, and the one that takes over from it while a resharding is under way. Thread-safe.
class fleet {
 public:
  /// Called on the fleet's strand; must not throw or block.
  struct hooks {
    /// Commands and questions go to this set from now on. The constructor tells the first.
    std::function<void(std::shared_ptr<shard_manager>)> serving;
    /// A set that served before has ended.
    std::function<void(std::shared_ptr<shard_manager>)> retired;
  };

  /// As the constructor of `shard_manager`.
  fleet(shard_manager_options first, std::shared_ptr<event_sink> sink, hooks tell);
  ~fleet();

  /// As `shard_manager::run`, for whatever set serves.
  task<> run();
  void stop(stop_mode mode) noexcept;
  task<> keep_positions();

  /// Where the sessions of the set that serves stand, of whose events all were delivered; nothing while there are two sets.
  task<std::optional<std::vector<session_position>>> positions() const;

  /// Has another number of shards take over while the present ones serve; completes when they have, and the old ones are gone.
  /// Throws, and goes on with the old set as if nothing had been: `error` with `errc::invalid_argument` for a plan with as
  /// many shards, while another resharding is under way, and before the first set runs; `gateway_error` with
  /// `errc::identify_budget_spent` when too few session starts are left, before one is used up; `error` with
  /// `errc::timeout`; what a new shard threw that failed for good. Cancelling it goes back too: `errc::cancelled`.
  /// With an `exchange` it is done together with the processes that have the other shards; `reshard_exchange_error` where that
  /// fails.
  task<reshard_report> reshard(shard_plan plan, gateway_info info, reshard_options how,
                               std::shared_ptr<reshard_exchange> exchange = {});

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace monochord::gateway
