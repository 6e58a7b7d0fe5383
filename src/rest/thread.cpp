// SPDX-License-Identifier: MIT
#include <monochord/rest/thread.hpp>

#include <monochord/model/channel.hpp>
#include <monochord/model/component.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/poll.hpp>
#include <monochord/model/thread_bodies.hpp>
#include <monochord/model/thread_list.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<channel> thread_routes::start_thread_from_message(channel_id parent, message_id message,
                                                       const start_thread_from_message_body& body,
                                                       const call_options& options) {
  return decoded<channel>(
      queue_of(*this),
      with(queue_of(*this),
           make({method::post, "/channels/{channel_id}/messages/{message_id}/threads"}, options, parent, message),
           body));
}

task<channel> thread_routes::start_thread_without_message(channel_id parent,
                                                          const start_thread_without_message_body& body,
                                                          const call_options& options) {
  return decoded<channel>(
      queue_of(*this),
      with(queue_of(*this), make({method::post, "/channels/{channel_id}/threads"}, options, parent), body));
}

task<channel> thread_routes::start_thread_in_forum_or_media_channel(
    channel_id forum, const start_thread_in_forum_or_media_channel_body& body, const call_options& options) {
  // What is said of the files stands in the message inside.
  const auto about = described(body.files);
  auto filled = body;
  if (filled.message.attachments.empty()) filled.message.attachments = about;
  return decoded<channel>(
      queue_of(*this),
      with(queue_of(*this), make({method::post, "/channels/{channel_id}/threads"}, options, forum), filled));
}

task<> thread_routes::join_thread(channel_id thread, const call_options& options) {
  return done(queue_of(*this), make({method::put, "/channels/{channel_id}/thread-members/@me"}, options, thread));
}

task<> thread_routes::add_thread_member(channel_id thread, user_id user, const call_options& options) {
  return done(queue_of(*this),
              make({method::put, "/channels/{channel_id}/thread-members/{user_id}"}, options, thread, user));
}

task<> thread_routes::leave_thread(channel_id thread, const call_options& options) {
  return done(queue_of(*this), make({method::del, "/channels/{channel_id}/thread-members/@me"}, options, thread));
}

task<> thread_routes::remove_thread_member(channel_id thread, user_id user, const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/channels/{channel_id}/thread-members/{user_id}"}, options, thread, user));
}

task<thread_member> thread_routes::get_thread_member(channel_id thread, user_id user, const call_options& options) {
  return decoded<thread_member>(
      queue_of(*this), make({method::get, "/channels/{channel_id}/thread-members/{user_id}"}, options, thread, user));
}
task<thread_member> thread_routes::get_thread_member(channel_id thread, user_id user,
                                                     const get_thread_member_query& query,
                                                     const call_options& options) {
  return decoded<thread_member>(
      queue_of(*this),
      asking(queue_of(*this),
             make({method::get, "/channels/{channel_id}/thread-members/{user_id}"}, options, thread, user), query));
}

task<std::vector<thread_member>> thread_routes::list_thread_members(channel_id thread, const call_options& options) {
  return decoded<std::vector<thread_member>>(
      queue_of(*this), make({method::get, "/channels/{channel_id}/thread-members"}, options, thread));
}
task<std::vector<thread_member>> thread_routes::list_thread_members(channel_id thread,
                                                                    const list_thread_members_query& query,
                                                                    const call_options& options) {
  return decoded<std::vector<thread_member>>(
      queue_of(*this),
      asking(queue_of(*this), make({method::get, "/channels/{channel_id}/thread-members"}, options, thread), query));
}

task<thread_list> thread_routes::list_public_archived_threads(channel_id parent, const call_options& options) {
  return decoded<thread_list>(queue_of(*this),
                              make({method::get, "/channels/{channel_id}/threads/archived/public"}, options, parent));
}
task<thread_list> thread_routes::list_public_archived_threads(channel_id parent,
                                                              const list_archived_threads_query& query,
                                                              const call_options& options) {
  return decoded<thread_list>(
      queue_of(*this),
      asking(queue_of(*this), make({method::get, "/channels/{channel_id}/threads/archived/public"}, options, parent),
             query));
}

task<thread_list> thread_routes::list_private_archived_threads(channel_id parent, const call_options& options) {
  return decoded<thread_list>(queue_of(*this),
                              make({method::get, "/channels/{channel_id}/threads/archived/private"}, options, parent));
}
task<thread_list> thread_routes::list_private_archived_threads(channel_id parent,
                                                               const list_archived_threads_query& query,
                                                               const call_options& options) {
  return decoded<thread_list>(
      queue_of(*this),
      asking(queue_of(*this), make({method::get, "/channels/{channel_id}/threads/archived/private"}, options, parent),
             query));
}

task<thread_list> thread_routes::list_joined_private_archived_threads(channel_id parent, const call_options& options) {
  return decoded<thread_list>(
      queue_of(*this),
      make({method::get, "/channels/{channel_id}/users/@me/threads/archived/private"}, options, parent));
}
task<thread_list> thread_routes::list_joined_private_archived_threads(
    channel_id parent, const list_joined_private_archived_threads_query& query, const call_options& options) {
  return decoded<thread_list>(
      queue_of(*this),
      asking(queue_of(*this),
             make({method::get, "/channels/{channel_id}/users/@me/threads/archived/private"}, options, parent), query));
}

task<thread_list> thread_routes::thread_search(channel_id forum, const call_options& options) {
  return decoded<thread_list>(queue_of(*this),
                              make({method::get, "/channels/{channel_id}/threads/search"}, options, forum));
}
task<thread_list> thread_routes::thread_search(channel_id forum, const thread_search_query& query,
                                               const call_options& options) {
  return decoded<thread_list>(
      queue_of(*this),
      asking(queue_of(*this), make({method::get, "/channels/{channel_id}/threads/search"}, options, forum), query));
}

}  // namespace monochord::rest
