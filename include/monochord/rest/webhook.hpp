// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/raw_json.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct create_webhook_body;
struct edit_message_body;
struct edit_webhook_message_query;
struct execute_compatible_webhook_query;
struct execute_webhook_body;
struct execute_webhook_query;
struct message;
struct modify_webhook_body;
struct modify_webhook_with_token_body;
struct webhook;
struct webhook_message_query;
class message_builder;
class rest_client;

namespace rest {

/// Webhooks. The routes with a token go without the bot's; the token is a secret, which errors and logs never show.
/// Types: `model/webhook.hpp`, `model/message.hpp`, `model/webhook_bodies.hpp`.
class webhook_routes {
 public:
  /// Makes a webhook; needs MANAGE_WEBHOOKS. Fires WEBHOOKS_UPDATE. Names with "clyde" or "discord" are refused.
  /// https://docs.discord.com/developers/resources/webhook#create-webhook
  task<webhook> create_webhook(channel_id channel, const create_webhook_body& body, const call_options& options = {});
  /// The webhooks of a channel; needs MANAGE_WEBHOOKS.
  /// https://docs.discord.com/developers/resources/webhook#get-channel-webhooks
  task<std::vector<webhook>> get_channel_webhooks(channel_id channel, const call_options& options = {});
  /// The webhooks of a guild; needs MANAGE_WEBHOOKS.
  /// https://docs.discord.com/developers/resources/webhook#get-guild-webhooks
  task<std::vector<webhook>> get_guild_webhooks(guild_id guild, const call_options& options = {});
  /// One webhook; needs MANAGE_WEBHOOKS unless it is the bot's.
  /// https://docs.discord.com/developers/resources/webhook#get-webhook
  task<webhook> get_webhook(webhook_id which, const call_options& options = {});
  /// The same without authorization, and without `user` in the answer.
  /// https://docs.discord.com/developers/resources/webhook#get-webhook-with-token
  task<webhook> get_webhook_with_token(webhook_id which, std::string_view token, const call_options& options = {});
  /// Changes a webhook; needs MANAGE_WEBHOOKS. Fires WEBHOOKS_UPDATE.
  /// https://docs.discord.com/developers/resources/webhook#modify-webhook
  task<webhook> modify_webhook(webhook_id which, const modify_webhook_body& body, const call_options& options = {});
  /// The same without authorization; it cannot be moved to another channel so.
  /// https://docs.discord.com/developers/resources/webhook#modify-webhook-with-token
  task<webhook> modify_webhook_with_token(webhook_id which, std::string_view token,
                                          const modify_webhook_with_token_body& body, const call_options& options = {});
  /// Deletes a webhook; needs MANAGE_WEBHOOKS. Fires WEBHOOKS_UPDATE.
  /// https://docs.discord.com/developers/resources/webhook#delete-webhook
  task<> delete_webhook(webhook_id which, const call_options& options = {});
  /// The same without authorization. https://docs.discord.com/developers/resources/webhook#delete-webhook-with-token
  task<> delete_webhook_with_token(webhook_id which, std::string_view token, const call_options& options = {});
  /// Writes as the webhook; the answer is the message when `wait` asks for it. Without it Discord does not tell whether
  /// the message was made. A builder's message becomes a body with `webhook_message(builder.body())`.
  /// https://docs.discord.com/developers/resources/webhook#execute-webhook
  task<optional<message>> execute_webhook(webhook_id which, std::string_view token, const execute_webhook_body& body,
                                          const call_options& options = {});
  task<optional<message>> execute_webhook(webhook_id which, std::string_view token, const execute_webhook_body& body,
                                          const execute_webhook_query& query, const call_options& options = {});
  task<optional<message>> execute_webhook(webhook_id which, std::string_view token, const message_builder& body,
                                          const call_options& options = {});
  task<optional<message>> execute_webhook(webhook_id which, std::string_view token, const message_builder& body,
                                          const execute_webhook_query& query, const call_options& options = {});
  /// Writes what is put in Slack's format, JSON text that is sent as it is.
  /// https://docs.discord.com/developers/resources/webhook#execute-slack-compatible-webhook
  task<> execute_slack_compatible_webhook(webhook_id which, std::string_view token, std::string_view json,
                                          const call_options& options = {});
  task<> execute_slack_compatible_webhook(webhook_id which, std::string_view token, std::string_view json,
                                          const execute_compatible_webhook_query& query,
                                          const call_options& options = {});
  /// Writes what GitHub's webhooks send: the name of the event (GitHub's header `X-GitHub-Event`) and its JSON text, as
  /// it is. https://docs.discord.com/developers/resources/webhook#execute-github-compatible-webhook
  task<> execute_github_compatible_webhook(webhook_id which, std::string_view token, std::string_view event,
                                           std::string_view json, const call_options& options = {});
  task<> execute_github_compatible_webhook(webhook_id which, std::string_view token, std::string_view event,
                                           std::string_view json, const execute_compatible_webhook_query& query,
                                           const call_options& options = {});
  /// A message that the webhook wrote. https://docs.discord.com/developers/resources/webhook#get-webhook-message
  task<message> get_webhook_message(webhook_id which, std::string_view token, message_id written,
                                    const call_options& options = {});
  task<message> get_webhook_message(webhook_id which, std::string_view token, message_id written,
                                    const webhook_message_query& query, const call_options& options = {});
  /// Changes a message that the webhook wrote.
  /// https://docs.discord.com/developers/resources/webhook#edit-webhook-message
  task<message> edit_webhook_message(webhook_id which, std::string_view token, message_id written,
                                     const edit_message_body& body, const call_options& options = {});
  task<message> edit_webhook_message(webhook_id which, std::string_view token, message_id written,
                                     const edit_message_body& body, const edit_webhook_message_query& query,
                                     const call_options& options = {});
  task<message> edit_webhook_message(webhook_id which, std::string_view token, message_id written,
                                     const message_builder& body, const call_options& options = {});
  task<message> edit_webhook_message(webhook_id which, std::string_view token, message_id written,
                                     const message_builder& body, const edit_webhook_message_query& query,
                                     const call_options& options = {});
  /// Deletes a message that the webhook wrote.
  /// https://docs.discord.com/developers/resources/webhook#delete-webhook-message
  task<> delete_webhook_message(webhook_id which, std::string_view token, message_id written,
                                const call_options& options = {});
  task<> delete_webhook_message(webhook_id which, std::string_view token, message_id written,
                                const webhook_message_query& query, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  webhook_routes() = default;
};

}  // namespace rest

}  // namespace monochord
