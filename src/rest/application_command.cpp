// SPDX-License-Identifier: MIT
#include <monochord/rest/application_command.hpp>

#include <monochord/model/application_command.hpp>
#include <monochord/model/command_builder.hpp>
#include "rest/endpoint.hpp"

namespace monochord::rest {

namespace {

constexpr route overwrite_global{method::put, "/applications/{application_id}/commands"};
constexpr route overwrite_guild{method::put, "/applications/{application_id}/guilds/{guild_id}/commands"};
using commands = std::vector<application_command>;

}  // namespace

task<commands> application_command_routes::bulk_overwrite_global_application_commands(
    application_id application, list<application_command_body> commands_, const call_options& options) {
  return decoded<commands>(queue_of(*this), with(queue_of(*this), make(overwrite_global, options, application), commands_));
}
task<commands> application_command_routes::bulk_overwrite_global_application_commands(
    application_id application, const std::vector<command_builder>& commands_, const call_options& options) {
  return decoded<commands>(queue_of(*this), with(queue_of(*this), make(overwrite_global, options, application), commands_));
}

task<commands> application_command_routes::bulk_overwrite_guild_application_commands(
    application_id application, guild_id guild, list<application_command_body> commands_, const call_options& options) {
  return decoded<commands>(queue_of(*this), with(queue_of(*this), make(overwrite_guild, options, application, guild), commands_));
}
task<commands> application_command_routes::bulk_overwrite_guild_application_commands(
    application_id application, guild_id guild, const std::vector<command_builder>& commands_, const call_options& options) {
  return decoded<commands>(queue_of(*this), with(queue_of(*this), make(overwrite_guild, options, application, guild), commands_));
}

}  // namespace monochord::rest
