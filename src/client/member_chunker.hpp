// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <monochord/core/log.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <mutex>

namespace monochord {

/// Asks for the members of guilds, a few of a shard at a time, so that a shard's other commands find room between.
/// Thread-safe.
class member_chunker : public std::enable_shared_from_this<member_chunker> {
 public:
  struct options {
    std::function<bool(task<>)> spawn{};    ///< false when no new work is taken any more
    std::function<task<>(guild_id)> ask{};  ///< completes when all members have come
    logger log{};
  };
  explicit member_chunker(options given) : options_(std::move(given)) {}

  /// Asks once where a guild waits already.
  void want(int shard, guild_id guild);

 private:
  static constexpr std::size_t at_a_time = 4;  // of a shard
  struct shard_state {
    std::deque<guild_id> waiting;
    std::size_t asking = 0;
  };
  static task<> work(std::shared_ptr<member_chunker> self, int shard);
  bool take(int shard, guild_id& next);

  const options options_;
  std::mutex mutex_;  // guards what follows
  std::map<int, shard_state> shards_;
};

}  // namespace monochord
