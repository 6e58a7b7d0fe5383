// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/application_command.hpp>
#include <monochord/model/component.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/interaction_type.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_flag.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/poll.hpp>
#include <monochord/model/scalar.hpp>

namespace monochord {

/// Who is notified, as it stands in a body; see allowed_mentions.
/// https://docs.discord.com/developers/resources/message#allowed-mentions-object
struct mention_rules {
  optional<std::vector<std::string>> parse;
  optional<std::vector<role_id>> roles;
  optional<std::vector<user_id>> users;
  optional_bool replied_user;
};

/// What a body says of a file; see attachment_body.
/// https://docs.discord.com/developers/resources/message#attachment-object-attachment-request-structure
struct attachment_request {
  any_id id;
  optional<std::string> filename;
  optional<std::string> title;
  optional<std::string> description;
  optional<double> duration_secs;
  optional<std::string> waveform;
  optional_bool is_spoiler;
};

/// The data of an answer, for those who read them: proxies and tests. Which fields there are depends on the type.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-messages
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-autocomplete
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal
struct interaction_callback_data {
  // Compiled once, in the library.
  interaction_callback_data();
  interaction_callback_data(const interaction_callback_data&);
  interaction_callback_data(interaction_callback_data&&) noexcept;
  interaction_callback_data& operator=(const interaction_callback_data&);
  interaction_callback_data& operator=(interaction_callback_data&&) noexcept;
  ~interaction_callback_data();

  optional_bool tts;
  optional<std::string> content;
  optional<std::vector<embed>> embeds;
  optional<mention_rules> allowed_mentions;
  optional<monochord::flags<message_flag>> flags;
  optional<std::vector<component>> components;
  optional<std::vector<attachment_request>> attachments;
  box<poll_create_request> poll;
  optional<std::vector<command_choice>> choices;
  optional<std::string> custom_id;
  optional<std::string> title;
};

/// An answer to an interaction, for those who read them; to send one there is interaction_response_body.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-interaction-response-structure
struct interaction_response {
  interaction_callback_type type{};
  box<interaction_callback_data> data;
};

/// A message that is being sent, for those who read them; to send one there is create_message_body.
/// https://docs.discord.com/developers/resources/message#create-message
struct message_request {
  // Compiled once, in the library.
  message_request();
  message_request(const message_request&);
  message_request(message_request&&) noexcept;
  message_request& operator=(const message_request&);
  message_request& operator=(message_request&&) noexcept;
  ~message_request();

  optional<std::string> content;
  optional<scalar> nonce;
  optional_bool tts;
  optional<std::vector<embed>> embeds;
  optional<mention_rules> allowed_mentions;
  box<monochord::message_reference> message_reference;
  optional<std::vector<component>> components;
  optional<std::vector<sticker_id>> sticker_ids;
  optional<std::vector<attachment_request>> attachments;
  optional<monochord::flags<message_flag>> flags;
  optional_bool enforce_nonce;
  box<poll_create_request> poll;
};

}  // namespace monochord
