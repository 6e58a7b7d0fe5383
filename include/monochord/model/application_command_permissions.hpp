// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include <monochord/core/snowflake.hpp>

namespace monochord {

/// Whom a permission is about.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-permissions-object-application-command-permission-type
enum class application_command_permission_type : std::int32_t {
  role = 1,
  user = 2,
  channel = 3,
};

/// Whether a role or a user may use a command, or whether it may be used in a channel.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-permissions-object-application-command-permissions-structure
struct application_command_permission {
  any_id id;
  application_command_permission_type type{};
  bool permission = false;
};

/// The `id` that stands for everybody, and the one that stands for all channels.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-permissions-constants
constexpr any_id everyone(guild_id guild) noexcept { return any_id{guild.value()}; }
constexpr any_id all_channels(guild_id guild) noexcept { return any_id{guild.value() - 1}; }

/// Who may use a command of a guild, or (when `id` is the application's) its commands.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-permissions-object-guild-application-command-permissions-structure
struct application_command_permissions {
  any_id id;
  monochord::application_id application_id;
  monochord::guild_id guild_id;
  std::vector<application_command_permission> permissions;
};

}  // namespace monochord
