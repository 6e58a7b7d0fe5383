// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>

namespace monochord {

/// What comes with an invite.
/// https://docs.discord.com/developers/resources/invite#get-invite
struct get_invite_query {
  maybe<bool> with_counts{};
  maybe<scheduled_event_id> guild_scheduled_event_id{};
  maybe<channel_id> target_channel_id{};  ///< not documented
  maybe<message_id> target_message_id{};  ///< not documented
};

static_assert(std::is_trivially_destructible_v<get_invite_query>);

}  // namespace monochord
