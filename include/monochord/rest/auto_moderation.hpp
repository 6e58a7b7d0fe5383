// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct auto_moderation_rule;
struct create_auto_moderation_rule_body;
struct modify_auto_moderation_rule_body;
class rest_client;

namespace rest {

/// Rules that moderate by themselves. Types: `model/auto_moderation.hpp`, `model/auto_moderation_bodies.hpp`.
class auto_moderation_routes {
 public:
  /// The rules of a guild; needs MANAGE_GUILD.
  /// https://docs.discord.com/developers/resources/auto-moderation#list-auto-moderation-rules-for-guild
  task<std::vector<auto_moderation_rule>> list_auto_moderation_rules_for_guild(guild_id guild,
                                                                               const call_options& options = {});
  /// One rule; needs MANAGE_GUILD.
  /// https://docs.discord.com/developers/resources/auto-moderation#get-auto-moderation-rule
  task<auto_moderation_rule> get_auto_moderation_rule(guild_id guild, auto_moderation_rule_id rule,
                                                      const call_options& options = {});
  /// Makes a rule; needs MANAGE_GUILD. Fires AUTO_MODERATION_RULE_CREATE.
  /// https://docs.discord.com/developers/resources/auto-moderation#create-auto-moderation-rule
  task<auto_moderation_rule> create_auto_moderation_rule(guild_id guild, const create_auto_moderation_rule_body& body,
                                                         const call_options& options = {});
  /// Changes a rule; needs MANAGE_GUILD. Fires AUTO_MODERATION_RULE_UPDATE.
  /// https://docs.discord.com/developers/resources/auto-moderation#modify-auto-moderation-rule
  task<auto_moderation_rule> modify_auto_moderation_rule(guild_id guild, auto_moderation_rule_id rule,
                                                         const modify_auto_moderation_rule_body& body,
                                                         const call_options& options = {});
  /// Deletes a rule; needs MANAGE_GUILD. Fires AUTO_MODERATION_RULE_DELETE.
  /// https://docs.discord.com/developers/resources/auto-moderation#delete-auto-moderation-rule
  task<> delete_auto_moderation_rule(guild_id guild, auto_moderation_rule_id rule, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  auto_moderation_routes() = default;
};

}  // namespace rest

}  // namespace monochord
