// SPDX-License-Identifier: MIT
// Invites, webhooks and lobbies.
#include <monochord/model/invite.hpp>
#include <monochord/model/lobby.hpp>
#include <monochord/model/webhook.hpp>
#include <monochord/model/webhook_events.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(partial_role, id, name, position, color, colors, icon, unicode_emoji, permissions)
MONOCHORD_MODEL(invite_stage_instance, members, participant_count, speaker_count, topic)
MONOCHORD_MODEL(guild_liveliness, msg_activity_bins, last_updated_ts)
MONOCHORD_MODEL(invite, type, code, guild, guild_id, channel, inviter, target_type, target_user, target_application,
                approximate_presence_count, approximate_member_count, expires_at, stage_instance,
                guild_scheduled_event, flags, roles, uses, max_uses, max_age, temporary, created_at, friends_count,
                is_contact, target_channel_id, target_message_id, liveliness, is_nickname_changeable)
MONOCHORD_MODEL(target_users_job_status, status, total_users, processed_users, created_at, completed_at, error_message)
MONOCHORD_MODEL(vanity_url_error, message, code)
MONOCHORD_MODEL(vanity_url, code, uses, error)
MONOCHORD_MODEL(lobby_member, id, metadata, flags, additional_name)
MONOCHORD_MODEL(lobby, id, application_id, metadata, members, linked_channel, flags, override_event_webhooks_url)
MONOCHORD_MODEL(lobby_message_member, additional_name)
MONOCHORD_MODEL(lobby_message, id, type, content, lobby_id, channel_id, author, lobby_member, metadata,
                moderation_metadata, flags, application_id, timestamp, edited_timestamp)
MONOCHORD_MODEL(lobby_invite, code)
MONOCHORD_MODEL(webhook, id, type, guild_id, channel_id, user, name, avatar, token, application_id, source_guild,
                source_channel, url)
MONOCHORD_MODEL(followed_channel, channel_id, webhook_id)
MONOCHORD_MODEL(webhook_event_body, type, timestamp, data)
MONOCHORD_MODEL(webhook_event_payload, version, application_id, type, event)
MONOCHORD_MODEL(application_authorized, integration_type, user, scopes, guild)
MONOCHORD_MODEL(application_deauthorized, user)
MONOCHORD_MODEL(lobby_message_delete, id, lobby_id)
MONOCHORD_TABLE(direct_lobby_message, MONOCHORD_BASE(message), MONOCHORD_FIELD(lobby_id), MONOCHORD_FIELD(channel))
MONOCHORD_MODEL(game_direct_message, id, type, content, channel_id, author, recipient, flags, application_id, channel,
                activity, application, timestamp, recipient_id, attachments, components)

}  // namespace monochord
