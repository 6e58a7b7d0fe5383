// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct channel;
struct create_channel_invite_body;
struct edit_channel_permissions_body;
struct followed_channel;
struct group_dm_add_recipient_body;
struct invite;
struct modify_channel_body;
struct set_voice_channel_status_body;
class rest_client;

namespace rest {

/// Channels; threads have `thread_routes`. Types: `model/channel.hpp`, `model/invite.hpp`, `model/webhook.hpp`,
/// `model/channel_bodies.hpp`.
class channel_routes {
 public:
  /// A channel or thread. https://docs.discord.com/developers/resources/channel#get-channel
  task<channel> get_channel(channel_id which, const call_options& options = {});
  /// Changes a channel; needs MANAGE_CHANNELS, for overwrites MANAGE_ROLES. A thread needs MANAGE_THREADS, to be opened
  /// again SEND_MESSAGES if it is not locked. Fires CHANNEL_UPDATE or THREAD_UPDATE. Names and topics change twice in
  /// ten minutes at most. https://docs.discord.com/developers/resources/channel#modify-channel
  task<channel> modify_channel(channel_id which, const modify_channel_body& body, const call_options& options = {});
  /// Deletes a channel (MANAGE_CHANNELS) or thread (MANAGE_THREADS) for good, closes a direct channel. Fires
  /// CHANNEL_DELETE or THREAD_DELETE. Those that a community needs cannot be deleted.
  /// https://docs.discord.com/developers/resources/channel#deleteclose-channel
  task<channel> delete_channel(channel_id which, const call_options& options = {});
  /// Sets the permissions of a role or user in a channel; needs MANAGE_ROLES, and only permissions that the bot has
  /// there. Fires CHANNEL_UPDATE. https://docs.discord.com/developers/resources/channel#edit-channel-permissions
  task<> edit_channel_permissions(channel_id which, any_id role_or_user, const edit_channel_permissions_body& body,
                                  const call_options& options = {});
  task<> edit_channel_permissions(channel_id which, role_id role, const edit_channel_permissions_body& body,
                                  const call_options& options = {});
  task<> edit_channel_permissions(channel_id which, user_id user, const edit_channel_permissions_body& body,
                                  const call_options& options = {});
  /// Takes the overwrite of a role or user away; needs MANAGE_ROLES. Fires CHANNEL_UPDATE.
  /// https://docs.discord.com/developers/resources/channel#delete-channel-permission
  task<> delete_channel_permission(channel_id which, any_id role_or_user, const call_options& options = {});
  /// The invites of a channel, with their metadata; needs MANAGE_CHANNELS.
  /// https://docs.discord.com/developers/resources/channel#get-channel-invites
  task<std::vector<invite>> get_channel_invites(channel_id which, const call_options& options = {});
  /// Makes an invite; needs CREATE_INSTANT_INVITE, to give roles MANAGE_ROLES. Fires INVITE_CREATE. Nothing is answered
  /// where Discord made none. https://docs.discord.com/developers/resources/channel#create-channel-invite
  task<optional<invite>> create_channel_invite(channel_id which, const create_channel_invite_body& body,
                                               const call_options& options = {});
  /// Shows what an announcement channel publishes in another channel; needs MANAGE_WEBHOOKS there. Fires
  /// WEBHOOKS_UPDATE. https://docs.discord.com/developers/resources/channel#follow-announcement-channel
  task<followed_channel> follow_announcement_channel(channel_id which, channel_id shown_in,
                                                     const call_options& options = {});
  /// Shows "is typing" for ten seconds. Fires TYPING_START.
  /// https://docs.discord.com/developers/resources/channel#trigger-typing-indicator
  task<> trigger_typing_indicator(channel_id channel, const call_options& options = {});
  /// Adds a user who gave access with the scope gdm.join to a group.
  /// https://docs.discord.com/developers/resources/channel#group-dm-add-recipient
  task<optional<channel>> group_dm_add_recipient(channel_id group, user_id user,
                                                 const group_dm_add_recipient_body& body,
                                                 const call_options& options = {});
  /// Takes somebody out of a group. https://docs.discord.com/developers/resources/channel#group-dm-remove-recipient
  task<> group_dm_remove_recipient(channel_id group, user_id user, const call_options& options = {});
  /// Says what goes on in a voice channel, null for nothing; needs SET_VOICE_CHANNEL_STATUS, and MANAGE_CHANNELS while
  /// the bot is not in it. Fires VOICE_CHANNEL_STATUS_UPDATE.
  /// https://docs.discord.com/developers/resources/channel#set-voice-channel-status
  task<> set_voice_channel_status(channel_id which, const set_voice_channel_status_body& body,
                                  const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  channel_routes() = default;
};

}  // namespace rest

}  // namespace monochord
