// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/gateway.hpp>
#include "gateway/shard.hpp"

namespace monochord::gateway {

/// What GET /gateway/bot said; the client asks, since this room knows no REST.
using gateway_info = gateway_bot_info;

struct shard_manager_options {
  /// What every shard gets. `gateway_url` and `shard_count` are filled in from `info`; a null `queue` becomes one in
  /// this process made from `info.session_start_limit`.
  shard_options shard;
  gateway_info info;
  int shard_count = 0;         ///< 0: as many as `info.shards` recommends
  bool wait_for_budget = true; ///< no IDENTIFY left today: wait, or fail with `errc::identify_budget_spent`
};

/// All shards of a bot in this process. Members are thread-safe.
class shard_manager {
 public:
  /// Connects nowhere yet. Throws `error` with `errc::invalid_argument` when there is no address.
  shard_manager(shard_manager_options options, std::shared_ptr<event_sink> sink);
  ~shard_manager();

  /// Starts the shards in the order of the identify queue and lives until `stop()`; every shard has ended when this
  /// completes. Throws what the first shard that failed for good threw, or what the queue's `expect` threw, after the
  /// others were stopped. Once only.
  /// Cancelling it is `stop(keep_session)`.
  task<> run();
  /// Ends all shards, within about 3 seconds. Idempotent; `discard_session` after `keep_session`, while run() has not
  /// completed, erases the stored sessions, so that nobody resumes them. The close codes have been sent by then.
  void stop(stop_mode mode) noexcept;

  /// `shard::keep_position` of all shards.
  task<> keep_positions();

  int shard_count() const noexcept;
  /// The shard with this number, or the one that a guild's events come on. Throws `error` with `errc::invalid_argument`
  /// for a number that does not exist.
  std::shared_ptr<shard> at(int shard_id) const;
  std::shared_ptr<shard> of(guild_id guild) const;
  /// True while every shard is ready.
  bool all_ready() const noexcept;
  /// Of all shards together.
  task<shard_counters> counters() const;

  struct impl;

 private:
  std::shared_ptr<impl> impl_;
};

}  // namespace monochord::gateway
