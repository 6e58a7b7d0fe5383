// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <monochord/core/flags.hpp>

namespace monochord {

/// What somebody may do. On the wire the set is a decimal number in a string.
/// https://docs.discord.com/developers/topics/permissions#permissions-bitwise-permission-flags
enum class permission : std::uint64_t {
  create_instant_invite = std::uint64_t{1} << 0,
  kick_members = std::uint64_t{1} << 1,
  ban_members = std::uint64_t{1} << 2,
  administrator = std::uint64_t{1} << 3,
  manage_channels = std::uint64_t{1} << 4,
  manage_guild = std::uint64_t{1} << 5,
  add_reactions = std::uint64_t{1} << 6,
  view_audit_log = std::uint64_t{1} << 7,
  priority_speaker = std::uint64_t{1} << 8,
  stream = std::uint64_t{1} << 9,
  view_channel = std::uint64_t{1} << 10,
  send_messages = std::uint64_t{1} << 11,
  send_tts_messages = std::uint64_t{1} << 12,
  manage_messages = std::uint64_t{1} << 13,
  embed_links = std::uint64_t{1} << 14,
  attach_files = std::uint64_t{1} << 15,
  read_message_history = std::uint64_t{1} << 16,
  mention_everyone = std::uint64_t{1} << 17,
  use_external_emojis = std::uint64_t{1} << 18,
  view_guild_insights = std::uint64_t{1} << 19,
  connect = std::uint64_t{1} << 20,
  speak = std::uint64_t{1} << 21,
  mute_members = std::uint64_t{1} << 22,
  deafen_members = std::uint64_t{1} << 23,
  move_members = std::uint64_t{1} << 24,
  use_vad = std::uint64_t{1} << 25,
  change_nickname = std::uint64_t{1} << 26,
  manage_nicknames = std::uint64_t{1} << 27,
  manage_roles = std::uint64_t{1} << 28,
  manage_webhooks = std::uint64_t{1} << 29,
  manage_guild_expressions = std::uint64_t{1} << 30,
  use_application_commands = std::uint64_t{1} << 31,
  request_to_speak = std::uint64_t{1} << 32,
  manage_events = std::uint64_t{1} << 33,
  manage_threads = std::uint64_t{1} << 34,
  create_public_threads = std::uint64_t{1} << 35,
  create_private_threads = std::uint64_t{1} << 36,
  use_external_stickers = std::uint64_t{1} << 37,
  send_messages_in_threads = std::uint64_t{1} << 38,
  use_embedded_activities = std::uint64_t{1} << 39,
  moderate_members = std::uint64_t{1} << 40,
  view_creator_monetization_analytics = std::uint64_t{1} << 41,
  use_soundboard = std::uint64_t{1} << 42,
  create_guild_expressions = std::uint64_t{1} << 43,
  create_events = std::uint64_t{1} << 44,
  use_external_sounds = std::uint64_t{1} << 45,
  send_voice_messages = std::uint64_t{1} << 46,
  set_voice_channel_status = std::uint64_t{1} << 48,
  send_polls = std::uint64_t{1} << 49,
  use_external_apps = std::uint64_t{1} << 50,
  pin_messages = std::uint64_t{1} << 51,
  bypass_slowmode = std::uint64_t{1} << 52,
};
template <>
inline constexpr bool is_flags<permission> = true;

}  // namespace monochord
