// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct channel_pins;
struct create_message_body;
struct edit_message_body;
struct get_answer_voters_query;
struct get_channel_messages_query;
struct get_channel_pins_query;
struct get_reactions_query;
struct message;
struct poll_voters;
struct user;
class message_builder;
class rest_client;

namespace rest {

/// Messages, reactions, pins and polls. Types: `model/message.hpp`, `model/message_pin.hpp`, `model/poll_voters.hpp`,
/// `model/bodies.hpp`, `model/message_builder.hpp`, `model/message_bodies.hpp`.
class message_routes {
 public:
  /// Messages of a channel, newest first, 50 unless the query says otherwise; needs VIEW_CHANNEL (in voice channels
  /// CONNECT), and without READ_MESSAGE_HISTORY there are none. All of them: `channel_history` of `rest/pages.hpp`.
  /// https://docs.discord.com/developers/resources/message#get-channel-messages
  task<std::vector<message>> get_channel_messages(channel_id channel, const call_options& options = {});
  task<std::vector<message>> get_channel_messages(channel_id channel, const get_channel_messages_query& query,
                                                  const call_options& options = {});
  /// One message; needs VIEW_CHANNEL and READ_MESSAGE_HISTORY, in voice channels also CONNECT.
  /// https://docs.discord.com/developers/resources/message#get-channel-message
  task<message> get_channel_message(channel_id channel, message_id which, const call_options& options = {});
  /// Posts a message; needs SEND_MESSAGES in a guild, SEND_TTS_MESSAGES for one that is read aloud, READ_MESSAGE_HISTORY
  /// for a reply. Fires MESSAGE_CREATE. A nonce is made for a message that brings none, and `enforce_nonce` is set, so
  /// that one whose answer got lost can be sent again without appearing twice. So a nonce of your own must not stand for
  /// two messages: for a few minutes Discord answers the second one with the first. With `enforce_nonce = false` nothing
  /// is added, and a message whose answer got lost is not sent again.
  /// https://docs.discord.com/developers/resources/message#create-message
  task<message> create_message(channel_id channel, const create_message_body& body, const call_options& options = {});
  task<message> create_message(channel_id channel, const message_builder& body, const call_options& options = {});
  /// Changes a message of the bot; of others only `flags`, with MANAGE_MESSAGES. Fires MESSAGE_UPDATE.
  /// https://docs.discord.com/developers/resources/message#edit-message
  task<message> edit_message(channel_id channel, message_id which, const edit_message_body& body,
                             const call_options& options = {});
  task<message> edit_message(channel_id channel, message_id which, const message_builder& body,
                             const call_options& options = {});
  /// Deletes a message; those of others need MANAGE_MESSAGES. Fires MESSAGE_DELETE.
  /// https://docs.discord.com/developers/resources/message#delete-message
  task<> delete_message(channel_id channel, message_id which, const call_options& options = {});
  /// Deletes 2 to 100 messages of the last two weeks; needs MANAGE_MESSAGES. An older one, or one twice, fails the
  /// whole. Fires MESSAGE_DELETE_BULK. https://docs.discord.com/developers/resources/message#bulk-delete-messages
  task<> bulk_delete_messages(channel_id channel, list<message_id> which, const call_options& options = {});
  /// Publishes a message of an announcement channel to those that follow it; needs SEND_MESSAGES, for one of others
  /// MANAGE_MESSAGES. Fires MESSAGE_UPDATE. https://docs.discord.com/developers/resources/message#crosspost-message
  task<message> crosspost_message(channel_id channel, message_id which, const call_options& options = {});
  /// Reacts with an emoji: a Unicode one as it is, one of a guild as `name:id`. Needs READ_MESSAGE_HISTORY, and
  /// ADD_REACTIONS for one that nobody has given yet. Fires MESSAGE_REACTION_ADD. Code 10014 when the emoji is not
  /// known. https://docs.discord.com/developers/resources/message#create-reaction
  task<> create_reaction(channel_id channel, message_id which, std::string_view emoji,
                         const call_options& options = {});
  /// Takes the bot's reaction back. Fires MESSAGE_REACTION_REMOVE.
  /// https://docs.discord.com/developers/resources/message#delete-own-reaction
  task<> delete_own_reaction(channel_id channel, message_id which, std::string_view emoji,
                             const call_options& options = {});
  /// Takes somebody's reaction away; needs MANAGE_MESSAGES. Fires MESSAGE_REACTION_REMOVE.
  /// https://docs.discord.com/developers/resources/message#delete-user-reaction
  task<> delete_user_reaction(channel_id channel, message_id which, std::string_view emoji, user_id user,
                              const call_options& options = {});
  /// Who reacted with an emoji. All of them: `reactions_of` of `rest/pages.hpp`.
  /// https://docs.discord.com/developers/resources/message#get-reactions
  task<std::vector<user>> get_reactions(channel_id channel, message_id which, std::string_view emoji,
                                        const call_options& options = {});
  task<std::vector<user>> get_reactions(channel_id channel, message_id which, std::string_view emoji,
                                        const get_reactions_query& query, const call_options& options = {});
  /// Takes every reaction away; needs MANAGE_MESSAGES. Fires MESSAGE_REACTION_REMOVE_ALL.
  /// https://docs.discord.com/developers/resources/message#delete-all-reactions
  task<> delete_all_reactions(channel_id channel, message_id which, const call_options& options = {});
  /// Takes every reaction with an emoji away; needs MANAGE_MESSAGES. Fires MESSAGE_REACTION_REMOVE_EMOJI.
  /// https://docs.discord.com/developers/resources/message#delete-all-reactions-for-emoji
  task<> delete_all_reactions_for_emoji(channel_id channel, message_id which, std::string_view emoji,
                                        const call_options& options = {});
  /// Pinned messages, last pinned first; needs VIEW_CHANNEL, and without READ_MESSAGE_HISTORY there are none. All of
  /// them: `pins_of` of `rest/pages.hpp`. https://docs.discord.com/developers/resources/message#get-channel-pins
  task<channel_pins> get_channel_pins(channel_id channel, const call_options& options = {});
  task<channel_pins> get_channel_pins(channel_id channel, const get_channel_pins_query& query,
                                      const call_options& options = {});
  /// Pins a message; needs PIN_MESSAGES. Fires CHANNEL_PINS_UPDATE.
  /// https://docs.discord.com/developers/resources/message#pin-message
  task<> pin_message(channel_id channel, message_id which, const call_options& options = {});
  /// Unpins a message; needs PIN_MESSAGES. Fires CHANNEL_PINS_UPDATE.
  /// https://docs.discord.com/developers/resources/message#unpin-message
  task<> unpin_message(channel_id channel, message_id which, const call_options& options = {});
  /// Deprecated by Discord, and not all of them: use `get_channel_pins`.
  /// https://docs.discord.com/developers/resources/message#get-pinned-messages-deprecated
  task<std::vector<message>> get_pinned_messages_deprecated(channel_id channel, const call_options& options = {});
  /// Deprecated by Discord: use `pin_message`.
  /// https://docs.discord.com/developers/resources/message#pin-message-deprecated
  task<> pin_message_deprecated(channel_id channel, message_id which, const call_options& options = {});
  /// Deprecated by Discord: use `unpin_message`.
  /// https://docs.discord.com/developers/resources/message#unpin-message-deprecated
  task<> unpin_message_deprecated(channel_id channel, message_id which, const call_options& options = {});
  /// Who voted for an answer of a poll. All of them: `voters_of` of `rest/pages.hpp`.
  /// https://docs.discord.com/developers/resources/poll#get-answer-voters
  task<poll_voters> get_answer_voters(channel_id channel, message_id which, int answer,
                                      const call_options& options = {});
  task<poll_voters> get_answer_voters(channel_id channel, message_id which, int answer,
                                      const get_answer_voters_query& query, const call_options& options = {});
  /// Ends a poll of the bot at once. Fires MESSAGE_UPDATE. https://docs.discord.com/developers/resources/poll#end-poll
  task<message> end_poll(channel_id channel, message_id which, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  message_routes() = default;
};

}  // namespace rest

}  // namespace monochord
