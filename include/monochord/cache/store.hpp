// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <monochord/cache/policy.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <string>
#include <vector>

namespace monochord {

/// Where a thing is in a store.
struct cache_key {
  cache_kind kind{};
  guild_id guild{};  ///< whose it is; 0 of users, guilds, entitlements and what is outside guilds
  std::uint64_t id =
      0;  ///< the thing's; of members, voice states and presences the user's; of invites a number made of the code

  friend auto operator<=>(const cache_key& a, const cache_key& b) noexcept {
    if (const auto order = a.kind <=> b.kind; order != 0) return order;
    if (const auto order = a.guild.value() <=> b.guild.value(); order != 0) return order;
    return a.id <=> b.id;
  }
  friend bool operator==(const cache_key& a, const cache_key& b) noexcept = default;
};

struct cache_entry {
  cache_key key;
  std::string json;  ///< Discord's object as JSON text, without what the policy leaves out
};

/// Things that processes share outside of them, in Redis say: one writes what its cache learns (`cache_options::store`,
/// `cache::flush`), any may read. The interface is what a hash for each kind and guild can do: HGET, HSET, HDEL, HSCAN.
/// An implementation is thread-safe, throws `error`, and ends a call that is cancelled.
class cache_store {
 public:
  virtual ~cache_store() = default;

  virtual task<optional<std::string>> get(cache_key key) = 0;
  /// Adds or replaces; at most a few hundred at a time, for one round trip.
  virtual task<> put(std::vector<cache_entry> entries) = 0;
  /// What is not there is gone already.
  virtual task<> remove(std::vector<cache_key> keys) = 0;

  struct page {
    std::vector<cache_entry> entries;
    std::string next;  ///< for the next call; empty: that was all
  };
  /// All of a kind that a guild has, a part of it at a time and in no order. An entry that is there from the first call
  /// to the last is told at least once; one that changes meanwhile may be told or not. `from` is empty at first.
  virtual task<page> scan(cache_kind kind, guild_id guild, std::string from) = 0;
};

/// In memory: for tests, and to see what a store gets.
std::shared_ptr<cache_store> make_memory_cache_store();

}  // namespace monochord
