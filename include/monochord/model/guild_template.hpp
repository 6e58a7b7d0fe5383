// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/locale.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/scalar.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// A role as a template describes it; `id` is its place.
struct template_role {
  int id = 0;
  std::string name;
  flags<permission> permissions;
  int color = 0;
  maybe<role_colors> colors;
  bool hoist = false;
  bool mentionable = false;
  maybe<std::string> icon;
  maybe<std::string> unicode_emoji;
};

/// A tag as a template describes it.
struct template_tag {
  maybe<int> id;
  std::string name;
  maybe<monochord::emoji_id> emoji_id;
  maybe<std::string> emoji_name;
  maybe<bool> moderated;
};

/// A channel as a template describes it; `id` and `parent_id` are places.
struct template_channel {
  maybe<int> id;
  channel_type type{};
  maybe<std::string> name;
  maybe<int> position;
  maybe<std::string> topic;
  optional<int> bitrate;
  optional<int> user_limit;
  optional_bool nsfw;
  optional<int> rate_limit_per_user;
  maybe<scalar> parent_id;
  maybe<int> default_auto_archive_duration;
  optional<std::vector<overwrite>> permission_overwrites;
  maybe<std::vector<template_tag>> available_tags;
  optional<std::string> template_;
  maybe<default_reaction> default_reaction_emoji;
  maybe<int> default_thread_rate_limit_per_user;
  maybe<sort_order_type> default_sort_order;
  maybe<forum_layout_type> default_forum_layout;
  maybe<std::string> default_tag_setting;
  maybe<int> theme_color;
};

/// What a template makes of a guild. Roles and channels are numbered, since they have no ids.
/// https://docs.discord.com/developers/resources/guild-template#guild-template-object-example-guild-template-object
struct template_guild {
  // Compiled once, in the library.
  template_guild();
  template_guild(const template_guild&);
  template_guild(template_guild&&) noexcept;
  template_guild& operator=(const template_guild&);
  template_guild& operator=(template_guild&&) noexcept;
  ~template_guild();

  std::string name;
  maybe<std::string> description;
  maybe<std::string> region;
  maybe<std::string> icon_hash;
  monochord::verification_level verification_level{};
  default_message_notifications_level default_message_notifications{};
  explicit_content_filter_level explicit_content_filter{};
  locale_name preferred_locale;
  maybe<scalar> afk_channel_id;
  int afk_timeout = 0;
  maybe<scalar> system_channel_id;
  flags<system_channel_flag> system_channel_flags;
  std::vector<template_role> roles;
  std::vector<template_channel> channels;
};

/// A pattern for guilds.
/// https://docs.discord.com/developers/resources/guild-template#guild-template-object-guild-template-structure
struct guild_template {
  // Compiled once, in the library.
  guild_template();
  guild_template(const guild_template&);
  guild_template(guild_template&&) noexcept;
  guild_template& operator=(const guild_template&);
  guild_template& operator=(guild_template&&) noexcept;
  ~guild_template();

  std::string code;
  std::string name;
  maybe<std::string> description;
  int usage_count = 0;
  user_id creator_id;
  maybe<box<user>> creator;
  timestamp created_at;
  timestamp updated_at;
  guild_id source_guild_id;
  template_guild serialized_source_guild;
  maybe<bool> is_dirty;
};

}  // namespace monochord
