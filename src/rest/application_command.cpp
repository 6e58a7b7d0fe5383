// SPDX-License-Identifier: MIT
#include <monochord/rest/application_command.hpp>

#include <monochord/model/application_command.hpp>
#include <monochord/model/application_command_bodies.hpp>
#include <monochord/model/application_command_permissions.hpp>
#include <monochord/model/command_builder.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<std::vector<application_command>> application_command_routes::get_global_application_commands(
    application_id application, const call_options& options) {
  return decoded<std::vector<application_command>>(
      queue_of(*this), make({method::get, "/applications/{application_id}/commands"}, options, application));
}
task<std::vector<application_command>> application_command_routes::get_global_application_commands(
    application_id application, const get_application_commands_query& query, const call_options& options) {
  return decoded<std::vector<application_command>>(
      queue_of(*this),
      asking(queue_of(*this), make({method::get, "/applications/{application_id}/commands"}, options, application),
             query));
}

task<application_command> application_command_routes::create_global_application_command(
    application_id application, const application_command_body& body, const call_options& options) {
  return decoded<application_command>(
      queue_of(*this),
      with(queue_of(*this), make({method::post, "/applications/{application_id}/commands"}, options, application),
           body));
}

task<application_command> application_command_routes::create_global_application_command(application_id application,
                                                                                        const command_builder& body,
                                                                                        const call_options& options) {
  return decoded<application_command>(
      queue_of(*this),
      with(queue_of(*this), make({method::post, "/applications/{application_id}/commands"}, options, application),
           body));
}

task<application_command> application_command_routes::get_global_application_command(application_id application,
                                                                                     command_id which,
                                                                                     const call_options& options) {
  return decoded<application_command>(
      queue_of(*this),
      make({method::get, "/applications/{application_id}/commands/{command_id}"}, options, application, which));
}

task<application_command> application_command_routes::edit_global_application_command(
    application_id application, command_id which, const edit_application_command_body& body,
    const call_options& options) {
  return decoded<application_command>(
      queue_of(*this),
      with(queue_of(*this),
           make({method::patch, "/applications/{application_id}/commands/{command_id}"}, options, application, which),
           body));
}

task<> application_command_routes::delete_global_application_command(application_id application, command_id which,
                                                                     const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/applications/{application_id}/commands/{command_id}"}, options, application, which));
}

task<std::vector<application_command>> application_command_routes::bulk_overwrite_global_application_commands(
    application_id application, list<application_command_body> items, const call_options& options) {
  return decoded<std::vector<application_command>>(
      queue_of(*this),
      with(queue_of(*this), make({method::put, "/applications/{application_id}/commands"}, options, application),
           items));
}

task<std::vector<application_command>> application_command_routes::bulk_overwrite_global_application_commands(
    application_id application, const std::vector<command_builder>& items, const call_options& options) {
  return decoded<std::vector<application_command>>(
      queue_of(*this),
      with(queue_of(*this), make({method::put, "/applications/{application_id}/commands"}, options, application),
           items));
}

task<std::vector<application_command>> application_command_routes::get_guild_application_commands(
    application_id application, guild_id guild, const call_options& options) {
  return decoded<std::vector<application_command>>(
      queue_of(*this),
      make({method::get, "/applications/{application_id}/guilds/{guild_id}/commands"}, options, application, guild));
}
task<std::vector<application_command>> application_command_routes::get_guild_application_commands(
    application_id application, guild_id guild, const get_application_commands_query& query,
    const call_options& options) {
  return decoded<std::vector<application_command>>(
      queue_of(*this), asking(queue_of(*this),
                              make({method::get, "/applications/{application_id}/guilds/{guild_id}/commands"}, options,
                                   application, guild),
                              query));
}

task<application_command> application_command_routes::create_guild_application_command(
    application_id application, guild_id guild, const application_command_body& body, const call_options& options) {
  return decoded<application_command>(
      queue_of(*this), with(queue_of(*this),
                            make({method::post, "/applications/{application_id}/guilds/{guild_id}/commands"}, options,
                                 application, guild),
                            body));
}

task<application_command> application_command_routes::create_guild_application_command(application_id application,
                                                                                       guild_id guild,
                                                                                       const command_builder& body,
                                                                                       const call_options& options) {
  return decoded<application_command>(
      queue_of(*this), with(queue_of(*this),
                            make({method::post, "/applications/{application_id}/guilds/{guild_id}/commands"}, options,
                                 application, guild),
                            body));
}

task<application_command> application_command_routes::get_guild_application_command(application_id application,
                                                                                    guild_id guild, command_id which,
                                                                                    const call_options& options) {
  return decoded<application_command>(
      queue_of(*this), make({method::get, "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}"},
                            options, application, guild, which));
}

task<application_command> application_command_routes::edit_guild_application_command(
    application_id application, guild_id guild, command_id which, const edit_application_command_body& body,
    const call_options& options) {
  return decoded<application_command>(
      queue_of(*this),
      with(queue_of(*this),
           make({method::patch, "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}"}, options,
                application, guild, which),
           body));
}

task<> application_command_routes::delete_guild_application_command(application_id application, guild_id guild,
                                                                    command_id which, const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}"}, options,
                   application, guild, which));
}

task<std::vector<application_command>> application_command_routes::bulk_overwrite_guild_application_commands(
    application_id application, guild_id guild, list<application_command_body> items, const call_options& options) {
  return decoded<std::vector<application_command>>(
      queue_of(*this), with(queue_of(*this),
                            make({method::put, "/applications/{application_id}/guilds/{guild_id}/commands"}, options,
                                 application, guild),
                            items));
}

task<std::vector<application_command>> application_command_routes::bulk_overwrite_guild_application_commands(
    application_id application, guild_id guild, const std::vector<command_builder>& items,
    const call_options& options) {
  return decoded<std::vector<application_command>>(
      queue_of(*this), with(queue_of(*this),
                            make({method::put, "/applications/{application_id}/guilds/{guild_id}/commands"}, options,
                                 application, guild),
                            items));
}

task<std::vector<application_command_permissions>>
application_command_routes::get_guild_application_command_permissions(application_id application, guild_id guild,
                                                                      const call_options& options) {
  return decoded<std::vector<application_command_permissions>>(
      queue_of(*this), make({method::get, "/applications/{application_id}/guilds/{guild_id}/commands/permissions"},
                            options, application, guild));
}

task<application_command_permissions> application_command_routes::get_application_command_permissions(
    application_id application, guild_id guild, any_id which, const call_options& options) {
  return decoded<application_command_permissions>(
      queue_of(*this),
      make({method::get, "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}/permissions"}, options,
           application, guild, which));
}

task<application_command_permissions> application_command_routes::edit_application_command_permissions(
    std::string_view bearer_token, application_id application, guild_id guild, any_id which,
    const edit_application_command_permissions_body& body, const call_options& options) {
  return decoded<application_command_permissions>(
      queue_of(*this),
      with(queue_of(*this),
           make({method::put, "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}/permissions"},
                as(bearer_token, options), application, guild, which),
           body));
}

task<std::vector<application_command_permissions>>
application_command_routes::batch_edit_application_command_permissions(
    std::string_view bearer_token, application_id application, guild_id guild,
    list<batch_application_command_permissions_body> items, const call_options& options) {
  return decoded<std::vector<application_command_permissions>>(
      queue_of(*this),
      with(queue_of(*this),
           make({method::put, "/applications/{application_id}/guilds/{guild_id}/commands/permissions"},
                as(bearer_token, options), application, guild),
           items));
}

}  // namespace monochord::rest
