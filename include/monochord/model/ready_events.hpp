// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/application.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/raw_json.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// The session has begun; the guilds follow as GUILD_CREATE.
/// https://docs.discord.com/developers/events/gateway-events#ready
struct ready {
  int v = 0;
  monochord::user user;
  std::vector<unavailable_guild> guilds;
  std::string session_id;
  std::string resume_gateway_url;
  optional<std::vector<int>> shard;
  monochord::application application;
};

/// The session goes on, and everything that was missed has been sent.
/// https://docs.discord.com/developers/events/gateway-events#resumed
struct resumed {
};

/// A request over the gateway came too soon; `retry_after` is in seconds.
/// https://docs.discord.com/developers/events/gateway-events#rate-limited
struct rate_limited {
  int opcode = 0;
  double retry_after = 0;
  raw_json meta;
};

/// The `meta` of rate_limited when members were asked for (opcode 8).
/// https://docs.discord.com/developers/events/gateway-events#request-guild-member-rate-limit-metadata-structure
struct rate_limited_members {
  monochord::guild_id guild_id;
  optional<std::string> nonce;
};

/// The bot's own account changed.
/// https://docs.discord.com/developers/events/gateway-events#user-update
struct user_update {
  monochord::user user;
  std::shared_ptr<const monochord::user> before{};  ///< as the cache had it; null where it did not
};

}  // namespace monochord
