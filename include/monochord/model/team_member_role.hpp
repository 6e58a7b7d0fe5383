// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <monochord/core/open_enum.hpp>

namespace monochord {

/// What somebody may do in a team. The owner has none: see `team::owner_user_id`.
/// https://docs.discord.com/developers/topics/teams#team-member-roles-team-member-role-types
struct team_member_role_names {
  static constexpr std::string_view admin = "admin";
  static constexpr std::string_view developer = "developer";
  static constexpr std::string_view read_only = "read_only";
};
using team_member_role = open_string<team_member_role_names>;

}  // namespace monochord
