// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/gateway/sharding.hpp>
#include <monochord/gateway/shards.hpp>
#include <monochord/model/derived_events.hpp>
#include <monochord/model/gateway.hpp>
#include "gateway/shard.hpp"

namespace monochord::gateway {

/// What GET /gateway/bot said; the client asks, since this room knows no REST.
using gateway_info = gateway_bot_info;

struct shard_manager_options {
  /// What every shard gets. `gateway_url` and `shard_count` are filled in from `info`; a null `queue` becomes one in
  /// this process made from `info.session_start_limit`, null `guilds` and `gate` those of this manager alone.
  shard_options shard;
  gateway_info info;
  shard_plan plan;             ///< which shards run here
  /// Fewer IDENTIFYs left today than shards need: wait, or fail with `errc::identify_budget_spent`.
  bool wait_for_budget = true;
  /// Called on the manager's strand when a shard is up for the first time, in the order of `ready`; must not throw or block.
  std::function<void(const start_progress&)> on_progress;
  /// Called on a shard's executor when the shard is about to start a session, before it can; must not throw or block.
  std::function<void(int shard_id)> on_session;
  /// Called there once: when every shard has a session and no guild is awaited any more, or none has come for `guild_wait`.
  std::function<void(const all_ready&)> on_all_ready;
  std::chrono::milliseconds guild_wait{15'000};
};

/// Those shards of a bot that run in this process. Members are thread-safe.
class shard_manager {
 public:
  /// Connects nowhere yet. Throws `error` with `errc::invalid_argument` when there is no address, or no shard to run.
  shard_manager(shard_manager_options options, std::shared_ptr<event_sink> sink);
  ~shard_manager();

  /// Starts the shards in the order of the identify queue and lives until `stop()`; every shard has ended when this
  /// completes. Throws what the first shard that failed for good threw (or the last of all, where each is given up:
  /// `shard::is_given_up`), or what the queue's `expect` threw, after the
  /// others were stopped; `gateway_error` with `errc::identify_budget_spent`, and starts none, when the budget is too
  /// small and is not waited for. Once only.
  /// Cancelling it is `stop(keep_session)`.
  task<> run();
  /// Ends all shards, within about 3 seconds. Idempotent; `discard_session` after `keep_session`, while run() has not
  /// completed, erases the stored sessions, so that nobody resumes them. The close codes have been sent by then.
  void stop(stop_mode mode) noexcept;

  /// `shard::keep_position` of all shards.
  task<> keep_positions();

  const shard_range& range() const noexcept;
  /// What the shards ask for leave to IDENTIFY: the one given, or that of this process. Null before the first is started.
  std::shared_ptr<monochord::identify_queue> queue() const;
  /// The shard with this number, or the one that a guild's events come on. Throws `error` with `errc::invalid_argument`
  /// for a number that does not exist, or whose shard runs elsewhere.
  const std::shared_ptr<shard>& at(int shard_id) const;
  const std::shared_ptr<shard>& of(guild_id guild) const;
  /// All that run here, by number.
  const std::vector<std::shared_ptr<shard>>& all() const noexcept;
  /// True while every shard is ready.
  bool all_ready() const noexcept;
  /// Of all shards that have a session.
  task<std::vector<session_position>> positions() const;
  /// Of all shards together.
  shard_counters counters() const noexcept;

  struct impl;

 private:
  std::shared_ptr<impl> impl_;
};

}  // namespace monochord::gateway
