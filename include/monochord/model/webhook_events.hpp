// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/open_enum.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/application_command_type.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/raw_json.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// What a webhook event is for.
/// https://docs.discord.com/developers/events/webhook-events#webhook-types
enum class webhook_event_payload_type : std::int32_t {
  ping = 0,
  event = 1,
};

/// What happened.
/// https://docs.discord.com/developers/events/webhook-events#event-types
struct webhook_event_type_names {
  static constexpr std::string_view application_authorized = "APPLICATION_AUTHORIZED";
  static constexpr std::string_view application_deauthorized = "APPLICATION_DEAUTHORIZED";
  static constexpr std::string_view entitlement_create = "ENTITLEMENT_CREATE";
  static constexpr std::string_view entitlement_update = "ENTITLEMENT_UPDATE";
  static constexpr std::string_view entitlement_delete = "ENTITLEMENT_DELETE";
  static constexpr std::string_view quest_user_enrollment = "QUEST_USER_ENROLLMENT";
  static constexpr std::string_view lobby_message_create = "LOBBY_MESSAGE_CREATE";
  static constexpr std::string_view lobby_message_update = "LOBBY_MESSAGE_UPDATE";
  static constexpr std::string_view lobby_message_delete = "LOBBY_MESSAGE_DELETE";
  static constexpr std::string_view game_direct_message_create = "GAME_DIRECT_MESSAGE_CREATE";
  static constexpr std::string_view game_direct_message_update = "GAME_DIRECT_MESSAGE_UPDATE";
  static constexpr std::string_view game_direct_message_delete = "GAME_DIRECT_MESSAGE_DELETE";
};
using webhook_event_type = open_string<webhook_event_type_names>;

/// What happened, and when. What `data` is depends on `type`: application_authorized, application_deauthorized,
/// entitlement, lobby_message, lobby_message_delete, direct_lobby_message or game_direct_message.
/// https://docs.discord.com/developers/events/webhook-events#event-body-object
struct webhook_event_body {
  webhook_event_type type;
  monochord::timestamp timestamp;
  optional<raw_json> data;
};

/// What Discord posts to the URL of an application.
/// https://docs.discord.com/developers/events/webhook-events#payload-structure
struct webhook_event_payload {
  int version = 0;
  monochord::application_id application_id;
  webhook_event_payload_type type{};
  optional<webhook_event_body> event;
};

/// Somebody added an application. `guild` is there when it was added to one.
/// https://docs.discord.com/developers/events/webhook-events#application-authorized-application-authorized-structure
struct application_authorized {
  optional<monochord::integration_type> integration_type;
  monochord::user user;
  std::vector<std::string> scopes;
  box<monochord::guild> guild;
};

/// Somebody removed an application.
/// https://docs.discord.com/developers/events/webhook-events#application-deauthorized-application-deauthorized-structure
struct application_deauthorized {
  monochord::user user;
};

/// A message of a lobby was deleted.
/// https://docs.discord.com/developers/events/webhook-events#lobby-message-delete-structure
struct lobby_message_delete {
  message_id id;
  monochord::lobby_id lobby_id;
};

/// A direct message within a game, as seen by Discord: a message with what the game knows of it.
/// https://docs.discord.com/developers/events/webhook-events#additional-fields
struct direct_lobby_message : message {
  optional<monochord::lobby_id> lobby_id;
  box<monochord::channel> channel;
};

/// A direct message that a game sent or received.
/// https://docs.discord.com/developers/events/webhook-events#sdk-dm-message-structure
struct game_direct_message {
  // Compiled once, in the library.
  game_direct_message();
  game_direct_message(const game_direct_message&);
  game_direct_message(game_direct_message&&) noexcept;
  game_direct_message& operator=(const game_direct_message&);
  game_direct_message& operator=(game_direct_message&&) noexcept;
  ~game_direct_message();

  message_id id;
  message_type type{};
  std::string content;
  optional<monochord::channel_id> channel_id;
  user author;
  optional<partial_user> recipient;
  monochord::flags<message_flag> flags;
  optional<monochord::application_id> application_id;
  box<monochord::channel> channel;
  box<message_activity> activity;
  box<monochord::application> application;
  // not documented
  optional<monochord::timestamp> timestamp;
  optional<any_id> recipient_id;
  optional<std::vector<attachment>> attachments;
  optional<std::vector<component>> components;
};

}  // namespace monochord
