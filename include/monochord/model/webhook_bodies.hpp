// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/component_fwd.hpp>
#include <monochord/model/file_body.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/message_flag.hpp>

namespace monochord {

struct embed;
struct poll_create_request;

/// POST /channels/{channel_id}/webhooks. The picture is a data URI.
/// https://docs.discord.com/developers/resources/webhook#create-webhook
struct create_webhook_body {
  std::string_view name{};
  maybe<std::string_view> avatar{};
};

/// PATCH /webhooks/{webhook_id}.
/// https://docs.discord.com/developers/resources/webhook#modify-webhook
struct modify_webhook_body {
  maybe<std::string_view> name{};
  maybe<std::string_view> avatar{};
  maybe<monochord::channel_id> channel_id{};
};

/// PATCH /webhooks/{webhook_id}/{webhook_token}.
/// https://docs.discord.com/developers/resources/webhook#modify-webhook-with-token
struct modify_webhook_with_token_body {
  maybe<std::string_view> name{};
  maybe<std::string_view> avatar{};
};

/// POST /webhooks/{webhook_id}/{webhook_token}. What a message_builder holds becomes one with `webhook_message`.
/// https://docs.discord.com/developers/resources/webhook#execute-webhook
struct execute_webhook_body {
  maybe<std::string_view> content{};
  maybe<std::string_view> username{};  ///< instead of the webhook's own
  maybe<std::string_view> avatar_url{};
  maybe<bool> tts{};
  list<embed> embeds{};
  maybe<monochord::allowed_mentions> allowed_mentions{};
  list<component> components{};
  list<file_body> files{};  ///< sent beside the JSON
  list<attachment_body> attachments{};
  maybe<monochord::flags<message_flag>> flags{};
  maybe<std::string_view> thread_name{};  ///< makes a post of it, in a forum
  list<forum_tag_id> applied_tags{};
  const poll_create_request* poll = nullptr;
};

/// A message as a webhook sends it: without nonce, stickers and reference, which a webhook does not have.
execute_webhook_body webhook_message(const create_message_body& message) noexcept;

/// How a webhook sends.
/// https://docs.discord.com/developers/resources/webhook#execute-webhook
struct execute_webhook_query {
  maybe<bool> wait{};  ///< then the answer is the message
  maybe<channel_id> thread_id{};
  maybe<bool> with_components{};  ///< for webhooks that no application owns: components without interaction
};

/// How a webhook for Slack's or GitHub's format sends.
/// https://docs.discord.com/developers/resources/webhook#execute-slack-compatible-webhook
struct execute_compatible_webhook_query {
  maybe<channel_id> thread_id{};
  maybe<bool> wait{};
};

/// Where a message of a webhook is.
/// https://docs.discord.com/developers/resources/webhook#get-webhook-message
struct webhook_message_query {
  maybe<channel_id> thread_id{};
};

/// Where a message of a webhook is, and what it may hold.
/// https://docs.discord.com/developers/resources/webhook#edit-webhook-message
struct edit_webhook_message_query {
  maybe<channel_id> thread_id{};
  maybe<bool> with_components{};
};

static_assert(std::is_trivially_destructible_v<create_webhook_body>);
static_assert(std::is_trivially_destructible_v<modify_webhook_body>);
static_assert(std::is_trivially_destructible_v<modify_webhook_with_token_body>);
static_assert(std::is_trivially_destructible_v<execute_webhook_body>);
static_assert(std::is_trivially_destructible_v<execute_webhook_query>);
static_assert(std::is_trivially_destructible_v<execute_compatible_webhook_query>);
static_assert(std::is_trivially_destructible_v<webhook_message_query>);
static_assert(std::is_trivially_destructible_v<edit_webhook_message_query>);

}  // namespace monochord
