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

constexpr auto pinned_at = [](const message_pin& pin) { return pin.pinned_at; };
constexpr auto message_of = [](const message_pin& pin) { return pin.message.id.value(); };
constexpr auto thread_of = [](const channel& thread) { return thread.id.value(); };
constexpr auto archived_at = [](const channel& thread) {
  return thread.thread_metadata ? thread.thread_metadata->archive_timestamp.value_or(timestamp{}) : timestamp{};
};

task<fetched_page<message_pin>> pins(task<channel_pins> call, times& known) {
  channel_pins got = co_await std::move(call);
  known.leave_out_known(got.items, pinned_at, message_of);
  co_return fetched_page<message_pin>(std::move(got.items), got.has_more);
}

task<std::vector<user>> voters(task<poll_voters> call) {
  poll_voters got = co_await std::move(call);
  co_return std::move(got.users);
}

task<fetched_page<channel>> threads(task<thread_list> call, std::size_t asked, times* known = nullptr) {
  thread_list got = co_await std::move(call);
  const bool more = got.has_more.value_or(got.threads.size() >= asked);
  if (known) known->leave_out_known(got.threads, archived_at, thread_of);
  co_return fetched_page<channel>(std::move(got.threads), more);
}

task<fetched_page<channel>> counted(task<thread_list> call, int& offset) {
  thread_list got = co_await std::move(call);
  offset += static_cast<int>(got.threads.size());
  const bool more = got.has_more && !got.threads.empty() && offset <= last_offset;
  co_return fetched_page<channel>(std::move(got.threads), more);
}

/// Lists of threads take no 1.
std::size_t two_at_least(std::size_t count) { return std::clamp<std::size_t>(count, 2, 100); }

pager_options by_time(const page_start<timestamp>& start, std::size_t most) {
  auto how = options_of(start, most, page_order::falling);
  how.shared_cursors = true;
  return how;
}

std::optional<timestamp> first_of(const page_start<timestamp>& start) {
  if (!start.from) return std::nullopt;
  return *start.from;
}

using list_archived = task<thread_list> (rest_client::*)(channel_id, const list_archived_threads_query&,
                                                         const call_options&);

pager<channel, timestamp> archived(const rest_client& rest, channel_id parent, const page_start<timestamp>& start,
                                   list_archived list) {
  auto fetch = [rest = rest_client(rest), parent, list, known = times()](std::optional<timestamp> from,
                                                                         std::size_t count) mutable {
    const auto asked = two_at_least(count + known.known(from));
    const list_archived_threads_query query{.before = known.before(from), .limit = static_cast<int>(asked)};
    return threads((rest.*list)(parent, query, {}), asked, &known);
  };
  return {std::move(fetch), archived_at, by_time(start, 100), first_of(start)};
}

}  // namespace

pager<message> channel_history(const rest_client& rest, channel_id channel, const page_range<message_id>& range) {
  auto ask = [rest = rest_client(rest), channel](const get_channel_messages_query& query,
                                                 const call_options& options) mutable {
    return rest.get_channel_messages(channel, query, options);
  };
  return walk<message>(range, page_order::falling, 100, get_channel_messages_query{}, std::move(ask), id_of);
}

pager<message_pin, timestamp> pins_of(const rest_client& rest, channel_id channel, const page_start<timestamp>& start) {
  auto fetch = [rest = rest_client(rest), channel, known = times()](std::optional<timestamp> from,
                                                                    std::size_t count) mutable {
    const auto asked = std::min<std::size_t>(count + known.known(from), 50);
    const get_channel_pins_query query{.before = known.before(from), .limit = static_cast<int>(asked)};
    return pins(rest.get_channel_pins(channel, query), known);
  };
  return {std::move(fetch), pinned_at, by_time(start, 50), first_of(start)};
}

pager<user> reactions_of(const rest_client& rest, channel_id channel, message_id message, std::string_view emoji,
                         const page_start<user_id>& start, bool burst) {
  auto ask = [rest = rest_client(rest), channel, message, emoji = std::string(emoji)](
                 const get_reactions_query& query, const call_options& options) mutable {
    return rest.get_reactions(channel, message, emoji, query, options);
  };
  const get_reactions_query query{
      .type = burst ? reaction_type::burst : reaction_type::normal, .after = {}, .limit = {}};
  return walk<user>(options_of(start, 100, page_order::rising), any_of(start.from), query, std::move(ask), id_of);
}

pager<user> voters_of(const rest_client& rest, channel_id channel, message_id poll, int answer,
                      const page_start<user_id>& start) {
  auto ask = [rest = rest_client(rest), channel, poll, answer](const get_answer_voters_query& query,
                                                               const call_options& options) mutable {
    return voters(rest.get_answer_voters(channel, poll, answer, query, options));
  };
  return walk<user>(options_of(start, 100, page_order::rising), any_of(start.from), get_answer_voters_query{},
                    std::move(ask), id_of);
}

pager<thread_member> thread_members_of(const rest_client& rest, channel_id thread, const page_start<user_id>& start) {
  auto ask = [rest = rest_client(rest), thread](const list_thread_members_query& query,
                                                const call_options& options) mutable {
    return rest.list_thread_members(thread, query, options);
  };
  const auto user_of = [](const thread_member& m) { return m.user_id.value_or(user_id{}); };
  const list_thread_members_query query{.with_member = true, .after = {}, .limit = {}};
  return walk<thread_member>(options_of(start, 100, page_order::rising), any_of(start.from), query, std::move(ask),
                             user_of);
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
  auto ask = [rest = rest_client(rest), parent](list_joined_private_archived_threads_query query,
                                                const call_options& options) mutable {
    const auto asked = two_at_least(static_cast<std::size_t>(*query.limit));
    query.limit = static_cast<int>(asked);
    return threads(rest.list_joined_private_archived_threads(parent, query, options), asked);
  };
  return walk<channel>(options_of(start, 100, page_order::falling), any_of(start.from),
                       list_joined_private_archived_threads_query{}, std::move(ask), id_of);
}

pager<channel> found_threads(const rest_client& rest, channel_id forum, const thread_search_query& query,
                             std::size_t limit) {
  auto asked = query;
  owner own;
  own.keep(asked.tag);
  for (auto* text : {&asked.name, &asked.tag_setting, &asked.sort_by, &asked.sort_order}) own.keep(*text);
  auto fetch = [rest = rest_client(rest), forum, asked, own, offset = query.offset.value_or(0)](
                   std::optional<any_id>, std::size_t count) mutable {
    asked.offset = offset;
    asked.limit = static_cast<int>(count);
    return counted(rest.thread_search(forum, asked), offset);
  };
  return {std::move(fetch), id_of, options_of_search(query.limit, limit)};
}

pager<partial_guild> current_user_guilds(const rest_client& rest, const page_range<guild_id>& range) {
  auto ask = [rest = rest_client(rest)](const get_current_user_guilds_query& query, const call_options& options) mutable {
    return rest.get_current_user_guilds(query, options);
  };
  return walk<partial_guild>(range, page_order::rising, 200, get_current_user_guilds_query{}, std::move(ask), id_of);
}

pager<entitlement> entitlements_of(const rest_client& rest, application_id application,
                                   const page_range<entitlement_id>& range, user_id user, guild_id guild) {
  auto ask = [rest = rest_client(rest), application](const list_entitlements_query& query,
                                                     const call_options& options) mutable {
    return rest.list_entitlements(application, query, options);
  };
  list_entitlements_query query;
  if (user) query.user_id = user;
  if (guild) query.guild_id = guild;
  return walk<entitlement>(range, page_order::rising, 100, query, std::move(ask), id_of);
}

pager<subscription> subscriptions_of(const rest_client& rest, sku_id sku, user_id user,
                                     const page_range<subscription_id>& range) {
  auto ask = [rest = rest_client(rest), sku](const list_sku_subscriptions_query& query,
                                             const call_options& options) mutable {
    return rest.list_sku_subscriptions(sku, query, options);
  };
  list_sku_subscriptions_query query;
  if (user) query.user_id = user;
  return walk<subscription>(range, page_order::rising, 100, query, std::move(ask), id_of);
}

}  // namespace monochord
