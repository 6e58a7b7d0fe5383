// SPDX-License-Identifier: MIT
#pragma once

namespace monochord {

/// Consecutive shards of a bot: `first` to `last`, both included, of `total` in all.
struct shard_range {
  int first = 0;
  int last = 0;
  int total = 1;
  friend bool operator==(const shard_range&, const shard_range&) = default;
};

/// Which of a bot's shards run in this process. A small value; the functions that make one throw `error` with
/// `errc::invalid_argument`, and a text that names the numbers, for a plan that no bot can run.
/// https://docs.discord.com/developers/events/gateway#sharding
class shard_plan {
 public:
  /// As `recommended()`.
  shard_plan() noexcept = default;

  /// All of them, as many as Discord recommends when the client starts (GET /gateway/bot).
  static shard_plan recommended() noexcept { return {}; }
  /// All of them, and `total` there are.
  static shard_plan of(int total);
  /// `first` to `last`, both included, of `total`: `range(16, 31, 64)` are 16 shards.
  static shard_plan range(int first, int last, int total);
  /// The part of process `id` (from 0) of `clusters` processes: consecutive shards, whose numbers differ by one at the
  /// most, the larger parts first. `total` 0: as many as Discord recommends; since each process asks for itself, give
  /// the number where processes do not start together.
  static shard_plan cluster(int id, int clusters, int total = 0);

  /// The same part of a bot with `total` shards: all of them, or a cluster's. For a plan that was made by `range`, which
  /// names its shards, it throws `error` with `errc::invalid_argument`. 0: as Discord recommends.
  shard_plan with_total(int total) const;

  /// Whether other processes may run shards of the bot too: a cluster of several, or shards that are named.
  bool is_part() const noexcept { return clusters_ > 1 || last_ >= first_; }

  /// The shards, where Discord recommends so many. Throws `error` with `errc::invalid_argument` for a cluster that has
  /// none of them.
  shard_range shards(int recommended) const;

 private:
  int total_ = 0;     // 0: as recommended
  int first_ = 0;
  int last_ = -1;     // below first_: not a range
  int cluster_ = 0;
  int clusters_ = 1;
};

}  // namespace monochord
