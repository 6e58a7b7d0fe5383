// SPDX-License-Identifier: MIT
// Auto moderation and the audit log.
#include <monochord/model/audit_log.hpp>
#include <monochord/model/auto_moderation.hpp>
#include <monochord/model/moderation_events.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(auto_moderation_trigger_metadata, keyword_filter, regex_patterns, presets, allow_list,
                mention_total_limit, mention_raid_protection_enabled)
MONOCHORD_MODEL(auto_moderation_action_metadata, channel_id, duration_seconds, custom_message)
MONOCHORD_MODEL(auto_moderation_action, type, metadata)
MONOCHORD_MODEL(auto_moderation_rule, id, guild_id, name, creator_id, event_type, trigger_type, trigger_metadata,
                actions, enabled, exempt_roles, exempt_channels)
MONOCHORD_MODEL(audit_log_change, new_value, old_value, key)
MONOCHORD_MODEL(audit_log_entry_info, application_id, auto_moderation_rule_name, auto_moderation_rule_trigger_type,
                channel_id, count, delete_member_days, id, members_removed, message_id, role_name, type,
                integration_type, status)
MONOCHORD_MODEL(audit_log_entry, target_id, changes, user_id, id, action_type, options, reason)
MONOCHORD_MODEL(audit_log, application_commands, audit_log_entries, auto_moderation_rules, guild_scheduled_events,
                integrations, threads, users, webhooks)
MONOCHORD_MODEL(audit_log_role, id, name)
MONOCHORD_TABLE(auto_moderation_rule_create, MONOCHORD_INLINE(rule))
MONOCHORD_TABLE(auto_moderation_rule_update, MONOCHORD_INLINE(rule))
MONOCHORD_TABLE(auto_moderation_rule_delete, MONOCHORD_INLINE(rule))
MONOCHORD_MODEL(auto_moderation_action_execution, guild_id, action, rule_id, rule_trigger_type, user_id, channel_id,
                message_id, alert_system_message_id, content, matched_keyword, matched_content)
MONOCHORD_TABLE(guild_audit_log_entry_create, MONOCHORD_INLINE(entry), MONOCHORD_FIELD(guild_id))

}  // namespace monochord
