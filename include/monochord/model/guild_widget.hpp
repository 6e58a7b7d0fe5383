// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/maybe.hpp>
#include <monochord/core/open_enum.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/partial_channel.hpp>
#include <monochord/model/presence_status.hpp>

namespace monochord {

/// How the picture of a widget looks.
/// https://docs.discord.com/developers/resources/guild#get-guild-widget-image-widget-style-options
struct widget_style_names {
  static constexpr std::string_view shield = "shield";
  static constexpr std::string_view banner1 = "banner1";
  static constexpr std::string_view banner2 = "banner2";
  static constexpr std::string_view banner3 = "banner3";
  static constexpr std::string_view banner4 = "banner4";
};
using widget_style = open_string<widget_style_names>;

/// Whether a guild has a widget, and where it invites to.
/// https://docs.discord.com/developers/resources/guild#guild-widget-settings-object-guild-widget-settings-structure
struct guild_widget_settings {
  bool enabled = false;
  maybe<monochord::channel_id> channel_id;
};

/// What somebody in a widget does.
struct widget_activity {
  std::string name;
};

/// Somebody online, without the real id and discriminator.
/// https://docs.discord.com/developers/resources/guild#guild-widget-object
struct widget_member {
  std::string id;
  std::string username;
  optional<std::string> discriminator;
  maybe<std::string> avatar;
  optional<presence_status> status;
  optional<std::string> avatar_url;
  optional<widget_activity> activity;
  optional_bool deaf;
  optional_bool mute;
  optional_bool self_deaf;
  optional_bool self_mute;
  optional_bool suppress;
  optional<monochord::channel_id> channel_id;
};

/// What a guild shows on web pages.
/// https://docs.discord.com/developers/resources/guild#guild-widget-object-guild-widget-structure
struct guild_widget {
  guild_id id;
  std::string name;
  maybe<std::string> instant_invite;
  std::vector<partial_channel> channels;
  std::vector<widget_member> members;
  int presence_count = 0;
};

}  // namespace monochord
