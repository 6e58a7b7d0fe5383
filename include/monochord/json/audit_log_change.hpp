// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/flags.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/application_command_permissions.hpp>
#include <monochord/model/audit_log.hpp>
#include <monochord/model/auto_moderation.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/permission.hpp>

namespace monochord {

/// The key of a change in the audit log, with the type of its values.
template <class T>
struct audit_log_key {
  std::string_view name;
};

/// The value before or after a change: nothing when `change` has another key, when there was no value, and when it is not
/// of the key's type. Instantiated for the types of `audit_log_keys`, and for `application_command_permission`, whose key is
/// the id of a role, user or channel: `new_value(change, audit_log_key<application_command_permission>{id.str()})`.
/// May be called from any thread.
/// https://docs.discord.com/developers/resources/audit-log#audit-log-change-object
template <class T>
optional<T> old_value(const audit_log_change& change, audit_log_key<T> key);
template <class T>
optional<T> new_value(const audit_log_change& change, audit_log_key<T> key);

/// The keys of changes: fields of the objects, and the exceptions. A key that is missing here can be made by whoever needs
/// it: `audit_log_key<bool>{"new_field"}`.
/// https://docs.discord.com/developers/resources/audit-log#audit-log-change-object-audit-log-change-exceptions
namespace audit_log_keys {

// of members; the roles that they were given and that were taken away
inline constexpr audit_log_key<std::vector<audit_log_role>> roles_added{"$add"};
inline constexpr audit_log_key<std::vector<audit_log_role>> roles_removed{"$remove"};
inline constexpr audit_log_key<std::string> nick{"nick"};
inline constexpr audit_log_key<bool> deaf{"deaf"};
inline constexpr audit_log_key<bool> mute{"mute"};
inline constexpr audit_log_key<timestamp> communication_disabled_until{"communication_disabled_until"};

// of many objects
inline constexpr audit_log_key<std::string> name{"name"};
inline constexpr audit_log_key<std::string> description{"description"};
inline constexpr audit_log_key<std::int64_t> type{"type"};
inline constexpr audit_log_key<std::int64_t> position{"position"};
inline constexpr audit_log_key<channel_id> channel{"channel_id"};
inline constexpr audit_log_key<std::string> icon_hash{"icon_hash"};
inline constexpr audit_log_key<std::string> image_hash{"image_hash"};

// of channels and threads
inline constexpr audit_log_key<std::string> topic{"topic"};
inline constexpr audit_log_key<bool> nsfw{"nsfw"};
inline constexpr audit_log_key<std::int64_t> bitrate{"bitrate"};
inline constexpr audit_log_key<std::int64_t> user_limit{"user_limit"};
inline constexpr audit_log_key<std::int64_t> rate_limit_per_user{"rate_limit_per_user"};
inline constexpr audit_log_key<std::vector<overwrite>> permission_overwrites{"permission_overwrites"};
inline constexpr audit_log_key<std::string> rtc_region{"rtc_region"};
inline constexpr audit_log_key<std::int64_t> default_auto_archive_duration{"default_auto_archive_duration"};
inline constexpr audit_log_key<std::int64_t> auto_archive_duration{"auto_archive_duration"};
inline constexpr audit_log_key<bool> archived{"archived"};
inline constexpr audit_log_key<bool> locked{"locked"};
inline constexpr audit_log_key<bool> invitable{"invitable"};
inline constexpr audit_log_key<flags<permission>> allow{"allow"};
inline constexpr audit_log_key<flags<permission>> deny{"deny"};
inline constexpr audit_log_key<std::string> status{"status"};

// of roles
inline constexpr audit_log_key<flags<permission>> permissions{"permissions"};
inline constexpr audit_log_key<std::int64_t> color{"color"};
inline constexpr audit_log_key<role_colors> colors{"colors"};
inline constexpr audit_log_key<bool> hoist{"hoist"};
inline constexpr audit_log_key<bool> mentionable{"mentionable"};
inline constexpr audit_log_key<std::string> unicode_emoji{"unicode_emoji"};

// of guilds
inline constexpr audit_log_key<user_id> owner{"owner_id"};
inline constexpr audit_log_key<std::string> splash_hash{"splash_hash"};
inline constexpr audit_log_key<std::string> banner_hash{"banner_hash"};
inline constexpr audit_log_key<std::string> discovery_splash_hash{"discovery_splash_hash"};
inline constexpr audit_log_key<std::string> preferred_locale{"preferred_locale"};
inline constexpr audit_log_key<std::string> vanity_url_code{"vanity_url_code"};
inline constexpr audit_log_key<channel_id> afk_channel{"afk_channel_id"};
inline constexpr audit_log_key<std::int64_t> afk_timeout{"afk_timeout"};
inline constexpr audit_log_key<channel_id> system_channel{"system_channel_id"};
inline constexpr audit_log_key<channel_id> rules_channel{"rules_channel_id"};
inline constexpr audit_log_key<channel_id> public_updates_channel{"public_updates_channel_id"};
inline constexpr audit_log_key<channel_id> widget_channel{"widget_channel_id"};
inline constexpr audit_log_key<bool> widget_enabled{"widget_enabled"};
inline constexpr audit_log_key<bool> premium_progress_bar_enabled{"premium_progress_bar_enabled"};
inline constexpr audit_log_key<monochord::verification_level> verification_level{"verification_level"};
inline constexpr audit_log_key<default_message_notifications_level> default_message_notifications{
    "default_message_notifications"};
inline constexpr audit_log_key<explicit_content_filter_level> explicit_content_filter{"explicit_content_filter"};
inline constexpr audit_log_key<monochord::mfa_level> mfa_level{"mfa_level"};
inline constexpr audit_log_key<std::int64_t> prune_delete_days{"prune_delete_days"};

// of invites and webhooks
inline constexpr audit_log_key<std::string> code{"code"};
inline constexpr audit_log_key<user_id> inviter{"inviter_id"};
inline constexpr audit_log_key<std::int64_t> max_uses{"max_uses"};
inline constexpr audit_log_key<std::int64_t> max_age{"max_age"};
inline constexpr audit_log_key<std::int64_t> uses{"uses"};
inline constexpr audit_log_key<bool> temporary{"temporary"};
inline constexpr audit_log_key<std::string> avatar_hash{"avatar_hash"};

// of stickers, sounds, scheduled events and integrations
inline constexpr audit_log_key<std::string> tags{"tags"};
inline constexpr audit_log_key<bool> available{"available"};
inline constexpr audit_log_key<guild_id> guild{"guild_id"};
inline constexpr audit_log_key<double> volume{"volume"};
inline constexpr audit_log_key<monochord::emoji_id> emoji_id{"emoji_id"};
inline constexpr audit_log_key<std::string> emoji_name{"emoji_name"};
inline constexpr audit_log_key<std::string> location{"location"};
inline constexpr audit_log_key<std::int64_t> entity_type{"entity_type"};
inline constexpr audit_log_key<std::int64_t> privacy_level{"privacy_level"};
inline constexpr audit_log_key<bool> enable_emoticons{"enable_emoticons"};
inline constexpr audit_log_key<std::int64_t> expire_behavior{"expire_behavior"};
inline constexpr audit_log_key<std::int64_t> expire_grace_period{"expire_grace_period"};

// of auto moderation
inline constexpr audit_log_key<bool> enabled{"enabled"};
inline constexpr audit_log_key<auto_moderation_trigger_metadata> trigger_metadata{"trigger_metadata"};
inline constexpr audit_log_key<std::vector<auto_moderation_action>> actions{"actions"};
inline constexpr audit_log_key<std::vector<role_id>> exempt_roles{"exempt_roles"};
inline constexpr audit_log_key<std::vector<channel_id>> exempt_channels{"exempt_channels"};

}  // namespace audit_log_keys

}  // namespace monochord
