// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/attachment.hpp>
#include <monochord/model/component_fwd.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/message_flag.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/sticker.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// The kinds of messages; most are written by Discord.
/// https://docs.discord.com/developers/resources/message#message-object-message-types
enum class message_type : std::int32_t {
  default_ = 0,
  recipient_add = 1,
  recipient_remove = 2,
  call = 3,
  channel_name_change = 4,
  channel_icon_change = 5,
  channel_pinned_message = 6,
  user_join = 7,
  guild_boost = 8,
  guild_boost_tier_1 = 9,
  guild_boost_tier_2 = 10,
  guild_boost_tier_3 = 11,
  channel_follow_add = 12,
  guild_discovery_disqualified = 14,
  guild_discovery_requalified = 15,
  guild_discovery_grace_period_initial_warning = 16,
  guild_discovery_grace_period_final_warning = 17,
  thread_created = 18,
  reply = 19,
  chat_input_command = 20,
  thread_starter_message = 21,
  guild_invite_reminder = 22,
  context_menu_command = 23,
  auto_moderation_action = 24,
  role_subscription_purchase = 25,
  interaction_premium_upsell = 26,
  stage_start = 27,
  stage_end = 28,
  stage_speaker = 29,
  stage_topic = 31,
  guild_application_premium_subscription = 32,
  guild_incident_alert_mode_enabled = 36,
  guild_incident_alert_mode_disabled = 37,
  guild_incident_report_raid = 38,
  guild_incident_report_false_alarm = 39,
  purchase_notification = 44,
  poll_result = 46,
  hd_streaming_upgraded = 55,
};

/// What a forwarded or resolved message shows; fields as in message.
/// https://docs.discord.com/developers/resources/message#message-object
struct partial_message {
  // Compiled once, in the library.
  partial_message();
  partial_message(const partial_message&);
  partial_message(partial_message&&) noexcept;
  partial_message& operator=(const partial_message&);
  partial_message& operator=(partial_message&&) noexcept;
  ~partial_message();

  optional<message_id> id;
  optional<monochord::channel_id> channel_id;
  box<user> author;
  optional<message_type> type;
  optional<std::string> content;
  optional<std::vector<embed>> embeds;
  optional<std::vector<attachment>> attachments;
  optional<monochord::timestamp> timestamp;
  maybe<monochord::timestamp> edited_timestamp;
  optional<monochord::flags<message_flag>> flags;
  optional<std::vector<user>> mentions;
  optional<std::vector<role_id>> mention_roles;
  optional_bool mention_everyone;
  optional_bool pinned;
  optional_bool tts;
  optional<std::vector<sticker_item>> sticker_items;
  optional<std::vector<sticker>> stickers;
  optional<std::vector<component>> components;
  optional<monochord::webhook_id> webhook_id;
  optional<monochord::application_id> application_id;
};

}  // namespace monochord
