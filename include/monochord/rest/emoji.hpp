// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct create_application_emoji_body;
struct create_guild_emoji_body;
struct emoji;
struct emoji_list;
struct modify_application_emoji_body;
struct modify_guild_emoji_body;
class rest_client;

namespace rest {

/// Emojis of guilds and of the application. Pictures are data URIs. Types: `model/emoji.hpp`, `model/emoji_list.hpp`,
/// `model/emoji_bodies.hpp`.
class emoji_routes {
 public:
  /// The emojis of a guild; with CREATE_GUILD_EXPRESSIONS or MANAGE_GUILD_EXPRESSIONS also who made them.
  /// https://docs.discord.com/developers/resources/emoji#list-guild-emojis
  task<std::vector<emoji>> list_guild_emojis(guild_id guild, const call_options& options = {});
  /// One emoji of a guild; with CREATE_GUILD_EXPRESSIONS or MANAGE_GUILD_EXPRESSIONS also who made it.
  /// https://docs.discord.com/developers/resources/emoji#get-guild-emoji
  task<emoji> get_guild_emoji(guild_id guild, emoji_id which, const call_options& options = {});
  /// Makes an emoji; needs CREATE_GUILD_EXPRESSIONS. Fires GUILD_EMOJIS_UPDATE. Limited per guild, in ways that the
  /// headers do not tell. https://docs.discord.com/developers/resources/emoji#create-guild-emoji
  task<emoji> create_guild_emoji(guild_id guild, const create_guild_emoji_body& body, const call_options& options = {});
  /// Changes an emoji; one of the bot's own needs CREATE_GUILD_EXPRESSIONS or MANAGE_GUILD_EXPRESSIONS, one of others the
  /// latter. Fires GUILD_EMOJIS_UPDATE.
  /// https://docs.discord.com/developers/resources/emoji#modify-guild-emoji
  task<emoji> modify_guild_emoji(guild_id guild, emoji_id which, const modify_guild_emoji_body& body,
                                 const call_options& options = {});
  /// Deletes an emoji; one of the bot's own needs CREATE_GUILD_EXPRESSIONS or MANAGE_GUILD_EXPRESSIONS, one of others the
  /// latter. Fires GUILD_EMOJIS_UPDATE.
  /// https://docs.discord.com/developers/resources/emoji#delete-guild-emoji
  task<> delete_guild_emoji(guild_id guild, emoji_id which, const call_options& options = {});
  /// The emojis of the application, which it may use everywhere; up to 2000.
  /// https://docs.discord.com/developers/resources/emoji#list-application-emojis
  task<emoji_list> list_application_emojis(application_id application, const call_options& options = {});
  /// One emoji of the application. https://docs.discord.com/developers/resources/emoji#get-application-emoji
  task<emoji> get_application_emoji(application_id application, emoji_id which, const call_options& options = {});
  /// Makes an emoji of the application. https://docs.discord.com/developers/resources/emoji#create-application-emoji
  task<emoji> create_application_emoji(application_id application, const create_application_emoji_body& body,
                                       const call_options& options = {});
  /// Renames an emoji of the application. https://docs.discord.com/developers/resources/emoji#modify-application-emoji
  task<emoji> modify_application_emoji(application_id application, emoji_id which,
                                       const modify_application_emoji_body& body, const call_options& options = {});
  /// Deletes an emoji of the application. https://docs.discord.com/developers/resources/emoji#delete-application-emoji
  task<> delete_application_emoji(application_id application, emoji_id which, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  emoji_routes() = default;
};

}  // namespace rest

}  // namespace monochord
