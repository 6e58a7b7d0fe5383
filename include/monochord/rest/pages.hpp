// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>
#include <type_traits>

#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/rest/pager.hpp>

// Walks over what Discord gives in pages: `auto history = mc::channel_history(bot.rest(), channel, {.limit = 500});`,
// then `co_await history.next()`. Each pager keeps a client of its own; `pager` says the rest. Those over what a guild
// holds stand in `rest/guild_pages.hpp`. A pager throws what its route throws and needs what it needs; a range that makes
// no sense throws `error` with `errc::invalid_argument` when the pager is made.
namespace monochord {

struct channel;
struct entitlement;
struct message;
struct message_pin;
struct partial_guild;
struct subscription;
struct thread_member;
struct thread_search_query;
struct user;
class rest_client;

/// Where to begin, and how far to go. `before` goes to what is older, `after` to what is newer (from the beginning:
/// `{.after = mc::message_id{}}`), each page and all of them in that order. One of the two at most; without them the way
/// that the pager says.
template <class Cursor>
struct page_range {
  optional<Cursor> before{};
  optional<Cursor> after{};
  std::size_t limit = std::numeric_limits<std::size_t>::max();  ///< of items in all
  std::size_t page_size = 0;                                    ///< of each request; 0: the most that the route takes
  std::string_view bearer_token{};  ///< instead of the bot's token, where the route takes one
};
static_assert(std::is_trivially_destructible_v<page_range<any_id>>);

/// The same for what is sorted one way only.
template <class Cursor>
struct page_start {
  optional<Cursor> from{};
  std::size_t limit = std::numeric_limits<std::size_t>::max();
  std::size_t page_size = 0;
};
static_assert(std::is_trivially_destructible_v<page_start<any_id>>);

/// The messages of a channel, newest first; with `after` (of the beginning: `message_id{}`) oldest first.
/// https://docs.discord.com/developers/resources/message#get-channel-messages
pager<message> channel_history(const rest_client& rest, channel_id channel, const page_range<message_id>& range = {});
/// The pinned messages of a channel, last pinned first, from those pinned before `from`. Several may be pinned at one time:
/// none of them is left out unless `from` is that time, as when it is the `cursor()` of another pager.
/// https://docs.discord.com/developers/resources/message#get-channel-pins
pager<message_pin, timestamp> pins_of(const rest_client& rest, channel_id channel,
                                      const page_start<timestamp>& start = {});
/// Who reacted with an emoji, by rising id from after `from`. `emoji` as in `create_reaction`; super reactions with
/// `burst`. https://docs.discord.com/developers/resources/message#get-reactions
pager<user> reactions_of(const rest_client& rest, channel_id channel, message_id message, std::string_view emoji,
                         const page_start<user_id>& start = {}, bool burst = false);
/// Who voted for an answer of a poll, by rising id from after `from`.
/// https://docs.discord.com/developers/resources/poll#get-answer-voters
pager<user> voters_of(const rest_client& rest, channel_id channel, message_id poll, int answer,
                      const page_start<user_id>& start = {});
/// Who is in a thread, with their members, by rising id from after `from`.
/// https://docs.discord.com/developers/resources/channel#list-thread-members
pager<thread_member> thread_members_of(const rest_client& rest, channel_id thread,
                                       const page_start<user_id>& start = {});
/// Archived threads, last archived first, from those archived before `from`. Several may be archived at one time: none of
/// them is left out unless `from` is that time, as when it is the `cursor()` of another pager.
/// https://docs.discord.com/developers/resources/channel#list-public-archived-threads
pager<channel, timestamp> public_archived_threads(const rest_client& rest, channel_id parent,
                                                  const page_start<timestamp>& start = {});
/// https://docs.discord.com/developers/resources/channel#list-private-archived-threads
pager<channel, timestamp> private_archived_threads(const rest_client& rest, channel_id parent,
                                                   const page_start<timestamp>& start = {});
/// The private ones that the bot is in, by falling id from before `from`.
/// https://docs.discord.com/developers/resources/channel#list-joined-private-archived-threads
pager<channel> joined_private_archived_threads(const rest_client& rest, channel_id parent,
                                               const page_start<channel_id>& start = {});
/// The threads of a forum that a search finds; `offset` and `limit` of the query say where to begin and how many at a
/// time. Discord counts the pages of a search: what comes or goes meanwhile moves the rest along, so that a thread may come
/// twice, and `cursor()` is of no use; it gives 10,000 at most. Discord does not document it.
pager<channel> found_threads(const rest_client& rest, channel_id forum, const thread_search_query& query,
                             std::size_t limit = std::numeric_limits<std::size_t>::max());
/// The guilds of the bot, or of the user whose bearer token it is, by rising id; with `before` by falling id.
/// https://docs.discord.com/developers/resources/user#get-current-user-guilds
pager<partial_guild> current_user_guilds(const rest_client& rest, const page_range<guild_id>& range = {});
/// The entitlements of an application, by rising id; with `before` by falling id.
/// https://docs.discord.com/developers/resources/entitlement#list-entitlements
pager<entitlement> entitlements_of(const rest_client& rest, application_id application,
                                   const page_range<entitlement_id>& range = {}, user_id user = {},
                                   guild_id guild = {});
/// The subscriptions of a user with an SKU, by rising id; with `before` by falling id. With a bearer token the user is
/// its. https://docs.discord.com/developers/resources/subscription#list-sku-subscriptions
pager<subscription> subscriptions_of(const rest_client& rest, sku_id sku, user_id user,
                                     const page_range<subscription_id>& range = {});

}  // namespace monochord
