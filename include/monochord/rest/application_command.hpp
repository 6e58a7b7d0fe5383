// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct application_command;
struct application_command_body;
class command_builder;
class rest_client;

namespace rest {

/// Commands of the application. Types: `model/application_command.hpp`, `model/command_builder.hpp`.
class application_command_routes {
 public:
  /// The application's commands that are there everywhere, instead of those that were; needs no permission.
  /// https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands
  task<std::vector<application_command>> bulk_overwrite_global_application_commands(application_id application,
                                                                                    list<application_command_body> commands,
                                                                                    const call_options& options = {});
  task<std::vector<application_command>> bulk_overwrite_global_application_commands(
      application_id application, const std::vector<command_builder>& commands, const call_options& options = {});
  /// The same for one guild, where they appear at once.
  /// https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-guild-application-commands
  task<std::vector<application_command>> bulk_overwrite_guild_application_commands(application_id application, guild_id guild,
                                                                                   list<application_command_body> commands,
                                                                                   const call_options& options = {});
  task<std::vector<application_command>> bulk_overwrite_guild_application_commands(
      application_id application, guild_id guild, const std::vector<command_builder>& commands,
      const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  application_command_routes() = default;
};

}  // namespace rest

}  // namespace monochord
