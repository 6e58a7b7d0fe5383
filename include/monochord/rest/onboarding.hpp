// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct guild_onboarding;
struct modify_guild_onboarding_body;
struct modify_guild_welcome_screen_body;
struct new_member_welcome;
struct welcome_screen;
class rest_client;

namespace rest {

/// What newcomers of a guild meet. Types: `model/onboarding.hpp`, `model/onboarding_bodies.hpp`.
class onboarding_routes {
 public:
  /// What newcomers are asked.
  /// https://docs.discord.com/developers/resources/guild#get-guild-onboarding
  task<guild_onboarding> get_guild_onboarding(guild_id guild, const call_options& options = {});
  /// Changes that; needs MANAGE_GUILD and MANAGE_ROLES.
  /// https://docs.discord.com/developers/resources/guild#modify-guild-onboarding
  task<guild_onboarding> modify_guild_onboarding(guild_id guild, const modify_guild_onboarding_body& body,
                                                 const call_options& options = {});
  /// What newcomers see; needs MANAGE_GUILD while it is not enabled. Types: `model/guild.hpp`.
  /// https://docs.discord.com/developers/resources/guild#get-guild-welcome-screen
  task<welcome_screen> get_guild_welcome_screen(guild_id guild, const call_options& options = {});
  /// Changes that; needs MANAGE_GUILD. Fires GUILD_UPDATE.
  /// https://docs.discord.com/developers/resources/guild#modify-guild-welcome-screen
  task<welcome_screen> modify_guild_welcome_screen(guild_id guild, const modify_guild_welcome_screen_body& body,
                                                   const call_options& options = {});
  /// The guide for new members; nothing when there is none. In Discord's specification, not in its documentation.
  /// Types: `model/new_member_welcome.hpp`.
  task<optional<new_member_welcome>> get_guild_new_member_welcome(guild_id guild, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  onboarding_routes() = default;
};

}  // namespace rest

}  // namespace monochord
