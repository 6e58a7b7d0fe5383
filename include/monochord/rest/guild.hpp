// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct begin_guild_prune_body;
struct channel;
struct channel_position_body;
struct create_guild_channel_body;
struct get_guild_prune_count_query;
struct get_guild_query;
struct guild;
struct guild_preview;
struct incidents_data;
struct invite;
struct message_search_result;
struct modify_guild_body;
struct modify_guild_incident_actions_body;
struct prune_result;
struct search_guild_messages_query;
struct thread_list;
struct vanity_url;
struct voice_region;
class rest_client;

namespace rest {

/// Guilds and their channels. Types: `model/guild.hpp`, `model/channel.hpp`, `model/guild_bodies.hpp`.
class guild_routes {
 public:
  /// A guild that the bot is in.
  /// https://docs.discord.com/developers/resources/guild#get-guild
  task<guild> get_guild(guild_id which, const call_options& options = {});
  task<guild> get_guild(guild_id which, const get_guild_query& query, const call_options& options = {});
  /// What anybody may see of a guild: one that the bot is in, or that is discoverable. Types:
  /// `model/guild_preview.hpp`.
  /// https://docs.discord.com/developers/resources/guild#get-guild-preview
  task<guild_preview> get_guild_preview(guild_id guild, const call_options& options = {});
  /// Changes a guild; needs MANAGE_GUILD (and ADMINISTRATOR for the feature COMMUNITY). Fires GUILD_UPDATE.
  /// https://docs.discord.com/developers/resources/guild#modify-guild
  task<guild> modify_guild(guild_id which, const modify_guild_body& body, const call_options& options = {});
  /// The channels of a guild, without threads.
  /// https://docs.discord.com/developers/resources/guild#get-guild-channels
  task<std::vector<channel>> get_guild_channels(guild_id guild, const call_options& options = {});
  /// Makes a channel; needs MANAGE_CHANNELS. Overwrites can only say what the bot itself may. Fires CHANNEL_CREATE.
  /// https://docs.discord.com/developers/resources/guild#create-guild-channel
  task<channel> create_guild_channel(guild_id guild, const create_guild_channel_body& body,
                                     const call_options& options = {});
  /// Moves channels; only those that change need to stand in the list. Needs MANAGE_CHANNELS. Fires a CHANNEL_UPDATE
  /// each.
  /// https://docs.discord.com/developers/resources/guild#modify-guild-channel-positions
  task<> modify_guild_channel_positions(guild_id guild, list<channel_position_body> body,
                                        const call_options& options = {});
  /// All active threads of a guild, newest first, and the bot's memberships. Types: `model/thread_list.hpp`.
  /// https://docs.discord.com/developers/resources/guild#list-active-guild-threads
  task<thread_list> list_active_guild_threads(guild_id guild, const call_options& options = {});
  /// How many members a prune would remove; needs MANAGE_GUILD and KICK_MEMBERS. Types: `model/ban.hpp`.
  /// https://docs.discord.com/developers/resources/guild#get-guild-prune-count
  task<prune_result> get_guild_prune_count(guild_id guild, const call_options& options = {});
  task<prune_result> get_guild_prune_count(guild_id guild, const get_guild_prune_count_query& query,
                                           const call_options& options = {});
  /// Removes inactive members; needs MANAGE_GUILD and KICK_MEMBERS. Fires a GUILD_MEMBER_REMOVE each.
  /// https://docs.discord.com/developers/resources/guild#begin-guild-prune
  task<prune_result> begin_guild_prune(guild_id guild, const begin_guild_prune_body& body,
                                       const call_options& options = {});
  /// The voice regions of a guild. Types: `model/voice_region.hpp`.
  /// https://docs.discord.com/developers/resources/guild#get-guild-voice-regions
  task<std::vector<voice_region>> get_guild_voice_regions(guild_id guild, const call_options& options = {});
  /// The invites of a guild, with metadata; needs MANAGE_GUILD, or VIEW_AUDIT_LOG and then without metadata. Types:
  /// `model/invite.hpp`.
  /// https://docs.discord.com/developers/resources/guild#get-guild-invites
  task<std::vector<invite>> get_guild_invites(guild_id guild, const call_options& options = {});
  /// The guild's own invite code; needs MANAGE_GUILD. Types: `model/invite.hpp`.
  /// https://docs.discord.com/developers/resources/guild#get-guild-vanity-url
  task<vanity_url> get_guild_vanity_url(guild_id guild, const call_options& options = {});
  /// Measures against raids; needs MANAGE_GUILD.
  /// https://docs.discord.com/developers/resources/guild#modify-guild-incident-actions
  task<incidents_data> modify_guild_incident_actions(guild_id guild, const modify_guild_incident_actions_body& body,
                                                     const call_options& options = {});
  /// Searches messages; needs READ_MESSAGE_HISTORY. While Discord is still making its index, the call waits for as
  /// long as that says, within its timeout. Types: `model/message_search.hpp`.
  /// https://docs.discord.com/developers/resources/message#search-guild-messages
  task<message_search_result> search_guild_messages(guild_id guild, const search_guild_messages_query& query,
                                                    const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  guild_routes() = default;
};

}  // namespace rest

}  // namespace monochord
