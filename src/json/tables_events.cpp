// SPDX-License-Identifier: MIT
// What the gateway delivers.
#include <monochord/model/events.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(ready, v, user, guilds, session_id, resume_gateway_url, shard, application)
MONOCHORD_EMPTY(resumed)
MONOCHORD_MODEL(rate_limited, opcode, retry_after, meta)
MONOCHORD_MODEL(rate_limited_members, guild_id, nonce)
MONOCHORD_TABLE(user_update, MONOCHORD_INLINE(user))
MONOCHORD_TABLE(message_update, MONOCHORD_INLINE(message), MONOCHORD_FIELD(guild_id), MONOCHORD_FIELD(member),
                MONOCHORD_FIELD(channel_type))
MONOCHORD_MODEL(message_delete, id, channel_id, guild_id)
MONOCHORD_MODEL(message_delete_bulk, ids, channel_id, guild_id)
MONOCHORD_MODEL(message_reaction_add, user_id, channel_id, message_id, guild_id, member, emoji, message_author_id,
                burst, burst_colors, type)
MONOCHORD_MODEL(message_reaction_remove, user_id, channel_id, message_id, guild_id, emoji, burst, type)
MONOCHORD_MODEL(message_reaction_remove_all, channel_id, message_id, guild_id)
MONOCHORD_MODEL(message_reaction_remove_emoji, channel_id, guild_id, message_id, emoji)
MONOCHORD_MODEL(message_poll_vote_add, user_id, channel_id, message_id, guild_id, answer_id)
MONOCHORD_MODEL(message_poll_vote_remove, user_id, channel_id, message_id, guild_id, answer_id)
MONOCHORD_MODEL(typing_start, channel_id, guild_id, user_id, timestamp, member)
MONOCHORD_TABLE(interaction_create, MONOCHORD_INLINE(interaction))
MONOCHORD_TABLE(channel_create, MONOCHORD_INLINE(channel))
MONOCHORD_TABLE(channel_update, MONOCHORD_INLINE(channel))
MONOCHORD_TABLE(channel_delete, MONOCHORD_INLINE(channel))
MONOCHORD_MODEL(channel_pins_update, guild_id, channel_id, last_pin_timestamp)
MONOCHORD_MODEL(channel_info_channel, id, status, voice_start_time)
MONOCHORD_MODEL(channel_info, guild_id, channels)
MONOCHORD_TABLE(thread_create, MONOCHORD_INLINE(thread), MONOCHORD_FIELD(newly_created))
MONOCHORD_TABLE(thread_update, MONOCHORD_INLINE(thread))
MONOCHORD_MODEL(thread_delete, id, guild_id, parent_id, type)
MONOCHORD_MODEL(thread_list_sync, guild_id, channel_ids, threads, members)
MONOCHORD_TABLE(thread_member_update, MONOCHORD_INLINE(member), MONOCHORD_FIELD(guild_id))
MONOCHORD_MODEL(thread_members_update, id, guild_id, member_count, added_members, removed_member_ids)
MONOCHORD_TABLE(stage_instance_create, MONOCHORD_INLINE(stage))
MONOCHORD_TABLE(stage_instance_update, MONOCHORD_INLINE(stage))
MONOCHORD_TABLE(stage_instance_delete, MONOCHORD_INLINE(stage))
MONOCHORD_MODEL(webhooks_update, guild_id, channel_id)
MONOCHORD_MODEL(invite_create, channel_id, code, created_at, guild_id, inviter, max_age, max_uses, target_type,
                target_user, target_application, temporary, uses, expires_at, role_ids)
MONOCHORD_MODEL(invite_delete, channel_id, guild_id, code)
namespace {
// During an outage GUILD_CREATE carries nothing but the id.
bool is_outage(const void* event) {
  const auto& e = *static_cast<const guild_create*>(event);
  return e.unavailable && e.guild.name.empty();
}
}  // namespace

MONOCHORD_TABLE(guild_create, MONOCHORD_INLINE(guild), MONOCHORD_FIELD(joined_at), MONOCHORD_FIELD(large),
                MONOCHORD_FIELD(unavailable), MONOCHORD_FIELD(member_count), MONOCHORD_FIELD(voice_states),
                MONOCHORD_FIELD(members), MONOCHORD_FIELD(channels), MONOCHORD_FIELD(threads),
                MONOCHORD_FIELD(presences), MONOCHORD_FIELD(stage_instances), MONOCHORD_FIELD(guild_scheduled_events),
                MONOCHORD_FIELD(soundboard_sounds), MONOCHORD_REDUCED(is_outage))
MONOCHORD_TABLE(guild_update, MONOCHORD_INLINE(guild))
MONOCHORD_TABLE(guild_delete, MONOCHORD_INLINE(guild))
MONOCHORD_MODEL(guild_ban_add, guild_id, user)
MONOCHORD_MODEL(guild_ban_remove, guild_id, user)
MONOCHORD_MODEL(guild_emojis_update, guild_id, emojis)
MONOCHORD_MODEL(guild_stickers_update, guild_id, stickers)
MONOCHORD_MODEL(guild_integrations_update, guild_id)
MONOCHORD_TABLE(guild_member_add, MONOCHORD_INLINE(member), MONOCHORD_FIELD(guild_id))
MONOCHORD_MODEL(guild_member_remove, guild_id, user)
MONOCHORD_MODEL(guild_member_update, guild_id, roles, user, nick, avatar, banner, joined_at, premium_since, deaf,
                mute, pending, communication_disabled_until, avatar_decoration_data, collectibles, flags)
MONOCHORD_MODEL(guild_members_chunk, guild_id, members, chunk_index, chunk_count, not_found, presences, nonce)
MONOCHORD_MODEL(guild_role_create, guild_id, role)
MONOCHORD_MODEL(guild_role_update, guild_id, role)
MONOCHORD_MODEL(guild_role_delete, guild_id, role_id)
MONOCHORD_TABLE(guild_scheduled_event_create, MONOCHORD_INLINE(event))
MONOCHORD_TABLE(guild_scheduled_event_update, MONOCHORD_INLINE(event))
MONOCHORD_TABLE(guild_scheduled_event_delete, MONOCHORD_INLINE(event))
MONOCHORD_MODEL(guild_scheduled_event_user_add, guild_scheduled_event_id, user_id, guild_id)
MONOCHORD_MODEL(guild_scheduled_event_user_remove, guild_scheduled_event_id, user_id, guild_id)
MONOCHORD_TABLE(guild_soundboard_sound_create, MONOCHORD_INLINE(sound))
MONOCHORD_TABLE(guild_soundboard_sound_update, MONOCHORD_INLINE(sound))
MONOCHORD_MODEL(guild_soundboard_sound_delete, sound_id, guild_id)
MONOCHORD_MODEL(guild_soundboard_sounds_update, soundboard_sounds, guild_id)
MONOCHORD_MODEL(soundboard_sounds, soundboard_sounds, guild_id)
MONOCHORD_TABLE(presence_update, MONOCHORD_INLINE(presence))
MONOCHORD_TABLE(entitlement_create, MONOCHORD_INLINE(entitlement))
MONOCHORD_TABLE(entitlement_update, MONOCHORD_INLINE(entitlement))
MONOCHORD_TABLE(entitlement_delete, MONOCHORD_INLINE(entitlement))
MONOCHORD_TABLE(voice_state_update, MONOCHORD_INLINE(voice_state))
MONOCHORD_MODEL(voice_server_update, token, guild_id, endpoint)
MONOCHORD_MODEL(voice_channel_effect_send, channel_id, guild_id, user_id, emoji, animation_type, animation_id,
                sound_id, sound_volume)
MONOCHORD_MODEL(voice_channel_start_time_update, id, guild_id, voice_start_time)
MONOCHORD_MODEL(voice_channel_status_update, id, guild_id, status)

}  // namespace monochord
