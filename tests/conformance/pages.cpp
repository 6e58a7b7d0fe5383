// SPDX-License-Identifier: MIT
// Everything that Discord gives in pages is walked over whole, in order, in as few requests as there are pages.
#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <monochord/model/audit_log.hpp>
#include <monochord/model/ban.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/entitlement.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/guild_bodies.hpp>
#include <monochord/model/join_request.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/message_pin.hpp>
#include <monochord/model/message_search.hpp>
#include <monochord/model/scheduled_event_user.hpp>
#include <monochord/model/subscription.hpp>
#include <monochord/model/thread_bodies.hpp>
#include <monochord/model/user.hpp>
#include <monochord/rest/guild_pages.hpp>

#include "api_data.hpp"
#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include "support/skip.hpp"
#include "typed_routes.hpp"

using namespace monochord;
using namespace monochord::tests;

namespace {

using ids = std::vector<std::uint64_t>;

/// Of seven items in pages of four.
constexpr std::size_t items = 7;
constexpr std::size_t page_size = 4;

template <class T, class Cursor, class IdOf>
task<ids> ids_of(pager<T, Cursor> pages, IdOf id) {
  ids all;
  for (;;) {
    const auto item = co_await pages.next();
    if (!item) break;
    all.push_back(id(*item).value());
  }
  co_return all;
}
template <class T, class Cursor>
task<ids> ids_of(pager<T, Cursor> pages) {
  return ids_of(std::move(pages), [](const T& item) { return item.id; });
}

/// A walk over the pages of a route, and whether what is oldest comes first.
struct walk {
  std::string operation;
  bool rising;
  std::function<task<ids>(rest_client&)> read;
};

template <class Id>
constexpr page_start<Id> from_the_start{.page_size = page_size};
template <class Id>
constexpr page_range<Id> by_itself{.page_size = page_size};
template <class Id>
constexpr page_range<Id> back{.before = Id{1000}, .page_size = page_size};
template <class Id>
constexpr page_range<Id> forth{.after = Id{}, .page_size = page_size};

/// A route that goes both ways, by its own way, back and forth.
template <class Id, class Read>
void add_both_ways(std::vector<walk>& all, const char* operation, bool rises_by_itself, Read read) {
  all.push_back({operation, rises_by_itself, [read](rest_client& rest) { return read(rest, by_itself<Id>); }});
  all.push_back({operation, false, [read](rest_client& rest) { return read(rest, back<Id>); }});
  all.push_back({operation, true, [read](rest_client& rest) { return read(rest, forth<Id>); }});
}

std::vector<walk> walks() {
  const auto user_of = [](const auto& item) { return item.user->id; };
  const auto user_id_of = [](const auto& item) { return *item.user_id; };
  std::vector<walk> all{
      {"list_message_reactions_by_emoji", true,
       [](rest_client& rest) {
         return ids_of(reactions_of(rest, some::channel, some::message, "🔥", from_the_start<user_id>));
       }},
      {"get_answer_voters", true,
       [](rest_client& rest) {
         return ids_of(voters_of(rest, some::channel, some::message, 1, from_the_start<user_id>));
       }},
      {"list_thread_members", true,
       [=](rest_client& rest) {
         return ids_of(thread_members_of(rest, some::channel, from_the_start<user_id>), user_id_of);
       }},
      {"list_guild_members", true,
       [=](rest_client& rest) { return ids_of(members_of(rest, some::guild, from_the_start<user_id>), user_of); }},
      {"list_pins", false,
       [](rest_client& rest) {
         return ids_of(pins_of(rest, some::channel, from_the_start<timestamp>),
                       [](const message_pin& pin) { return pin.message.id; });
       }},
      {"list_public_archived_threads", false,
       [](rest_client& rest) {
         return ids_of(public_archived_threads(rest, some::channel, from_the_start<timestamp>));
       }},
      {"list_private_archived_threads", false,
       [](rest_client& rest) {
         return ids_of(private_archived_threads(rest, some::channel, from_the_start<timestamp>));
       }},
      {"list_my_private_archived_threads", false,
       [](rest_client& rest) {
         return ids_of(joined_private_archived_threads(rest, some::channel, from_the_start<channel_id>));
       }},
      {"thread_search", false,
       [](rest_client& rest) {
         const std::string name = "a name";  // is gone before the first page is asked for
         thread_search_query query;
         query.name = name;
         query.limit = static_cast<int>(page_size);
         return ids_of(found_threads(rest, some::channel, query));
       }},
      {"guild_search", false,
       [](rest_client& rest) {
         const std::string text = "a text";
         const std::vector<std::string_view> has{"image", "link"};
         search_guild_messages_query query;
         query.content = text;
         query.has = has;
         query.limit = static_cast<int>(page_size);
         return ids_of(found_messages(rest, some::guild, query));
       }},
  };
  add_both_ways<message_id>(all, "list_messages", false, [](rest_client& rest, const page_range<message_id>& range) {
    return ids_of(channel_history(rest, some::channel, range));
  });
  add_both_ways<guild_id>(all, "list_my_guilds", true, [](rest_client& rest, const page_range<guild_id>& range) {
    return ids_of(current_user_guilds(rest, range));
  });
  add_both_ways<entitlement_id>(all, "get_entitlements", true,
                                [](rest_client& rest, const page_range<entitlement_id>& range) {
                                  return ids_of(entitlements_of(rest, some::client, range, some::user, some::guild));
                                });
  add_both_ways<subscription_id>(all, "get_sku_subscriptions", true,
                                 [](rest_client& rest, const page_range<subscription_id>& range) {
                                   return ids_of(subscriptions_of(rest, some::sku, some::user, range));
                                 });
  add_both_ways<user_id>(all, "list_guild_bans", true, [](rest_client& rest, const page_range<user_id>& range) {
    return ids_of(bans_of(rest, some::guild, range), [](const ban& b) { return b.user.id; });
  });
  add_both_ways<audit_log_entry_id>(
      all, "list_guild_audit_log_entries", false, [](rest_client& rest, const page_range<audit_log_entry_id>& range) {
        return ids_of(audit_log_of(rest, some::guild, range,
                                   {.by = some::user, .target = some::anything, .action = audit_log_event::member_kick}));
      });
  add_both_ways<any_id>(all, "get_guild_join_requests", true, [](rest_client& rest, const page_range<any_id>& range) {
    return ids_of(join_requests_of(rest, some::guild, range, std::string("SUBMITTED")));
  });
  add_both_ways<user_id>(all, "list_guild_scheduled_event_users", true,
                         [=](rest_client& rest, const page_range<user_id>& range) {
                           return ids_of(scheduled_event_users_of(rest, some::guild, some::event, range, true), user_id_of);
                         });
  add_both_ways<user_id>(all, "list_guild_scheduled_event_exception_users", true,
                         [=](rest_client& rest, const page_range<user_id>& range) {
                           return ids_of(scheduled_event_exception_users_of(rest, some::guild, some::event,
                                                                            some::anything, range),
                                         user_id_of);
                         });
  return all;
}

}  // namespace

TEST_CASE("every pager gives every item once, in its order, in as few requests as there are pages") {
  simulated_world world;
  client bot(world.world.bot_token(), world.options());
  auto& discord = world.discord();
  some::client = discord.application();
  discord.play_schema(testing::schema_play{.all_routes = true, .list_items = items});
  std::size_t good = 0;
  const auto all = walks();
  for (const auto& one : all) {
    INFO(one.operation << (one.rising ? ", oldest first" : ", newest first"));
    discord.clear_rest_log();
    ids expected;
    for (std::uint64_t n = 1; n <= items; ++n)
      if (one.operation != "guild_search" || n != items - 1) expected.push_back(n);  // which the mock leaves out
    if (!one.rising) std::reverse(expected.begin(), expected.end());
    const auto got = world.sim.run(one.read(bot.rest()));
    CHECK(got == expected);
    const auto log = discord.rest_log();
    CHECK(log.size() == 2);
    CHECK(std::all_of(log.begin(), log.end(), [&](const auto& request) { return request.operation == one.operation; }));
    good += got == expected && log.size() == 2 ? 1 : 0;
    world.sim.run_for(std::chrono::seconds{5});
  }
  for (const auto& one : discord.violations()) FAIL_CHECK(one.kind << ": " << one.text);
  std::printf("walks %zu / %zu\n", good, all.size());
}

TEST_CASE("every route of Discord that gives pages has a pager") {
  const auto folder = test::discord_data();
  if (!folder) return test::skip(test::no_discord_data);
  const api_data data(*folder);
  std::set<std::string> walked;
  for (const auto& one : walks()) walked.insert(one.operation);
  constexpr std::array cursors{"before", "after", "offset", "cursor", "page"};
  std::size_t paged = 0;
  std::size_t found = 0;
  for (const auto& route : data.routes()) {
    const bool pages = std::any_of(route.query.begin(), route.query.end(), [&](const api_field& field) {
      return std::find(cursors.begin(), cursors.end(), field.name) != cursors.end();
    });
    if (!pages) continue;
    ++paged;
    if (walked.erase(route.key) == 0) FAIL_CHECK("no pager: " << route.key);
    else ++found;
  }
  for (const auto& other : walked) FAIL_CHECK(other << " gives no pages");
  std::printf("pagers %zu / %zu\n", found, paged);
  CHECK(paged > 15);
}
