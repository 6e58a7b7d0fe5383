// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

#include <monochord/core/clock.hpp>
#include <monochord/core/snowflake.hpp>

namespace monochord::protocol {

/// The shard that a guild's events come on. What has no guild (direct messages, entitlements) comes on shard 0, and so
/// does everything when `shard_count` is not positive.
/// https://docs.discord.com/developers/events/gateway#sharding
constexpr int shard_of(guild_id guild, int shard_count) noexcept {
  if (shard_count <= 0) return 0;
  return static_cast<int>((guild.value() >> 22) % static_cast<std::uint64_t>(shard_count));
}

/// Consecutive shards.
struct shard_run {
  int first = 0;
  int count = 0;
  friend constexpr bool operator==(const shard_run&, const shard_run&) = default;
};

/// The shards of one of `clusters` processes: all have `total / clusters`, the first `total % clusters` one more. None
/// when there is no such cluster, or when there are fewer shards than clusters before it.
constexpr shard_run cluster_shards(int cluster, int clusters, int total) noexcept {
  if (clusters <= 0 || cluster < 0 || cluster >= clusters || total <= 0) return {};
  const int each = total / clusters;
  const int larger = total % clusters;
  // In 64 bits, since `total` may be any number.
  const auto first = std::int64_t{cluster} * each + std::min(cluster, larger);
  return {static_cast<int>(first), each + (cluster < larger ? 1 : 0)};
}

/// What a start looks like at one moment, for a guess at its end.
struct start_pace {
  int left = 0;             ///< shards that were not up yet
  int up = 0;               ///< shards that have been
  int max_concurrency = 1;  ///< how many may IDENTIFY in 5 seconds
  duration elapsed{0};      ///< since the start
};

/// About how long a start goes on: as fast as Discord lets shards IDENTIFY, or at the pace so far if that is slower.
/// https://docs.discord.com/developers/events/gateway#sharding-max-concurrency
constexpr duration time_left(const start_pace& pace) noexcept {
  constexpr duration interval = std::chrono::seconds{5};
  if (pace.left <= 0) return duration{0};
  const int keys = std::max(pace.max_concurrency, 1);
  const auto groups = (std::int64_t{pace.left} + keys - 1) / keys;
  duration out = interval * groups;
  if (pace.up > 0) out = std::max(out, pace.elapsed / pace.up * pace.left);
  return out;
}

/// How many shards there are to be where a shard has so many guilds on average: 0 while it has less than `fill_percent` of what
/// Discord allows, else as many as Discord recommends, or as leave each half full. A bot with a `max_concurrency` must have a
/// multiple of it. https://docs.discord.com/developers/events/gateway#sharding-for-large-bots
constexpr int shards_wanted(double guilds_a_shard, int total, int recommended, int max_concurrency, double fill_percent) noexcept {
  constexpr double most = 2'500;
  if (guilds_a_shard * 100 < most * fill_percent) return 0;
  const auto half_full = static_cast<int>(guilds_a_shard * total / (most / 2)) + 1;
  int out = std::max(recommended, half_full);
  const int step = std::max(max_concurrency, 1);
  out = (out + step - 1) / step * step;
  return out > total ? out : 0;
}

}  // namespace monochord::protocol
