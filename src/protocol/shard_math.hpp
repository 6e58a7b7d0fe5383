// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/core/snowflake.hpp>

namespace monochord::protocol {

/// The shard that a guild's events come on. What has no guild (direct messages, entitlements) comes on shard 0, and so
/// does everything when `shard_count` is not positive.
/// https://docs.discord.com/developers/events/gateway#sharding
constexpr int shard_of(guild_id guild, int shard_count) noexcept {
  if (shard_count <= 0) return 0;
  return static_cast<int>((guild.value() >> 22) % static_cast<std::uint64_t>(shard_count));
}

}  // namespace monochord::protocol
