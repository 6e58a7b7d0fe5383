// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <monochord/cache/policy.hpp>
#include <monochord/core/snowflake.hpp>

namespace monochord {

class cache_store;
class clock;

/// What a cache keeps, and for how long.
struct cache_options {
  cache_policy policy{};
  /// Another policy for some guilds; called once for each, when it is first seen, by the thread that applies the event
  /// (for what belongs to no guild, id 0, perhaps by one that saves) and under no lock. Empty: `policy` for all. Should not throw.
  std::function<cache_policy(guild_id)> guild_policy{};
  /// Of `member_age`, `members_per_guild` and their like of users; null: the client's, and of a cache without a client the system's.
  std::shared_ptr<monochord::clock> clock{};
  /// Where `cache::flush` writes what changed, for other processes to read; a client does that each second, and at its end. Null:
  /// nowhere. See `monochord/cache/store.hpp`.
  std::shared_ptr<cache_store> store{};
  /// So many changed things are remembered until `flush`, 24 bytes each; past it whole guilds are (and users, each).
  std::size_t store_backlog = 100000;
};

}  // namespace monochord
