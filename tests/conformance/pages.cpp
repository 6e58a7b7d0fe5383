// SPDX-License-Identifier: MIT
// Everything that Discord gives in pages is walked over whole, in order, in as few requests as there are pages.
#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
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

/// How far a walk goes, and whether another pager goes on from there.
struct pass {
  std::size_t limit = std::numeric_limits<std::size_t>::max();
  bool resumed = false;
};

template <class T, class Cursor, class IdOf>
task<std::optional<Cursor>> read_to(ids& all, pager<T, Cursor> pages, IdOf id) {
  for (;;) {
    const auto item = co_await pages.next();
    if (!item) break;
    all.push_back(id(*item).value());
  }
  co_return pages.cursor();
}

template <class Id>
void go_on(page_start<Id>& range, bool /*rising*/, auto cursor) {
  if constexpr (std::is_same_v<Id, timestamp>) range.from = cursor;
  else range.from = Id{cursor.value()};
}
template <class Id>
void go_on(page_range<Id>& range, bool rising, any_id cursor) {
  (rising ? range.after : range.before) = Id{cursor.value()};
}

/// `make` gives the pager of a range.
template <class Make, class Range, class IdOf>
task<ids> ids_of(Make make, Range range, bool rising, IdOf id, pass how) {
  ids all;
  range.limit = how.limit;
  const auto reached = co_await read_to(all, make(range), id);
  if (how.resumed && reached) {
    range.limit = pass().limit;
    go_on(range, rising, *reached);
    co_await read_to(all, make(range), id);
  }
  co_return all;
}

constexpr auto id_of = [](const auto& item) { return item.id; };
constexpr auto user_of = [](const auto& item) { return item.user->id; };
constexpr auto user_id_of = [](const auto& item) { return *item.user_id; };

/// A walk over the pages of a route, and whether what is oldest comes first.
struct walk {
  std::string operation;
  bool rising;
  std::function<task<ids>(rest_client&, pass)> read;
  bool resumable = true;
};

class walk_list {
 public:
  std::vector<walk> all;

  /// `make` gives the pager of a client and a range.
  template <class Range, class Make, class IdOf = decltype(id_of)>
  void add(const char* operation, bool rising, Range range, Make make, IdOf id = {}) {
    all.push_back({operation, rising, [=](rest_client& rest, pass how) {
                     return ids_of([&rest, make](const Range& r) { return make(rest, r); }, range, rising, id, how);
                   }});
  }
  /// A route that goes one way.
  template <class Id, class Make, class IdOf = decltype(id_of)>
  void one_way(const char* operation, bool rising, Make make, IdOf id = {}) {
    add(operation, rising, page_start<Id>{.page_size = page_size}, make, id);
  }
  /// A route that goes both ways, by its own way, back and forth.
  template <class Id, class Make, class IdOf = decltype(id_of)>
  void both_ways(const char* operation, bool rises_by_itself, Make make, IdOf id = {}) {
    add(operation, rises_by_itself, page_range<Id>{.page_size = page_size}, make, id);
    add(operation, false, page_range<Id>{.before = Id{1000}, .page_size = page_size}, make, id);
    add(operation, true, page_range<Id>{.after = Id{}, .page_size = page_size}, make, id);
  }
  /// A route whose pages are counted: nothing goes on from a cursor of it. `make` gives the pager of a client and a limit.
  template <class Make>
  void search(const char* operation, Make make) {
    const auto read = [](auto pages) -> task<ids> {
      ids found;
      co_await read_to(found, std::move(pages), id_of);
      co_return found;
    };
    all.push_back({operation, false, [=](rest_client& rest, pass how) { return read(make(rest, how.limit)); }, false});
  }
};

std::vector<walk> walks() {
  walk_list routes;
  routes.one_way<user_id>("list_message_reactions_by_emoji", true, [](rest_client& rest, const page_start<user_id>& start) {
    return reactions_of(rest, some::channel, some::message, "🔥", start);
  });
  routes.one_way<user_id>("get_answer_voters", true, [](rest_client& rest, const page_start<user_id>& start) {
    return voters_of(rest, some::channel, some::message, 1, start);
  });
  routes.one_way<user_id>(
      "list_thread_members", true,
      [](rest_client& rest, const page_start<user_id>& start) { return thread_members_of(rest, some::channel, start); },
      user_id_of);
  routes.one_way<user_id>(
      "list_guild_members", true,
      [](rest_client& rest, const page_start<user_id>& start) { return members_of(rest, some::guild, start); }, user_of);
  routes.one_way<timestamp>(
      "list_pins", false,
      [](rest_client& rest, const page_start<timestamp>& start) { return pins_of(rest, some::channel, start); },
      [](const message_pin& pin) { return pin.message.id; });
  routes.one_way<timestamp>("list_public_archived_threads", false,
                            [](rest_client& rest, const page_start<timestamp>& start) {
                              return public_archived_threads(rest, some::channel, start);
                            });
  routes.one_way<timestamp>("list_private_archived_threads", false,
                            [](rest_client& rest, const page_start<timestamp>& start) {
                              return private_archived_threads(rest, some::channel, start);
                            });
  routes.one_way<channel_id>("list_my_private_archived_threads", false,
                             [](rest_client& rest, const page_start<channel_id>& start) {
                               return joined_private_archived_threads(rest, some::channel, start);
                             });
  routes.search("thread_search", [](rest_client& rest, std::size_t limit) {
    const std::string name = "a name";  // is gone before the first page is asked for
    thread_search_query query;
    query.name = name;
    query.limit = static_cast<int>(page_size);
    return found_threads(rest, some::channel, query, limit);
  });
  routes.search("guild_search", [](rest_client& rest, std::size_t limit) {
    const std::string text = "a text";
    const std::vector<std::string_view> has{"image", "link"};
    search_guild_messages_query query;
    query.content = text;
    query.has = has;
    query.limit = static_cast<int>(page_size);
    return found_messages(rest, some::guild, query, limit);
  });
  routes.both_ways<message_id>("list_messages", false, [](rest_client& rest, const page_range<message_id>& range) {
    return channel_history(rest, some::channel, range);
  });
  routes.both_ways<guild_id>("list_my_guilds", true, [](rest_client& rest, const page_range<guild_id>& range) {
    return current_user_guilds(rest, range);
  });
  routes.both_ways<entitlement_id>("get_entitlements", true,
                                   [](rest_client& rest, const page_range<entitlement_id>& range) {
                                     return entitlements_of(rest, some::client, range, some::user, some::guild);
                                   });
  routes.both_ways<subscription_id>("get_sku_subscriptions", true,
                                    [](rest_client& rest, const page_range<subscription_id>& range) {
                                      return subscriptions_of(rest, some::sku, some::user, range);
                                    });
  routes.both_ways<user_id>(
      "list_guild_bans", true,
      [](rest_client& rest, const page_range<user_id>& range) { return bans_of(rest, some::guild, range); },
      [](const ban& b) { return b.user.id; });
  routes.both_ways<audit_log_entry_id>(
      "list_guild_audit_log_entries", false, [](rest_client& rest, const page_range<audit_log_entry_id>& range) {
        return audit_log_of(rest, some::guild, range,
                            {.by = some::user, .target = some::anything, .action = audit_log_event::member_kick});
      });
  routes.both_ways<any_id>("get_guild_join_requests", true, [](rest_client& rest, const page_range<any_id>& range) {
    return join_requests_of(rest, some::guild, range, std::string("SUBMITTED"));
  });
  routes.both_ways<user_id>(
      "list_guild_scheduled_event_users", true,
      [](rest_client& rest, const page_range<user_id>& range) {
        return scheduled_event_users_of(rest, some::guild, some::event, range, true);
      },
      user_id_of);
  routes.both_ways<user_id>(
      "list_guild_scheduled_event_exception_users", true,
      [](rest_client& rest, const page_range<user_id>& range) {
        return scheduled_event_exception_users_of(rest, some::guild, some::event, some::anything, range);
      },
      user_id_of);
  return routes.all;
}

}  // namespace

TEST_CASE("every pager gives every item once, in its order, in as few requests as there are pages") {
  simulated_world world;
  client bot(world.world.bot_token(), world.options());
  auto& discord = world.discord();
  some::client = discord.application();
  discord.play_schema(testing::schema_play{.all_routes = true, .list_items = items});
  // Whole; up to a limit that lies within the second page; and on from there by another pager, which asks once more.
  struct {
    const char* name;
    pass how;
    std::size_t requests;
  } const passes[] = {{"whole", {}, 2}, {"five items", {.limit = 5}, 2}, {"resumed", {.limit = 5, .resumed = true}, 3}};
  std::size_t good = 0;
  const auto all = walks();
  for (const auto& one : all) {
    bool kept = true;
    for (const auto& [name, how, requests] : passes) {
      if (how.resumed && !one.resumable) continue;
      INFO(one.operation << (one.rising ? ", oldest first, " : ", newest first, ") << name);
      discord.clear_rest_log();
      ids expected;
      for (std::uint64_t n = 1; n <= items; ++n)
        if (one.operation != "guild_search" || n != items - 1) expected.push_back(n);  // which the mock leaves out
      if (!one.rising) std::reverse(expected.begin(), expected.end());
      if (!how.resumed) expected.resize(std::min(expected.size(), how.limit));
      const auto got = world.sim.run(one.read(bot.rest(), how));
      CHECK(got == expected);
      const auto log = discord.rest_log();
      CHECK(log.size() == requests);
      CHECK(std::all_of(log.begin(), log.end(), [&](const auto& request) { return request.operation == one.operation; }));
      kept = kept && got == expected && log.size() == requests;
      world.sim.run_for(std::chrono::seconds{5});
    }
    good += kept ? 1 : 0;
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
