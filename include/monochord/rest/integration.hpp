// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct integration;
class rest_client;

namespace rest {

/// Integrations of a guild. Types: `model/integration.hpp`.
class integration_routes {
 public:
  /// The integrations of a guild, 50 at most; needs MANAGE_GUILD.
  /// https://docs.discord.com/developers/resources/guild#get-guild-integrations
  task<std::vector<integration>> get_guild_integrations(guild_id guild, const call_options& options = {});
  /// Deletes an integration with its webhooks, and kicks its bot; needs MANAGE_GUILD. Fires GUILD_INTEGRATIONS_UPDATE
  /// and INTEGRATION_DELETE.
  /// https://docs.discord.com/developers/resources/guild#delete-guild-integration
  task<> delete_guild_integration(guild_id guild, integration_id integration, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  integration_routes() = default;
};

}  // namespace rest

}  // namespace monochord
