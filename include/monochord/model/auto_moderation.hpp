// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/optional_bool.hpp>

namespace monochord {

/// What sets a rule off.
/// https://docs.discord.com/developers/resources/auto-moderation#auto-moderation-rule-object-trigger-types
enum class auto_moderation_trigger : std::int32_t {
  keyword = 1,
  spam = 3,
  keyword_preset = 4,
  mention_spam = 5,
  member_profile = 6,
};

/// Words that Discord lists.
/// https://docs.discord.com/developers/resources/auto-moderation#auto-moderation-rule-object-keyword-preset-types
enum class keyword_preset : std::int32_t {
  profanity = 1,
  sexual_content = 2,
  slurs = 3,
};

/// When a rule is checked.
/// https://docs.discord.com/developers/resources/auto-moderation#auto-moderation-rule-object-event-types
enum class auto_moderation_event : std::int32_t {
  message_send = 1,
  member_update = 2,
};

/// What a rule does.
/// https://docs.discord.com/developers/resources/auto-moderation#auto-moderation-action-object-action-types
enum class auto_moderation_action_type : std::int32_t {
  block_message = 1,
  send_alert_message = 2,
  timeout = 3,
  block_member_interaction = 4,
};

/// What a rule looks for; which fields there are depends on its trigger.
/// https://docs.discord.com/developers/resources/auto-moderation#auto-moderation-rule-object-trigger-metadata
struct auto_moderation_trigger_metadata {
  optional<std::vector<std::string>> keyword_filter;
  optional<std::vector<std::string>> regex_patterns;
  optional<std::vector<keyword_preset>> presets;
  optional<std::vector<std::string>> allow_list;
  optional<int> mention_total_limit;
  optional_bool mention_raid_protection_enabled;
};

/// How it is done; which fields there are depends on the action.
/// https://docs.discord.com/developers/resources/auto-moderation#auto-moderation-action-object-action-metadata
struct auto_moderation_action_metadata {
  optional<monochord::channel_id> channel_id;
  optional<int> duration_seconds;
  optional<std::string> custom_message;
};

/// One thing that a rule does.
/// https://docs.discord.com/developers/resources/auto-moderation#auto-moderation-action-object-auto-moderation-action-structure
struct auto_moderation_action {
  auto_moderation_action_type type{};
  optional<auto_moderation_action_metadata> metadata;
};

/// What Discord does by itself with messages and members of a guild.
/// https://docs.discord.com/developers/resources/auto-moderation#auto-moderation-rule-object-auto-moderation-rule-structure
struct auto_moderation_rule {
  // Compiled once, in the library.
  auto_moderation_rule();
  auto_moderation_rule(const auto_moderation_rule&);
  auto_moderation_rule(auto_moderation_rule&&) noexcept;
  auto_moderation_rule& operator=(const auto_moderation_rule&);
  auto_moderation_rule& operator=(auto_moderation_rule&&) noexcept;
  ~auto_moderation_rule();

  auto_moderation_rule_id id;
  monochord::guild_id guild_id;
  std::string name;
  user_id creator_id;
  auto_moderation_event event_type{};
  auto_moderation_trigger trigger_type{};
  auto_moderation_trigger_metadata trigger_metadata;
  std::vector<auto_moderation_action> actions;
  bool enabled = false;
  std::vector<role_id> exempt_roles;
  std::vector<channel_id> exempt_channels;
};

}  // namespace monochord
