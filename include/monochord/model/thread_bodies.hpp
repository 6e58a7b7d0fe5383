// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/open_enum.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/component_fwd.hpp>
#include <monochord/model/file_body.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/message_flag.hpp>

namespace monochord {

struct embed;
struct poll_create_request;
struct shared_client_theme;

/// POST /channels/{channel_id}/messages/{message_id}/threads.
/// https://docs.discord.com/developers/resources/channel#start-thread-from-message
struct start_thread_from_message_body {
  std::string_view name{};
  maybe<int> auto_archive_duration{};  ///< minutes: 60, 1440, 4320, 10080
  maybe<int> rate_limit_per_user{};  ///< seconds
};

/// POST /channels/{channel_id}/threads. Without a type it is a private thread.
/// https://docs.discord.com/developers/resources/channel#start-thread-without-message
struct start_thread_without_message_body {
  std::string_view name{};
  maybe<int> auto_archive_duration{};  ///< minutes: 60, 1440, 4320, 10080
  maybe<channel_type> type{};
  maybe<bool> invitable{};  ///< of a private thread
  maybe<int> rate_limit_per_user{};  ///< seconds
};

/// The first message of a post in a forum.
/// https://docs.discord.com/developers/resources/channel#start-thread-in-forum-or-media-channel-forum-and-media-thread-message-params-object
struct forum_thread_message_body {
  maybe<std::string_view> content{};
  list<embed> embeds{};
  maybe<monochord::allowed_mentions> allowed_mentions{};
  list<component> components{};
  list<sticker_id> sticker_ids{};
  list<attachment_body> attachments{};
  maybe<monochord::flags<message_flag>> flags{};
  const poll_create_request* poll = nullptr;
  const monochord::shared_client_theme* shared_client_theme = nullptr;
};

/// POST /channels/{channel_id}/threads of a forum.
/// https://docs.discord.com/developers/resources/channel#start-thread-in-forum-or-media-channel
struct start_thread_in_forum_or_media_channel_body {
  std::string_view name{};
  maybe<int> auto_archive_duration{};  ///< minutes: 60, 1440, 4320, 10080
  maybe<int> rate_limit_per_user{};  ///< seconds
  forum_thread_message_body message{};
  list<forum_tag_id> applied_tags{};
  list<file_body> files{};  ///< sent beside the JSON
};

/// What comes with the member of a thread.
/// https://docs.discord.com/developers/resources/channel#get-thread-member
struct get_thread_member_query {
  maybe<bool> with_member{};
};

/// Which members, and what comes with them.
/// https://docs.discord.com/developers/resources/channel#list-thread-members
struct list_thread_members_query {
  maybe<bool> with_member{};  ///< then in pages
  maybe<user_id> after{};
  maybe<int> limit{};
};

/// Which archived threads: those archived before a time.
/// https://docs.discord.com/developers/resources/channel#list-public-archived-threads
struct list_archived_threads_query {
  maybe<timestamp> before{};
  maybe<int> limit{};
};

/// Which archived threads: those with lower ids.
/// https://docs.discord.com/developers/resources/channel#list-joined-private-archived-threads
struct list_joined_private_archived_threads_query {
  maybe<channel_id> before{};
  maybe<int> limit{};
};

/// Whether a thread must have every tag that is searched, or one.
struct thread_search_tag_setting_names {
  static constexpr std::string_view match_all = "match_all";
  static constexpr std::string_view match_some = "match_some";
};
using thread_search_tag_setting = open_string<thread_search_tag_setting_names>;

/// What comes first of the threads that were found.
struct thread_sorting_mode_names {
  static constexpr std::string_view relevance = "relevance";
  static constexpr std::string_view creation_time = "creation_time";
  static constexpr std::string_view last_message_time = "last_message_time";
  static constexpr std::string_view archive_time = "archive_time";
};
using thread_sorting_mode = open_string<thread_sorting_mode_names>;

/// In which direction.
struct sorting_order_names {
  static constexpr std::string_view asc = "asc";
  static constexpr std::string_view desc = "desc";
};
using sorting_order = open_string<sorting_order_names>;

/// Which threads of a forum. Discord does not document it.
struct thread_search_query {
  maybe<std::string_view> name{};
  maybe<int> slop{};  ///< words that may stand between those of `name`
  maybe<channel_id> min_id{};
  maybe<channel_id> max_id{};
  list<forum_tag_id> tag{};
  maybe<std::string_view> tag_setting{};  ///< of thread_search_tag_setting
  maybe<bool> archived{};
  maybe<std::string_view> sort_by{};  ///< of thread_sorting_mode
  maybe<std::string_view> sort_order{};  ///< of sorting_order
  maybe<int> limit{};
  maybe<int> offset{};
};

static_assert(std::is_trivially_destructible_v<start_thread_from_message_body>);
static_assert(std::is_trivially_destructible_v<start_thread_without_message_body>);
static_assert(std::is_trivially_destructible_v<forum_thread_message_body>);
static_assert(std::is_trivially_destructible_v<start_thread_in_forum_or_media_channel_body>);
static_assert(std::is_trivially_destructible_v<get_thread_member_query>);
static_assert(std::is_trivially_destructible_v<list_thread_members_query>);
static_assert(std::is_trivially_destructible_v<list_archived_threads_query>);
static_assert(std::is_trivially_destructible_v<list_joined_private_archived_threads_query>);
static_assert(std::is_trivially_destructible_v<thread_search_query>);

}  // namespace monochord
