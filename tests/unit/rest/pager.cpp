// SPDX-License-Identifier: MIT
#include <monochord/rest/pager.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <string>

#include "support/catch.hpp"

using namespace monochord;

namespace {

struct entry {
  message_id id;
  std::string text;
};

message_id id_of(const entry& e) { return e.id; }

/// A route that gives entries 1 to `total` after a cursor, in pages, and keeps what it was asked.
struct route {
  std::uint64_t total = 0;
  bool newest_first = false;
  int fail_at = -1;
  std::vector<std::string> asked = {};

  std::vector<entry> page(std::optional<any_id> from, std::size_t count) {
    asked.push_back((from ? from->str() : "start") + "+" + std::to_string(count));
    if (static_cast<int>(asked.size()) - 1 == fail_at) throw error(errc::closed, "gone");
    std::vector<entry> items;
    for (std::uint64_t i = from ? from->value() + 1 : 1; i <= total && items.size() < count; ++i)
      items.push_back({message_id{i}, "number " + std::to_string(i)});
    if (newest_first) std::reverse(items.begin(), items.end());
    return items;
  }
  auto fetch() {
    return [this](std::optional<any_id> from, std::size_t count) -> task<std::vector<entry>> { co_return page(from, count); };
  }
};

/// Runs a coroutine to its end; what it throws is thrown.
void run(task<> work) {
  boost::asio::io_context context;
  std::exception_ptr failed;
  boost::asio::co_spawn(context, std::move(work), [&](std::exception_ptr e) { failed = std::move(e); });
  context.run();
  if (failed) std::rethrow_exception(failed);
}

task<> read_all(pager<entry>& from, std::vector<std::uint64_t>& out) {
  for (;;) {
    const auto item = co_await from.next();
    if (!item) break;
    CHECK(item->text == "number " + item->id.str());
    out.push_back(item->id.value());
  }
}

std::vector<std::uint64_t> up_to(std::uint64_t n) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t i = 1; i <= n; ++i) all.push_back(i);
  return all;
}

}  // namespace

TEST_CASE("a pager gives every item once and stops at a short page") {
  route r{.total = 7};
  pager<entry> p(r.fetch(), id_of, {.page_size = 3});
  std::vector<std::uint64_t> got;
  run(read_all(p, got));
  CHECK(got == up_to(7));
  CHECK(r.asked == std::vector<std::string>{"start+3", "3+3", "6+3"});
  CHECK(p.finished());
  run(read_all(p, got));  // is over, and asks for nothing more
  CHECK(got.size() == 7);
  CHECK(r.asked.size() == 3);
}

TEST_CASE("a pager asks once more when the last page was full") {
  route r{.total = 6};
  pager<entry> p(r.fetch(), id_of, {.page_size = 3});
  std::vector<std::uint64_t> got;
  run(read_all(p, got));
  CHECK(got == up_to(6));
  CHECK(r.asked == std::vector<std::string>{"start+3", "3+3", "6+3"});

  route none{.total = 0};
  pager<entry> empty(none.fetch(), id_of);
  got.clear();
  run(read_all(empty, got));
  CHECK(got.empty());
  CHECK(none.asked == std::vector<std::string>{"start+100"});
}

TEST_CASE("a pager asks for no more than its limit") {
  route r{.total = 100};
  pager<entry> p(r.fetch(), id_of, {.page_size = 3, .limit = 5});
  std::vector<std::uint64_t> got;
  run(read_all(p, got));
  CHECK(got == up_to(5));
  CHECK(r.asked == std::vector<std::string>{"start+3", "3+2"});

  route nothing{.total = 100};
  pager<entry> zero(nothing.fetch(), id_of, {.limit = 0});
  got.clear();
  run(read_all(zero, got));
  CHECK((got.empty() && nothing.asked.empty()));
}

TEST_CASE("a pager starts where it is told, and says where it is") {
  route r{.total = 9};
  pager<entry> p(r.fetch(), id_of, {.page_size = 2}, any_id{5});
  std::vector<std::uint64_t> got;
  run([](pager<entry>& from, std::vector<std::uint64_t>& out) -> task<> {
    std::vector<entry> page = co_await from.next_page();
    for (const auto& e : page) out.push_back(e.id.value());
  }(p, got));
  CHECK(got == std::vector<std::uint64_t>{6, 7});
  REQUIRE(p.cursor());
  CHECK(p.cursor()->value() == 7);
  CHECK(r.asked == std::vector<std::string>{"5+2"});
}

TEST_CASE("pages that come newest first are turned round") {
  route r{.total = 5, .newest_first = true};
  pager<entry> p(r.fetch(), id_of, {.page_size = 2, .order = page_order::rising});
  std::vector<entry> got;
  run([](pager<entry>& from, std::vector<entry>& out) -> task<> { out = co_await from.all(); }(p, got));
  REQUIRE(got.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(got[i].id.value() == i + 1);
}

TEST_CASE("what a fetch throws is thrown, and the page is asked for again") {
  route r{.total = 4, .fail_at = 1};
  pager<entry> p(r.fetch(), id_of, {.page_size = 2});
  std::vector<std::uint64_t> got;
  CHECK_THROWS_AS(run(read_all(p, got)), error);
  CHECK(got == up_to(2));
  run(read_all(p, got));
  CHECK(got == up_to(4));
  CHECK(r.asked == std::vector<std::string>{"start+2", "2+2", "2+2", "4+2"});
}

TEST_CASE("what was read before a page failed is not lost when everything is asked for") {
  route r{.total = 5, .fail_at = 2};
  pager<entry> p(r.fetch(), id_of, {.page_size = 2});
  std::vector<std::uint64_t> got;
  const auto everything = [](pager<entry>& from, std::vector<std::uint64_t>& out) -> task<> {
    const std::vector<entry> all = co_await from.all();
    for (const auto& e : all) out.push_back(e.id.value());
  };
  CHECK_THROWS_AS(run(everything(p, got)), error);
  CHECK(got.empty());
  run(everything(p, got));
  CHECK(got == up_to(5));
  CHECK(r.asked == std::vector<std::string>{"start+2", "2+2", "4+2", "4+2"});
}

TEST_CASE("a pager believes what Discord says about more") {
  std::vector<std::string> asked = {};
  const auto fetch = [&asked](std::optional<std::string> from, std::size_t) -> task<fetched_page<std::string>> {
    asked.push_back(from.value_or("start"));
    std::vector<std::string> items{asked.size() == 1 ? "a" : "b"};
    co_return fetched_page<std::string>(std::move(items), asked.size() == 1);
  };
  pager<std::string, std::string> p(fetch, [](const std::string& s) { return s; });
  std::vector<std::string> got;
  run([](pager<std::string, std::string>& from, std::vector<std::string>& out) -> task<> { out = co_await from.all(); }(p, got));
  CHECK(got == std::vector<std::string>{"a", "b"});
  CHECK(asked == std::vector<std::string>{"start", "a"});
}

TEST_CASE("a cursor that does not move is an error and no endless loop") {
  const auto same = [](std::optional<any_id>, std::size_t count) -> task<std::vector<entry>> {
    std::vector<entry> items(count);
    for (auto& e : items) e.id = message_id{1}, e.text = "number 1";
    co_return items;
  };
  pager<entry> p(same, id_of, {.page_size = 2});
  std::vector<std::uint64_t> got;
  try {
    run(read_all(p, got));
    FAIL("it went on");
  } catch (const error& e) {
    CHECK(e.code() == errc::json_mismatch);
    CHECK(std::string(e.what()) == "a page ends where the one before it ended: with page_order::as_given a fetch gives what "
                                   "is behind the cursor that it is given");
  }
  CHECK(got.size() == 2);
  CHECK_THROWS_AS(pager<entry>(same, id_of, {.page_size = 0}), error);
}

TEST_CASE("a page that does not lie past the one before it is an error") {
  // What lies after 3 was asked for: it would come twice.
  std::vector<std::vector<std::uint64_t>> pages{{1, 2, 3}, {3, 4, 5}};
  const auto broken = [&](page_order order, bool shared = false) -> std::string {
    std::size_t at = 0;
    const auto fetch = [&](std::optional<any_id>, std::size_t) -> task<std::vector<entry>> {
      std::vector<entry> items;
      for (const auto n : pages[at]) items.push_back({message_id{n}, "number " + std::to_string(n)});
      ++at;
      co_return items;
    };
    pager<entry> p(fetch, id_of, {.page_size = 3, .limit = 6, .order = order, .shared_cursors = shared});
    std::vector<std::uint64_t> got;
    try {
      run(read_all(p, got));
    } catch (const error& e) {
      CHECK(got.size() == 3);
      CHECK(e.code() == errc::json_mismatch);
      return e.what();
    }
    return {};
  };
  const std::string text = "a page does not lie past the cursor that it goes on from: with page_order::";
  CHECK(broken(page_order::rising) == text + "rising a fetch gives items above the cursor that it is given");
  CHECK(broken(page_order::falling) == text + "falling a fetch gives items below the cursor that it is given");
  CHECK(broken(page_order::falling, true) == text + "falling a fetch gives items at and below the cursor that it is given");
  pages = {{3, 1, 2}, {6, 5, 4}};
  CHECK(broken(page_order::rising).empty());
  pages = {{1, 2, 3}, {}};
  CHECK(broken(page_order::rising).empty());
}

TEST_CASE("pages that are counted may bring an item twice") {
  // One item was deleted, or written, while the pages were read: the second page ends as the first did.
  std::vector<std::vector<std::uint64_t>> pages{{1, 2, 3}, {2, 1, 3}, {4}};
  const auto fetch = [&](std::optional<any_id>, std::size_t) -> task<std::vector<entry>> {
    std::vector<entry> items;
    for (const auto n : pages.front()) items.push_back({message_id{n}, "number " + std::to_string(n)});
    pages.erase(pages.begin());
    co_return items;
  };
  pager<entry> p(fetch, id_of, {.page_size = 3, .by_offset = true});
  std::vector<std::uint64_t> got;
  run(read_all(p, got));
  CHECK(got == std::vector<std::uint64_t>{1, 2, 3, 2, 1, 3, 4});
}

TEST_CASE("an empty page that is not to be the last is an error") {
  const auto fetch = [](std::optional<any_id>, std::size_t) -> task<fetched_page<entry>> {
    co_return fetched_page<entry>(std::vector<entry>(), true);
  };
  pager<entry> p(fetch, id_of);
  std::vector<std::uint64_t> got;
  CHECK_THROWS_WITH(run(read_all(p, got)),
                    "an empty page is not to be the last: with `more` a fetch gives at least one item");
}

TEST_CASE("a pager that was given more than it wanted goes on after what it gave") {
  route r{.total = 9};
  const auto two_at_least = [&r](std::optional<any_id> from, std::size_t count) -> task<std::vector<entry>> {
    co_return r.page(from, count < 2 ? 2 : count);
  };
  pager<entry> p(two_at_least, id_of, {.page_size = 2, .limit = 3, .order = page_order::rising});
  std::vector<std::uint64_t> got;
  run(read_all(p, got));
  CHECK(got == up_to(3));
  REQUIRE(p.cursor());
  pager<entry> rest(two_at_least, id_of, {.order = page_order::rising}, *p.cursor());
  run(read_all(rest, got));
  CHECK(got == up_to(9));
}

TEST_CASE("a pager that is cancelled loses nothing") {
  boost::asio::io_context context;
  route r{.total = 2};
  boost::asio::steady_timer never(context, boost::asio::steady_timer::time_point::max());
  bool blocked = true;
  const auto fetch = [&](std::optional<any_id> from, std::size_t count) -> task<std::vector<entry>> {
    if (blocked) co_await never.async_wait(boost::asio::use_awaitable);
    co_return r.page(from, count);
  };
  pager<entry> p(fetch, id_of);
  std::vector<std::uint64_t> got;
  std::exception_ptr ended;
  boost::asio::cancellation_signal cancel;
  boost::asio::co_spawn(context, read_all(p, got),
                        boost::asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e) { ended = std::move(e); }));
  context.poll();
  cancel.emit(boost::asio::cancellation_type::terminal);
  context.run();
  CHECK(ended);
  CHECK(got.empty());
  blocked = false;
  run(read_all(p, got));
  CHECK(got == up_to(2));
}
