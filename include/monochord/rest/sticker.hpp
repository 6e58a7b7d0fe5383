// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct create_guild_sticker_body;
struct modify_guild_sticker_body;
struct sticker;
struct sticker_pack;
struct sticker_pack_list;
class rest_client;

namespace rest {

/// Stickers. Types: `model/sticker.hpp`, `model/sticker_pack.hpp`, `model/sticker_bodies.hpp`.
class sticker_routes {
 public:
  /// Any sticker. https://docs.discord.com/developers/resources/sticker#get-sticker
  task<sticker> get_sticker(sticker_id which, const call_options& options = {});
  /// The packs that everybody may use. https://docs.discord.com/developers/resources/sticker#list-sticker-packs
  task<sticker_pack_list> list_sticker_packs(const call_options& options = {});
  /// One pack. https://docs.discord.com/developers/resources/sticker#get-sticker-pack
  task<sticker_pack> get_sticker_pack(sticker_pack_id which, const call_options& options = {});
  /// The stickers of a guild; with CREATE_GUILD_EXPRESSIONS or MANAGE_GUILD_EXPRESSIONS also who made them.
  /// https://docs.discord.com/developers/resources/sticker#list-guild-stickers
  task<std::vector<sticker>> list_guild_stickers(guild_id guild, const call_options& options = {});
  /// One sticker of a guild; with CREATE_GUILD_EXPRESSIONS or MANAGE_GUILD_EXPRESSIONS also who made it.
  /// https://docs.discord.com/developers/resources/sticker#get-guild-sticker
  task<sticker> get_guild_sticker(guild_id guild, sticker_id which, const call_options& options = {});
  /// Makes a sticker of a file; needs CREATE_GUILD_EXPRESSIONS. Fires GUILD_STICKERS_UPDATE. Not sent again when its
  /// answer is lost. https://docs.discord.com/developers/resources/sticker#create-guild-sticker
  task<sticker> create_guild_sticker(guild_id guild, const create_guild_sticker_body& body,
                                     const call_options& options = {});
  /// Changes a sticker; one of the bot's own needs CREATE_GUILD_EXPRESSIONS or MANAGE_GUILD_EXPRESSIONS, one of others the
  /// latter. Fires GUILD_STICKERS_UPDATE.
  /// https://docs.discord.com/developers/resources/sticker#modify-guild-sticker
  task<sticker> modify_guild_sticker(guild_id guild, sticker_id which, const modify_guild_sticker_body& body,
                                     const call_options& options = {});
  /// Deletes a sticker; one of the bot's own needs CREATE_GUILD_EXPRESSIONS or MANAGE_GUILD_EXPRESSIONS, one of others the
  /// latter. Fires GUILD_STICKERS_UPDATE.
  /// https://docs.discord.com/developers/resources/sticker#delete-guild-sticker
  task<> delete_guild_sticker(guild_id guild, sticker_id which, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  sticker_routes() = default;
};

}  // namespace rest

}  // namespace monochord
