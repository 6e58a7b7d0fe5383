// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/application_command_type.hpp>
#include <monochord/model/component_fwd.hpp>
#include <monochord/model/file_body.hpp>
#include <monochord/model/interaction_type.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/message_flag.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/view_map.hpp>

// Request bodies: views for designated initialisers. They own nothing; a call encodes its body before it returns the
// task. Absent is what is not named; lists that stand alone are absent when empty.
namespace monochord {

struct command_choice;
struct embed;
struct poll_create_request;
struct shared_client_theme;
enum class channel_type : std::int32_t;
enum class command_handler_type : std::int32_t;

/// Who is notified by a message: `parse` holds kinds (`users`, `roles`, `everyone`), the others ids, of a kind that `parse`
/// does not have. What is absent notifies nobody; null as `parse` stands for the kinds of a message that has none of this:
/// those of `client_options::allowed_mentions`, or Discord's; without those of which there are ids.
/// https://docs.discord.com/developers/resources/message#allowed-mentions-object
struct allowed_mentions {
  maybe<list<std::string_view>> parse{};
  maybe<list<role_id>> roles{};
  maybe<list<user_id>> users{};
  maybe<bool> replied_user{};
};
/// Nobody is notified: `{.content = text, .allowed_mentions = mc::no_mentions}`.
inline constexpr allowed_mentions no_mentions{.parse = list<std::string_view>{}, .roles = {}, .users = {}, .replied_user = {}};

/// The message that is answered or (with `type` 1) forwarded.
/// https://docs.discord.com/developers/resources/message#message-reference-structure
struct message_reference_body {
  maybe<int> type{};
  maybe<monochord::message_id> message_id{};
  maybe<monochord::channel_id> channel_id{};
  maybe<monochord::guild_id> guild_id{};
  maybe<bool> fail_if_not_exists{};
};

/// What is said of a file: `id` is its place among `files`, or the id of an attachment that an edit keeps.
/// https://docs.discord.com/developers/resources/message#attachment-object-attachment-request-structure
struct attachment_body {
  attachment_id id{};
  maybe<std::string_view> filename{};
  maybe<std::string_view> title{};
  maybe<std::string_view> description{};
  maybe<double> duration_secs{};
  maybe<std::string_view> waveform{};
  maybe<bool> is_spoiler{};
  maybe<bool> is_remix{};  ///< not documented
};

/// POST /channels/{channel_id}/messages; also what a webhook or a followup takes.
/// https://docs.discord.com/developers/resources/message#create-message
struct create_message_body {
  maybe<std::string_view> content{};
  maybe<std::string_view> nonce{};
  maybe<bool> tts{};
  list<embed> embeds{};
  maybe<monochord::allowed_mentions> allowed_mentions{};
  maybe<message_reference_body> message_reference{};
  list<component> components{};
  list<sticker_id> sticker_ids{};
  list<file_body> files{};  ///< sent beside the JSON
  list<attachment_body> attachments{};
  maybe<monochord::flags<message_flag>> flags{};
  maybe<bool> enforce_nonce{};
  const poll_create_request* poll = nullptr;
  const monochord::shared_client_theme* shared_client_theme = nullptr;
};

/// PATCH /channels/{channel_id}/messages/{message_id}; also of a message of a webhook, and of an answer to an interaction.
/// Absent is left as it is; null or an empty list clears.
/// https://docs.discord.com/developers/resources/message#edit-message
struct edit_message_body {
  maybe<std::string_view> content{};
  maybe<list<embed>> embeds{};
  maybe<monochord::flags<message_flag>> flags{};
  maybe<monochord::allowed_mentions> allowed_mentions{};
  maybe<list<component>> components{};
  list<file_body> files{};  ///< sent beside the JSON
  /// All that the message shall have, kept ones included; absent: those it has, and `files`.
  maybe<list<attachment_body>> attachments{};
  maybe<list<sticker_id>> sticker_ids{};       ///< of the bot's own messages only; not documented
  const poll_create_request* poll = nullptr;   ///< of webhooks and interactions only, into a deferred answer
};

/// The data of an answer to an interaction; which fields count depends on its type.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-interaction-callback-data-structure
struct interaction_response_data {
  maybe<bool> tts{};
  maybe<std::string_view> content{};
  maybe<list<embed>> embeds{};
  maybe<monochord::allowed_mentions> allowed_mentions{};
  maybe<monochord::flags<message_flag>> flags{};
  maybe<list<component>> components{};
  maybe<list<attachment_body>> attachments{};
  list<file_body> files{};  ///< sent beside the JSON
  const poll_create_request* poll = nullptr;
  maybe<list<command_choice>> choices{};  ///< of an autocomplete result
  maybe<std::string_view> custom_id{};    ///< of a modal
  maybe<std::string_view> title{};        ///< of a modal
  maybe<bool> eligible{};                 ///< whether a user may buy in the social layer, as those below; not documented
  maybe<int> ineligible_reason{};
  maybe<std::string_view> ineligible_reason_description{};
};

/// POST /interactions/{interaction_id}/{interaction_token}/callback.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object
struct interaction_response_body {
  interaction_callback_type type{};
  maybe<interaction_response_data> data{};
};

/// The data of an answer that shows the same message, or (with the type `update_message`) edits one.
interaction_response_data response_data(const create_message_body& message) noexcept;
interaction_response_data response_data(const edit_message_body& message) noexcept;

/// A choice of a text option; for numbers there is the command_builder.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-choice-structure
struct command_choice_body {
  std::string_view name{};
  std::string_view value{};
  maybe<text_map> name_localizations{};
};

/// An option of a command, or a subcommand with its own.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-structure
struct command_option_body {
  command_option_type type{};
  std::string_view name{};
  maybe<text_map> name_localizations{};
  std::string_view description{};
  maybe<text_map> description_localizations{};
  maybe<bool> required{};
  list<command_choice_body> choices{};
  list<command_option_body> options{};
  list<monochord::channel_type> channel_types{};
  maybe<double> min_value{};
  maybe<double> max_value{};
  maybe<int> min_length{};
  maybe<int> max_length{};
  maybe<bool> autocomplete{};
  list<std::string_view> file_types{};
};

/// POST /applications/{application_id}/commands; `description` is for chat input commands only.
/// https://docs.discord.com/developers/interactions/application-commands#create-global-application-command
struct application_command_body {
  maybe<command_id> id{};  ///< of one that is there, when all are overwritten
  std::string_view name{};
  maybe<text_map> name_localizations{};
  maybe<std::string_view> description{};
  maybe<text_map> description_localizations{};
  maybe<application_command_type> type{};
  list<command_option_body> options{};
  maybe<flags<permission>> default_member_permissions{};
  maybe<bool> nsfw{};
  list<integration_type> integration_types{};
  list<interaction_context> contexts{};
  maybe<command_handler_type> handler{};  ///< of an entry point command
  maybe<bool> dm_permission{};            ///< deprecated: use `contexts`
  maybe<bool> default_permission{};       ///< deprecated: use `default_member_permissions`
};

static_assert(std::is_trivially_destructible_v<allowed_mentions>);
static_assert(std::is_trivially_destructible_v<message_reference_body>);
static_assert(std::is_trivially_destructible_v<attachment_body>);
static_assert(std::is_trivially_destructible_v<create_message_body>);
static_assert(std::is_trivially_destructible_v<edit_message_body>);
static_assert(std::is_trivially_destructible_v<interaction_response_data>);
static_assert(std::is_trivially_destructible_v<interaction_response_body>);
static_assert(std::is_trivially_destructible_v<command_choice_body>);
static_assert(std::is_trivially_destructible_v<command_option_body>);
static_assert(std::is_trivially_destructible_v<application_command_body>);

}  // namespace monochord
