// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/application_command.hpp>
#include <monochord/model/auto_moderation.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/integration.hpp>
#include <monochord/model/raw_json.hpp>
#include <monochord/model/scheduled_event.hpp>
#include <monochord/model/user.hpp>
#include <monochord/model/webhook.hpp>

namespace monochord {

/// What was done.
/// https://docs.discord.com/developers/resources/audit-log#audit-log-entry-object-audit-log-events
enum class audit_log_event : std::int32_t {
  guild_update = 1,
  channel_create = 10,
  channel_update = 11,
  channel_delete = 12,
  channel_overwrite_create = 13,
  channel_overwrite_update = 14,
  channel_overwrite_delete = 15,
  member_kick = 20,
  member_prune = 21,
  member_ban_add = 22,
  member_ban_remove = 23,
  member_update = 24,
  member_role_update = 25,
  member_move = 26,
  member_disconnect = 27,
  bot_add = 28,
  role_create = 30,
  role_update = 31,
  role_delete = 32,
  invite_create = 40,
  invite_update = 41,
  invite_delete = 42,
  webhook_create = 50,
  webhook_update = 51,
  webhook_delete = 52,
  emoji_create = 60,
  emoji_update = 61,
  emoji_delete = 62,
  message_delete = 72,
  message_bulk_delete = 73,
  message_pin = 74,
  message_unpin = 75,
  integration_create = 80,
  integration_update = 81,
  integration_delete = 82,
  stage_instance_create = 83,
  stage_instance_update = 84,
  stage_instance_delete = 85,
  sticker_create = 90,
  sticker_update = 91,
  sticker_delete = 92,
  guild_scheduled_event_create = 100,
  guild_scheduled_event_update = 101,
  guild_scheduled_event_delete = 102,
  thread_create = 110,
  thread_update = 111,
  thread_delete = 112,
  application_command_permission_update = 121,
  soundboard_sound_create = 130,
  soundboard_sound_update = 131,
  soundboard_sound_delete = 132,
  auto_moderation_rule_create = 140,
  auto_moderation_rule_update = 141,
  auto_moderation_rule_delete = 142,
  auto_moderation_block_message = 143,
  auto_moderation_flag_to_channel = 144,
  auto_moderation_user_communication_disabled = 145,
  auto_moderation_quarantine_user = 146,
  creator_monetization_request_created = 150,
  creator_monetization_terms_accepted = 151,
  onboarding_prompt_create = 163,
  onboarding_prompt_update = 164,
  onboarding_prompt_delete = 165,
  onboarding_create = 166,
  onboarding_update = 167,
  guild_home_feature_item = 171,
  guild_home_remove_item = 172,
  harmful_links_blocked_message = 180,
  home_settings_create = 190,
  home_settings_update = 191,
  voice_channel_status_create = 192,
  voice_channel_status_delete = 193,
  guild_scheduled_event_exception_create = 200,
  guild_scheduled_event_exception_update = 201,
  guild_scheduled_event_exception_delete = 202,
  guild_profile_update = 211,
};

/// One field that changed. Both values are as they stood in the object; what type they have depends on `key`, and
/// `monochord/json/audit_log_change.hpp` reads them. Absent: there was no value, or there is none any more.
/// https://docs.discord.com/developers/resources/audit-log#audit-log-change-object-audit-log-change-structure
struct audit_log_change {
  optional<raw_json> new_value;
  optional<raw_json> old_value;
  maybe<std::string> key;
};

/// What an event tells beside its changes. Numbers come as text.
/// https://docs.discord.com/developers/resources/audit-log#audit-log-entry-object-optional-audit-entry-info
struct audit_log_entry_info {
  optional<monochord::application_id> application_id;
  optional<std::string> auto_moderation_rule_name;
  optional<std::string> auto_moderation_rule_trigger_type;
  optional<monochord::channel_id> channel_id;
  optional<std::string> count;
  optional<std::string> delete_member_days;
  optional<any_id> id;  ///< of the role or member of an overwrite
  optional<std::string> members_removed;
  optional<monochord::message_id> message_id;
  optional<std::string> role_name;
  optional<std::string> type;  ///< of an overwrite: "0" is a role, "1" a member
  optional<std::string> integration_type;
  optional<std::string> status;
};

/// Something that somebody did. `target_id` is the id of what it was done to: which kind depends on `action_type`.
/// https://docs.discord.com/developers/resources/audit-log#audit-log-entry-object-audit-log-entry-structure
struct audit_log_entry {
  // Compiled once, in the library.
  audit_log_entry();
  audit_log_entry(const audit_log_entry&);
  audit_log_entry(audit_log_entry&&) noexcept;
  audit_log_entry& operator=(const audit_log_entry&);
  audit_log_entry& operator=(audit_log_entry&&) noexcept;
  ~audit_log_entry();

  maybe<std::string> target_id;
  optional<std::vector<audit_log_change>> changes;
  maybe<monochord::user_id> user_id;
  audit_log_entry_id id;
  audit_log_event action_type{};
  box<audit_log_entry_info> options;
  optional<std::string> reason;
};

/// A page of the audit log, newest first, with what its entries mention.
/// https://docs.discord.com/developers/resources/audit-log#audit-log-object-audit-log-structure
struct audit_log {
  // Compiled once, in the library.
  audit_log();
  audit_log(const audit_log&);
  audit_log(audit_log&&) noexcept;
  audit_log& operator=(const audit_log&);
  audit_log& operator=(audit_log&&) noexcept;
  ~audit_log();

  std::vector<application_command> application_commands;
  std::vector<audit_log_entry> audit_log_entries;
  std::vector<auto_moderation_rule> auto_moderation_rules;
  std::vector<scheduled_event> guild_scheduled_events;
  std::vector<partial_integration> integrations;
  std::vector<channel> threads;
  std::vector<user> users;
  std::vector<webhook> webhooks;
};

/// A role in the changes of member_role_update.
/// https://docs.discord.com/developers/resources/audit-log#audit-log-change-object-audit-log-change-exceptions
struct audit_log_role {
  role_id id;
  std::string name;
};

}  // namespace monochord
