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
#include <monochord/model/emoji.hpp>
#include <monochord/model/guild_feature.hpp>
#include <monochord/model/locale.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/sticker.hpp>

namespace monochord {

/// What members must have to write.
/// https://docs.discord.com/developers/resources/guild#guild-object-verification-level
enum class verification_level : std::int32_t {
  none = 0,
  low = 1,
  medium = 2,
  high = 3,
  very_high = 4,
};

/// What members are notified of.
/// https://docs.discord.com/developers/resources/guild#guild-object-default-message-notification-level
enum class default_message_notifications_level : std::int32_t {
  all_messages = 0,
  only_mentions = 1,
};

/// Whose media are scanned.
/// https://docs.discord.com/developers/resources/guild#guild-object-explicit-content-filter-level
enum class explicit_content_filter_level : std::int32_t {
  disabled = 0,
  members_without_roles = 1,
  all_members = 2,
};

/// Whether moderators need two factors.
/// https://docs.discord.com/developers/resources/guild#guild-object-mfa-level
enum class mfa_level : std::int32_t {
  none = 0,
  elevated = 1,
};

/// For whom the guild is.
/// https://docs.discord.com/developers/resources/guild#guild-object-guild-nsfw-level
enum class nsfw_level : std::int32_t {
  default_ = 0,
  explicit_ = 1,
  safe = 2,
  age_restricted = 3,
};

/// The boost level.
/// https://docs.discord.com/developers/resources/guild#guild-object-premium-tier
enum class premium_tier : std::int32_t {
  none = 0,
  tier_1 = 1,
  tier_2 = 2,
  tier_3 = 3,
};

/// What is not announced in the system channel.
/// https://docs.discord.com/developers/resources/guild#guild-object-system-channel-flags
enum class system_channel_flag : std::uint32_t {
  suppress_join_notifications = 1U << 0,
  suppress_premium_subscriptions = 1U << 1,
  suppress_guild_reminder_notifications = 1U << 2,
  suppress_join_notification_replies = 1U << 3,
  suppress_role_subscription_purchase_notifications = 1U << 4,
  suppress_role_subscription_purchase_notification_replies = 1U << 5,
};
template <>
inline constexpr bool is_flags<system_channel_flag> = true;

/// A guild that is down, or (in READY) not sent yet; in GUILD_DELETE without `unavailable` the bot is no longer in
/// it.
/// https://docs.discord.com/developers/resources/guild#unavailable-guild-object
struct unavailable_guild {
  guild_id id;
  optional_bool unavailable;
};

/// A channel that is shown to newcomers.
/// https://docs.discord.com/developers/resources/guild#welcome-screen-object-welcome-screen-channel-structure
struct welcome_screen_channel {
  monochord::channel_id channel_id;
  std::string description;
  maybe<monochord::emoji_id> emoji_id;
  maybe<std::string> emoji_name;
};

/// What newcomers see.
/// https://docs.discord.com/developers/resources/guild#welcome-screen-object-welcome-screen-structure
struct welcome_screen {
  maybe<std::string> description;
  std::vector<welcome_screen_channel> welcome_channels;
};

/// Measures against raids.
/// https://docs.discord.com/developers/resources/guild#incidents-data-object-incidents-data-structure
struct incidents_data {
  maybe<timestamp> invites_disabled_until;
  maybe<timestamp> dms_disabled_until;
  maybe<timestamp> dm_spam_detected_at;
  maybe<timestamp> raid_detected_at;
};

/// A guild ("server").
/// https://docs.discord.com/developers/resources/guild#guild-object-guild-structure
struct guild {
  // Compiled once, in the library.
  guild();
  guild(const guild&);
  guild(guild&&) noexcept;
  guild& operator=(const guild&);
  guild& operator=(guild&&) noexcept;
  ~guild();

  guild_id id;
  std::string name;
  maybe<std::string> icon;
  maybe<std::string> icon_hash;
  maybe<std::string> splash;
  maybe<std::string> discovery_splash;
  maybe<std::string> home_header;
  optional_bool owner;
  user_id owner_id;
  optional<flags<permission>> permissions;
  maybe<std::string> region;  ///< deprecated
  maybe<channel_id> afk_channel_id;
  int afk_timeout = 0;
  optional_bool widget_enabled;
  maybe<channel_id> widget_channel_id;
  monochord::verification_level verification_level{};
  default_message_notifications_level default_message_notifications{};
  explicit_content_filter_level explicit_content_filter{};
  std::vector<role> roles;
  std::vector<emoji> emojis;
  std::vector<guild_feature> features;
  monochord::mfa_level mfa_level{};
  maybe<monochord::application_id> application_id;
  maybe<channel_id> system_channel_id;
  flags<system_channel_flag> system_channel_flags;
  maybe<channel_id> rules_channel_id;
  maybe<int> max_presences;
  optional<int> max_members;
  maybe<std::string> vanity_url_code;
  maybe<std::string> description;
  maybe<std::string> banner;
  monochord::premium_tier premium_tier{};
  optional<int> premium_subscription_count;
  locale_name preferred_locale;
  maybe<channel_id> public_updates_channel_id;
  optional<int> max_video_channel_users;
  optional<int> max_stage_video_channel_users;
  maybe<int> approximate_member_count;
  maybe<int> approximate_presence_count;
  box<monochord::welcome_screen> welcome_screen;
  optional<monochord::nsfw_level> nsfw_level;
  optional_bool nsfw;
  optional<std::vector<sticker>> stickers;
  optional_bool premium_progress_bar_enabled;
  maybe<timestamp> premium_progress_bar_enabled_user_updated_at;
  maybe<channel_id> safety_alerts_channel_id;
  maybe<box<monochord::incidents_data>> incidents_data;
};

/// What interactions, invites, webhooks and the list of a user's guilds tell of a guild.
/// https://docs.discord.com/developers/resources/guild#guild-object
struct partial_guild {
  // Compiled once, in the library.
  partial_guild();
  partial_guild(const partial_guild&);
  partial_guild(partial_guild&&) noexcept;
  partial_guild& operator=(const partial_guild&);
  partial_guild& operator=(partial_guild&&) noexcept;
  ~partial_guild();

  guild_id id;
  optional<std::string> name;
  maybe<std::string> icon;
  maybe<std::string> splash;
  maybe<std::string> banner;
  maybe<std::string> description;
  optional<std::vector<guild_feature>> features;
  optional<locale_name> locale;
  maybe<monochord::verification_level> verification_level;
  maybe<std::string> vanity_url_code;
  maybe<monochord::nsfw_level> nsfw_level;
  maybe<bool> nsfw;
  optional<int> premium_subscription_count;
  optional_bool owner;
  optional<flags<permission>> permissions;
  maybe<int> approximate_member_count;
  maybe<int> approximate_presence_count;
};

}  // namespace monochord
