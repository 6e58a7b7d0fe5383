// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/model/application_command.hpp>
#include <monochord/model/application_command_permissions.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/view_map.hpp>

namespace monochord {

/// PATCH /applications/{application_id}/commands/{command_id}, or of a guild. Absent is left as it is.
/// https://docs.discord.com/developers/interactions/application-commands#edit-global-application-command
struct edit_application_command_body {
  maybe<std::string_view> name{};
  maybe<text_map> name_localizations{};
  maybe<std::string_view> description{};
  maybe<text_map> description_localizations{};
  maybe<list<command_option_body>> options{};
  maybe<flags<permission>> default_member_permissions{};
  maybe<list<integration_type>> integration_types{};  ///< of global commands
  maybe<list<interaction_context>> contexts{};  ///< of global commands
  maybe<bool> nsfw{};
  maybe<command_handler_type> handler{};  ///< of an entry point command
  maybe<bool> dm_permission{};  ///< deprecated: use `contexts`
  maybe<bool> default_permission{};  ///< deprecated: use `default_member_permissions`
};

/// What comes with the commands.
struct get_application_commands_query {
  maybe<bool> with_localizations{};
};

/// PUT /applications/{application_id}/guilds/{guild_id}/commands/{command_id}/permissions.
/// https://docs.discord.com/developers/interactions/application-commands#edit-application-command-permissions
struct edit_application_command_permissions_body {
  maybe<list<application_command_permission>> permissions{};
};

/// One command in PUT /applications/{application_id}/guilds/{guild_id}/commands/permissions.
/// https://docs.discord.com/developers/interactions/application-commands#batch-edit-application-command-permissions
struct batch_application_command_permissions_body {
  any_id id{};  ///< of the command, or the application's for all of them
  maybe<list<application_command_permission>> permissions{};
};

static_assert(std::is_trivially_destructible_v<edit_application_command_body>);
static_assert(std::is_trivially_destructible_v<get_application_commands_query>);
static_assert(std::is_trivially_destructible_v<edit_application_command_permissions_body>);
static_assert(std::is_trivially_destructible_v<batch_application_command_permissions_body>);

}  // namespace monochord
