// SPDX-License-Identifier: MIT
#include <monochord/rest/guild_pages.hpp>

#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include <monochord/model/audit_log.hpp>
#include <monochord/model/audit_log_bodies.hpp>
#include <monochord/model/ban.hpp>
#include <monochord/model/ban_bodies.hpp>
#include <monochord/model/guild_bodies.hpp>
#include <monochord/model/join_request.hpp>
#include <monochord/model/join_request_bodies.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/member_bodies.hpp>
#include <monochord/model/message_search.hpp>
#include <monochord/model/scheduled_event_bodies.hpp>
#include <monochord/model/scheduled_event_user.hpp>
#include <monochord/rest/rest.hpp>

#include "rest/page_walk.hpp"

namespace monochord {

using namespace rest::pages;

namespace {

task<std::vector<audit_log_entry>> entries(task<audit_log> call) {
  audit_log got = co_await std::move(call);
  co_return std::move(got.audit_log_entries);
}

task<std::vector<join_request>> requests(task<join_request_list> call) {
  join_request_list got = co_await std::move(call);
  if (!got.guild_join_requests) co_return std::vector<join_request>();
  co_return std::move(*got.guild_join_requests);
}

/// The next page of a search that holds something. A page may be short, or empty, before the last: Discord skips what it
/// cannot show, so it is the number asked for that is counted.
task<fetched_page<found_message>> found(rest_client rest, guild_id guild, search_guild_messages_query query,
                                        int& offset) {
  std::vector<found_message> items;
  bool more = true;
  while (more && items.empty()) {
    query.offset = offset;
    message_search_result got = co_await rest.search_guild_messages(guild, query);
    offset += *query.limit;
    more = offset < got.total_results && offset <= last_offset;
    for (auto& group : got.messages)
      for (auto& one : group)
        if (one.hit.value_or(true)) items.push_back(std::move(one));  // the others stand beside one
  }
  co_return fetched_page<found_message>(std::move(items), more);
}

user_id user_of(const scheduled_event_user& one) {
  return one.user_id.value_or(one.user ? one.user->id : user_id{});
}

get_guild_scheduled_event_users_query with_members(bool with_member) {
  get_guild_scheduled_event_users_query query;
  if (with_member) query.with_member = true;
  return query;
}

}  // namespace

pager<member> members_of(const rest_client& rest, guild_id guild, const page_start<user_id>& start) {
  auto ask = [rest = rest_client(rest), guild](const list_guild_members_query& query,
                                               const call_options& options) mutable {
    return rest.list_guild_members(guild, query, options);
  };
  const auto id = [](const member& m) { return m.user ? m.user->id : user_id{}; };
  return walk<member>(options_of(start, 1000, page_order::rising), any_of(start.from), list_guild_members_query{},
                      std::move(ask), id);
}

pager<ban> bans_of(const rest_client& rest, guild_id guild, const page_range<user_id>& range) {
  auto ask = [rest = rest_client(rest), guild](const get_guild_bans_query& query, const call_options& options) mutable {
    return rest.get_guild_bans(guild, query, options);
  };
  const auto id = [](const ban& b) { return b.user.id; };
  return walk<ban>(range, page_order::rising, 1000, get_guild_bans_query{}, std::move(ask), id);
}

pager<audit_log_entry> audit_log_of(const rest_client& rest, guild_id guild,
                                    const page_range<audit_log_entry_id>& range, const audit_log_filter& filter) {
  auto ask = [rest = rest_client(rest), guild](const get_guild_audit_log_query& query,
                                               const call_options& options) mutable {
    return entries(rest.get_guild_audit_log(guild, query, options));
  };
  get_guild_audit_log_query query;
  if (filter.by) query.user_id = filter.by;
  if (filter.target) query.target_id = filter.target;
  if (filter.action) query.action_type = *filter.action;
  return walk<audit_log_entry>(range, page_order::falling, 100, query, std::move(ask), id_of);
}

pager<join_request> join_requests_of(const rest_client& rest, guild_id guild, const page_range<any_id>& range,
                                     std::string_view status) {
  get_guild_join_requests_query which;
  if (!status.empty()) which.status = status;
  owner own;
  own.keep(which.status);
  auto ask = [rest = rest_client(rest), guild, own](const get_guild_join_requests_query& query,
                                                    const call_options& options) mutable {
    return requests(rest.get_guild_join_requests(guild, query, options));
  };
  return walk<join_request>(range, page_order::rising, 100, which, std::move(ask), id_of);
}

pager<scheduled_event_user> scheduled_event_users_of(const rest_client& rest, guild_id guild, scheduled_event_id event,
                                                     const page_range<user_id>& range, bool with_member) {
  auto ask = [rest = rest_client(rest), guild, event](const get_guild_scheduled_event_users_query& query,
                                                      const call_options& options) mutable {
    return rest.get_guild_scheduled_event_users(guild, event, query, options);
  };
  return walk<scheduled_event_user>(range, page_order::rising, 100, with_members(with_member), std::move(ask), user_of);
}

pager<scheduled_event_user> scheduled_event_exception_users_of(const rest_client& rest, guild_id guild,
                                                               scheduled_event_id event, any_id exception,
                                                               const page_range<user_id>& range, bool with_member) {
  auto ask = [rest = rest_client(rest), guild, event, exception](const get_guild_scheduled_event_users_query& query,
                                                                 const call_options& options) mutable {
    return rest.list_guild_scheduled_event_exception_users(guild, event, exception, query, options);
  };
  return walk<scheduled_event_user>(range, page_order::rising, 100, with_members(with_member), std::move(ask), user_of);
}

pager<found_message> found_messages(const rest_client& rest, guild_id guild, const search_guild_messages_query& query,
                                    std::size_t limit) {
  auto asked = query;
  owner own;
  const auto keep = [&own](auto&... views) { (own.keep(views), ...); };
  keep(asked.content, asked.channel_id, asked.author_type, asked.author_id, asked.mentions, asked.mentions_role_id,
       asked.replied_to_user_id, asked.replied_to_message_id, asked.has, asked.embed_type, asked.embed_provider,
       asked.link_hostname, asked.attachment_filename, asked.attachment_extension, asked.sort_by, asked.sort_order);
  auto fetch = [rest = rest_client(rest), guild, asked, own, offset = query.offset.value_or(0)](
                   std::optional<any_id>, std::size_t count) mutable {
    asked.limit = static_cast<int>(count);
    return found(rest, guild, asked, offset);
  };
  return {std::move(fetch), id_of, options_of_search(query.limit, limit)};
}

}  // namespace monochord
