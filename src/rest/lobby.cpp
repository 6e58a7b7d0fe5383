// SPDX-License-Identifier: MIT
#include <monochord/rest/lobby.hpp>

#include <monochord/model/component.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/lobby.hpp>
#include <monochord/model/lobby_bodies.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/poll.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

namespace {

constexpr route channel_linking{method::patch, "/lobbies/{lobby_id}/channel-linking"};

}  // namespace

task<lobby> lobby_routes::create_lobby(const create_lobby_body& body, const call_options& options) {
  return decoded<lobby>(queue_of(*this), with(queue_of(*this), make({method::post, "/lobbies"}, options), body));
}

task<lobby> lobby_routes::create_or_join_lobby(std::string_view bearer_token, const create_or_join_lobby_body& body,
                                               const call_options& options) {
  return decoded<lobby>(queue_of(*this),
                        with(queue_of(*this), make({method::put, "/lobbies"}, as(bearer_token, options)), body));
}

task<lobby> lobby_routes::get_lobby(lobby_id which, const call_options& options) {
  return decoded<lobby>(queue_of(*this), make({method::get, "/lobbies/{lobby_id}"}, options, which));
}

task<lobby> lobby_routes::modify_lobby(lobby_id which, const modify_lobby_body& body, const call_options& options) {
  return decoded<lobby>(queue_of(*this),
                        with(queue_of(*this), make({method::patch, "/lobbies/{lobby_id}"}, options, which), body));
}

task<> lobby_routes::delete_lobby(lobby_id which, const call_options& options) {
  return done(queue_of(*this), make({method::del, "/lobbies/{lobby_id}"}, options, which));
}

task<lobby_member> lobby_routes::add_a_member_to_a_lobby(lobby_id which, user_id user,
                                                         const add_member_to_lobby_body& body,
                                                         const call_options& options) {
  return decoded<lobby_member>(
      queue_of(*this),
      with(queue_of(*this), make({method::put, "/lobbies/{lobby_id}/members/{user_id}"}, options, which, user), body));
}

task<std::vector<lobby_member>> lobby_routes::bulk_update_lobby_members(lobby_id which,
                                                                        list<bulk_lobby_member_body> items,
                                                                        const call_options& options) {
  return decoded<std::vector<lobby_member>>(
      queue_of(*this),
      with(queue_of(*this), make({method::post, "/lobbies/{lobby_id}/members/bulk"}, options, which), items));
}

task<> lobby_routes::remove_a_member_from_a_lobby(lobby_id which, user_id user, const call_options& options) {
  return done(queue_of(*this), make({method::del, "/lobbies/{lobby_id}/members/{user_id}"}, options, which, user));
}

task<> lobby_routes::leave_lobby(std::string_view bearer_token, lobby_id which, const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/lobbies/{lobby_id}/members/@me"}, as(bearer_token, options), which));
}

task<lobby> lobby_routes::link_channel_to_lobby(lobby_id which, channel_id channel, const call_options& options) {
  return decoded<lobby>(queue_of(*this), with(queue_of(*this), make(channel_linking, options, which),
                                              link_channel_to_lobby_body{.channel_id = channel}));
}

task<lobby> lobby_routes::unlink_channel_from_lobby(lobby_id which, const call_options& options) {
  return decoded<lobby>(queue_of(*this),
                        with(queue_of(*this), make(channel_linking, options, which), link_channel_to_lobby_body{}));
}

task<lobby_invite> lobby_routes::create_lobby_channel_invite_for_self(std::string_view bearer_token, lobby_id which,
                                                                      const call_options& options) {
  return decoded<lobby_invite>(queue_of(*this), make({method::post, "/lobbies/{lobby_id}/members/@me/invites"},
                                                     as(bearer_token, options), which));
}

task<lobby_invite> lobby_routes::create_lobby_channel_invite_for_user(lobby_id which, user_id user,
                                                                      const call_options& options) {
  return decoded<lobby_invite>(
      queue_of(*this), make({method::post, "/lobbies/{lobby_id}/members/{user_id}/invites"}, options, which, user));
}

task<std::vector<lobby_message>> lobby_routes::get_lobby_messages(lobby_id which, const call_options& options) {
  return decoded<std::vector<lobby_message>>(queue_of(*this),
                                             make({method::get, "/lobbies/{lobby_id}/messages"}, options, which));
}
task<std::vector<lobby_message>> lobby_routes::get_lobby_messages(lobby_id which, const get_lobby_messages_query& query,
                                                                  const call_options& options) {
  return decoded<std::vector<lobby_message>>(
      queue_of(*this),
      asking(queue_of(*this), make({method::get, "/lobbies/{lobby_id}/messages"}, options, which), query));
}

task<lobby_message> lobby_routes::send_lobby_message(lobby_id which, const send_lobby_message_body& body,
                                                     const call_options& options) {
  return decoded<lobby_message>(
      queue_of(*this),
      with(queue_of(*this), make({method::post, "/lobbies/{lobby_id}/messages"}, options, which), body));
}

task<> lobby_routes::update_lobby_message_moderation_metadata(lobby_id which, message_id message, text_map metadata,
                                                              const call_options& options) {
  return done(queue_of(*this),
              with_map(queue_of(*this),
                       make({method::put, "/lobbies/{lobby_id}/messages/{message_id}/moderation-metadata"}, options,
                            which, message),
                       metadata, 5));
}

}  // namespace monochord::rest
