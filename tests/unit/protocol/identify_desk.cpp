// SPDX-License-Identifier: MIT
#include "protocol/identify_desk.hpp"

#include <algorithm>

#include "support/catch.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using namespace monochord::protocol;
using standing = identify_desk::standing;
using kind = queue_call::kind;

namespace {

constexpr time_point start{1000h};

identify_desk_options with(int max_concurrency = 1, int remaining = 1000) {
  identify_desk_options o;
  o.queue.max_concurrency = max_concurrency;
  o.queue.remaining = remaining;
  return o;
}

queue_call plain(int shard) {
  queue_call out;
  out.shard = shard;
  return out;
}

queue_call by(const std::string& owner, int shard, std::uint64_t number, const std::string& run = "run") {
  queue_call out = plain(shard);
  out.owner = owner;
  out.run = run;
  out.number = number;
  return out;
}

queue_call report(kind what, queue_call of, bool identified = false) {
  of.what = what;
  of.identified = identified;
  return of;
}

bool woken(const std::vector<std::uint64_t>& numbers, const identify_desk::visit& who) {
  return std::ranges::find(numbers, who.number) != numbers.end();
}

}  // namespace

TEST_CASE("identify desk: a plain client's grant counts from its answer, and a margin for the way") {
  identify_desk desk(with(), start);
  const auto a = *desk.come(plain(0), start), b = *desk.come(plain(1), start);
  const auto first = desk.poll(start);
  CHECK(woken(first, a));
  CHECK_FALSE(woken(first, b));
  CHECK(desk.look(a) == standing::granted);
  CHECK(desk.look(b) == standing::waiting);
  desk.told(a, start + 1s);
  CHECK(desk.poll(start + 1s).empty());
  CHECK(desk.next_wakeup() == start + 6500ms);
  CHECK(desk.poll(start + 6499ms).empty());
  CHECK(woken(desk.poll(start + 6500ms), b));
  CHECK(desk.queue().counters().untold == 1);
  CHECK(desk.queue().remaining() == 998);
}

TEST_CASE("identify desk: who tells what becomes of a grant is counted from when it is used") {
  identify_desk desk(with(), start);
  const auto question = by("a", 0, 1);
  const auto a = *desk.come(question, start), b = *desk.come(by("b", 1, 1), start);
  desk.poll(start);
  desk.told(a, start);
  CHECK(desk.poll(start + 9s).empty());  // it has not been used yet
  CHECK(desk.hear(report(kind::sent, question), start + 10s));
  CHECK(desk.poll(start + 14999ms).empty());
  CHECK(woken(desk.poll(start + 15s), b));
  CHECK(desk.hear(report(kind::done, question, true), start + 16s));
  CHECK_FALSE(desk.hear(report(kind::done, question, true), start + 16s));
  CHECK(desk.queue().counters().identified == 1);

  desk.told(b, start + 16s);
  const auto c = *desk.come(by("c", 0, 1), start + 16s);
  desk.poll(start + 16s);
  CHECK(desk.look(c) == standing::waiting);
  CHECK(desk.hear(report(kind::unused, by("b", 1, 1)), start + 17s));
  CHECK(woken(desk.poll(start + 17s), c));
  CHECK(desk.queue().remaining() == 998);
}

TEST_CASE("identify desk: a visitor that goes away gives its place back, granted or not") {
  identify_desk desk(with(), start);
  const auto a = *desk.come(plain(0), start), b = *desk.come(by("b", 1, 1), start), c = *desk.come(plain(2), start);
  desk.poll(start);
  desk.leave(b, start);
  CHECK(desk.queue().waiting() == 1);
  desk.leave(a, start);  // granted, and nobody was told
  CHECK(woken(desk.poll(start), c));
  CHECK(desk.queue().remaining() == 999);
  CHECK(desk.queue().counters().unused == 1);
  CHECK(desk.queue().counters().cancelled == 1);
}

TEST_CASE("identify desk: whoever was told to ask again keeps the place for some seconds") {
  identify_desk desk(with(), start);
  const auto first = *desk.come(plain(9), start);
  const auto question = by("a", 0, 1);
  const auto a = *desk.come(question, start), b = *desk.come(plain(1), start);
  desk.poll(start);
  desk.told(first, start);
  desk.told_to_ask_again(a, start + 2s);
  desk.poll(start + 2s);
  const auto again = *desk.come(question, start + 3s);
  CHECK(desk.look(a) == standing::superseded);
  CHECK(desk.look(again) == standing::waiting);
  CHECK(desk.queue().waiting() == 2);
  const auto decided = desk.poll(start + 6s);
  CHECK(woken(decided, again));
  CHECK_FALSE(woken(decided, b));

  // A grant that nobody fetched is one that nobody used.
  desk.told_to_ask_again(again, start + 6s);
  desk.poll(start + 6s);
  CHECK(desk.next_wakeup() == start + 16s);
  CHECK(woken(desk.poll(start + 16s), b));
  CHECK(desk.queue().remaining() == 998);
}

TEST_CASE("identify desk: a question whose answer was lost gets the same grant again") {
  identify_desk desk(with(), start);
  const auto question = by("a", 0, 1);
  const auto a = *desk.come(question, start);
  desk.poll(start);
  desk.told(a, start);
  const auto again = *desk.come(question, start + 1s);
  CHECK(desk.look(again) == standing::granted);
  desk.leave(again, start + 1s);  // also lost: the first answer may have come all the same
  CHECK(desk.queue().remaining() == 999);
  const auto third = *desk.come(question, start + 2s);
  CHECK(desk.look(third) == standing::granted);
  desk.told(third, start + 2s);
  CHECK(desk.hear(report(kind::sent, question), start + 2s));
  const auto stale = *desk.come(question, start + 3s);
  CHECK(desk.look(stale) == standing::superseded);  // it was used
  CHECK(desk.queue().remaining() == 999);
}

TEST_CASE("identify desk: two visits of one question: the later one is answered") {
  identify_desk desk(with(), start);
  const auto other = *desk.come(plain(1), start);
  desk.poll(start);
  const auto question = by("a", 0, 1);
  const auto a = *desk.come(question, start), b = *desk.come(question, start);
  CHECK(woken(desk.poll(start), a));
  CHECK(desk.look(a) == standing::superseded);
  desk.leave(a, start);
  CHECK(desk.look(b) == standing::waiting);
  desk.leave(other, start);
  CHECK(woken(desk.poll(start), b));
}

TEST_CASE("identify desk: another run of an owner drops what the one before asked") {
  identify_desk desk(with(2), start);
  const auto granted = *desk.come(by("a", 0, 1), start), waiting = *desk.come(by("a", 2, 2), start);
  const auto other = *desk.come(by("b", 4, 1), start);
  desk.poll(start);
  desk.told(granted, start);
  const auto fresh = *desk.come(by("a", 1, 1, "second run"), start + 1s);
  const auto decided = desk.poll(start + 1s);
  CHECK(woken(decided, waiting));
  CHECK(desk.look(waiting) == standing::superseded);
  CHECK(woken(decided, fresh));
  // The grant may have been used before its owner died: it counts, and the next of its key waits for 5 seconds.
  CHECK(desk.look(other) == standing::waiting);
  CHECK(woken(desk.poll(start + 6s), other));
  CHECK(desk.queue().counters().expired == 1);
  CHECK(desk.queue().remaining() == 997);
  CHECK_FALSE(desk.hear(report(kind::done, by("a", 0, 1), true), start + 6s));
}

TEST_CASE("identify desk: a shard that asks anew drops what it asked before") {
  identify_desk desk(with(), start);
  const auto other = *desk.come(plain(1), start);
  desk.poll(start);
  const auto a = *desk.come(by("a", 0, 1), start);
  const auto b = *desk.come(by("a", 0, 2), start);
  const auto same_number = *desk.come(by("a", 5, 2), start);
  CHECK(woken(desk.poll(start), a));
  CHECK(desk.look(b) == standing::superseded);
  CHECK(desk.look(same_number) == standing::waiting);
  CHECK(desk.queue().waiting() == 1);
  desk.leave(other, start);
  CHECK(woken(desk.poll(start), same_number));
}

TEST_CASE("identify desk: so many may wait, and no more") {
  auto options = with();
  options.max_waiting = 2;
  identify_desk desk(options, start);
  const auto first = *desk.come(plain(0), start);
  desk.poll(start);
  REQUIRE(desk.come(by("a", 1, 1), start));
  REQUIRE(desk.come(plain(2), start));
  CHECK_FALSE(desk.come(plain(3), start));
  CHECK(desk.come(by("a", 1, 1), start));  // is there already
  desk.leave(first, start);
  desk.poll(start);
  CHECK(desk.come(plain(3), start));
}

TEST_CASE("identify desk: a question that does not wait for the next day is refused, others wait") {
  auto options = with(1, 0);
  options.queue.reset_after = 1h;
  identify_desk desk(options, start);
  auto impatient = by("a", 0, 1);
  impatient.refuse_when_spent = true;
  const auto a = *desk.come(impatient, start), b = *desk.come(plain(1), start);
  CHECK(desk.poll(start) == std::vector<std::uint64_t>{a.number});
  CHECK(desk.look(a) == standing::spent);
  desk.leave(a, start);
  CHECK(desk.look(b) == standing::waiting);
  CHECK(woken(desk.poll(start + 1h), b));
}

TEST_CASE("identify desk: after a restart nobody is let through before grants of the old one can be used no more") {
  auto options = with(2);
  options.queue.first_after = 6s;
  identify_desk desk(options, start);
  const auto a = *desk.come(plain(0), start), b = *desk.come(plain(1), start);
  CHECK(desk.poll(start + 5999ms).empty());
  CHECK(desk.next_wakeup() == start + 6s);
  CHECK_FALSE(desk.hear(report(kind::sent, by("old", 3, 7)), start + 4s));  // by a grant of the old one
  const auto decided = desk.poll(start + 6s);
  CHECK(woken(decided, a));
  CHECK_FALSE(woken(decided, b));
  CHECK(woken(desk.poll(start + 9s), b));
}

TEST_CASE("identify desk: a grant that its owner keeps silent about is taken back, and is not given twice") {
  identify_desk desk(with(), start);
  const auto question = by("a", 0, 1);
  const auto a = *desk.come(question, start), b = *desk.come(plain(1), start);
  desk.poll(start);
  desk.told(a, start);
  CHECK(desk.poll(start + 30s).empty());
  CHECK(woken(desk.poll(start + 35s), b));
  const auto again = *desk.come(question, start + 36s);
  desk.poll(start + 36s);
  CHECK(desk.look(again) == standing::waiting);
}
