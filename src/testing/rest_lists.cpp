// SPDX-License-Identifier: MIT
// Lists that come in pages.
#include <algorithm>
#include <chrono>

#include <monochord/core/timestamp.hpp>
#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

enum class paging : std::uint8_t {
  rising,     ///< by rising id, from the lowest unless there is a cursor
  falling,    ///< newest first, also after a cursor, and from the newest unless there is one
  turning,    ///< newest first, but after a cursor oldest first
  counted,    ///< newest first, from an offset
};

/// Where the list of a route stands in its answer, where an item has its id, and its time when it is that which pages go by.
struct paged_list {
  std::string_view operation;
  paging how;
  const char* list;
  const char* id;
  const char* time = nullptr;
};

constexpr const char* archived = "/thread_metadata/archive_timestamp";
constexpr paged_list lists[] = {
    {"get_entitlements", paging::rising, "", "/id"},
    {"get_sku_subscriptions", paging::rising, "", "/id"},
    {"list_my_guilds", paging::rising, "", "/id"},
    {"list_guild_members", paging::rising, "", "/user/id"},
    {"list_guild_bans", paging::rising, "", "/user/id"},
    {"list_guild_scheduled_event_users", paging::rising, "", "/user_id"},
    {"list_guild_scheduled_event_exception_users", paging::rising, "", "/user_id"},
    {"list_message_reactions_by_emoji", paging::rising, "", "/id"},
    {"list_thread_members", paging::rising, "", "/user_id"},
    {"get_answer_voters", paging::rising, "/users", "/id"},
    {"list_messages", paging::falling, "", "/id"},
    {"get_guild_join_requests", paging::falling, "/guild_join_requests", "/id"},
    {"list_my_private_archived_threads", paging::falling, "/threads", "/id"},
    {"list_private_archived_threads", paging::falling, "/threads", "/id", archived},
    {"list_public_archived_threads", paging::falling, "/threads", "/id", archived},
    {"list_pins", paging::falling, "/items", "/message/id", "/pinned_at"},
    {"list_guild_audit_log_entries", paging::turning, "/audit_log_entries", "/id"},
    {"thread_search", paging::counted, "/threads", "/id"},
    {"guild_search", paging::counted, "/messages", "/id"},
};

/// Two items in a row share their time.
timestamp time_of(std::uint64_t item) {
  return timestamp{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}} +
         std::chrono::microseconds{static_cast<std::int64_t>((item + 1) / 2)};
}

json made(const paged_list& list, json item, std::uint64_t number) {
  item[json::json_pointer(list.id)] = id_text(number);
  if (list.time) item[json::json_pointer(list.time)] = format_timestamp(time_of(number));
  return item;
}

}  // namespace

void rest::keep_page(const call& what, std::size_t usual_limit, std::vector<snowflake>& rising) {
  const auto limit_text = what.query_value("limit");
  const std::size_t limit = limit_text.empty() ? usual_limit : any_id::parse(limit_text).value();
  const auto before = any_id::parse(what.query_value("before")).value();
  const auto after = any_id::parse(what.query_value("after")).value();
  std::erase_if(rising, [&](snowflake id) { return id <= after || (before != 0 && id >= before); });
  if (rising.size() <= limit) return;
  // With `before` the last ones before it, unless `after` is given too, which wins.
  if (before != 0 && after == 0) rising.erase(rising.begin(), rising.end() - static_cast<std::ptrdiff_t>(limit));
  rising.resize(limit);
}

void rest::make_page(const call& what, std::uint64_t items, json& body) {
  const auto list = std::find_if(std::begin(lists), std::end(lists),
                                 [&](const paged_list& one) { return one.operation == what.route->operation; });
  if (list == std::end(lists)) return;
  const auto number = [&](std::string_view name, std::uint64_t otherwise) {
    const auto text = what.query_value(name);
    return text.empty() ? otherwise : any_id::parse(text).value();
  };
  const auto limit = static_cast<std::size_t>(number("limit", 25));
  const bool after = !what.query_value("after").empty();
  const auto before_time = list->time ? parse_timestamp(what.query_value("before")) : std::nullopt;
  const auto before = list->time ? items + 1 : number("before", items + 1);
  std::vector<std::uint64_t> found;  // rising
  for (std::uint64_t n = number("after", 0) + 1; n <= items && n < before; ++n)
    if (!before_time || time_of(n) < *before_time) found.push_back(n);
  found.resize(found.size() - std::min<std::size_t>(found.size(), number("offset", 0)));
  const bool more = found.size() > limit;
  const auto too_many = static_cast<std::ptrdiff_t>(more ? found.size() - limit : 0);
  const bool lowest = after || (list->how == paging::rising && what.query_value("before").empty());
  found.erase(lowest ? found.end() - too_many : found.begin(), lowest ? found.end() : found.begin() + too_many);
  if (list->how != paging::rising && !(list->how == paging::turning && after)) std::reverse(found.begin(), found.end());

  json& place = *list->list ? body[json::json_pointer(list->list)] : body;
  const json sample = place.at(0);
  place = json::array();
  for (const auto n : found) {
    if (!sample.is_array()) {
      place.push_back(made(*list, sample, n));
    } else if (n != items - 1) {  // a search leaves out what it cannot show, and tells what stands beside what it found
      json hit = made(*list, sample.at(0), n);
      json beside = made(*list, sample.at(0), items + n);
      hit["hit"] = true;
      beside["hit"] = false;
      place.push_back(json::array({std::move(hit), std::move(beside)}));
    }
  }
  if (body.contains("has_more")) body["has_more"] = more;
  if (body.contains("total_results")) body["total_results"] = items;
}

}  // namespace monochord::testing
