// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/null_bool.hpp>
#include <monochord/model/permission.hpp>

namespace monochord {

/// States of a role.
/// https://docs.discord.com/developers/topics/permissions#role-object-role-flags
enum class role_flag : std::uint32_t {
  in_prompt = 1U << 0,
};
template <>
inline constexpr bool is_flags<role_flag> = true;

/// Whose role it is.
/// https://docs.discord.com/developers/topics/permissions#role-object-role-tags-structure
struct role_tags {
  optional<user_id> bot_id;
  optional<monochord::integration_id> integration_id;
  null_bool premium_subscriber;
  optional<sku_id> subscription_listing_id;
  null_bool available_for_purchase;
  null_bool guild_connections;
};

/// The colours of a role; with several it is a gradient.
/// https://docs.discord.com/developers/topics/permissions#role-object-role-colors-object
struct role_colors {
  int primary_color = 0;
  maybe<int> secondary_color;
  maybe<int> tertiary_color;
};

/// A named set of permissions of a guild.
/// https://docs.discord.com/developers/topics/permissions#role-object-role-structure
struct role {
  // Compiled once, in the library.
  role();
  role(const role&);
  role(role&&) noexcept;
  role& operator=(const role&);
  role& operator=(role&&) noexcept;
  ~role();

  role_id id;
  std::string name;
  int color = 0;  ///< deprecated
  optional<role_colors> colors;
  bool hoist = false;
  maybe<std::string> icon;
  maybe<std::string> unicode_emoji;
  int position = 0;
  monochord::flags<permission> permissions;
  bool managed = false;
  bool mentionable = false;
  box<role_tags> tags;
  optional<monochord::flags<role_flag>> flags;
};

}  // namespace monochord
