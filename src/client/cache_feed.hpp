// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <monochord/cache/cache.hpp>
#include <span>
#include <vector>

#include <monochord/gateway/sharding.hpp>

#include "dispatch/dispatcher.hpp"

namespace monochord {

/// Takes events into a client's cache before their handlers start, and gives these the old value where there is one.
class cache_feed {
 public:
  /// Without options.clock that is `time`.
  cache_feed(cache_options options, std::shared_ptr<monochord::clock> time);

  monochord::cache& cache() noexcept { return cache_; }
  /// Only what can change what is kept: the rest is not decoded for the cache's sake. They want a `cache_feed` as
  /// watcher.
  std::span<const dispatch::watch> watches() const noexcept { return watches_; }
  /// Whether `cache::sweep` has something to do.
  bool has_ages() const noexcept { return has_ages_; }
  /// Is told of each guild that came without all of its members. Before the first event.
  void on_incomplete(std::function<void(int shard, guild_id guild)> tell) { on_incomplete_ = std::move(tell); }
  /// Forgets guilds whose events come to another process.
  void keep_only(const shard_range& here);
  /// `members` of them are in the event.
  void came(int shard, const guild_create& event, std::size_t members) const;

 private:
  monochord::cache cache_;
  std::vector<dispatch::watch> watches_;
  bool has_ages_;
  std::function<void(int, guild_id)> on_incomplete_;
};

}  // namespace monochord
