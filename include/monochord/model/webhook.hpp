// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/partial_channel.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// What a webhook is for.
/// https://docs.discord.com/developers/resources/webhook#webhook-object-webhook-types
enum class webhook_type : std::int32_t {
  incoming = 1,
  channel_follower = 2,
  application = 3,
};

/// A way to write into a channel without a bot. `token` and `url` are secrets.
/// https://docs.discord.com/developers/resources/webhook#webhook-object-webhook-structure
struct webhook {
  // Compiled once, in the library.
  webhook();
  webhook(const webhook&);
  webhook(webhook&&) noexcept;
  webhook& operator=(const webhook&);
  webhook& operator=(webhook&&) noexcept;
  ~webhook();

  webhook_id id;
  webhook_type type{};
  maybe<monochord::guild_id> guild_id;
  maybe<monochord::channel_id> channel_id;
  box<monochord::user> user;
  maybe<std::string> name;
  maybe<std::string> avatar;
  optional<std::string> token;
  maybe<monochord::application_id> application_id;
  box<partial_guild> source_guild;
  box<partial_channel> source_channel;
  optional<std::string> url;
};

/// A channel whose announcements are now shown in another.
/// https://docs.discord.com/developers/resources/channel#followed-channel-object-followed-channel-structure
struct followed_channel {
  monochord::channel_id channel_id;
  monochord::webhook_id webhook_id;
};

}  // namespace monochord
