// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/list.hpp>

namespace monochord {

/// GET /guilds/{guild_id}/bans.
/// https://docs.discord.com/developers/resources/guild#get-guild-bans
struct get_guild_bans_query {
  maybe<int> limit{};  ///< 1000 by default
  maybe<user_id> before{};
  maybe<user_id> after{};
};

/// PUT /guilds/{guild_id}/bans/{user_id}.
/// https://docs.discord.com/developers/resources/guild#create-guild-ban
struct create_guild_ban_body {
  maybe<int> delete_message_days{};  ///< deprecated
  maybe<int> delete_message_seconds{};  ///< how far back the member's messages are deleted, up to 7 days
};

/// POST /guilds/{guild_id}/bulk-ban.
/// https://docs.discord.com/developers/resources/guild#bulk-guild-ban
struct bulk_guild_ban_body {
  list<user_id> user_ids{};
  maybe<int> delete_message_seconds{};  ///< how far back the members' messages are deleted, up to 7 days
};

static_assert(std::is_trivially_destructible_v<get_guild_bans_query>);
static_assert(std::is_trivially_destructible_v<create_guild_ban_body>);
static_assert(std::is_trivially_destructible_v<bulk_guild_ban_body>);

}  // namespace monochord
