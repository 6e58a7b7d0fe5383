// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>

namespace monochord {

/// GET /guilds/{guild_id}/requests; not documented.
/// https://docs.discord.com/developers/resources/guild
struct get_guild_join_requests_query {
  maybe<std::string_view> status{};  ///< STARTED, SUBMITTED, REJECTED, APPROVED
  maybe<int> limit{};
  maybe<any_id> before{};
  maybe<any_id> after{};
};

/// PATCH /guilds/{guild_id}/requests/{request_id}; not documented.
/// https://docs.discord.com/developers/resources/guild
struct action_guild_join_request_body {
  maybe<std::string_view> action{};  ///< APPROVED or REJECTED
  maybe<std::string_view> rejection_reason{};
};

static_assert(std::is_trivially_destructible_v<get_guild_join_requests_query>);
static_assert(std::is_trivially_destructible_v<action_guild_join_request_body>);

}  // namespace monochord
