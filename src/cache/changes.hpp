// SPDX-License-Identifier: MIT
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <functional>
#include <monochord/cache/store.hpp>
#include <vector>

#include "cache/watched_mutex.hpp"

namespace monochord::cached {

/// Which things a store does not have as the cache has them: where they are, not what. So a thing that changes often is
/// written once, and a guild of which too much changed is one entry. Thread-safe; called with a guild's lock held.
class change_log {
 public:
  explicit change_log(std::size_t most) : most_(most) {}

  /// Over the limit it is all of the guild.
  void note(cache_key key);
  void note_guild(guild_id id);
  /// Of a member of that guild who is kept: written with the guild where all of that is to be.
  void note_user(guild_id of, user_id id);
  std::size_t size() const;

  /// What was noted so far, for one who writes it. What is not taken from it goes back when it ends.
  class batch {
   public:
    /// Empty while another one writes: an older value must never follow a newer one.
    explicit batch(change_log& log);
    batch(const batch&) = delete;
    batch& operator=(const batch&) = delete;
    ~batch();
    std::vector<guild_id> guilds;
    std::vector<cache_key> keys;

   private:
    change_log& log_;
    bool mine_ = false;
  };

 private:
  struct hash {
    std::size_t operator()(const cache_key& key) const noexcept {
      const std::uint64_t mixed =
          (key.id ^ key.guild.value() << 17) * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(key.kind);
      return static_cast<std::size_t>(mixed ^ mixed >> 29);
    }
  };
  void add(const cache_key& key);

  const std::size_t most_;
  mutable watched_mutex lock_;
  boost::unordered_flat_set<cache_key, hash> keys_;
  boost::unordered_flat_set<guild_id, std::hash<guild_id>> guilds_;
  bool written_ = false;  // somebody has a batch
};

}  // namespace monochord::cached
