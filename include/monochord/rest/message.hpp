// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct create_message_body;
struct edit_message_body;
struct message;
class message_builder;
class rest_client;

namespace rest {

/// Messages and reactions. Types: `model/message.hpp`, `model/bodies.hpp`, `model/message_builder.hpp`.
class message_routes {
 public:
  /// Posts a message; needs SEND_MESSAGES in a guild. Fires MESSAGE_CREATE. A nonce is made for a message that brings none,
  /// so that one whose answer got lost can be sent again without appearing twice.
  /// https://docs.discord.com/developers/resources/message#create-message
  task<message> create_message(channel_id channel, const create_message_body& body, const call_options& options = {});
  task<message> create_message(channel_id channel, const message_builder& body, const call_options& options = {});
  /// One message; needs VIEW_CHANNEL and READ_MESSAGE_HISTORY.
  /// https://docs.discord.com/developers/resources/message#get-channel-message
  task<message> get_channel_message(channel_id channel, message_id which, const call_options& options = {});
  /// Changes a message of the bot. Fires MESSAGE_UPDATE.
  /// https://docs.discord.com/developers/resources/message#edit-message
  task<message> edit_message(channel_id channel, message_id which, const edit_message_body& body,
                             const call_options& options = {});
  task<message> edit_message(channel_id channel, message_id which, const message_builder& body,
                             const call_options& options = {});
  /// Deletes a message; those of others need MANAGE_MESSAGES. Fires MESSAGE_DELETE.
  /// https://docs.discord.com/developers/resources/message#delete-message
  task<> delete_message(channel_id channel, message_id which, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  message_routes() = default;
};

}  // namespace rest

}  // namespace monochord
