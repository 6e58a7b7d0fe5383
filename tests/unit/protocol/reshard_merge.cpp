// SPDX-License-Identifier: MIT
#include "protocol/reshard_merge.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "unit/protocol/reshard_samples.hpp"

using namespace monochord;
using namespace monochord::protocol;
using namespace monochord::reshard_samples;
using namespace std::chrono_literals;
using side = reshard_merge::side;
using verdict = reshard_merge::outcome::verdict;

namespace {

/// Feeds a merge, and keeps what it delivers, in order.
class driver {
 public:
  driver(int old_total, int new_total, merge_options options = {})
      : merge(options, {{0, old_total}, old_total}, {{0, new_total}, new_total}), olds(old_total), news(new_total) {}

  void all_up() {
    for (int i = 0; i < olds; ++i) merge.shard_is_up(side::old_set, i, true, now);
    for (int i = 0; i < news; ++i) merge.shard_is_up(side::new_set, i, true, now);
  }
  verdict feed(side from, int shard, const std::string& type, const std::string& data) {
    const auto name = ++last;
    const auto key = key_of(type, data, 1);
    texts[name] = type + " " + data;
    const auto out = merge.event(from, shard, type, key, name, data.size(), now);
    deliver(out.before);
    if (out.what == verdict::deliver) delivered.push_back(texts[name]);
    deliver(out.after);
    return out.what;
  }
  verdict feed_old(const std::string& type, const std::string& data) {
    return feed(side::old_set, of(data, olds), type, data);
  }
  verdict feed_new(const std::string& type, const std::string& data) {
    return feed(side::new_set, of(data, news), type, data);
  }
  void deliver(const std::vector<reshard_merge::ticket>& names) {
    for (const auto name : names) delivered.push_back(texts[name]);
  }
  void tick() { deliver(merge.timer(now)); }
  static int of(const std::string& data, int total) { return shard_of(key_of("TYPING_START", data, 1).guild, total); }

  reshard_merge merge;
  int olds, news;
  time_point now{};
  reshard_merge::ticket last = 0;
  std::map<reshard_merge::ticket, std::string> texts;
  std::vector<std::string> delivered;
};

}  // namespace

TEST_CASE("event keys: an identity where there is one, else type and content") {
  const auto key = [](std::string_view type, std::string_view data) { return key_of(type, data, 5); };
  CHECK(key("MESSAGE_CREATE", message(1, 2)) ==
        key("MESSAGE_CREATE", R"({"id":"1","guild_id":")" + guild(2).str() + R"("})"));
  CHECK_FALSE(key("MESSAGE_CREATE", message(1, 2)) == key("MESSAGE_CREATE", message(2, 2)));
  CHECK_FALSE(key("MESSAGE_CREATE", message(1, 2)) == key("MESSAGE_DELETE", message(1, 2)));
  CHECK(key("MESSAGE_CREATE", message(1, 2)).what == event_key::kind::unique);
  CHECK(key("MESSAGE_CREATE", message(1, 2)).guild == guild(2));
  CHECK_FALSE(key("MESSAGE_UPDATE", R"({"id":"1","edited_timestamp":null})") ==
              key("MESSAGE_UPDATE", R"({"id":"1","edited_timestamp":"2026-01-01T00:00:00Z"})"));
  CHECK(key("TYPING_START", typing(1, 2)) == key("TYPING_START", typing(1, 2)));
  CHECK(key("TYPING_START", typing(1, 2)).what == event_key::kind::counted);
  CHECK_FALSE(key("TYPING_START", typing(1, 2)) == key("TYPING_START", typing(2, 2)));
  CHECK_FALSE(key("TYPING_START", typing(1, 2)) == key_of("TYPING_START", typing(1, 2), 6));
  CHECK(key("GUILD_DELETE", R"({"id":"77"})").guild == guild_id{77});
  CHECK_FALSE(key("GUILD_DELETE", R"({"id":"77"})") == key("GUILD_DELETE", R"({"id":"77","unavailable":true})"));
  CHECK(key("READY", "{}").is_own());
  CHECK(key("GUILD_MEMBERS_CHUNK", R"({"guild_id":"77","nonce":"1"})").is_own());
  CHECK(key("INTERACTION_CREATE", R"({"id":"9"})").what == event_key::kind::unique);
  for (const auto* broken : {"", "[]", "{", R"({"id":)", R"({"id":"1)", "null", R"({"guild_id":7})"}) {
    CHECK_FALSE(key("MESSAGE_CREATE", broken).is_own());
    CHECK_FALSE(key("TYPING_START", broken).guild);
  }
}

TEST_CASE("merge: the first copy is delivered, its twin is cancelled, two equal events stay two") {
  driver d(2, 3);
  for (int i = 0; i < 3; ++i) d.merge.session_begins(side::new_set, i, d.now);
  CHECK(d.feed_old("MESSAGE_CREATE", message(1, 5)) == verdict::deliver);
  CHECK(d.feed_new("MESSAGE_CREATE", message(1, 5)) == verdict::cancel);  // from here on it is known where the sets are
  CHECK(d.feed_new("MESSAGE_CREATE", message(2, 5)) == verdict::deliver);
  CHECK(d.feed_old("MESSAGE_CREATE", message(2, 5)) == verdict::cancel);
  for (int i = 0; i < 2; ++i) CHECK(d.feed_new("TYPING_START", typing(1, 5)) == verdict::deliver);
  for (int i = 0; i < 2; ++i) CHECK(d.feed_old("TYPING_START", typing(1, 5)) == verdict::cancel);
  CHECK(d.merge.counters().twins == 4);
  CHECK(d.merge.counters().singles == 0);
  CHECK(d.delivered.size() == 4);
}

TEST_CASE("merge: the new set waits until the old one has reached it, or for its limit") {
  driver d(2, 3);
  d.all_up();
  for (int i = 0; i < 3; ++i) d.merge.session_begins(side::new_set, i, d.now);
  CHECK(d.feed_new("MESSAGE_CREATE", message(3, 5)) == verdict::hold);
  CHECK(d.feed_new("TYPING_START", typing(1, 5)) == verdict::hold);
  CHECK(d.feed_new("MESSAGE_CREATE", message(9, 6)) == verdict::hold);
  CHECK(d.feed_old("MESSAGE_CREATE", message(2, 5)) == verdict::deliver);  // the old set is behind
  CHECK(d.delivered.size() == 1);
  CHECK(d.feed_old("MESSAGE_CREATE", message(3, 5)) == verdict::deliver);
  CHECK(d.delivered.size() == 3);  // and has reached it: what came behind follows
  CHECK(d.delivered.back() == "TYPING_START " + typing(1, 5));
  CHECK(d.feed_old("TYPING_START", typing(1, 5)) == verdict::cancel);
  CHECK(d.merge.waiting() == 1);
  d.now += 9s;
  d.tick();
  CHECK(d.merge.waiting() == 1);
  d.now += 1s;
  d.tick();
  CHECK(d.merge.waiting() == 0);
  CHECK(d.delivered.back() == "MESSAGE_CREATE " + message(9, 6));
  CHECK(d.merge.counters().held_too_long == 1);
  CHECK(d.feed_old("MESSAGE_CREATE", message(9, 6)) == verdict::cancel);  // late, and no second time
}

TEST_CASE("merge: equal events prove nothing of where the sets are") {
  driver d(2, 3);
  for (int i = 0; i < 3; ++i) d.merge.session_begins(side::new_set, i, d.now);
  // Three equal ones, of which the new set has the last; then a message.
  CHECK(d.feed_new("TYPING_START", typing(1, 5)) == verdict::hold);
  CHECK(d.feed_new("MESSAGE_CREATE", message(4, 5)) == verdict::hold);
  for (int i = 0; i < 3; ++i) CHECK(d.feed_old("TYPING_START", typing(1, 5)) == verdict::deliver);
  CHECK(d.feed_old("MESSAGE_CREATE", message(4, 5)) == verdict::deliver);
  CHECK(d.delivered.size() == 4);
  CHECK(d.delivered.back() == "MESSAGE_CREATE " + message(4, 5));
  CHECK(d.merge.waiting() == 0);
}

TEST_CASE("merge: what no twin comes for is a single, once the other shard has had its time") {
  driver d(2, 3);
  for (int i = 0; i < 3; ++i) d.merge.session_begins(side::new_set, i, d.now);
  CHECK(d.feed_old("MESSAGE_CREATE", message(1, 5)) == verdict::deliver);
  d.now += 1h;
  d.tick();
  CHECK(d.merge.counters().singles == 0);  // the new shard is not up yet
  d.all_up();
  d.now += 29s;
  d.tick();
  CHECK(d.merge.counters().singles == 0);
  d.now += 1s;
  d.tick();
  CHECK(d.merge.counters().singles == 1);
  CHECK(d.merge.take_forgotten() == std::vector<reshard_merge::ticket>{1});
  CHECK(d.merge.take_forgotten().empty());
}

TEST_CASE("merge: before a new shard has a session nothing is expected of it") {
  driver d(1, 2);
  d.merge.session_begins(side::new_set, 0, d.now);
  CHECK(d.feed_old("MESSAGE_CREATE", message(1, 1)) == verdict::deliver);
  CHECK(d.feed_old("MESSAGE_CREATE", message(2, 2)) == verdict::deliver);
  d.all_up();
  d.now += 1h;
  d.tick();
  CHECK(d.merge.counters().singles == 1);
}

TEST_CASE(
    "merge: READY, RESUMED and the guilds of a new shard's start are not told, what is joined meanwhile is told once") {
  driver d(1, 2);
  d.all_up();
  const auto create = [](int n) { return R"({"id":")" + guild(n).str() + R"(","unavailable":false,"name":"g"})"; };
  for (int i = 0; i < 2; ++i) d.merge.session_begins(side::new_set, i, d.now);
  CHECK(d.feed(side::new_set, 1, "READY", "{}") == verdict::cancel);
  CHECK_FALSE(d.merge.new_set_is_ready(d.now));
  d.merge.guilds_announced(1, {guild(1), guild(3), guild(5)}, d.now);
  CHECK_FALSE(d.merge.new_set_is_ready(d.now));
  d.merge.guilds_announced(0, {}, d.now);
  CHECK(d.feed(side::new_set, 1, "GUILD_CREATE", create(1)) == verdict::cancel);
  CHECK(d.feed(side::old_set, 0, "GUILD_CREATE", create(3)) == verdict::deliver);  // just joined: on both
  CHECK(d.feed(side::new_set, 1, "GUILD_CREATE", create(3)) == verdict::cancel);
  CHECK_FALSE(d.merge.new_set_is_ready(d.now));
  d.now += 14s;
  CHECK_FALSE(d.merge.new_set_is_ready(d.now));
  d.now += 1s;
  CHECK(d.merge.new_set_is_ready(d.now));  // one has an outage
  CHECK(d.feed(side::old_set, 0, "GUILD_CREATE", create(7)) == verdict::deliver);
  CHECK(d.feed(side::new_set, 1, "GUILD_CREATE", create(7)) == verdict::cancel);
  CHECK(d.feed(side::old_set, 0, "READY", "{}") == verdict::deliver);
  CHECK(d.feed(side::new_set, 1, "RESUMED", "{}") == verdict::cancel);
  CHECK(d.feed(side::new_set, 1, "GUILD_MEMBERS_CHUNK", "{}") == verdict::deliver);
  CHECK(d.merge.counters().starts == 3 + 1);
}

TEST_CASE("merge: what belongs to no guild counts as often as the shard of a set that has it most often") {
  driver d(2, 3);
  d.all_up();
  for (int i = 0; i < 3; ++i) d.merge.session_begins(side::new_set, i, d.now);
  const std::string user = R"({"id":"1","username":"me"})";
  CHECK(d.feed(side::old_set, 0, "USER_UPDATE", user) == verdict::deliver);
  CHECK(d.feed(side::old_set, 1, "USER_UPDATE", user) == verdict::cancel);
  for (int i = 0; i < 3; ++i) CHECK(d.feed(side::new_set, i, "USER_UPDATE", user) == verdict::cancel);
  CHECK(d.feed(side::old_set, 1, "USER_UPDATE", user) == verdict::deliver);  // once more
  CHECK(d.feed(side::old_set, 0, "USER_UPDATE", user) == verdict::cancel);
  for (int i = 0; i < 3; ++i) CHECK(d.feed(side::new_set, i, "USER_UPDATE", user) == verdict::cancel);
  CHECK(d.delivered.size() == 2);
  CHECK(d.merge.counters().twins == 2);
}

TEST_CASE("merge: after the switch only the new set counts, and twins that are late are cancelled") {
  driver d(2, 3);
  d.all_up();
  for (int i = 0; i < 3; ++i) d.merge.session_begins(side::new_set, i, d.now);
  CHECK(d.feed_old("MESSAGE_CREATE", message(1, 5)) == verdict::deliver);
  CHECK(d.feed_new("MESSAGE_CREATE", message(9, 6)) == verdict::hold);
  d.deliver(d.merge.finish());
  CHECK(d.delivered.back() == "MESSAGE_CREATE " + message(9, 6));
  CHECK_FALSE(d.merge.is_done());
  CHECK(d.feed_old("MESSAGE_CREATE", message(9, 6)) == verdict::cancel);
  CHECK(d.feed_new("MESSAGE_CREATE", message(1, 5)) == verdict::cancel);
  CHECK(d.merge.is_done());
  CHECK(d.feed_new("MESSAGE_CREATE", message(2, 5)) == verdict::deliver);
  CHECK(d.merge.is_done());
}

TEST_CASE("merge: after a roll back only the old set counts") {
  driver d(2, 3);
  d.all_up();
  for (int i = 0; i < 3; ++i) d.merge.session_begins(side::new_set, i, d.now);
  CHECK(d.feed_old("MESSAGE_CREATE", message(1, 5)) == verdict::deliver);
  CHECK(d.feed_new("MESSAGE_CREATE", message(1, 5)) == verdict::cancel);
  CHECK(d.feed_new("MESSAGE_CREATE", message(2, 5)) == verdict::deliver);
  CHECK(d.feed_new("MESSAGE_CREATE", message(9, 6)) == verdict::hold);
  CHECK(d.merge.roll_back().size() == 1);
  CHECK_FALSE(d.merge.is_done());
  CHECK(d.feed_new("MESSAGE_CREATE", message(3, 5)) == verdict::cancel);
  CHECK(d.feed_old("MESSAGE_CREATE", message(2, 5)) == verdict::cancel);
  CHECK(d.merge.is_done());
  CHECK(d.feed_old("MESSAGE_CREATE", message(9, 6)) == verdict::deliver);
  CHECK(d.feed_old("MESSAGE_CREATE", message(3, 5)) == verdict::deliver);
}

TEST_CASE("merge: an old shard that lost its session holds nothing up") {
  driver d(2, 3);
  d.all_up();
  for (int i = 0; i < 3; ++i) d.merge.session_begins(side::new_set, i, d.now);
  CHECK(d.feed_new("MESSAGE_CREATE", message(1, 5)) == verdict::hold);
  CHECK(d.feed_new("MESSAGE_CREATE", message(2, 4)) == verdict::hold);
  d.deliver(d.merge.session_begins(side::old_set, 1, d.now));
  CHECK(d.delivered.size() == 1);
  CHECK(d.feed_new("MESSAGE_CREATE", message(3, 7)) == verdict::deliver);
  CHECK(d.merge.waiting() == 1);
}

TEST_CASE("merge: what is held is bounded") {
  merge_options few;
  few.max_held_bytes = 200;
  driver d(1, 1, few);
  d.all_up();
  d.merge.session_begins(side::new_set, 0, d.now);
  CHECK(d.feed_new("MESSAGE_CREATE", message(1, 5)) == verdict::hold);
  CHECK(d.feed_new("MESSAGE_CREATE", message(2, 5)) == verdict::hold);
  int n = 2;
  while (d.merge.waiting() != 0) d.feed_new("MESSAGE_CREATE", message(++n, 5));
  CHECK(n < 8);
  CHECK(d.delivered.size() == static_cast<std::size_t>(n));
  CHECK(d.delivered.back() == "MESSAGE_CREATE " + message(n, 5));
}

namespace {

/// Discord with two sets of sessions. Every event comes late on each, by chance, and never before an earlier one.
class two_sets {
 public:
  two_sets(unsigned seed, int olds, int news) : random(seed), d(olds, news) {
    old_lines.resize(static_cast<std::size_t>(olds));
    new_lines.resize(static_cast<std::size_t>(news));
    for (auto& line : new_lines) line.begins = time_point{} + std::chrono::milliseconds{any(2'000, 12'000)};
    for (int i = 0; i < olds; ++i) d.merge.shard_is_up(side::old_set, i, true, d.now);
  }

  int any(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random); }

  struct event {
    time_point at;
    std::string type, data;
  };
  struct line {
    time_point begins{};  // of the session, in Discord
    bool announced = false, begun = false;
    time_point last{};
    time_point stalls_until{};
    std::vector<event> on_the_way;
    std::size_t next = 0;
  };

  void emit() {
    const int in = any(0, guilds - 1);
    std::string type = "TYPING_START", data;
    if (any(0, 99) < 30) {
      type = "MESSAGE_CREATE";
      data = message(++messages, in);
    } else {
      data = typing(any(1, 2), in);
    }
    sent[in].push_back(type + " " + data);
    push(old_lines[static_cast<std::size_t>(shard_of(guild(in), d.olds))], type, data);
    auto& there = new_lines[static_cast<std::size_t>(shard_of(guild(in), d.news))];
    if (there.begins <= d.now) push(there, type, data);
  }
  void push(line& to, const std::string& type, const std::string& data) {
    to.last = std::max({to.last, to.stalls_until, d.now + std::chrono::milliseconds{any(1, 1'500)}});
    to.on_the_way.push_back({to.last, type, data});
  }
  void arrive() {
    for (std::size_t i = 0; i < new_lines.size() && !rolled_back; ++i) {
      auto& line = new_lines[i];
      if (line.begins > d.now) continue;
      if (!std::exchange(line.begun, true)) d.merge.session_begins(side::new_set, static_cast<int>(i), d.now);
      if (!line.announced && d.now - line.begins > 100ms) {
        line.announced = true;
        line.last = std::max(line.last, d.now);
        d.merge.shard_is_up(side::new_set, static_cast<int>(i), true, d.now);
        d.merge.guilds_announced(static_cast<int>(i), {}, d.now);
      }
      if (line.announced) pass(line, side::new_set, static_cast<int>(i));
    }
    for (std::size_t i = 0; i < old_lines.size() && !finished; ++i) {
      auto& line = old_lines[i];
      d.merge.shard_is_up(side::old_set, static_cast<int>(i), line.stalls_until <= d.now, d.now);
      pass(line, side::old_set, static_cast<int>(i));
    }
  }
  void pass(line& from, side which, int shard) {
    for (; from.next < from.on_the_way.size() && from.on_the_way[from.next].at <= d.now; ++from.next)
      d.feed(which, shard, from.on_the_way[from.next].type, from.on_the_way[from.next].data);
  }
  void step() {
    d.now += 1ms;
    const auto ms = d.now.time_since_epoch() / 1ms;
    if (!quiet && ms % 3 == 0) emit();
    if (stalls && ms % 4'000 == 0)
      old_lines[static_cast<std::size_t>(any(0, d.olds - 1))].stalls_until =
          d.now + std::chrono::milliseconds{any(1'000, 6'000)};
    arrive();
    if (ms % 250 == 0) d.tick();
  }
  void finish() {
    finished = true;
    d.deliver(d.merge.finish());
  }
  void roll_back() {
    rolled_back = true;
    d.merge.roll_back();
  }
  void check() {
    std::map<int, std::vector<std::string>> got;
    for (const auto& text : d.delivered) {
      const auto of = key_of("TYPING_START", std::string_view(text).substr(text.find(' ') + 1), 1).guild;
      got[static_cast<int>(of.value() >> 22)].push_back(text);
    }
    for (int in = 0; in < guilds; ++in) {
      INFO("guild " << in);
      REQUIRE(got[in].size() == sent[in].size());
      CHECK(got[in] == sent[in]);
    }
  }

  static constexpr int guilds = 20;
  std::mt19937 random;
  driver d;
  std::vector<line> old_lines, new_lines;
  std::map<int, std::vector<std::string>> sent;
  int messages = 0;
  bool finished = false, rolled_back = false, quiet = false, stalls = false;
};

}  // namespace

TEST_CASE(
    "merge: whatever comes late, each guild sees each event once and in order, over the switch and over a roll back") {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    INFO("seed " << seed);
    const bool rolls_back = seed % 3 == 0;
    two_sets w(seed, seed % 2 ? 4 : 9, seed % 2 ? 9 : 4);
    w.stalls = seed > 6;
    if (rolls_back) {
      const int until = w.any(3'000, 25'000);
      for (int i = 0; i < until; ++i) w.step();
      w.roll_back();
    } else {
      w.stalls = w.stalls && seed % 2;
      const auto limit = time_point{} + 3min;
      for (;;) {
        w.step();
        if (w.d.now > time_point{} + 20s) w.stalls = false;
        if (w.d.merge.new_set_is_ready(w.d.now) && w.d.now - w.d.merge.balanced_since() >= 5s) break;
        REQUIRE(w.d.now < limit);
      }
      w.finish();
    }
    w.stalls = false;
    for (int i = 0; i < 5'000; ++i) w.step();
    w.quiet = true;
    for (int i = 0; i < 10'000; ++i) w.step();
    w.check();
    for (int i = 0; i < 40'000; ++i) w.step();
    CHECK(w.d.merge.is_done());
    if (!rolls_back) CHECK(w.d.merge.counters().twins > 1'000);
  }
}
