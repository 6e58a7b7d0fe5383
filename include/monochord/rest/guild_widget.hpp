// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct get_guild_widget_image_query;
struct guild_widget;
struct guild_widget_settings;
struct modify_guild_widget_body;
class rest_client;

namespace rest {

/// The widget of a guild. Types: `model/guild_widget.hpp`, `model/guild_widget_bodies.hpp`.
class guild_widget_routes {
 public:
  /// Whether the guild has a widget; needs MANAGE_GUILD.
  /// https://docs.discord.com/developers/resources/guild#get-guild-widget-settings
  task<guild_widget_settings> get_guild_widget_settings(guild_id guild, const call_options& options = {});
  /// Changes that; needs MANAGE_GUILD. Fires GUILD_UPDATE.
  /// https://docs.discord.com/developers/resources/guild#modify-guild-widget
  task<guild_widget_settings> modify_guild_widget(guild_id guild, const modify_guild_widget_body& body,
                                                  const call_options& options = {});
  /// What the widget shows, to anybody. May make an invite, which fires INVITE_CREATE.
  /// https://docs.discord.com/developers/resources/guild#get-guild-widget
  task<guild_widget> get_guild_widget(guild_id guild, const call_options& options = {});
  /// The widget as a PNG, to anybody.
  /// https://docs.discord.com/developers/resources/guild#get-guild-widget-image
  task<std::string> get_guild_widget_image(guild_id guild, const call_options& options = {});
  task<std::string> get_guild_widget_image(guild_id guild, const get_guild_widget_image_query& query,
                                           const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  guild_widget_routes() = default;
};

}  // namespace rest

}  // namespace monochord
