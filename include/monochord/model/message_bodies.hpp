// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/message_events.hpp>

namespace monochord {

/// Which messages: at most one of `around`, `before` and `after`. Newest first.
/// https://docs.discord.com/developers/resources/message#get-channel-messages
struct get_channel_messages_query {
  maybe<message_id> around{};
  maybe<message_id> before{};
  maybe<message_id> after{};
  maybe<int> limit{};  ///< 50 unless given
};

/// Whose reactions.
/// https://docs.discord.com/developers/resources/message#get-reactions
struct get_reactions_query {
  maybe<reaction_type> type{};
  maybe<user_id> after{};
  maybe<int> limit{};  ///< 25 unless given
};

/// POST /channels/{channel_id}/messages/bulk-delete.
/// https://docs.discord.com/developers/resources/message#bulk-delete-messages
struct bulk_delete_messages_body {
  list<message_id> messages{};
};

/// Which pins: those pinned before a time. Newest first.
/// https://docs.discord.com/developers/resources/message#get-channel-pins
struct get_channel_pins_query {
  maybe<timestamp> before{};
  maybe<int> limit{};
};

/// Whose votes.
/// https://docs.discord.com/developers/resources/poll#get-answer-voters
struct get_answer_voters_query {
  maybe<user_id> after{};
  maybe<int> limit{};  ///< 25 unless given
};

static_assert(std::is_trivially_destructible_v<get_channel_messages_query>);
static_assert(std::is_trivially_destructible_v<get_reactions_query>);
static_assert(std::is_trivially_destructible_v<bulk_delete_messages_body>);
static_assert(std::is_trivially_destructible_v<get_channel_pins_query>);
static_assert(std::is_trivially_destructible_v<get_answer_voters_query>);

}  // namespace monochord
