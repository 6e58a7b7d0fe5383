// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct channel;
struct get_thread_member_query;
struct list_archived_threads_query;
struct list_joined_private_archived_threads_query;
struct list_thread_members_query;
struct start_thread_from_message_body;
struct start_thread_in_forum_or_media_channel_body;
struct start_thread_without_message_body;
struct thread_list;
struct thread_member;
struct thread_search_query;
class rest_client;

namespace rest {

/// Threads. Types: `model/channel.hpp`, `model/thread_list.hpp`, `model/thread_bodies.hpp`.
class thread_routes {
 public:
  /// Makes a thread of a message, whose id it gets; needs CREATE_PUBLIC_THREADS. Fires THREAD_CREATE and
  /// MESSAGE_UPDATE. https://docs.discord.com/developers/resources/channel#start-thread-from-message
  task<channel> start_thread_from_message(channel_id parent, message_id message,
                                          const start_thread_from_message_body& body, const call_options& options = {});
  /// Makes a thread; needs CREATE_PUBLIC_THREADS or CREATE_PRIVATE_THREADS. Fires THREAD_CREATE.
  /// https://docs.discord.com/developers/resources/channel#start-thread-without-message
  task<channel> start_thread_without_message(channel_id parent, const start_thread_without_message_body& body,
                                             const call_options& options = {});
  /// Makes a post in a forum, with its first message; needs SEND_MESSAGES (CREATE_PUBLIC_THREADS does not count). Fires THREAD_CREATE and MESSAGE_CREATE.
  /// https://docs.discord.com/developers/resources/channel#start-thread-in-forum-or-media-channel
  task<channel> start_thread_in_forum_or_media_channel(channel_id forum,
                                                       const start_thread_in_forum_or_media_channel_body& body,
                                                       const call_options& options = {});
  /// Adds the bot to a thread that is not archived. Fires THREAD_MEMBERS_UPDATE and THREAD_CREATE.
  /// https://docs.discord.com/developers/resources/channel#join-thread
  task<> join_thread(channel_id thread, const call_options& options = {});
  /// Adds somebody to a thread that is not archived; needs to be able to write there. Fires THREAD_MEMBERS_UPDATE.
  /// https://docs.discord.com/developers/resources/channel#add-thread-member
  task<> add_thread_member(channel_id thread, user_id user, const call_options& options = {});
  /// Takes the bot out of a thread that is not archived. Fires THREAD_MEMBERS_UPDATE.
  /// https://docs.discord.com/developers/resources/channel#leave-thread
  task<> leave_thread(channel_id thread, const call_options& options = {});
  /// Takes somebody out of a thread that is not archived; needs MANAGE_THREADS unless it is a private one of the bot's.
  /// Fires THREAD_MEMBERS_UPDATE. https://docs.discord.com/developers/resources/channel#remove-thread-member
  task<> remove_thread_member(channel_id thread, user_id user, const call_options& options = {});
  /// Somebody in a thread; status 404 when not in it.
  /// https://docs.discord.com/developers/resources/channel#get-thread-member
  task<thread_member> get_thread_member(channel_id thread, user_id user, const call_options& options = {});
  task<thread_member> get_thread_member(channel_id thread, user_id user, const get_thread_member_query& query,
                                        const call_options& options = {});
  /// Who is in a thread; needs the privileged intent GUILD_MEMBERS. In pages, 100 unless the query says otherwise, when
  /// `with_member` is asked for. https://docs.discord.com/developers/resources/channel#list-thread-members
  task<std::vector<thread_member>> list_thread_members(channel_id thread, const call_options& options = {});
  task<std::vector<thread_member>> list_thread_members(channel_id thread, const list_thread_members_query& query,
                                                       const call_options& options = {});
  /// Archived public threads, last archived first; needs READ_MESSAGE_HISTORY.
  /// https://docs.discord.com/developers/resources/channel#list-public-archived-threads
  task<thread_list> list_public_archived_threads(channel_id parent, const call_options& options = {});
  task<thread_list> list_public_archived_threads(channel_id parent, const list_archived_threads_query& query,
                                                 const call_options& options = {});
  /// Archived private threads, last archived first; needs READ_MESSAGE_HISTORY and MANAGE_THREADS.
  /// https://docs.discord.com/developers/resources/channel#list-private-archived-threads
  task<thread_list> list_private_archived_threads(channel_id parent, const call_options& options = {});
  task<thread_list> list_private_archived_threads(channel_id parent, const list_archived_threads_query& query,
                                                  const call_options& options = {});
  /// Archived private threads that the bot is in, by falling id; needs READ_MESSAGE_HISTORY.
  /// https://docs.discord.com/developers/resources/channel#list-joined-private-archived-threads
  task<thread_list> list_joined_private_archived_threads(channel_id parent, const call_options& options = {});
  task<thread_list> list_joined_private_archived_threads(channel_id parent,
                                                         const list_joined_private_archived_threads_query& query,
                                                         const call_options& options = {});
  /// Threads of a forum by name and tags. While Discord makes its index the call waits. Discord does not document it.
  task<thread_list> thread_search(channel_id forum, const call_options& options = {});
  task<thread_list> thread_search(channel_id forum, const thread_search_query& query, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  thread_routes() = default;
};

}  // namespace rest

}  // namespace monochord
