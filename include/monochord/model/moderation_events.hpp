// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/audit_log.hpp>
#include <monochord/model/auto_moderation.hpp>

namespace monochord {

/// A rule of auto moderation was made.
/// https://docs.discord.com/developers/events/gateway-events#auto-moderation-rule-create
struct auto_moderation_rule_create {
  auto_moderation_rule rule;
};

/// A rule of auto moderation changed.
/// https://docs.discord.com/developers/events/gateway-events#auto-moderation-rule-update
struct auto_moderation_rule_update {
  auto_moderation_rule rule;
  std::shared_ptr<const monochord::auto_moderation_rule> before{};  ///< as the cache had it; null where it did not
};

/// A rule of auto moderation was deleted.
/// https://docs.discord.com/developers/events/gateway-events#auto-moderation-rule-delete
struct auto_moderation_rule_delete {
  auto_moderation_rule rule;
  std::shared_ptr<const monochord::auto_moderation_rule> before{};  ///< as the cache had it; null where it did not
};

/// A rule was set off, and this was done. `content` and `matched_content` are empty without the intent message_content.
/// https://docs.discord.com/developers/events/gateway-events#auto-moderation-action-execution-auto-moderation-action-execution-event-fields
struct auto_moderation_action_execution {
  monochord::guild_id guild_id;
  auto_moderation_action action;
  auto_moderation_rule_id rule_id;
  auto_moderation_trigger rule_trigger_type{};
  monochord::user_id user_id;
  optional<monochord::channel_id> channel_id;
  optional<monochord::message_id> message_id;
  optional<monochord::message_id> alert_system_message_id;
  std::string content;
  maybe<std::string> matched_keyword;
  maybe<std::string> matched_content;
};

/// Something was written into the audit log.
/// https://docs.discord.com/developers/events/gateway-events#guild-audit-log-entry-create-guild-audit-log-entry-create-event-extra-fields
struct guild_audit_log_entry_create {
  audit_log_entry entry;
  monochord::guild_id guild_id;
};

}  // namespace monochord
