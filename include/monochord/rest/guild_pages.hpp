// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/rest/pages.hpp>

// Walks over what a guild holds: as those of `rest/pages.hpp`.
namespace monochord {

struct audit_log_entry;
struct ban;
struct found_message;
struct join_request;
struct member;
struct scheduled_event_user;
struct search_guild_messages_query;
enum class audit_log_event : std::int32_t;

/// Which entries of an audit log.
struct audit_log_filter {
  user_id by{};                          ///< who did it
  any_id target{};                       ///< to whom or what
  optional<audit_log_event> action{};
};
static_assert(std::is_trivially_destructible_v<audit_log_filter>);

/// The members of a guild, by rising id from after `from`; needs the intent guild_members to be switched on.
/// https://docs.discord.com/developers/resources/guild#list-guild-members
pager<member> members_of(const rest_client& rest, guild_id guild, const page_start<user_id>& start = {});
/// The bans of a guild, by rising id of the user; with `before` by falling id. Needs BAN_MEMBERS.
/// https://docs.discord.com/developers/resources/guild#get-guild-bans
pager<ban> bans_of(const rest_client& rest, guild_id guild, const page_range<user_id>& range = {});
/// The entries of an audit log, newest first; with `after` oldest first. Needs VIEW_AUDIT_LOG. What `get_guild_audit_log`
/// tells besides (the users, channels and rules that entries are about) is left out.
/// https://docs.discord.com/developers/resources/audit-log#get-guild-audit-log
pager<audit_log_entry> audit_log_of(const rest_client& rest, guild_id guild,
                                    const page_range<audit_log_entry_id>& range = {},
                                    const audit_log_filter& filter = {});
/// Who asked to be let in, by rising id of the request; with `before` by falling id. `status` is one of
/// `join_request_status`, empty for all. In Discord's specification, not in its documentation.
pager<join_request> join_requests_of(const rest_client& rest, guild_id guild, const page_range<any_id>& range = {},
                                     std::string_view status = {});
/// Who is interested in a scheduled event, by rising id of the user; with `before` by falling id. `with_member` brings
/// the member of each.
/// https://docs.discord.com/developers/resources/guild-scheduled-event#get-guild-scheduled-event-users
pager<scheduled_event_user> scheduled_event_users_of(const rest_client& rest, guild_id guild, scheduled_event_id event,
                                                     const page_range<user_id>& range = {}, bool with_member = false);
/// The same for one exception of a repeated event. In Discord's specification, not in its documentation.
pager<scheduled_event_user> scheduled_event_exception_users_of(const rest_client& rest, guild_id guild,
                                                               scheduled_event_id event, any_id exception,
                                                               const page_range<user_id>& range = {},
                                                               bool with_member = false);
/// The messages of a guild that a search finds, in the order of the query, whose `offset` and `limit` say where to begin
/// and how many at a time; needs READ_MESSAGE_HISTORY. Discord counts the pages of a search: what is written or deleted
/// meanwhile moves the rest along, so that a message may come twice unless the query has a `max_id`, and `cursor()` is of
/// no use. It gives 10,000 at most; to go further, search again with the last id as `max_id`.
/// https://docs.discord.com/developers/resources/message#search-guild-messages
pager<found_message> found_messages(const rest_client& rest, guild_id guild, const search_guild_messages_query& query,
                                    std::size_t limit = std::numeric_limits<std::size_t>::max());

}  // namespace monochord
