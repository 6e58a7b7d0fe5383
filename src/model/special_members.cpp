// SPDX-License-Identifier: MIT
// Making, copying and destroying the large models: compiled here once, instead of in every program that awaits a message.
#include <monochord/model/application.hpp>
#include <monochord/model/application_command.hpp>
#include <monochord/model/attachment.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/entitlement.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/guild_extras.hpp>
#include <monochord/model/interaction.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/partial_message.hpp>
#include <monochord/model/presence.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/sticker.hpp>
#include <monochord/model/user.hpp>
#include <monochord/model/voice_state.hpp>

namespace monochord {

#define MONOCHORD_SPECIAL_MEMBERS(type)                  \
  type::type() = default;                                \
  type::type(const type&) = default;                     \
  type::type(type&&) noexcept = default;                 \
  type& type::operator=(const type&) = default;          \
  type& type::operator=(type&&) noexcept = default;      \
  type::~type() = default;

MONOCHORD_SPECIAL_MEMBERS(user)
MONOCHORD_SPECIAL_MEMBERS(partial_user)
MONOCHORD_SPECIAL_MEMBERS(role)
MONOCHORD_SPECIAL_MEMBERS(emoji)
MONOCHORD_SPECIAL_MEMBERS(sticker)
MONOCHORD_SPECIAL_MEMBERS(member)
MONOCHORD_SPECIAL_MEMBERS(partial_member)
MONOCHORD_SPECIAL_MEMBERS(attachment)
MONOCHORD_SPECIAL_MEMBERS(embed)
MONOCHORD_SPECIAL_MEMBERS(channel)
MONOCHORD_SPECIAL_MEMBERS(application)
MONOCHORD_SPECIAL_MEMBERS(entitlement)
MONOCHORD_SPECIAL_MEMBERS(soundboard_sound)
MONOCHORD_SPECIAL_MEMBERS(recurrence_rule)
MONOCHORD_SPECIAL_MEMBERS(scheduled_event)
MONOCHORD_SPECIAL_MEMBERS(guild)
MONOCHORD_SPECIAL_MEMBERS(voice_state)
MONOCHORD_SPECIAL_MEMBERS(activity)
MONOCHORD_SPECIAL_MEMBERS(partial_message)
MONOCHORD_SPECIAL_MEMBERS(message_interaction_metadata)
MONOCHORD_SPECIAL_MEMBERS(message)
MONOCHORD_SPECIAL_MEMBERS(command_option)
MONOCHORD_SPECIAL_MEMBERS(application_command)
MONOCHORD_SPECIAL_MEMBERS(interaction)

}  // namespace monochord
