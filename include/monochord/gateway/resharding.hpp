// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

#include <monochord/core/clock.hpp>

namespace monochord {

/// How `shard_set::reshard` goes about it. The defaults suit a bot on Discord.
struct reshard_options {
  /// Session starts that must be left of the day once every new shard has used up one; otherwise the resharding is refused.
  /// https://docs.discord.com/developers/events/gateway#session-start-limit-object
  int keep_starts = 0;
  /// How long the new shards may take to come up with their guilds; past that the bot goes back to the old ones.
  duration timeout = std::chrono::hours{6};
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
