// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/fwd.hpp>
#include <monochord/model/list.hpp>

namespace monochord {

struct application;
struct application_command;
struct application_command_body;
struct create_message_body;
struct edit_message_body;
struct gateway_bot_info;
struct interaction;
struct interaction_response_body;
struct message;
struct rest_counters;
struct user;
class command_builder;
class message_builder;

namespace rest {
class queue;
}  // namespace rest

/// Discord's REST API, behind one rate limiter and one pool of connections.
///
/// Every call may be awaited from any executor and several at a time. It waits for rate limits, sends, and is sent again
/// after a 429; after a 5xx or a lost connection only when that cannot do a thing twice. It throws `rest_error` when
/// Discord refuses it, when there is no answer, and when `client_options::rest_timeout` is over; `as_result(call)` gives
/// that as a value. Files that are too large or cannot be read give `upload_error`. Cancelling it gives its place back at
/// once. Bodies are encoded before a call returns its task, so what they refer to needs to live no longer; bytes of
/// files that were expressly borrowed (`borrow`) are the exception.
class rest_client {
 public:
  explicit rest_client(std::shared_ptr<rest::queue> queue) : queue_(std::move(queue)) {}

  /// Where to connect, with how many shards, and how often.
  /// https://docs.discord.com/developers/events/gateway#get-gateway-bot
  task<gateway_bot_info> get_gateway_bot();

  /// The bot's own user. https://docs.discord.com/developers/resources/user#get-current-user
  task<user> get_current_user();
  /// The bot's application. https://docs.discord.com/developers/resources/application#get-current-application
  task<application> get_current_application();

  /// Posts a message; needs SEND_MESSAGES in a guild. Fires MESSAGE_CREATE.
  /// https://docs.discord.com/developers/resources/message#create-message
  task<message> create_message(channel_id channel, const create_message_body& body);
  task<message> create_message(channel_id channel, const message_builder& body);
  /// One message; needs VIEW_CHANNEL and READ_MESSAGE_HISTORY.
  /// https://docs.discord.com/developers/resources/message#get-channel-message
  task<message> get_channel_message(channel_id channel, message_id which);
  /// Changes a message of the bot. Fires MESSAGE_UPDATE.
  /// https://docs.discord.com/developers/resources/message#edit-message
  task<message> edit_message(channel_id channel, message_id which, const edit_message_body& body);
  task<message> edit_message(channel_id channel, message_id which, const message_builder& body);
  /// Deletes a message; those of others need MANAGE_MESSAGES. Fires MESSAGE_DELETE.
  /// https://docs.discord.com/developers/resources/message#delete-message
  task<> delete_message(channel_id channel, message_id which);
  /// Shows "is typing" for ten seconds. https://docs.discord.com/developers/resources/channel#trigger-typing-indicator
  task<> trigger_typing_indicator(channel_id channel);

  /// The application's commands that are there everywhere, instead of those that were; needs no permission.
  /// https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands
  task<std::vector<application_command>> bulk_overwrite_global_application_commands(application_id application,
                                                                                    list<application_command_body> commands);
  task<std::vector<application_command>> bulk_overwrite_global_application_commands(
      application_id application, const std::vector<command_builder>& commands);
  /// The same for one guild, where they appear at once.
  /// https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-guild-application-commands
  task<std::vector<application_command>> bulk_overwrite_guild_application_commands(application_id application, guild_id guild,
                                                                                   list<application_command_body> commands);
  task<std::vector<application_command>> bulk_overwrite_guild_application_commands(
      application_id application, guild_id guild, const std::vector<command_builder>& commands);

  /// The first answer to an interaction, within 3 seconds of it; not subject to the global rate limit.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response
  task<> create_interaction_response(interaction_id which, std::string_view token, const interaction_response_body& body);
  /// The same in its most frequent form: answers with a message. `to` is not kept.
  task<> reply(const interaction& to, const create_message_body& body);
  task<> reply(const interaction& to, const message_builder& body);
  /// Changes the message of the first answer, or fills in a deferred one; for 15 minutes.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#edit-original-interaction-response
  task<message> edit_original_interaction_response(application_id application, std::string_view token,
                                                   const edit_message_body& body);
  task<message> edit_original_interaction_response(application_id application, std::string_view token,
                                                   const message_builder& body);
  /// Another message in answer to an interaction; for 15 minutes.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#create-followup-message
  task<message> create_followup_message(application_id application, std::string_view token, const create_message_body& body);
  task<message> create_followup_message(application_id application, std::string_view token, const message_builder& body);

  /// What the limiter and the connections did so far; include `<monochord/rest/counters.hpp>` to read it.
  task<rest_counters> counters() const;

 private:
  std::shared_ptr<rest::queue> queue_;
};

}  // namespace monochord
