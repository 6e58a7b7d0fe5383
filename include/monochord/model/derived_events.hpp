// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <monochord/core/clock.hpp>
#include <monochord/model/guild_events.hpp>

// Events that Discord does not send as such: this library tells them from others, see docs/events.md. Handlers of the
// event that one is told from see it too.

namespace monochord {

/// The bot was added to a guild. Told from GUILD_CREATE: those that follow READY, or end an outage, are
/// `guild_available`. https://docs.discord.com/developers/events/gateway-events#guild-create
struct guild_join : guild_create {};

/// The bot sees a guild that it is in: at the start of a session, or after an outage. Told from GUILD_CREATE.
/// https://docs.discord.com/developers/events/gateway-events#guild-create
struct guild_available : guild_create {};

/// A guild has an outage; the bot is still in it, and `guild_available` follows. Told from GUILD_DELETE with
/// `unavailable`, and from GUILD_CREATE with it; once for each outage.
/// https://docs.discord.com/developers/resources/guild#unavailable-guild-object
struct guild_unavailable : guild_delete {};

/// The bot was removed from a guild, or the guild was deleted. Told from GUILD_DELETE without `unavailable`.
/// https://docs.discord.com/developers/events/gateway-events#guild-delete
struct guild_leave : guild_delete {};

/// Every shard of this process is ready, and every guild that Discord listed when its session began has come, has an
/// outage, or is not waited for any longer (`client_options::guild_wait`). Comes once in a client's life. Where
/// intent::guilds was not asked for no guild comes, and none is waited for.
struct all_ready {
  int shards = 0;  ///< of this process
  /// That the bot is in, on them; those of a session that an earlier process began are not known, and not counted.
  std::size_t guilds = 0;
  std::size_t missing_guilds = 0;  ///< of these, that have not come: an outage
  duration elapsed{0};             ///< since the start
};

}  // namespace monochord
