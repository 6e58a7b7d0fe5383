// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <monochord/core/error.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>
#include <monochord/rest/pages.hpp>

// What the factories of pagers share.
namespace monochord::rest::pages {

inline constexpr auto id_of = [](const auto& item) { return item.id; };

template <class Range>
pager_options options_of(const Range& range, std::size_t most, page_order order) {
  pager_options made;
  made.page_size = range.page_size == 0 ? most : std::min(range.page_size, most);
  made.limit = range.limit;
  made.order = order;
  return made;
}

/// Ids of a kind are any ids to a pager.
template <class Id>
std::optional<any_id> any_of(const optional<Id>& given) {
  if (!given) return std::nullopt;
  return any_id{given->value()};
}

/// Says in a query where its page begins.
template <class Query>
void go_on(Query& query, bool up, any_id from) {
  const auto say = [&](auto& field) { field.emplace(from.value()); };
  if constexpr (requires { query.before, query.after; }) say(up ? query.after : query.before);
  else if constexpr (requires { query.before; }) say(query.before);
  else say(query.after);
}

/// A walk by ids. `ask` gives the task of a page for a query and the options of its call.
template <class T, class Query, class Ask, class CursorOf>
pager<T> walk(const pager_options& how, std::optional<any_id> first, Query query, Ask ask, CursorOf cursor_of,
              std::string_view bearer_token = {}) {
  auto fetch = [query, ask = std::move(ask), up = how.order == page_order::rising, token = std::string(bearer_token)](
                   std::optional<any_id> from, std::size_t count) mutable {
    query.limit = static_cast<int>(count);
    if (from) go_on(query, up, *from);
    return ask(query, call_options{.bearer_token = token});
  };
  return {std::move(fetch), std::move(cursor_of), how, first};
}

/// A walk by ids over a route that goes both ways; `by_itself` is the way of a range that says none.
template <class T, class Id, class Query, class Ask, class CursorOf>
pager<T> walk(const page_range<Id>& range, page_order by_itself, std::size_t most, Query query, Ask ask,
              CursorOf cursor_of) {
  if (range.before && range.after) throw error(errc::invalid_argument, "pages go on before something or after it, not both");
  const auto order = range.before ? page_order::falling : range.after ? page_order::rising : by_itself;
  auto first = any_of(range.before ? range.before : range.after);
  // A route that is told nothing may begin with what is newest.
  if (!first && order == page_order::rising) first = any_id{};
  return walk<T>(options_of(range, most, order), first, std::move(query), std::move(ask), std::move(cursor_of),
                 range.bearer_token);
}

/// A walk that goes on before a time, which several items may have. So the next page begins with that time again, and those
/// of it that were given are left out. One call at a time.
class times {
 public:
  /// What a page that goes on from `from` is asked for.
  maybe<timestamp> before(std::optional<timestamp> from) const {
    if (!from) return {};
    return at_ == from ? *from + std::chrono::microseconds{1} : *from;
  }
  /// How many of a page that goes on from `from` were given.
  std::size_t known(std::optional<timestamp> from) const { return from && at_ == from ? given_.size() : 0; }

  template <class T, class TimeOf, class IdOf>
  void leave_out_known(std::vector<T>& page, TimeOf time_of, IdOf id_of) {
    std::erase_if(page, [&](const T& item) {
      return at_ == time_of(item) && std::find(given_.begin(), given_.end(), id_of(item)) != given_.end();
    });
    for (const T& item : page) {
      if (at_ != time_of(item)) given_.clear();
      at_ = time_of(item);
      given_.push_back(id_of(item));
    }
  }

 private:
  std::optional<timestamp> at_;
  std::vector<std::uint64_t> given_;
};

/// Owns what a query only views, since the query outlives what its caller gave. Copies share it.
class owner {
 public:
  void keep(maybe<std::string_view>& text) {
    if (text) text = keep_text(*text);
  }
  template <class T>
  void keep(list<T>& values) {
    auto own = std::make_shared<std::vector<T>>(values.begin(), values.end());
    if constexpr (std::is_same_v<T, std::string_view>)
      for (auto& text : *own) text = keep_text(text);
    values = list<T>(*own);
    kept_.push_back(std::move(own));
  }

 private:
  std::string_view keep_text(std::string_view text) {
    auto own = std::make_shared<const std::string>(text);
    const std::string_view view = *own;
    kept_.push_back(std::move(own));
    return view;
  }
  std::vector<std::shared_ptr<const void>> kept_;
};

/// The pages of a search are counted: by 25 at most, up to the 10,000th item.
inline constexpr int most_found = 25;
inline constexpr int last_offset = 9975;

inline pager_options options_of_search(const maybe<int>& page_size, std::size_t limit) {
  pager_options how;
  how.page_size = static_cast<std::size_t>(std::clamp(page_size.value_or(most_found), 1, most_found));
  how.limit = limit;
  how.by_offset = true;
  return how;
}

}  // namespace monochord::rest::pages
