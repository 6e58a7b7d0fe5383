// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct create_guild_template_body;
struct guild_template;
struct modify_guild_template_body;
class rest_client;

namespace rest {

/// Templates of guilds. Types: `model/guild_template.hpp`, `model/guild_template_bodies.hpp`.
class guild_template_routes {
 public:
  /// Any template by its code.
  /// https://docs.discord.com/developers/resources/guild-template#get-guild-template
  task<guild_template> get_guild_template(std::string_view code, const call_options& options = {});
  /// The templates of a guild; needs MANAGE_GUILD.
  /// https://docs.discord.com/developers/resources/guild-template#get-guild-templates
  task<std::vector<guild_template>> get_guild_templates(guild_id guild, const call_options& options = {});
  /// Makes a template of the guild as it is; needs MANAGE_GUILD.
  /// https://docs.discord.com/developers/resources/guild-template#create-guild-template
  task<guild_template> create_guild_template(guild_id guild, const create_guild_template_body& body,
                                             const call_options& options = {});
  /// Brings a template up to the guild as it is; needs MANAGE_GUILD.
  /// https://docs.discord.com/developers/resources/guild-template#sync-guild-template
  task<guild_template> sync_guild_template(guild_id guild, std::string_view code, const call_options& options = {});
  /// Changes a template's name and description; needs MANAGE_GUILD.
  /// https://docs.discord.com/developers/resources/guild-template#modify-guild-template
  task<guild_template> modify_guild_template(guild_id guild, std::string_view code,
                                             const modify_guild_template_body& body, const call_options& options = {});
  /// Deletes a template, and gives it; needs MANAGE_GUILD.
  /// https://docs.discord.com/developers/resources/guild-template#delete-guild-template
  task<guild_template> delete_guild_template(guild_id guild, std::string_view code, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  guild_template_routes() = default;
};

}  // namespace rest

}  // namespace monochord
