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
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// States of a member.
/// https://docs.discord.com/developers/resources/guild#guild-member-object-guild-member-flags
enum class member_flag : std::uint32_t {
  did_rejoin = 1U << 0,
  completed_onboarding = 1U << 1,
  bypasses_verification = 1U << 2,
  started_onboarding = 1U << 3,
  is_guest = 1U << 4,
  started_home_actions = 1U << 5,
  completed_home_actions = 1U << 6,
  automod_quarantined_username = 1U << 7,
  dm_settings_upsell_acknowledged = 1U << 9,
  automod_quarantined_guild_tag = 1U << 10,
};
template <>
inline constexpr bool is_flags<member_flag> = true;

/// Somebody within a guild.
/// https://docs.discord.com/developers/resources/guild#guild-member-object-guild-member-structure
struct member {
  // Compiled once, in the library.
  member();
  member(const member&);
  member(member&&) noexcept;
  member& operator=(const member&);
  member& operator=(member&&) noexcept;
  ~member();

  optional<monochord::user> user;
  maybe<std::string> nick;
  maybe<std::string> avatar;
  maybe<std::string> banner;
  std::vector<role_id> roles;
  maybe<timestamp> joined_at;
  maybe<timestamp> premium_since;
  bool deaf = false;
  bool mute = false;
  optional<monochord::flags<member_flag>> flags;
  optional_bool pending;
  optional<monochord::flags<permission>> permissions;
  maybe<timestamp> communication_disabled_until;
  maybe<monochord::avatar_decoration_data> avatar_decoration_data;
  maybe<box<monochord::collectibles>> collectibles;
};

/// A member without its user, and where Discord leaves them out (resolved data) without `deaf` and `mute`.
/// https://docs.discord.com/developers/resources/guild#guild-member-object-guild-member-structure
struct partial_member {
  // Compiled once, in the library.
  partial_member();
  partial_member(const partial_member&);
  partial_member(partial_member&&) noexcept;
  partial_member& operator=(const partial_member&);
  partial_member& operator=(partial_member&&) noexcept;
  ~partial_member();

  maybe<std::string> nick;
  maybe<std::string> avatar;
  maybe<std::string> banner;
  std::vector<role_id> roles;
  maybe<timestamp> joined_at;
  maybe<timestamp> premium_since;
  optional_bool deaf;
  optional_bool mute;
  optional<monochord::flags<member_flag>> flags;
  optional_bool pending;
  optional<monochord::flags<permission>> permissions;
  maybe<timestamp> communication_disabled_until;
  maybe<monochord::avatar_decoration_data> avatar_decoration_data;
  maybe<box<monochord::collectibles>> collectibles;
  box<monochord::user> user;  ///< of those on a stage, in invites
};

}  // namespace monochord
