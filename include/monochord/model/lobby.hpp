// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/flat_map.hpp>
#include <monochord/model/message_flag.hpp>
#include <monochord/model/partial_message.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// What a member of a lobby may do.
/// https://docs.discord.com/developers/resources/lobby#lobby-member-object-lobby-member-flags
enum class lobby_member_flag : std::uint32_t {
  can_link_lobby = 1U << 0,
};
template <>
inline constexpr bool is_flags<lobby_member_flag> = true;

/// Somebody in a lobby.
/// https://docs.discord.com/developers/resources/lobby#lobby-member-object-lobby-member-structure
struct lobby_member {
  user_id id;
  maybe<flat_map<std::string, std::string>> metadata;
  optional<monochord::flags<lobby_member_flag>> flags;
  optional<std::string> additional_name;
};

/// A group of players of a game.
/// https://docs.discord.com/developers/resources/lobby#lobby-object-lobby-structure
struct lobby {
  // Compiled once, in the library.
  lobby();
  lobby(const lobby&);
  lobby(lobby&&) noexcept;
  lobby& operator=(const lobby&);
  lobby& operator=(lobby&&) noexcept;
  ~lobby();

  lobby_id id;
  monochord::application_id application_id;
  maybe<flat_map<std::string, std::string>> metadata;
  std::vector<lobby_member> members;
  box<channel> linked_channel;
  optional<std::uint32_t> flags;
  maybe<std::string> override_event_webhooks_url;
};

/// The member of a lobby who wrote a message.
struct lobby_message_member {
  optional<std::string> additional_name;
};

/// A message in a lobby.
/// https://docs.discord.com/developers/resources/lobby#lobby-message-object
/// https://docs.discord.com/developers/events/webhook-events#lobby-message-structure
struct lobby_message {
  // Compiled once, in the library.
  lobby_message();
  lobby_message(const lobby_message&);
  lobby_message(lobby_message&&) noexcept;
  lobby_message& operator=(const lobby_message&);
  lobby_message& operator=(lobby_message&&) noexcept;
  ~lobby_message();

  message_id id;
  message_type type{};
  std::string content;
  monochord::lobby_id lobby_id;
  monochord::channel_id channel_id;
  user author;
  optional<lobby_message_member> lobby_member;
  maybe<flat_map<std::string, std::string>> metadata;
  maybe<flat_map<std::string, std::string>> moderation_metadata;
  monochord::flags<message_flag> flags;
  optional<monochord::application_id> application_id;
  optional<monochord::timestamp> timestamp;
  maybe<monochord::timestamp> edited_timestamp;
};

/// An invite to the channel that a lobby is linked with.
/// https://docs.discord.com/developers/resources/lobby#lobby-invite-object
struct lobby_invite {
  std::string code;
};

}  // namespace monochord
