// SPDX-License-Identifier: MIT
// What belongs to a guild beside its channels, roles and members.
#include <monochord/model/ban.hpp>
#include <monochord/model/emoji_list.hpp>
#include <monochord/model/guild_preview.hpp>
#include <monochord/model/guild_template.hpp>
#include <monochord/model/guild_widget.hpp>
#include <monochord/model/integration.hpp>
#include <monochord/model/join_request.hpp>
#include <monochord/model/new_member_welcome.hpp>
#include <monochord/model/onboarding.hpp>
#include <monochord/model/partial_channel.hpp>
#include <monochord/model/scheduled_event_exception.hpp>
#include <monochord/model/scheduled_event_user.hpp>
#include <monochord/model/soundboard_list.hpp>
#include <monochord/model/sticker_pack.hpp>
#include <monochord/model/thread_list.hpp>
#include <monochord/model/voice_region.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(ban, reason, user)
MONOCHORD_MODEL(bulk_ban_result, banned_users, failed_users)
MONOCHORD_MODEL(prune_result, pruned)
MONOCHORD_MODEL(partial_channel, id, type, name, position, icon, recipients)
MONOCHORD_MODEL(guild_preview, id, name, icon, splash, discovery_splash, home_header, emojis, features,
                approximate_member_count, approximate_presence_count, description, stickers)
MONOCHORD_MODEL(template_role, id, name, permissions, color, colors, hoist, mentionable, icon, unicode_emoji)
MONOCHORD_MODEL(template_tag, id, name, emoji_id, emoji_name, moderated)
MONOCHORD_MODEL(template_channel, id, type, name, position, topic, bitrate, user_limit, nsfw, rate_limit_per_user,
                parent_id, default_auto_archive_duration, permission_overwrites, available_tags, template_,
                default_reaction_emoji, default_thread_rate_limit_per_user, default_sort_order, default_forum_layout,
                default_tag_setting, theme_color)
MONOCHORD_MODEL(template_guild, name, description, region, icon_hash, verification_level,
                default_message_notifications, explicit_content_filter, preferred_locale, afk_channel_id, afk_timeout,
                system_channel_id, system_channel_flags, roles, channels)
MONOCHORD_MODEL(guild_template, code, name, description, usage_count, creator_id, creator, created_at, updated_at,
                source_guild_id, serialized_source_guild, is_dirty)
MONOCHORD_MODEL(guild_widget_settings, enabled, channel_id)
MONOCHORD_MODEL(widget_activity, name)
MONOCHORD_MODEL(widget_member, id, username, discriminator, avatar, status, avatar_url, activity, deaf, mute,
                self_deaf, self_mute, suppress, channel_id)
MONOCHORD_MODEL(guild_widget, id, name, instant_invite, channels, members, presence_count)
MONOCHORD_MODEL(integration_account, id, name)
MONOCHORD_MODEL(integration_application, id, name, icon, description, type, cover_image, primary_sku_id, bot)
MONOCHORD_MODEL(integration, id, name, type, enabled, syncing, role_id, enable_emoticons, expire_behavior,
                expire_grace_period, user, account, synced_at, subscriber_count, revoked, application, scopes)
MONOCHORD_MODEL(partial_integration, id, name, type, account, application_id)
MONOCHORD_MODEL(join_form_response, field_type, label, description, required, placeholder, values, choices, response)
MONOCHORD_MODEL(join_request, id, created_at, reviewed_at, application_status, rejection_reason, guild_id, user_id,
                user, form_responses, actioned_by_user)
MONOCHORD_MODEL(join_request_list, total, guild_join_requests)
MONOCHORD_MODEL(welcome_message, author_ids, message)
MONOCHORD_MODEL(new_member_action, channel_id, action_type, title, description, emoji, icon)
MONOCHORD_MODEL(resource_channel, channel_id, title, emoji, icon, description)
MONOCHORD_MODEL(new_member_welcome, guild_id, enabled, welcome_message, new_member_actions, resource_channels)
MONOCHORD_MODEL(onboarding_prompt_option, id, channel_ids, role_ids, emoji, emoji_id, emoji_name, emoji_animated,
                title, description)
MONOCHORD_MODEL(onboarding_prompt, id, type, options, title, single_select, required, in_onboarding)
MONOCHORD_MODEL(guild_onboarding, guild_id, prompts, default_channel_ids, enabled, mode)
MONOCHORD_MODEL(scheduled_event_exception, event_id, event_exception_id, scheduled_start_time, scheduled_end_time,
                is_canceled)
MONOCHORD_MODEL(scheduled_event_user, guild_scheduled_event_id, guild_scheduled_event_exception_id, user_id, user,
                member, response)
MONOCHORD_MODEL(scheduled_event_user_counts, guild_scheduled_event_count, guild_scheduled_event_exception_counts)
MONOCHORD_MODEL(soundboard_list, items)
MONOCHORD_MODEL(emoji_list, items)
MONOCHORD_MODEL(sticker_pack, id, stickers, name, sku_id, cover_sticker_id, description, banner_asset_id)
MONOCHORD_MODEL(sticker_pack_list, sticker_packs)
MONOCHORD_MODEL(thread_list, threads, members, has_more, first_messages, total_results)
MONOCHORD_MODEL(voice_region, id, name, optimal, deprecated, custom)

}  // namespace monochord
