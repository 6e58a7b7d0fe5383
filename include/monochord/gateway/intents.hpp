// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <monochord/core/flags.hpp>

namespace monochord {

/// What a bot wants to hear of. An event comes when one of its intents was given at IDENTIFY.
/// https://docs.discord.com/developers/events/gateway#gateway-intents
enum class intent : std::uint32_t {
  guilds = 1U << 0,
  guild_members = 1U << 1,  ///< privileged: switch it on in the developer portal
  guild_moderation = 1U << 2,
  guild_expressions = 1U << 3,
  guild_integrations = 1U << 4,
  guild_webhooks = 1U << 5,
  guild_invites = 1U << 6,
  guild_voice_states = 1U << 7,
  guild_presences = 1U << 8,  ///< privileged: switch it on in the developer portal
  guild_messages = 1U << 9,
  guild_message_reactions = 1U << 10,
  guild_message_typing = 1U << 11,
  direct_messages = 1U << 12,
  direct_message_reactions = 1U << 13,
  direct_message_typing = 1U << 14,
  message_content = 1U << 15,  ///< privileged: switch it on in the developer portal
  guild_scheduled_events = 1U << 16,
  auto_moderation_configuration = 1U << 20,
  auto_moderation_execution = 1U << 21,
  guild_message_polls = 1U << 24,
  direct_message_polls = 1U << 25,
};
template <>
inline constexpr bool is_flags<intent> = true;

/// The intents that have to be switched on in the developer portal; asking for one that is not ends in close code 4014.
inline constexpr flags<intent> privileged_intents = intent::guild_members | intent::guild_presences | intent::message_content;
/// Every intent that Discord documents.
inline constexpr flags<intent> all_intents{53608447U};
/// Every intent that needs no switch in the developer portal.
inline constexpr flags<intent> unprivileged_intents = all_intents & ~privileged_intents;

}  // namespace monochord
