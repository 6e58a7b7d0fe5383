// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <monochord/core/clock.hpp>
#include <monochord/core/snowflake.hpp>
#include <unordered_map>
#include <utility>

namespace monochord::protocol {

/// When all members of a guild may be asked for again: Discord takes one such request of a bot in 30 s, whichever shard
/// it comes on. One object for all shards.
/// https://docs.discord.com/developers/events/gateway-events#request-guild-members
class whole_guild_spacing {
 public:
  /// A little more than Discord's 30 s: two payloads need not travel equally long.
  static constexpr duration interval = std::chrono::milliseconds{30'250};

  /// `time_point::max()` while a request is on its way and nobody knows when it goes.
  time_point free_at(guild_id guild) const {
    const auto found = guilds_.find(guild.value());
    if (found == guilds_.end()) return time_point::min();
    return found->second.on_its_way ? time_point::max() : found->second.free;
  }
  /// A request waits for its turn to be sent; then comes `sent` or `given_back`.
  void taken(guild_id guild) { guilds_[guild.value()].on_its_way = true; }
  void sent(guild_id guild, time_point now) {
    forget_old(now);
    entry& one = guilds_[guild.value()];
    one.on_its_way = false;
    if (!std::exchange(one.refused, false)) one.free = after(now, interval);
  }
  void given_back(guild_id guild) {
    entry& one = guilds_[guild.value()];
    one.on_its_way = one.refused = false;
  }
  /// RATE_LIMITED: what was sent last did not count, and not before `until` will another one. It may be read before the
  /// socket has told that it took the request.
  void refused(guild_id guild, time_point until) {
    entry& one = guilds_[guild.value()];
    one.free = until;
    one.refused = one.on_its_way;
  }
  std::size_t size() const noexcept { return guilds_.size(); }

 private:
  struct entry {
    time_point free = time_point::min();
    bool on_its_way = false;
    bool refused = false;  // while it is
  };
  /// Each time that there are twice as many as were left last.
  void forget_old(time_point now) {
    if (guilds_.size() < forget_at_) return;
    std::erase_if(guilds_, [&](const auto& one) { return !one.second.on_its_way && one.second.free <= now; });
    forget_at_ = std::max<std::size_t>(64, 2 * guilds_.size());
  }

  std::unordered_map<std::uint64_t, entry> guilds_;
  std::size_t forget_at_ = 64;
};

}  // namespace monochord::protocol
