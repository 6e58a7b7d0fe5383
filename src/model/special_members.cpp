// SPDX-License-Identifier: MIT
// Making, copying and destroying the large models: compiled here once, instead of in every program that awaits a message.
#include <monochord/model/application.hpp>
#include <monochord/model/application_command.hpp>
#include <monochord/model/attachment.hpp>
#include <monochord/model/audit_log.hpp>
#include <monochord/model/auto_moderation.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/connection.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/entitlement.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/guild_preview.hpp>
#include <monochord/model/guild_template.hpp>
#include <monochord/model/integration.hpp>
#include <monochord/model/interaction.hpp>
#include <monochord/model/interaction_response.hpp>
#include <monochord/model/invite.hpp>
#include <monochord/model/join_request.hpp>
#include <monochord/model/lobby.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_search.hpp>
#include <monochord/model/new_member_welcome.hpp>
#include <monochord/model/oauth2.hpp>
#include <monochord/model/onboarding.hpp>
#include <monochord/model/partial_message.hpp>
#include <monochord/model/presence.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/scheduled_event.hpp>
#include <monochord/model/sku.hpp>
#include <monochord/model/soundboard_sound.hpp>
#include <monochord/model/stage_instance.hpp>
#include <monochord/model/sticker.hpp>
#include <monochord/model/sticker_pack.hpp>
#include <monochord/model/subscription.hpp>
#include <monochord/model/thread_list.hpp>
#include <monochord/model/user.hpp>
#include <monochord/model/voice_state.hpp>
#include <monochord/model/webhook.hpp>
#include <monochord/model/webhook_events.hpp>

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
MONOCHORD_SPECIAL_MEMBERS(auto_moderation_rule)
MONOCHORD_SPECIAL_MEMBERS(audit_log_entry)
MONOCHORD_SPECIAL_MEMBERS(audit_log)
MONOCHORD_SPECIAL_MEMBERS(guild_preview)
MONOCHORD_SPECIAL_MEMBERS(template_guild)
MONOCHORD_SPECIAL_MEMBERS(guild_template)
MONOCHORD_SPECIAL_MEMBERS(integration)
MONOCHORD_SPECIAL_MEMBERS(join_request)
MONOCHORD_SPECIAL_MEMBERS(new_member_welcome)
MONOCHORD_SPECIAL_MEMBERS(guild_onboarding)
MONOCHORD_SPECIAL_MEMBERS(sticker_pack)
MONOCHORD_SPECIAL_MEMBERS(thread_list)
MONOCHORD_SPECIAL_MEMBERS(invite)
MONOCHORD_SPECIAL_MEMBERS(lobby)
MONOCHORD_SPECIAL_MEMBERS(lobby_message)
MONOCHORD_SPECIAL_MEMBERS(webhook)
MONOCHORD_SPECIAL_MEMBERS(game_direct_message)
MONOCHORD_SPECIAL_MEMBERS(message_search_result)
MONOCHORD_SPECIAL_MEMBERS(connection)
MONOCHORD_SPECIAL_MEMBERS(oauth2_token)
MONOCHORD_SPECIAL_MEMBERS(current_authorization)
MONOCHORD_SPECIAL_MEMBERS(sku)
MONOCHORD_SPECIAL_MEMBERS(subscription)
MONOCHORD_SPECIAL_MEMBERS(partial_guild)
MONOCHORD_SPECIAL_MEMBERS(interaction_callback_data)
MONOCHORD_SPECIAL_MEMBERS(message_request)

}  // namespace monochord
