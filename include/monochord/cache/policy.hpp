// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <monochord/core/flags.hpp>

namespace monochord {

/// A kind of what a cache keeps.
enum class cache_kind : std::uint32_t {
  guilds = 1U << 0,
  channels = 1U << 1,
  threads = 1U << 2,  ///< those that are active; an archived thread is dropped
  members = 1U << 3,
  users = 1U << 4,  ///< of members, for as long as one of them is kept; others up to `cache_policy::users_without_member`
  roles = 1U << 5,
  emojis = 1U << 6,
  stickers = 1U << 7,
  soundboard_sounds = 1U << 8,
  voice_states = 1U << 9,
  presences = 1U << 10,  ///< who is offline has none
  stage_instances = 1U << 11,
  scheduled_events = 1U << 12,
  integrations = 1U << 13,
  auto_moderation_rules = 1U << 14,
  invites = 1U << 15,
  messages = 1U << 16,  ///< the last `cache_policy::messages_per_channel` of each channel
  entitlements = 1U << 17,
};
template <>
inline constexpr bool is_flags<cache_kind> = true;

/// Fields that a policy can leave out, to save their memory; they are then absent in what is read.
enum class cache_field : std::uint32_t {
  user_global_name = 1U << 0,
  user_avatar = 1U << 1,
  user_banner = 1U << 2,       ///< and the accent colour
  user_decoration = 1U << 3,   ///< avatar decoration, collectibles, the tag of a guild
  member_nick = 1U << 4,
  member_avatar = 1U << 5,     ///< and the banner
  member_joined_at = 1U << 6,
  member_premium_since = 1U << 7,
  member_roles = 1U << 8,
  member_decoration = 1U << 9, ///< avatar decoration and collectibles
  channel_topic = 1U << 10,
  channel_overwrites = 1U << 11,
  role_icon = 1U << 12,
  presence_activities = 1U << 13,
};
template <>
inline constexpr bool is_flags<cache_field> = true;

/// Whose members are kept.
enum class cache_members : std::uint8_t {
  all,
  active,    ///< who wrote, typed or used a command since the start
  in_voice,  ///< who is in a voice channel, for as long as that
};

/// What a cache keeps of a guild. The bot's own member is never left out.
struct cache_policy {
  /// No messages and no presences, nor what few bots look at.
  static constexpr flags<cache_kind> default_kinds{static_cast<std::uint32_t>(cache_kind::guilds) |
                                                   static_cast<std::uint32_t>(cache_kind::channels) |
                                                   static_cast<std::uint32_t>(cache_kind::threads) |
                                                   static_cast<std::uint32_t>(cache_kind::members) |
                                                   static_cast<std::uint32_t>(cache_kind::users) |
                                                   static_cast<std::uint32_t>(cache_kind::roles) |
                                                   static_cast<std::uint32_t>(cache_kind::emojis) |
                                                   static_cast<std::uint32_t>(cache_kind::voice_states)};
  static constexpr flags<cache_kind> every_kind{(1U << 18) - 1};

  flags<cache_kind> kinds = default_kinds;
  flags<cache_field> without{};
  cache_members members = cache_members::all;
  /// Over it those go that were seen in an event longest ago, nearly: the oldest of a sample. 0: no limit.
  std::size_t members_per_guild = 0;
  /// `cache::sweep` drops members that no event has shown for longer. 0: never.
  std::chrono::seconds member_age{0};
  std::size_t messages_per_channel = 50;
  /// How many users are kept beside those of kept members: who writes, types, uses a command or is in voice and is no kept member,
  /// authors of direct messages too, and who was one until now. Over it those go that no event has shown for longest, nearly. As
  /// users are shared, only `cache_options::policy` says it. 0: none.
  std::size_t users_without_member = 0;
  /// `cache::sweep` drops of these whom no event has shown for longer. 0: never.
  std::chrono::seconds user_age{0};
};

}  // namespace monochord
