// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/message.hpp>

namespace monochord {

/// An ordinary or a super reaction.
/// https://docs.discord.com/developers/resources/message#get-reactions-reaction-types
enum class reaction_type : std::int32_t {
  normal = 0,
  burst = 1,
};

/// A message was sent.
/// https://docs.discord.com/developers/events/gateway-events#message-create
struct message_create {
  monochord::message message;
  optional<monochord::guild_id> guild_id;
  optional<partial_member> member;
  optional<monochord::channel_type> channel_type;
};

/// A message changed, by its author or by Discord (embeds appear late).
/// https://docs.discord.com/developers/events/gateway-events#message-update
struct message_update {
  monochord::message message;
  optional<monochord::guild_id> guild_id;
  optional<partial_member> member;
  optional<monochord::channel_type> channel_type;
  std::shared_ptr<const monochord::message> before{};  ///< as the cache had it; null where it did not
};

/// A message was deleted.
/// https://docs.discord.com/developers/events/gateway-events#message-delete
struct message_delete {
  message_id id;
  monochord::channel_id channel_id;
  optional<monochord::guild_id> guild_id;
  std::shared_ptr<const monochord::message> before{};  ///< as the cache had it; null where it did not
};

/// Several messages were deleted at once.
/// https://docs.discord.com/developers/events/gateway-events#message-delete-bulk
struct message_delete_bulk {
  std::vector<message_id> ids;
  monochord::channel_id channel_id;
  optional<monochord::guild_id> guild_id;
  std::vector<monochord::message> before{};  ///< as the cache had them
};

/// Somebody reacted to a message.
/// https://docs.discord.com/developers/events/gateway-events#message-reaction-add
struct message_reaction_add {
  monochord::user_id user_id;
  monochord::channel_id channel_id;
  monochord::message_id message_id;
  optional<monochord::guild_id> guild_id;
  optional<monochord::member> member;
  monochord::emoji emoji;
  optional<monochord::user_id> message_author_id;
  bool burst = false;
  optional<std::vector<std::string>> burst_colors;
  reaction_type type{};
};

/// Somebody took a reaction back.
/// https://docs.discord.com/developers/events/gateway-events#message-reaction-remove
struct message_reaction_remove {
  monochord::user_id user_id;
  monochord::channel_id channel_id;
  monochord::message_id message_id;
  optional<monochord::guild_id> guild_id;
  monochord::emoji emoji;
  bool burst = false;
  reaction_type type{};
};

/// All reactions of a message were removed.
/// https://docs.discord.com/developers/events/gateway-events#message-reaction-remove-all
struct message_reaction_remove_all {
  monochord::channel_id channel_id;
  monochord::message_id message_id;
  optional<monochord::guild_id> guild_id;
};

/// All reactions with one emoji were removed.
/// https://docs.discord.com/developers/events/gateway-events#message-reaction-remove-emoji
struct message_reaction_remove_emoji {
  monochord::channel_id channel_id;
  optional<monochord::guild_id> guild_id;
  monochord::message_id message_id;
  monochord::emoji emoji;
};

/// Somebody voted in a poll.
/// https://docs.discord.com/developers/events/gateway-events#message-poll-vote-add
struct message_poll_vote_add {
  monochord::user_id user_id;
  monochord::channel_id channel_id;
  monochord::message_id message_id;
  optional<monochord::guild_id> guild_id;
  int answer_id = 0;
};

/// Somebody took a vote back.
/// https://docs.discord.com/developers/events/gateway-events#message-poll-vote-remove
struct message_poll_vote_remove {
  monochord::user_id user_id;
  monochord::channel_id channel_id;
  monochord::message_id message_id;
  optional<monochord::guild_id> guild_id;
  int answer_id = 0;
};

/// Somebody is typing; `timestamp` in seconds since 1970.
/// https://docs.discord.com/developers/events/gateway-events#typing-start
struct typing_start {
  monochord::channel_id channel_id;
  optional<monochord::guild_id> guild_id;
  monochord::user_id user_id;
  std::int64_t timestamp = 0;
  optional<monochord::member> member;
};

}  // namespace monochord
