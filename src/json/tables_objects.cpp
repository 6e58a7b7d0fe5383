// SPDX-License-Identifier: MIT
// Accounts, guilds and what is in them.
#include <monochord/model/channel.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/entitlement.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/poll.hpp>
#include <monochord/model/presence.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/scheduled_event.hpp>
#include <monochord/model/soundboard_sound.hpp>
#include <monochord/model/stage_instance.hpp>
#include <monochord/model/sticker.hpp>
#include <monochord/model/user.hpp>
#include <monochord/model/voice_state.hpp>

#include "json/limit_rules.hpp"
#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(avatar_decoration_data, asset, sku_id)
MONOCHORD_MODEL(nameplate, sku_id, asset, label, palette)
MONOCHORD_MODEL(collectibles, nameplate)
MONOCHORD_MODEL(user_primary_guild, identity_guild_id, identity_enabled, tag, badge)
MONOCHORD_MODEL(partial_user, id, username, discriminator, global_name, avatar, bot, system, flags, public_flags,
                avatar_decoration_data, collectibles, primary_guild, banner, accent_color)
MONOCHORD_MODEL(role_tags, bot_id, integration_id, premium_subscriber, subscription_listing_id,
                available_for_purchase, guild_connections)
MONOCHORD_MODEL(role_colors, primary_color, secondary_color, tertiary_color)
MONOCHORD_MODEL(role, id, name, color, colors, hoist, icon, unicode_emoji, position, permissions, managed,
                mentionable, tags, flags)
MONOCHORD_LIMITS(emoji, {"name", 0, 32})
MONOCHORD_MODEL(emoji, id, name, roles, user, require_colons, managed, animated, available)
MONOCHORD_MODEL(sticker_item, id, name, format_type)
MONOCHORD_MODEL(sticker, id, pack_id, name, description, tags, type, format_type, available, guild_id, user,
                sort_value)
MONOCHORD_MODEL(member, user, nick, avatar, banner, roles, joined_at, premium_since, deaf, mute, flags, pending,
                permissions, communication_disabled_until, avatar_decoration_data, collectibles)
MONOCHORD_LIMITS(embed_footer, {"text", 0, 2048, 0, counted::trimmed}, {"icon_url", 0, 2048})
MONOCHORD_MODEL(embed_footer, text, icon_url, proxy_icon_url)
MONOCHORD_LIMITS(embed_image, {"url", 0, 2048}, {"placeholder", 0, 64}, {"placeholder_version", 0, 2147483647},
                 {"description", 0, 4096})
MONOCHORD_MODEL(embed_image, url, proxy_url, height, width, content_type, placeholder, placeholder_version,
                description, flags, is_animated)
MONOCHORD_LIMITS(embed_video, {"url", 0, 2048}, {"placeholder", 0, 64}, {"placeholder_version", 0, 2147483647},
                 {"description", 0, 4096})
MONOCHORD_MODEL(embed_video, url, proxy_url, height, width, content_type, placeholder, placeholder_version,
                description, flags, is_animated)
MONOCHORD_LIMITS(embed_provider, {"name", 0, 256}, {"url", 0, 2048})
MONOCHORD_MODEL(embed_provider, name, url)
MONOCHORD_LIMITS(embed_author, {"name", 0, 256, 0, counted::trimmed}, {"url", 0, 2048}, {"icon_url", 0, 2048})
MONOCHORD_MODEL(embed_author, name, url, icon_url, proxy_icon_url)
MONOCHORD_LIMITS(embed_field, {"name", 0, 256, 0, counted::trimmed}, {"value", 0, 1024, 0, counted::trimmed})
MONOCHORD_MODEL(embed_field, name, value, inline_)
MONOCHORD_LIMITS(embed, {"title", 0, 256, 0, counted::trimmed}, {"description", 0, 4096, 0, counted::trimmed},
                 {"url", 0, 2048}, {"color", 0, 16777215}, {"fields", 0, 25})
MONOCHORD_MODEL(embed, title, type, description, url, timestamp, color, footer, image, thumbnail, video, provider,
                author, fields, flags, components)
MONOCHORD_LIMITS(poll_media, {"text", 1, 300})
MONOCHORD_MODEL(poll_media, text, emoji)
MONOCHORD_MODEL(poll_answer, answer_id, poll_media)
MONOCHORD_MODEL(poll_answer_count, id, count, me_voted)
MONOCHORD_MODEL(poll_results, is_finalized, answer_counts)
MONOCHORD_MODEL(poll, question, answers, expiry, allow_multiselect, layout_type, results)
MONOCHORD_LIMITS(poll_create_request, {"answers", 1, 10}, {"duration", 1, 768})
MONOCHORD_LIMIT_RULE(poll_create_request, poll_limits)
MONOCHORD_MODEL(poll_create_request, question, answers, duration, allow_multiselect, layout_type)
MONOCHORD_MODEL(entitlement, id, sku_id, application_id, user_id, type, deleted, starts_at, ends_at, guild_id,
                consumed, fulfilled_at, fulfillment_status, gifter_user_id, parent_id)
MONOCHORD_MODEL(stage_instance, id, guild_id, channel_id, topic, privacy_level, discoverable_disabled,
                guild_scheduled_event_id)
MONOCHORD_MODEL(soundboard_sound, name, sound_id, volume, emoji_id, emoji_name, guild_id, available, user)
MONOCHORD_MODEL(scheduled_event_metadata, location)
MONOCHORD_MODEL(recurrence_n_weekday, n, day)
MONOCHORD_MODEL(recurrence_rule, start, end, frequency, interval, by_weekday, by_n_weekday, by_month, by_month_day,
                by_year_day, count)
MONOCHORD_MODEL(scheduled_event, id, guild_id, channel_id, creator_id, name, description, scheduled_start_time,
                scheduled_end_time, privacy_level, status, entity_type, entity_id, entity_metadata, creator,
                user_count, image, recurrence_rule, user_rsvp, guild_scheduled_event_exceptions)
MONOCHORD_MODEL(voice_state, guild_id, channel_id, user_id, member, session_id, deaf, mute, self_deaf, self_mute,
                self_stream, self_video, suppress, request_to_speak_timestamp)
MONOCHORD_MODEL(activity_timestamps, start, end)
MONOCHORD_MODEL(activity_emoji, name, id, animated)
MONOCHORD_MODEL(activity_party, id, size)
MONOCHORD_MODEL(activity_assets, large_image, large_text, large_url, small_image, small_text, small_url,
                invite_cover_image)
MONOCHORD_MODEL(activity_secrets, join, spectate, match)
MONOCHORD_MODEL(activity_button, label, url)
MONOCHORD_MODEL(activity, name, type, url, created_at, timestamps, application_id, status_display_type, details,
                details_url, state, state_url, emoji, party, assets, secrets, instance, flags, buttons)
MONOCHORD_MODEL(client_status, desktop, mobile, web, vr)
MONOCHORD_MODEL(presence, user, guild_id, status, activities, client_status)
MONOCHORD_MODEL(overwrite, id, type, allow, deny)
MONOCHORD_MODEL(thread_metadata, archived, auto_archive_duration, archive_timestamp, locked, invitable,
                create_timestamp)
MONOCHORD_MODEL(thread_member, id, user_id, join_timestamp, flags, member, presence)
MONOCHORD_MODEL(default_reaction, emoji_id, emoji_name)
MONOCHORD_MODEL(forum_tag, id, name, moderated, emoji_id, emoji_name)
namespace {
constexpr bool known_channel(channel_type type) {
  return (type >= channel_type::guild_text && type <= channel_type::guild_announcement) ||
         (type >= channel_type::announcement_thread && type <= channel_type::guild_media);
}
}  // namespace
MONOCHORD_TABLE(channel, MONOCHORD_KEEP_UNKNOWN(known_channel), MONOCHORD_EACH_FIELD(id, type, guild_id, position,
                permission_overwrites, name, topic, nsfw, last_message_id, bitrate, user_limit, rate_limit_per_user,
                recipients, icon, owner_id, application_id, managed, parent_id, last_pin_timestamp, rtc_region,
                video_quality_mode, message_count, member_count, thread_metadata, member,
                default_auto_archive_duration, permissions, app_permissions, flags, total_message_sent, available_tags,
                applied_tags, default_reaction_emoji, default_thread_rate_limit_per_user, default_sort_order,
                default_forum_layout, default_tag_setting))
MONOCHORD_MODEL(unavailable_guild, id, unavailable)
MONOCHORD_MODEL(welcome_screen_channel, channel_id, description, emoji_id, emoji_name)
MONOCHORD_MODEL(welcome_screen, description, welcome_channels)
MONOCHORD_MODEL(incidents_data, invites_disabled_until, dms_disabled_until, dm_spam_detected_at, raid_detected_at)
MONOCHORD_MODEL(guild, id, name, icon, icon_hash, splash, discovery_splash, home_header, owner, owner_id, permissions, region,
                afk_channel_id, afk_timeout, widget_enabled, widget_channel_id, verification_level,
                default_message_notifications, explicit_content_filter, roles, emojis, features, mfa_level,
                application_id, system_channel_id, system_channel_flags, rules_channel_id, max_presences, max_members,
                vanity_url_code, description, banner, premium_tier, premium_subscription_count, preferred_locale,
                public_updates_channel_id, max_video_channel_users, max_stage_video_channel_users,
                approximate_member_count, approximate_presence_count, welcome_screen, nsfw_level, nsfw, stickers,
                premium_progress_bar_enabled, premium_progress_bar_enabled_user_updated_at, safety_alerts_channel_id, incidents_data)
MONOCHORD_MODEL(partial_guild, id, name, icon, splash, banner, description, features, locale, verification_level,
                vanity_url_code, nsfw_level, nsfw, premium_subscription_count, owner, permissions,
                approximate_member_count, approximate_presence_count)

}  // namespace monochord
