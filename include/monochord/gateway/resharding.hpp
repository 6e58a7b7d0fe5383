// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include <monochord/core/clock.hpp>

namespace monochord {

class reshard_exchange;

/// How `shard_set::reshard` goes about it. The defaults suit a bot on Discord.
struct reshard_options {
  /// Session starts that must be left of the day once every new shard has used up one; otherwise the resharding is refused.
  /// https://docs.discord.com/developers/events/gateway#session-start-limit-object
  int keep_starts = 0;
  /// How long the new shards may take to come up with their guilds; past that the bot goes back to the old ones.
  duration timeout = std::chrono::hours{6};
  /// How long the other processes of a cluster may take to begin the same resharding, where `auto_resharding::exchange` is given.
  duration meet_limit = std::chrono::minutes{5};
  /// How long both sets must have brought the same before the old one is closed, and how long that is tried.
  duration settle = std::chrono::seconds{5};
  duration settle_limit = std::chrono::minutes{2};
  /// How long a new shard waits for the next of its guilds; those that have an outage then come later.
  duration guilds_limit = std::chrono::seconds{15};
  /// How long an event of the new set waits for the old set, which may be behind.
  duration hold_limit = std::chrono::seconds{10};
  /// How long a shard that is up may take to bring what the other set brought; past that it is counted as a single.
  duration twin_limit = std::chrono::seconds{30};
};

/// How full the shards of a process are.
struct shard_load {
  int total = 0;               ///< shards of the whole bot
  int shards = 0;              ///< shards of this process whose guilds are known, or guessed
  int guilds = 0;              ///< on these
  int recommended = 0;         ///< shards, as Discord says now
  int max_concurrency = 1;     ///< how many may IDENTIFY in 5 seconds
  int guessed = 0;             ///< of `shards`, those with a session of an earlier process, which does not know its guilds: each
                               ///< counts for its part of what Discord says of the bot (`application::approximate_guild_count`)
  /// Of the 2,500 guilds that a shard may have, on average. https://docs.discord.com/developers/events/gateway#sharding
  double fill_percent() const noexcept { return shards == 0 ? 0 : static_cast<double>(guilds) / shards / 25; }
};

/// How many shards there are to be where nothing else decides: 0 (as many as there are) while they are less full than
/// `fill_percent`; then as many as Discord recommends, or as are half full if that is more; a multiple of `max_concurrency`.
int default_reshard(const shard_load& now, double fill_percent = 80) noexcept;

/// When a client reshards by itself. A client whose `shard_plan::is_part()` needs `decide`: its processes must all decide the same,
/// and the constructor of `client` throws `error` with `errc::invalid_argument` without.
struct auto_resharding {
  auto_resharding() noexcept {}  // a class: g++ 12 takes the members of an aggregate within another for uninitialised
  bool automatic = false;
  /// Once the shards are so full: `default_reshard`.
  double fill_percent = 80;
  duration interval = std::chrono::hours{8};  ///< how often it looks
  reshard_options how = {};
  /// Decides instead: how many shards there are to be, 0 for as many as there are. Called where handlers run; what it throws goes to
  /// `client::on_error`.
  std::function<int(const shard_load& now)> decide = {};
  /// Where the processes of a cluster meet to reshard together, by hand too: of guilds that move from one process to another
  /// no event is lost, and none comes twice. Without one each process reshards its part by itself. A client that runs all
  /// shards has no use for it. `make_reshard_exchange`, `make_network_reshard_exchange`.
  std::shared_ptr<reshard_exchange> exchange = {};
};

/// What a resharding did.
struct reshard_report {
  int from = 0, to = 0;        ///< shards of the whole bot, before and now
  duration took{0};
  std::uint64_t twins = 0;     ///< events that came on both sets; one copy was delivered, the other cancelled
  std::uint64_t singles = 0;   ///< that came on one set although the other should have had them; delivered all the same
  std::uint64_t held = 0;      ///< of the new set, that waited for the old one
  std::uint64_t held_too_long = 0;  ///< of these, that were delivered since their time was over
  bool balanced = false;       ///< the sets agreed for `settle`; otherwise `settle_limit` was over
};

}  // namespace monochord
