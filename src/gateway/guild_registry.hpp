// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <monochord/core/clock.hpp>
#include <mutex>
#include <optional>
#include <vector>

#include "protocol/guild_tracker.hpp"

namespace monochord::gateway {

/// The guilds of all shards of a client, so that a shard knows of those that came to another one: two sets of shards
/// that take turns do not join each guild twice. Thread-safe.
class guild_registry : public std::enable_shared_from_this<guild_registry> {
 public:
  /// `guilds_follow`: intent::guilds was asked for.
  explicit guild_registry(bool guilds_follow) noexcept : guilds_follow_(guilds_follow) {}

  /// A shard's part. What it knows goes when it is destroyed.
  class member {
   public:
    explicit member(std::shared_ptr<guild_registry> of);
    ~member();
    member(const member&) = delete;
    member& operator=(const member&) = delete;

    protocol::guild_news take(const protocol::guild_event& event, const clock& time);
    void session_lost();
    /// Its guilds are nobody's any more, and nobody waits for them.
    void leave();
    /// `protocol::guild_tracker::count`.
    std::optional<std::size_t> count() const;

   private:
    friend class guild_registry;
    const std::shared_ptr<guild_registry> of_;
    protocol::guild_tracker guilds_;  // guarded by the registry's mutex
    bool left_ = false;               // so is this
  };
  std::unique_ptr<member> join();

  /// How far the shards are with what READY listed.
  struct progress {
    bool up = true;                            ///< every shard has a session
    std::size_t guilds = 0;                    ///< known
    std::size_t awaited = 0;                   ///< of these, that neither came nor told of an outage since READY
    std::size_t unavailable = 0;               ///< of these, that have an outage
    time_point last_news = time_point::min();  ///< when a shard last had an event of guilds
  };
  progress look() const;
  /// `call` is called, on whatever thread, when a shard gets a session, and when the last guild has come that it
  /// awaited. At most one watches. Not called any more once `watch({})` has returned.
  void watch(std::function<void()> call);

 private:
  bool is_known(guild_id id) const noexcept;  // the mutex is held

  const bool guilds_follow_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<const member*> members_;
  time_point last_news_ = time_point::min();
  std::function<void()> watcher_;
};

}  // namespace monochord::gateway
