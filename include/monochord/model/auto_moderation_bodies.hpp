// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/auto_moderation.hpp>
#include <monochord/model/list.hpp>

namespace monochord {

/// What triggers a rule; which fields count depends on its type.
/// https://docs.discord.com/developers/resources/auto-moderation#auto-moderation-rule-object-trigger-metadata
struct auto_moderation_metadata_body {
  maybe<list<std::string_view>> keyword_filter{};
  maybe<list<std::string_view>> regex_patterns{};  ///< in Rust's flavour
  maybe<list<keyword_preset>> presets{};
  maybe<list<std::string_view>> allow_list{};
  maybe<int> mention_total_limit{};
  maybe<bool> mention_raid_protection_enabled{};
};

/// What an action needs to know.
/// https://docs.discord.com/developers/resources/auto-moderation#auto-moderation-action-object-action-metadata
struct auto_moderation_action_metadata_body {
  maybe<monochord::channel_id> channel_id{};  ///< of send_alert_message
  maybe<int> duration_seconds{};  ///< of timeout, up to 4 weeks
  maybe<std::string_view> custom_message{};  ///< of block_message
};

/// What happens when a rule is triggered.
/// https://docs.discord.com/developers/resources/auto-moderation#auto-moderation-action-object-auto-moderation-action-structure
struct auto_moderation_action_body {
  auto_moderation_action_type type{};
  maybe<auto_moderation_action_metadata_body> metadata{};
};

/// POST /guilds/{guild_id}/auto-moderation/rules.
/// https://docs.discord.com/developers/resources/auto-moderation#create-auto-moderation-rule
struct create_auto_moderation_rule_body {
  std::string_view name{};
  auto_moderation_event event_type{};
  auto_moderation_trigger trigger_type{};
  maybe<auto_moderation_metadata_body> trigger_metadata{};
  maybe<list<auto_moderation_action_body>> actions{};
  maybe<bool> enabled{};  ///< false by default
  maybe<list<role_id>> exempt_roles{};
  maybe<list<channel_id>> exempt_channels{};
};

/// PATCH /guilds/{guild_id}/auto-moderation/rules/{rule_id}. Absent is left as it is.
/// https://docs.discord.com/developers/resources/auto-moderation#modify-auto-moderation-rule
struct modify_auto_moderation_rule_body {
  maybe<std::string_view> name{};
  maybe<auto_moderation_event> event_type{};
  maybe<auto_moderation_trigger> trigger_type{};  ///< cannot be changed; not documented
  maybe<auto_moderation_metadata_body> trigger_metadata{};
  maybe<list<auto_moderation_action_body>> actions{};
  maybe<bool> enabled{};
  maybe<list<role_id>> exempt_roles{};
  maybe<list<channel_id>> exempt_channels{};
};

static_assert(std::is_trivially_destructible_v<auto_moderation_metadata_body>);
static_assert(std::is_trivially_destructible_v<auto_moderation_action_metadata_body>);
static_assert(std::is_trivially_destructible_v<auto_moderation_action_body>);
static_assert(std::is_trivially_destructible_v<create_auto_moderation_rule_body>);
static_assert(std::is_trivially_destructible_v<modify_auto_moderation_rule_body>);

}  // namespace monochord
