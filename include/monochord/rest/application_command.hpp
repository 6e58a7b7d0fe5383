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
struct application_command_permissions;
struct batch_application_command_permissions_body;
struct edit_application_command_body;
struct edit_application_command_permissions_body;
struct get_application_commands_query;
class command_builder;
class rest_client;

namespace rest {

/// Commands of the application. Changing commands needs no permission; a user's bearer token
/// (`call_options::bearer_token`, scope applications.commands.update) does as well as the bot's. Types:
/// `model/application_command.hpp`, `model/command_builder.hpp`, `model/application_command_permissions.hpp`,
/// `model/application_command_bodies.hpp`.
class application_command_routes {
 public:
  /// The commands that are there everywhere.
  /// https://docs.discord.com/developers/interactions/application-commands#get-global-application-commands
  task<std::vector<application_command>> get_global_application_commands(application_id application,
                                                                         const call_options& options = {});
  task<std::vector<application_command>> get_global_application_commands(application_id application,
                                                                         const get_application_commands_query& query,
                                                                         const call_options& options = {});
  /// Makes a command, or changes the one of that name and type; at most 200 new ones a day.
  /// https://docs.discord.com/developers/interactions/application-commands#create-global-application-command
  task<application_command> create_global_application_command(application_id application,
                                                              const application_command_body& body,
                                                              const call_options& options = {});
  task<application_command> create_global_application_command(application_id application, const command_builder& body,
                                                              const call_options& options = {});
  /// One command. https://docs.discord.com/developers/interactions/application-commands#get-global-application-command
  task<application_command> get_global_application_command(application_id application, command_id which,
                                                           const call_options& options = {});
  /// Changes a command.
  /// https://docs.discord.com/developers/interactions/application-commands#edit-global-application-command
  task<application_command> edit_global_application_command(application_id application, command_id which,
                                                            const edit_application_command_body& body,
                                                            const call_options& options = {});
  /// Deletes a command.
  /// https://docs.discord.com/developers/interactions/application-commands#delete-global-application-command
  task<> delete_global_application_command(application_id application, command_id which,
                                           const call_options& options = {});
  /// The application's commands that are there everywhere, instead of those that were.
  /// https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands
  task<std::vector<application_command>> bulk_overwrite_global_application_commands(
      application_id application, list<application_command_body> items, const call_options& options = {});
  task<std::vector<application_command>> bulk_overwrite_global_application_commands(
      application_id application, const std::vector<command_builder>& items, const call_options& options = {});
  /// The commands of one guild.
  /// https://docs.discord.com/developers/interactions/application-commands#get-guild-application-commands
  task<std::vector<application_command>> get_guild_application_commands(application_id application, guild_id guild,
                                                                        const call_options& options = {});
  task<std::vector<application_command>> get_guild_application_commands(application_id application, guild_id guild,
                                                                        const get_application_commands_query& query,
                                                                        const call_options& options = {});
  /// Makes a command of one guild, or changes the one of that name and type; at most 200 new ones a day.
  /// https://docs.discord.com/developers/interactions/application-commands#create-guild-application-command
  task<application_command> create_guild_application_command(application_id application, guild_id guild,
                                                             const application_command_body& body,
                                                             const call_options& options = {});
  task<application_command> create_guild_application_command(application_id application, guild_id guild,
                                                             const command_builder& body,
                                                             const call_options& options = {});
  /// One command of a guild.
  /// https://docs.discord.com/developers/interactions/application-commands#get-guild-application-command
  task<application_command> get_guild_application_command(application_id application, guild_id guild, command_id which,
                                                          const call_options& options = {});
  /// Changes a command of a guild.
  /// https://docs.discord.com/developers/interactions/application-commands#edit-guild-application-command
  task<application_command> edit_guild_application_command(application_id application, guild_id guild, command_id which,
                                                           const edit_application_command_body& body,
                                                           const call_options& options = {});
  /// Deletes a command of a guild.
  /// https://docs.discord.com/developers/interactions/application-commands#delete-guild-application-command
  task<> delete_guild_application_command(application_id application, guild_id guild, command_id which,
                                          const call_options& options = {});
  /// The commands of one guild, where they appear at once, instead of those that were.
  /// https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-guild-application-commands
  task<std::vector<application_command>> bulk_overwrite_guild_application_commands(application_id application,
                                                                                   guild_id guild,
                                                                                   list<application_command_body> items,
                                                                                   const call_options& options = {});
  task<std::vector<application_command>> bulk_overwrite_guild_application_commands(
      application_id application, guild_id guild, const std::vector<command_builder>& items,
      const call_options& options = {});
  /// Who may use the commands of a guild.
  /// https://docs.discord.com/developers/interactions/application-commands#get-guild-application-command-permissions
  task<std::vector<application_command_permissions>> get_guild_application_command_permissions(
      application_id application, guild_id guild, const call_options& options = {});
  /// Who may use one command of a guild; with the application's id all of them.
  /// https://docs.discord.com/developers/interactions/application-commands#get-application-command-permissions
  task<application_command_permissions> get_application_command_permissions(application_id application, guild_id guild,
                                                                            any_id which,
                                                                            const call_options& options = {});
  /// Says who may use a command of a guild, instead of what was said before; with the application's id all of them.
  /// Needs the bearer token of a user who may manage the guild and its roles, scope
  /// applications.commands.permissions.update. Fires APPLICATION_COMMAND_PERMISSIONS_UPDATE.
  /// https://docs.discord.com/developers/interactions/application-commands#edit-application-command-permissions
  task<application_command_permissions> edit_application_command_permissions(
      std::string_view bearer_token, application_id application, guild_id guild, any_id which,
      const edit_application_command_permissions_body& body, const call_options& options = {});
  /// Deprecated: Discord switched it off with its permissions v2 and refuses it, which is thrown as `rest_error`. Needs
  /// what `edit_application_command_permissions` needs, which does its work for one command.
  /// https://docs.discord.com/developers/interactions/application-commands#batch-edit-application-command-permissions
  task<std::vector<application_command_permissions>> batch_edit_application_command_permissions(
      std::string_view bearer_token, application_id application, guild_id guild,
      list<batch_application_command_permissions_body> items, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  application_command_routes() = default;
};

}  // namespace rest

}  // namespace monochord
