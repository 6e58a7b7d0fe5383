// SPDX-License-Identifier: MIT
// What is sent about guilds and what they are made of.
#include <monochord/model/audit_log_bodies.hpp>
#include <monochord/model/auto_moderation_bodies.hpp>
#include <monochord/model/ban_bodies.hpp>
#include <monochord/model/guild_bodies.hpp>
#include <monochord/model/guild_template_bodies.hpp>
#include <monochord/model/guild_widget_bodies.hpp>
#include <monochord/model/join_request_bodies.hpp>
#include <monochord/model/member_bodies.hpp>
#include <monochord/model/onboarding_bodies.hpp>
#include <monochord/model/role_bodies.hpp>
#include <monochord/model/scheduled_event_bodies.hpp>
#include <monochord/model/stage_instance_bodies.hpp>

#include "json/limit_rules.hpp"
#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(get_guild_query, with_counts)
MONOCHORD_LIMITS(modify_guild_body, {"name", 2, 100}, {"description", 0, 300})
MONOCHORD_MODEL(modify_guild_body, name, region, verification_level, default_message_notifications,
                explicit_content_filter, afk_channel_id, afk_timeout, icon, splash, discovery_splash, banner,
                home_header, system_channel_id, system_channel_flags, rules_channel_id, public_updates_channel_id,
                preferred_locale, features, description, premium_progress_bar_enabled, safety_alerts_channel_id)
MONOCHORD_LIMITS(create_guild_channel_body, {"name", 1, 100}, {"topic", 0, 4096}, {"bitrate", 8000},
                 {"user_limit", 0, 10000}, {"rate_limit_per_user", 0, 21600}, {"position", 0},
                 {"permission_overwrites", 0, 100}, {"available_tags", 0, 20},
                 {"default_thread_rate_limit_per_user", 0, 21600})
MONOCHORD_LIMIT_RULE(create_guild_channel_body, channel_limits)
MONOCHORD_MODEL(create_guild_channel_body, name, type, topic, bitrate, user_limit, rate_limit_per_user, position,
                permission_overwrites, parent_id, nsfw, rtc_region, video_quality_mode, default_auto_archive_duration,
                default_reaction_emoji, available_tags, default_sort_order, default_forum_layout,
                default_thread_rate_limit_per_user, default_tag_setting, flags)
MONOCHORD_MODEL(channel_position_body, id, position, lock_permissions, parent_id, flags)
MONOCHORD_LIMITS(get_guild_prune_count_query, {"days", 1, 30})
MONOCHORD_MODEL(get_guild_prune_count_query, days, include_roles)
MONOCHORD_LIMITS(begin_guild_prune_body, {"days", 1, 30})
MONOCHORD_MODEL(begin_guild_prune_body, days, compute_prune_count, include_roles, reason)
MONOCHORD_MODEL(modify_guild_incident_actions_body, invites_disabled_until, dms_disabled_until)
MONOCHORD_LIMITS(search_guild_messages_query, {"limit", 1, 25}, {"offset", 0, 9975}, {"slop", 0, 100},
                 {"content", 0, 1024}, {"channel_id", 0, 500}, {"author_id", 0, 100}, {"author_type", 0, 6},
                 {"mentions", 0, 100}, {"mentions_role_id", 0, 100}, {"replied_to_user_id", 0, 100},
                 {"replied_to_message_id", 0, 100}, {"has", 0, 18}, {"embed_type", 0, 5}, {"embed_provider", 0, 100},
                 {"embed_provider[]", 0, 256}, {"link_hostname", 0, 100}, {"link_hostname[]", 0, 256},
                 {"attachment_filename", 0, 100}, {"attachment_filename[]", 0, 1024},
                 {"attachment_extension", 0, 100}, {"attachment_extension[]", 0, 256})
MONOCHORD_MODEL(search_guild_messages_query, limit, offset, max_id, min_id, slop, content, channel_id, author_type,
                author_id, mentions, mentions_role_id, mention_everyone, replied_to_user_id, replied_to_message_id,
                pinned, has, embed_type, embed_provider, link_hostname, attachment_filename, attachment_extension,
                sort_by, sort_order, include_nsfw)

MONOCHORD_LIMITS(list_guild_members_query, {"limit", 1, 1000})
MONOCHORD_MODEL(list_guild_members_query, limit, after)
MONOCHORD_LIMITS(search_guild_members_query, {"query", 1, 100}, {"limit", 1, 1000})
MONOCHORD_MODEL(search_guild_members_query, query, limit)
MONOCHORD_LIMITS(add_guild_member_body, {"access_token", 0, 10240}, {"nick", 0, 32}, {"roles", 0, 250})
MONOCHORD_MODEL(add_guild_member_body, access_token, nick, roles, mute, deaf, flags)
MONOCHORD_LIMITS(modify_guild_member_body, {"nick", 0, 32}, {"roles", 0, 350})
MONOCHORD_MODEL(modify_guild_member_body, nick, roles, mute, deaf, channel_id, communication_disabled_until, flags)
MONOCHORD_LIMITS(modify_current_member_body, {"nick", 0, 32}, {"bio", 0, 190})
MONOCHORD_MODEL(modify_current_member_body, nick, banner, avatar, bio)
MONOCHORD_LIMITS(modify_current_user_nick_body, {"nick", 0, 32})
MONOCHORD_MODEL(modify_current_user_nick_body, nick)

MONOCHORD_LIMITS(get_guild_bans_query, {"limit", 1, 1000})
MONOCHORD_MODEL(get_guild_bans_query, limit, before, after)
MONOCHORD_LIMITS(create_guild_ban_body, {"delete_message_days", 0, 7}, {"delete_message_seconds", 0, 604800})
MONOCHORD_MODEL(create_guild_ban_body, delete_message_days, delete_message_seconds)
MONOCHORD_LIMITS(bulk_guild_ban_body, {"user_ids", 1, 200}, {"delete_message_seconds", 0, 604800})
MONOCHORD_MODEL(bulk_guild_ban_body, user_ids, delete_message_seconds)

MONOCHORD_LIMITS(create_guild_role_body, {"name", 1, 100}, {"color", 0, 16777215}, {"unicode_emoji", 0, 100})
MONOCHORD_MODEL(create_guild_role_body, name, permissions, color, colors, hoist, icon, unicode_emoji, mentionable)
MONOCHORD_LIMITS(modify_guild_role_body, {"name", 1, 100}, {"color", 0, 16777215}, {"unicode_emoji", 0, 100})
MONOCHORD_MODEL(modify_guild_role_body, name, permissions, color, colors, hoist, icon, unicode_emoji, mentionable)
MONOCHORD_MODEL(role_position_body, id, position)

MONOCHORD_LIMITS(auto_moderation_metadata_body, {"keyword_filter", 0, 1000}, {"keyword_filter[]", 1, 60},
                 {"regex_patterns", 0, 10}, {"regex_patterns[]", 1, 260}, {"allow_list", 0, 1000},
                 {"allow_list[]", 1, 60}, {"mention_total_limit", 0, 50})
MONOCHORD_MODEL(auto_moderation_metadata_body, keyword_filter, regex_patterns, presets, allow_list,
                mention_total_limit, mention_raid_protection_enabled)
MONOCHORD_LIMITS(auto_moderation_action_metadata_body, {"duration_seconds", 0, 2419200},
                 {"custom_message", 0, 150, 300})
MONOCHORD_MODEL(auto_moderation_action_metadata_body, channel_id, duration_seconds, custom_message)
MONOCHORD_MODEL(auto_moderation_action_body, type, metadata)
MONOCHORD_LIMITS(create_auto_moderation_rule_body, {"name", 0, 100}, {"actions", 1, 5}, {"exempt_roles", 0, 20},
                 {"exempt_channels", 0, 50})
MONOCHORD_MODEL(create_auto_moderation_rule_body, name, event_type, trigger_type, trigger_metadata, actions, enabled,
                exempt_roles, exempt_channels)
MONOCHORD_LIMITS(modify_auto_moderation_rule_body, {"name", 0, 100}, {"actions", 1, 5}, {"exempt_roles", 0, 20},
                 {"exempt_channels", 0, 50})
MONOCHORD_MODEL(modify_auto_moderation_rule_body, name, event_type, trigger_type, trigger_metadata, actions, enabled,
                exempt_roles, exempt_channels)

MONOCHORD_LIMITS(get_guild_audit_log_query, {"limit", 1, 100})
MONOCHORD_MODEL(get_guild_audit_log_query, user_id, target_id, action_type, before, after, limit)

MONOCHORD_LIMITS(scheduled_event_metadata_body, {"location", 1, 100})
MONOCHORD_MODEL(scheduled_event_metadata_body, location)
MONOCHORD_LIMITS(recurrence_rule_body, {"by_weekday", 0, 7}, {"by_n_weekday", 0, 7}, {"by_month", 0, 12},
                 {"by_month_day", 0, 33}, {"by_year_day", 0, 367})
MONOCHORD_MODEL(recurrence_rule_body, start, end, frequency, interval, by_weekday, by_n_weekday, by_month,
                by_month_day, by_year_day, count)
MONOCHORD_LIMITS(create_guild_scheduled_event_body, {"name", 1, 100}, {"description", 1, 1000})
MONOCHORD_MODEL(create_guild_scheduled_event_body, channel_id, entity_metadata, name, privacy_level,
                scheduled_start_time, scheduled_end_time, description, entity_type, image, recurrence_rule)
MONOCHORD_LIMITS(modify_guild_scheduled_event_body, {"name", 1, 100}, {"description", 1, 1000})
MONOCHORD_MODEL(modify_guild_scheduled_event_body, channel_id, entity_metadata, name, privacy_level,
                scheduled_start_time, scheduled_end_time, description, entity_type, status, image, recurrence_rule)
MONOCHORD_MODEL(with_user_count_query, with_user_count)
MONOCHORD_LIMITS(get_guild_scheduled_event_users_query, {"limit", 1, 100})
MONOCHORD_MODEL(get_guild_scheduled_event_users_query, limit, with_member, before, after)
MONOCHORD_LIMITS(count_guild_scheduled_event_users_query, {"guild_scheduled_event_exception_ids", 0, 10})
MONOCHORD_MODEL(count_guild_scheduled_event_users_query, guild_scheduled_event_exception_ids)
MONOCHORD_MODEL(create_guild_scheduled_event_exception_body, original_scheduled_start_time, scheduled_start_time,
                scheduled_end_time, is_canceled)
MONOCHORD_MODEL(update_guild_scheduled_event_exception_body, scheduled_start_time, scheduled_end_time, is_canceled)

MONOCHORD_LIMITS(create_guild_template_body, {"name", 1, 100}, {"description", 0, 120})
MONOCHORD_MODEL(create_guild_template_body, name, description)
MONOCHORD_LIMITS(modify_guild_template_body, {"name", 1, 100}, {"description", 0, 120})
MONOCHORD_MODEL(modify_guild_template_body, name, description)

MONOCHORD_LIMITS(create_stage_instance_body, {"topic", 1, 120})
MONOCHORD_MODEL(create_stage_instance_body, channel_id, topic, privacy_level, send_start_notification,
                guild_scheduled_event_id)
MONOCHORD_LIMITS(modify_stage_instance_body, {"topic", 1, 120})
MONOCHORD_MODEL(modify_stage_instance_body, topic, privacy_level)

MONOCHORD_LIMITS(onboarding_option_body, {"title", 1, 50}, {"description", 0, 100}, {"emoji_name", 0, 100},
                 {"role_ids", 0, 50}, {"channel_ids", 0, 50})
MONOCHORD_MODEL(onboarding_option_body, id, title, description, emoji_id, emoji_name, emoji_animated, role_ids,
                channel_ids)
MONOCHORD_LIMITS(onboarding_prompt_body, {"title", 1, 100}, {"options", 1, 50})
MONOCHORD_MODEL(onboarding_prompt_body, id, title, options, type, single_select, required, in_onboarding)
MONOCHORD_LIMITS(modify_guild_onboarding_body, {"prompts", 0, 15}, {"default_channel_ids", 0, 500})
MONOCHORD_MODEL(modify_guild_onboarding_body, prompts, default_channel_ids, enabled, mode)
MONOCHORD_LIMITS(welcome_screen_channel_body, {"description", 1, 50})
MONOCHORD_MODEL(welcome_screen_channel_body, channel_id, description, emoji_id, emoji_name)
MONOCHORD_LIMITS(modify_guild_welcome_screen_body, {"welcome_channels", 0, 5}, {"description", 0, 140})
MONOCHORD_MODEL(modify_guild_welcome_screen_body, enabled, welcome_channels, description)

MONOCHORD_MODEL(modify_guild_widget_body, enabled, channel_id)
MONOCHORD_MODEL(get_guild_widget_image_query, style)

MONOCHORD_LIMITS(get_guild_join_requests_query, {"limit", 1, 100})
MONOCHORD_MODEL(get_guild_join_requests_query, status, limit, before, after)
MONOCHORD_LIMITS(action_guild_join_request_body, {"rejection_reason", 0, 160})
MONOCHORD_MODEL(action_guild_join_request_body, action, rejection_reason)

}  // namespace monochord
