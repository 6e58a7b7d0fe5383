// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/view_map.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct add_member_to_lobby_body;
struct bulk_lobby_member_body;
struct create_lobby_body;
struct create_or_join_lobby_body;
struct get_lobby_messages_query;
struct lobby;
struct lobby_invite;
struct lobby_member;
struct lobby_message;
struct modify_lobby_body;
struct send_lobby_message_body;
class rest_client;

namespace rest {

/// Lobbies: groups of players of a game. Those that say so take a user's bearer token (`call_options::bearer_token`,
/// scope sdk.social_layer) and are about that user. Types: `model/lobby.hpp`, `model/lobby_bodies.hpp`.
class lobby_routes {
 public:
  /// Makes a lobby. https://docs.discord.com/developers/resources/lobby#create-lobby
  task<lobby> create_lobby(const create_lobby_body& body, const call_options& options = {});
  /// Puts the user whose bearer token it is into the lobby of a secret, which is made when there is none.
  /// https://docs.discord.com/developers/resources/lobby#create-or-join-lobby
  task<lobby> create_or_join_lobby(std::string_view bearer_token, const create_or_join_lobby_body& body,
                                   const call_options& options = {});
  /// One lobby. https://docs.discord.com/developers/resources/lobby#get-lobby
  task<lobby> get_lobby(lobby_id which, const call_options& options = {});
  /// Changes a lobby. https://docs.discord.com/developers/resources/lobby#modify-lobby
  task<lobby> modify_lobby(lobby_id which, const modify_lobby_body& body, const call_options& options = {});
  /// Deletes a lobby; one that is gone is no error. https://docs.discord.com/developers/resources/lobby#delete-lobby
  task<> delete_lobby(lobby_id which, const call_options& options = {});
  /// Puts somebody into a lobby, or changes what is known of them.
  /// https://docs.discord.com/developers/resources/lobby#add-a-member-to-a-lobby
  task<lobby_member> add_a_member_to_a_lobby(lobby_id which, user_id user, const add_member_to_lobby_body& body,
                                             const call_options& options = {});
  /// Puts up to 25 users into a lobby, changes or removes them.
  /// https://docs.discord.com/developers/resources/lobby#bulk-update-lobby-members
  task<std::vector<lobby_member>> bulk_update_lobby_members(lobby_id which, list<bulk_lobby_member_body> items,
                                                            const call_options& options = {});
  /// Takes somebody out of a lobby. https://docs.discord.com/developers/resources/lobby#remove-a-member-from-a-lobby
  task<> remove_a_member_from_a_lobby(lobby_id which, user_id user, const call_options& options = {});
  /// Takes the user whose bearer token it is out of a lobby.
  /// https://docs.discord.com/developers/resources/lobby#leave-lobby
  task<> leave_lobby(std::string_view bearer_token, lobby_id which, const call_options& options = {});
  /// Links a text channel with a lobby; the user whose bearer token it is must be in it with the flag can_link_lobby.
  /// https://docs.discord.com/developers/resources/lobby#link-channel-to-lobby
  task<lobby> link_channel_to_lobby(lobby_id which, channel_id channel, const call_options& options = {});
  /// Ends that. https://docs.discord.com/developers/resources/lobby#unlink-channel-from-lobby
  task<lobby> unlink_channel_from_lobby(lobby_id which, const call_options& options = {});
  /// An invite to the linked channel for the user whose bearer token it is.
  /// https://docs.discord.com/developers/resources/lobby#create-lobby-channel-invite-for-self
  task<lobby_invite> create_lobby_channel_invite_for_self(std::string_view bearer_token, lobby_id which,
                                                          const call_options& options = {});
  /// An invite to the linked channel for a member of the lobby.
  /// https://docs.discord.com/developers/resources/lobby#create-lobby-channel-invite-for-user
  task<lobby_invite> create_lobby_channel_invite_for_user(lobby_id which, user_id user,
                                                          const call_options& options = {});
  /// The last messages of a lobby, of 72 hours and 50 unless the query says otherwise, newest first.
  /// https://docs.discord.com/developers/resources/lobby#get-lobby-messages
  task<std::vector<lobby_message>> get_lobby_messages(lobby_id which, const call_options& options = {});
  task<std::vector<lobby_message>> get_lobby_messages(lobby_id which, const get_lobby_messages_query& query,
                                                      const call_options& options = {});
  /// Writes into a lobby, as the user whose bearer token the options hold. Fires LOBBY_MESSAGE_CREATE.
  /// https://docs.discord.com/developers/resources/lobby#send-lobby-message
  task<lobby_message> send_lobby_message(lobby_id which, const send_lobby_message_body& body,
                                         const call_options& options = {});
  /// What a moderation of one's own found in a message: at most 5 texts.
  /// https://docs.discord.com/developers/resources/lobby#update-lobby-message-moderation-metadata
  task<> update_lobby_message_moderation_metadata(lobby_id which, message_id message, text_map metadata,
                                                  const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  lobby_routes() = default;
};

}  // namespace rest

}  // namespace monochord
