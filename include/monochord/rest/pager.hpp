// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <monochord/core/error.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>

namespace monochord {

/// What one request of a pager brought. Where Discord says itself whether there is more (`has_more`), that counts; otherwise
/// a page with fewer items than were asked for is the last.
template <class T>
class fetched_page {
 public:
  fetched_page(std::vector<T> items) : items(std::move(items)) {}
  fetched_page(std::vector<T> items, bool more) : items(std::move(items)), more(more) {}

  std::vector<T> items;
  std::optional<bool> more;
};

/// In which order a pager gives its items, whichever way round the pages of the route come.
enum class page_order : std::uint8_t {
  as_given,  ///< that of the route
  rising,    ///< the lowest cursor first, for what goes on after a cursor
  falling,   ///< the highest cursor first, for what goes on before a cursor
};

/// How a pager goes about its work.
struct pager_options {
  std::size_t page_size = 100;                                   ///< of each request; the most that the route takes
  std::size_t limit = std::numeric_limits<std::size_t>::max();   ///< of items in all
  page_order order = page_order::as_given;
  /// Several items may have one cursor: `fetch` gives those of the cursor that it goes on from too, but none twice.
  bool shared_cursors = false;
  /// `fetch` counts its pages itself: cursors are not looked at, and what moves meanwhile may come twice or be left out.
  bool by_offset = false;
};

/// Walks over everything that a route gives in pages, one request at a time and none before it is needed.
///
///   mc::pager<mc::message> history(fetch, [](const mc::message& m) { return m.id; }, {.limit = 500});
///   for (;;) {
///     const auto message = co_await history.next();
///     if (!message) break;
///     ...
///   }
///
/// (`while (auto message = co_await history.next())` says the same, but g++ 12 miscompiles `co_await` in a condition.)
///
/// It is made of `fetch(std::optional<Cursor> from, std::size_t count)`, a `task` of a `std::vector<T>` or a
/// `fetched_page<T>`, and of what reads the cursor of the last item of a page, from which the next one goes on. It ends
/// with a short or empty page, with `more == false`, and at the limit.
///
/// What `fetch` throws comes out of `next`, cancellation included; nothing is lost then, not even what `all` had read, and
/// the next call asks for the same page again. A page that does not lie past the cursor it was asked from throws `error` (`errc::json_mismatch`), since
/// items would come twice or be left out; where the order is `as_given`, one that ends where the one before it ended does,
/// unless pages are counted (`by_offset`). So does an empty page that is not to be the last. One call at a time; the pager
/// must live until it has ended.
template <class T, class Cursor = any_id>
class pager {
 public:
  using page_type = fetched_page<T>;

  template <class Fetch, class CursorOf>
  pager(Fetch fetch, CursorOf cursor_of, pager_options options = {}, std::optional<Cursor> from = std::nullopt)
      : cursor_of_([read = std::move(cursor_of)](const T& item) { return Cursor(to_cursor(read(item))); }),
        options_(options),
        cursor_(std::move(from)) {
    using result = std::invoke_result_t<Fetch&, std::optional<Cursor>, std::size_t>;
    if constexpr (std::is_same_v<result, task<std::vector<T>>>) plain_ = std::move(fetch);
    else fetch_ = std::move(fetch);
    if (options_.page_size == 0) throw error(errc::invalid_argument, "a page of a pager has at least one item");
    left_ = options_.limit;
  }

  /// The next item; nothing after the last.
  task<std::optional<T>> next() {
    if (at_ == page_.size()) co_await fill();
    if (at_ == page_.size()) co_return std::nullopt;
    co_return std::optional<T>(std::move(page_[at_++]));
  }

  /// What is left of the page at hand, or the next page; empty after the last.
  task<std::vector<T>> next_page() {
    if (at_ == page_.size()) co_await fill();
    std::vector<T> rest(std::make_move_iterator(page_.begin() + static_cast<std::ptrdiff_t>(at_)),
                        std::make_move_iterator(page_.end()));
    at_ = page_.size();
    co_return rest;
  }

  /// Everything that is left, in one vector; give a limit where that could be much.
  task<std::vector<T>> all() {
    std::vector<T> everything;
    try {
      for (;;) {
        std::vector<T> page = co_await next_page();
        if (page.empty()) break;
        std::move(page.begin(), page.end(), std::back_inserter(everything));
      }
    } catch (...) {
      page_ = std::move(everything);  // to be given again
      at_ = 0;
      throw;
    }
    co_return everything;
  }

  /// Where the next request goes on: to keep, and to give to another pager as `from`. Items of the page at hand that
  /// `next` has not given yet are before it, and other items with this very cursor are left out by the other pager: of walks
  /// by time those of the same time. This one, which knows which it gave, leaves none out.
  const std::optional<Cursor>& cursor() const noexcept { return cursor_; }
  /// Nothing more will be requested; a page at hand may still have items.
  bool finished() const noexcept { return left_ == 0 || finished_; }

 private:
  // Ids of a kind become the id of any kind, so that a pager need not be told which.
  template <class Value>
  static auto to_cursor(const Value& value) {
    if constexpr (std::is_same_v<Cursor, any_id> && requires { value.value(); }) return value.value();
    else return value;
  }

  task<> fill() {
    if (finished()) co_return;
    const std::size_t wanted = std::min(options_.page_size, left_);
    page_type fetched = co_await request(wanted);
    std::vector<T>& items = fetched.items;
    const bool more = fetched.more.value_or(items.size() >= wanted);
    if (!items.empty()) {
      put_in_order(items);
      if (items.size() > left_) items.erase(items.begin() + static_cast<std::ptrdiff_t>(left_), items.end());
      Cursor last = cursor_of_(items.back());
      if (!goes_on(cursor_of_(items.front()), last, more)) throw error(errc::json_mismatch, broken_order());
      cursor_ = std::move(last);
    } else if (more) {
      throw error(errc::json_mismatch, "an empty page is not to be the last: with `more` a fetch gives at least one item");
    }
    finished_ = !more;
    left_ -= items.size();
    page_ = std::move(items);
    at_ = 0;
  }

  bool comes_before(const Cursor& a, const Cursor& b) const { return options_.order == page_order::falling ? b < a : a < b; }

  void put_in_order(std::vector<T>& items) const {
    if (options_.order == page_order::as_given) return;
    std::stable_sort(items.begin(), items.end(),
                     [this](const T& a, const T& b) { return comes_before(cursor_of_(a), cursor_of_(b)); });
  }

  bool goes_on(const Cursor& first, const Cursor& last, bool more) const {
    if (!cursor_ || options_.by_offset) return true;
    if (options_.order == page_order::as_given) return !more || last != *cursor_;
    return options_.shared_cursors ? !comes_before(first, *cursor_) : comes_before(*cursor_, first);
  }

  /// Which order a page broke, and what would have kept it.
  std::string broken_order() const {
    if (options_.order == page_order::as_given)
      return "a page ends where the one before it ended: with page_order::as_given a fetch gives what is behind the cursor "
             "that it is given";
    const bool rising = options_.order == page_order::rising;
    return std::string("a page does not lie past the cursor that it goes on from: with page_order::") +
           (rising ? "rising" : "falling") + " a fetch gives items " + (options_.shared_cursors ? "at and " : "") +
           (rising ? "above" : "below") + " the cursor that it is given";
  }

  task<page_type> request(std::size_t wanted) {
    if (fetch_) {
      page_type page = co_await fetch_(cursor_, wanted);
      co_return page;
    }
    std::vector<T> items = co_await plain_(cursor_, wanted);
    co_return page_type(std::move(items));
  }

  std::function<task<page_type>(std::optional<Cursor>, std::size_t)> fetch_;
  std::function<task<std::vector<T>>(std::optional<Cursor>, std::size_t)> plain_;  // one of the two is there
  std::function<Cursor(const T&)> cursor_of_;
  pager_options options_;
  std::optional<Cursor> cursor_;
  std::size_t left_ = 0;
  bool finished_ = false;
  std::vector<T> page_;
  std::size_t at_ = 0;
};

}  // namespace monochord
