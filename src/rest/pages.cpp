// SPDX-License-Identifier: MIT
#include <monochord/rest/pages.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <monochord/model/channel.hpp>
#include <monochord/model/entitlement.hpp>
#include <monochord/model/entitlement_bodies.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_bodies.hpp>
#include <monochord/model/message_pin.hpp>
#include <monochord/model/poll_voters.hpp>
#include <monochord/model/subscription.hpp>
#include <monochord/model/thread_bodies.hpp>
#include <monochord/model/thread_list.hpp>
#include <monochord/model/user_bodies.hpp>
#include <monochord/rest/rest.hpp>

#include "rest/page_walk.hpp"

namespace monochord {

using namespace rest::pages;

namespace {

constexpr auto id_of = [](const auto& item) { return item.id; };

task<fetched_page<message_pin>> pins(task<channel_pins> call) {
  channel_pins got = co_await std::move(call);
  co_return fetched_page<message_pin>(std::move(got.items), got.has_more);
}

task<std::vector<user>> voters(task<poll_voters> call) {
  poll_voters got = co_await std::move(call);
  co_return std::move(got.users);
}

task<fetched_page<channel>> threads(task<thread_list> call) {
  thread_list got = co_await std::move(call);
  if (!got.has_more.has_value()) co_return fetched_page<channel>(std::move(got.threads));
  co_return fetched_page<channel>(std::move(got.threads), got.has_more);
}

/// A page of a search, which goes on at an offset as long as there is one.
task<fetched_page<channel>> counted(task<thread_list> call, int& offset, int last_offset) {
  thread_list got = co_await std::move(call);
  offset += static_cast<int>(got.threads.size());
  const bool more = got.has_more && offset <= last_offset;
  co_return fetched_page<channel>(std::move(got.threads), more);
}

/// A thread without metadata, which no archived one is, ends the walk rather than asking for ever.
timestamp archived_at(const channel& thread) {
  return thread.thread_metadata ? thread.thread_metadata->archive_timestamp.value_or(timestamp{}) : timestamp{};
}

using list_archived = task<thread_list> (rest_client::*)(channel_id, const list_archived_threads_query&,
                                                         const call_options&);

pager<channel, timestamp> archived(const rest_client& rest, channel_id parent, const page_start<timestamp>& start,
                                   list_archived list) {
  auto fetch = [rest = rest_client(rest), parent, list](std::optional<timestamp> from, std::size_t count) mutable {
    list_archived_threads_query query{.before = {}, .limit = static_cast<int>(count < 2 ? 2 : count)};  // takes no 1
    if (from) query.before = *from;
    return threads((rest.*list)(parent, query, {}));
  };
  return {std::move(fetch), archived_at, options_of(start, 100), first_of(start)};
}

}  // namespace

pager<message> channel_history(const rest_client& rest, channel_id channel, const page_range<message_id>& range) {
  auto fetch = [rest = rest_client(rest), channel, forward = goes_up(range)](std::optional<any_id> from,
                                                                             std::size_t count) mutable {
    get_channel_messages_query query{.around = {}, .before = {}, .after = {}, .limit = static_cast<int>(count)};
    if (from) (forward ? query.after : query.before) = message_id{from->value()};
    return rest.get_channel_messages(channel, query);
  };
  auto how = options_of(range, 100);
  how.reverse_pages = goes_up(range);
  return {std::move(fetch), id_of, how, first_of(range)};
}

pager<message_pin, timestamp> pins_of(const rest_client& rest, channel_id channel, const page_start<timestamp>& start) {
  auto fetch = [rest = rest_client(rest), channel](std::optional<timestamp> from, std::size_t count) mutable {
    get_channel_pins_query query{.before = {}, .limit = static_cast<int>(count)};
    if (from) query.before = *from;
    return pins(rest.get_channel_pins(channel, query));
  };
  return {std::move(fetch), [](const message_pin& pin) { return pin.pinned_at; }, options_of(start, 50),
          first_of(start)};
}

pager<user> reactions_of(const rest_client& rest, channel_id channel, message_id message, std::string_view emoji,
                         const page_start<user_id>& start, bool burst) {
  auto fetch = [rest = rest_client(rest), channel, message, emoji = std::string(emoji), burst](
                   std::optional<any_id> from, std::size_t count) mutable {
    get_reactions_query query{
        .type = burst ? reaction_type::burst : reaction_type::normal, .after = {}, .limit = static_cast<int>(count)};
    if (from) query.after = user_id{from->value()};
    return rest.get_reactions(channel, message, emoji, query);
  };
  return {std::move(fetch), id_of, options_of(start, 100), first_of(start)};
}

pager<user> voters_of(const rest_client& rest, channel_id channel, message_id poll, int answer,
                      const page_start<user_id>& start) {
  auto fetch = [rest = rest_client(rest), channel, poll, answer](std::optional<any_id> from,
                                                                 std::size_t count) mutable {
    get_answer_voters_query query{.after = {}, .limit = static_cast<int>(count)};
    if (from) query.after = user_id{from->value()};
    return voters(rest.get_answer_voters(channel, poll, answer, query));
  };
  return {std::move(fetch), id_of, options_of(start, 100), first_of(start)};
}

pager<thread_member> thread_members_of(const rest_client& rest, channel_id thread, const page_start<user_id>& start) {
  auto fetch = [rest = rest_client(rest), thread](std::optional<any_id> from, std::size_t count) mutable {
    list_thread_members_query query{.with_member = true, .after = {}, .limit = static_cast<int>(count)};
    if (from) query.after = user_id{from->value()};
    return rest.list_thread_members(thread, query);
  };
  const auto user = [](const thread_member& m) { return m.user_id.value_or(user_id{}); };
  return {std::move(fetch), user, options_of(start, 100), first_of(start)};
}

pager<channel, timestamp> public_archived_threads(const rest_client& rest, channel_id parent,
                                                  const page_start<timestamp>& start) {
  return archived(rest, parent, start, &rest_client::list_public_archived_threads);
}

pager<channel, timestamp> private_archived_threads(const rest_client& rest, channel_id parent,
                                                   const page_start<timestamp>& start) {
  return archived(rest, parent, start, &rest_client::list_private_archived_threads);
}

pager<channel> joined_private_archived_threads(const rest_client& rest, channel_id parent,
                                               const page_start<channel_id>& start) {
  auto fetch = [rest = rest_client(rest), parent](std::optional<any_id> from, std::size_t count) mutable {
    list_joined_private_archived_threads_query query{.before = {}, .limit = static_cast<int>(count < 2 ? 2 : count)};
    if (from) query.before = channel_id{from->value()};
    return threads(rest.list_joined_private_archived_threads(parent, query));
  };
  return {std::move(fetch), id_of, options_of(start, 100), first_of(start)};
}

pager<channel> found_threads(const rest_client& rest, channel_id forum, const thread_search_query& query,
                             std::size_t limit) {
  constexpr int most = 25;
  constexpr int last_offset = 9975;
  const auto tags = std::vector<forum_tag_id>(query.tag.begin(), query.tag.end());
  const auto text_of = [](const maybe<std::string_view>& text) {
    return text ? std::optional<std::string>(*text) : std::nullopt;
  };
  // Discord counts what was found; what was given so far is the place to go on from.
  auto fetch = [rest = rest_client(rest), forum, query, tags, name = text_of(query.name),
                setting = text_of(query.tag_setting), by = text_of(query.sort_by), order = text_of(query.sort_order),
                offset = query.offset.value_or(0)](std::optional<any_id>, std::size_t count) mutable {
    const auto view = [](const std::optional<std::string>& text) {
      return text ? maybe<std::string_view>(std::string_view(*text)) : maybe<std::string_view>();
    };
    auto asked = query;
    asked.tag = tags;
    asked.name = view(name);
    asked.tag_setting = view(setting);
    asked.sort_by = view(by);
    asked.sort_order = view(order);
    asked.offset = offset;
    asked.limit = static_cast<int>(count);
    return counted(rest.thread_search(forum, asked), offset, last_offset);
  };
  pager_options how;
  how.page_size = static_cast<std::size_t>(std::clamp(query.limit.value_or(most), 1, most));
  how.limit = limit;
  return {std::move(fetch), id_of, how};
}

pager<partial_guild> current_user_guilds(const rest_client& rest, const page_start<guild_id>& start,
                                         std::string_view bearer_token) {
  auto fetch = [rest = rest_client(rest), token = std::string(bearer_token)](std::optional<any_id> from,
                                                                             std::size_t count) mutable {
    get_current_user_guilds_query query{.before = {}, .after = {}, .limit = static_cast<int>(count), .with_counts = {}};
    if (from) query.after = guild_id{from->value()};
    return rest.get_current_user_guilds(query, {.bearer_token = token});
  };
  return {std::move(fetch), id_of, options_of(start, 200), first_of(start)};
}

pager<entitlement> entitlements_of(const rest_client& rest, application_id application,
                                   const page_range<entitlement_id>& range, user_id user, guild_id guild) {
  auto fetch = [rest = rest_client(rest), application, user, guild, forward = goes_up(range),
                token = std::string(range.bearer_token)](std::optional<any_id> from, std::size_t count) mutable {
    list_entitlements_query query;
    query.limit = static_cast<int>(count);
    if (user) query.user_id = user;
    if (guild) query.guild_id = guild;
    if (from) (forward ? query.after : query.before) = entitlement_id{from->value()};
    return rest.list_entitlements(application, query, {.bearer_token = token});
  };
  return {std::move(fetch), id_of, options_of(range, 100), first_of(range)};
}

pager<subscription> subscriptions_of(const rest_client& rest, sku_id sku, user_id user,
                                     const page_range<subscription_id>& range) {
  auto fetch = [rest = rest_client(rest), sku, user, forward = goes_up(range), token = std::string(range.bearer_token)](
                   std::optional<any_id> from, std::size_t count) mutable {
    list_sku_subscriptions_query query;
    query.limit = static_cast<int>(count);
    if (user) query.user_id = user;
    if (from) (forward ? query.after : query.before) = subscription_id{from->value()};
    return rest.list_sku_subscriptions(sku, query, {.bearer_token = token});
  };
  return {std::move(fetch), id_of, options_of(range, 100), first_of(range)};
}

}  // namespace monochord
