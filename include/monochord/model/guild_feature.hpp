// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <monochord/core/open_enum.hpp>

namespace monochord {

/// What a guild can do. Four of them can be changed: community, discoverable, invites_disabled and raid_alerts_disabled.
/// https://docs.discord.com/developers/resources/guild#guild-object-mutable-guild-features
/// https://docs.discord.com/developers/resources/guild#guild-object-guild-features
struct guild_feature_names {
  static constexpr std::string_view animated_banner = "ANIMATED_BANNER";
  static constexpr std::string_view animated_icon = "ANIMATED_ICON";
  static constexpr std::string_view application_command_permissions_v2 = "APPLICATION_COMMAND_PERMISSIONS_V2";
  static constexpr std::string_view auto_moderation = "AUTO_MODERATION";
  static constexpr std::string_view banner = "BANNER";
  static constexpr std::string_view community = "COMMUNITY";
  static constexpr std::string_view creator_monetizable_provisional = "CREATOR_MONETIZABLE_PROVISIONAL";
  static constexpr std::string_view creator_store_page = "CREATOR_STORE_PAGE";
  static constexpr std::string_view developer_support_server = "DEVELOPER_SUPPORT_SERVER";
  static constexpr std::string_view discoverable = "DISCOVERABLE";
  static constexpr std::string_view featurable = "FEATURABLE";
  static constexpr std::string_view invites_disabled = "INVITES_DISABLED";
  static constexpr std::string_view invite_splash = "INVITE_SPLASH";
  static constexpr std::string_view member_verification_gate_enabled = "MEMBER_VERIFICATION_GATE_ENABLED";
  static constexpr std::string_view more_soundboard = "MORE_SOUNDBOARD";
  static constexpr std::string_view more_stickers = "MORE_STICKERS";
  static constexpr std::string_view news = "NEWS";
  static constexpr std::string_view partnered = "PARTNERED";
  static constexpr std::string_view preview_enabled = "PREVIEW_ENABLED";
  static constexpr std::string_view raid_alerts_disabled = "RAID_ALERTS_DISABLED";
  static constexpr std::string_view role_icons = "ROLE_ICONS";
  static constexpr std::string_view role_subscriptions_available_for_purchase = "ROLE_SUBSCRIPTIONS_AVAILABLE_FOR_PURCHASE";
  static constexpr std::string_view role_subscriptions_enabled = "ROLE_SUBSCRIPTIONS_ENABLED";
  static constexpr std::string_view soundboard = "SOUNDBOARD";
  static constexpr std::string_view ticketed_events_enabled = "TICKETED_EVENTS_ENABLED";
  static constexpr std::string_view vanity_url = "VANITY_URL";
  static constexpr std::string_view verified = "VERIFIED";
  static constexpr std::string_view vip_regions = "VIP_REGIONS";
  static constexpr std::string_view welcome_screen_enabled = "WELCOME_SCREEN_ENABLED";
  static constexpr std::string_view guests_enabled = "GUESTS_ENABLED";
  static constexpr std::string_view guild_tags = "GUILD_TAGS";
  static constexpr std::string_view enhanced_role_colors = "ENHANCED_ROLE_COLORS";
  static constexpr std::string_view prune_requires_admin = "PRUNE_REQUIRES_ADMIN";
  static constexpr std::string_view official_game_guild = "OFFICIAL_GAME_GUILD";
};
using guild_feature = open_string<guild_feature_names>;

}  // namespace monochord
