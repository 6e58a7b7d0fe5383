// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <monochord/core/flags.hpp>

namespace monochord {

/// States of a message.
/// https://docs.discord.com/developers/resources/message#message-object-message-flags
enum class message_flag : std::uint32_t {
  crossposted = 1U << 0,
  is_crosspost = 1U << 1,
  suppress_embeds = 1U << 2,
  source_message_deleted = 1U << 3,
  urgent = 1U << 4,
  has_thread = 1U << 5,
  ephemeral = 1U << 6,
  loading = 1U << 7,
  failed_to_mention_some_roles_in_thread = 1U << 8,
  suppress_notifications = 1U << 12,
  is_voice_message = 1U << 13,
  has_snapshot = 1U << 14,
  is_components_v2 = 1U << 15,
};
template <>
inline constexpr bool is_flags<message_flag> = true;

}  // namespace monochord
