// SPDX-License-Identifier: MIT
// Several processes that reshard together, with guilds that move from one to another.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "protocol/reshard_meeting.hpp"
#include "protocol/reshard_member.hpp"
#include "protocol/reshard_merge.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"
#include "unit/protocol/reshard_samples.hpp"

using namespace monochord;
using namespace monochord::protocol;
using namespace monochord::reshard_samples;
using namespace std::chrono_literals;
using side = reshard_merge::side;
using verdict = reshard_merge::outcome::verdict;
using stage = reshard_member::stage;

namespace {

shard_part part(int process, int processes, int total) { return {cluster_shards(process, processes, total), total}; }

struct event {
  time_point at;
  std::string type, data;
  int in = 0;
};

struct line {
  time_point begins{};  // of the session, in Discord; not before all are ready for it
  bool begun = false, announced = false;
  time_point last{}, stalls_until{};
  std::vector<event> on_the_way;
  std::size_t next = 0;
};

struct told {
  int in = 0;
  std::string text;
};

/// What happened in each guild, as all processes together told it.
using chronicle = std::map<int, std::vector<std::string>>;

class process {
 public:
  process(int which, int processes, int from, int to, chronicle& log, std::uint64_t run)
      : old_part(part(which, processes, from)),
        new_part(part(which, processes, to)),
        log_(log),
        member(run, old_part, new_part) {}

  void up(time_point now) {
    merge_options how;
    how.cluster = true;
    merge = std::make_unique<reshard_merge>(how, old_part, new_part);
    for (int i = 0; i < old_part.here.count; ++i) merge->shard_is_up(side::old_set, old_part.here.first + i, true, now);
    member.merged();
  }
  void feed(side from, int shard, const event& e, time_point now) {
    if (!merge) {  // before all have met, and after a kill
      if (from == side::old_set) log_[e.in].push_back(e.type + " " + e.data);
      return;
    }
    const auto name = ++last;
    texts[name] = {e.in, e.type + " " + e.data};
    const auto out =
        merge->event(from, shard, e.type, key_of(e.type, e.data, member.round()), name, e.data.size(), now);
    deliver(out.before);
    if (out.what == verdict::deliver) deliver({name});
    deliver(out.after);
  }
  void deliver(const std::vector<reshard_merge::ticket>& names) {
    for (const auto name : names) log_[texts[name].in].push_back(texts[name].text);
  }
  void prepare(time_point now) {
    if (!merge) return;
    member.tell(merge->take_moved());
    member.set_balanced(merge->new_set_is_ready(now) && now - merge->balanced_since() >= 5s);
  }
  void react(time_point now) {
    for (const auto& one : member.take_heard()) {
      if (one.what == moved_event::kind::gap)
        deliver(merge->gap_elsewhere(static_cast<int>(one.high), now - std::chrono::milliseconds{one.low} - 1s));
      else
        merge->delivered_elsewhere(one, ++last, now);
    }
    if (member.at() == stage::to_freeze) {
      merge->freeze();
      member.tell(merge->take_moved());
      member.froze();
    }
    if (ended || !merge) return;
    if (member.at() == stage::taken) {
      ended = true;
      deliver(merge->finish());
    } else if (member.at() == stage::failed) {
      ended = true;
      merge->roll_back();
      deliver(merge->take_kept());
    }
  }

  const shard_part old_part, new_part;
  chronicle& log_;
  reshard_member member;
  std::unique_ptr<reshard_merge> merge;
  reshard_merge::ticket last = 0;
  std::map<reshard_merge::ticket, told> texts;
  bool ended = false, dead = false;
  time_point back{};  // after it was killed
  time_point says_next{};
};

class cluster {
 public:
  cluster(unsigned seed, int processes, int from, int to) : random(seed), from_(from), to_(to) {
    old_lines.resize(static_cast<std::size_t>(from));
    new_lines.resize(static_cast<std::size_t>(to));
    for (auto& one : new_lines) one.begins = time_point::max();
    for (int i = 0; i < processes; ++i)
      all.push_back(std::make_unique<process>(i, processes, from, to, log, static_cast<std::uint64_t>(100 + i)));
  }
  int any(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random); }

  void emit() {
    event e;
    e.in = any(0, guilds - 1);
    if (any(0, 99) < 30) {
      e.type = "MESSAGE_CREATE";
      e.data = message(++messages, e.in);
    } else {
      e.type = "TYPING_START";
      e.data = typing(any(1, 2), e.in);
    }
    sent[e.in].push_back(e.type + " " + e.data);
    push(old_lines[static_cast<std::size_t>(shard_of(guild(e.in), from_))], e);
    auto& there = new_lines[static_cast<std::size_t>(shard_of(guild(e.in), to_))];
    if (there.begins <= now) push(there, e);
  }
  void push(line& to, event e) {
    to.last = std::max({to.last, to.stalls_until, now + std::chrono::milliseconds{any(1, late_ms)}});
    e.at = to.last;
    to.on_the_way.push_back(std::move(e));
  }
  void arrive(process& p) {
    if (p.dead) {
      if (now < p.back) return;
      p.merge.reset();
    }
    for (int i = p.new_part.here.first; p.merge && i < p.new_part.here.first + p.new_part.here.count; ++i) {
      auto& one = new_lines[static_cast<std::size_t>(i)];
      if (one.begins > now) continue;
      if (!std::exchange(one.begun, true)) p.merge->session_begins(side::new_set, i, now);
      if (!one.announced && now - one.begins > 100ms) {
        one.announced = true;
        one.last = std::max(one.last, now);
        p.merge->shard_is_up(side::new_set, i, true, now);
        p.merge->guilds_announced(i, {}, now);
      }
      if (one.announced) pass(p, one, side::new_set, i);
    }
    const bool has_taken = p.ended && p.member.at() == stage::taken;
    for (int i = p.old_part.here.first; !has_taken && i < p.old_part.here.first + p.old_part.here.count; ++i) {
      auto& one = old_lines[static_cast<std::size_t>(i)];
      if (p.merge) p.merge->shard_is_up(side::old_set, i, one.stalls_until <= now, now);
      pass(p, one, side::old_set, i);
    }
  }
  void pass(process& p, line& from, side which, int shard) {
    for (; from.next < from.on_the_way.size() && from.on_the_way[from.next].at <= now; ++from.next)
      p.feed(which, shard, from.on_the_way[from.next], now);
  }
  /// By bytes, and some of them are lost.
  void talk(process& p) {
    if (p.dead || now < p.says_next) return;
    const bool hurries = p.member.at() >= stage::to_freeze;
    p.says_next = now + std::chrono::milliseconds{hurries ? 20 : any(200, 300)};
    p.prepare(now);
    const auto report = parse_member_report(to_bytes(p.member.report(now)));
    if (!report) throw std::logic_error("a report cannot be read");
    if (!away && any(0, 99) >= lost_percent) {
      const auto answer =
          parse_meeting_answer(to_bytes(meeting->hear(*report, now, 7 + static_cast<unsigned>(++rounds))));
      if (!answer) throw std::logic_error("an answer cannot be read");
      if (any(0, 99) >= lost_percent) p.member.hear(*answer, now);
    }
    if (p.member.at() == stage::to_merge) p.up(now);
    for (int i = 0; p.member.at() == stage::working && i < p.new_part.here.count; ++i) {
      auto& one = new_lines[static_cast<std::size_t>(p.new_part.here.first + i)];
      if (one.begins == time_point::max()) one.begins = now + std::chrono::milliseconds{i == 0 ? 0 : any(0, 12'000)};
    }
    if (p.merge && now - p.member.last_heard() > 20s) p.member.give_up();
    p.react(now);
  }
  void step() {
    now += 1ms;
    const auto ms = now.time_since_epoch() / 1ms;
    if (!quiet && ms % 3 == 0) emit();
    if (stalls && ms % 4'000 == 0)
      old_lines[static_cast<std::size_t>(any(0, from_ - 1))].stalls_until =
          now + std::chrono::milliseconds{any(1'000, 6'000)};
    for (auto& p : all) {
      arrive(*p);
      talk(*p);
      if (p->merge && ms % 250 == 0) p->deliver(p->merge->timer(now));
    }
  }
  void run_for(duration time) {
    for (const auto until = now + time; now < until;) step();
  }
  template <class F>
  void until(F reached) {
    const auto began = now;
    while (!reached()) {
      step();
      if (now - began > 3min) throw std::logic_error("it does not come so far");
    }
  }
  bool all_ended() const {
    return std::ranges::all_of(all, [](const auto& p) { return p->ended || p->dead; });
  }
  int count(stage at) const {
    return static_cast<int>(
        std::ranges::count_if(all, [&](const auto& p) { return !p->dead && p->member.at() == at; }));
  }
  void until_ended(duration limit) {
    const auto began = now;
    while (!all_ended()) {
      step();
      if (now - began > limit) throw std::logic_error("it does not end");
    }
  }
  /// As a process that ends and is started again with its old shards.
  void kill(process& p) {
    p.dead = true;
    p.merge->roll_back();
    p.deliver(p.merge->take_kept());  // what was not handled is given to it again
    p.back = now + 3s;
  }
  void check() {
    stalls = false;
    lost_percent = 0;
    run_for(3s);
    quiet = true;
    run_for(15s);
    for (int in = 0; in < guilds; ++in) {
      INFO("guild " << in);
      if (std::ranges::any_of(all,
                              [&](const auto& p) { return p->dead && p->old_part.has(p->old_part.of(guild(in))); })) {
        CHECK(log[in].size() >= sent[in].size());  // and some of what its new shards had brought first
        continue;
      }
      REQUIRE(log[in].size() == sent[in].size());
      CHECK(log[in] == sent[in]);
    }
  }
  int moved() const {
    int out = 0;
    for (const auto& p : all)
      for (int in = 0; in < guilds; ++in)
        out += p->old_part.has(p->old_part.of(guild(in))) && !p->new_part.has(p->new_part.of(guild(in))) ? 1 : 0;
    return out;
  }

  static constexpr int guilds = 24;
  std::mt19937 random;
  const int from_, to_;
  time_point now{std::chrono::hours{1000}};
  chronicle log, sent;
  std::vector<line> old_lines, new_lines;
  std::unique_ptr<reshard_meeting> meeting = std::make_unique<reshard_meeting>();
  std::vector<std::unique_ptr<process>> all;
  int messages = 0, lost_percent = 0, late_ms = 1'500, rounds = 0;
  bool quiet = false, stalls = false, away = false;
};

}  // namespace

TEST_CASE(
    "cluster: guilds that move to another process see each event once and in order, whatever comes late or is lost on "
    "the way") {
  const auto seed = GENERATE(range(1u, 13u));
  INFO("seed " << seed);
  cluster c(seed, seed % 2 ? 2 : 3, seed % 3 ? 6 : 9, seed % 3 ? 9 : 6);
  CHECK(c.moved() > 3);
  c.stalls = seed > 6;
  c.lost_percent = seed % 4 == 0 ? 20 : 0;
  c.run_for(20s);
  c.stalls = false;
  c.until_ended(3min);
  CHECK(c.count(stage::taken) == static_cast<int>(c.all.size()));
  c.check();
}

TEST_CASE("cluster: when one process gives up all go back, and nothing is lost") {
  const auto seed = GENERATE(range(1u, 9u));
  INFO("seed " << seed);
  cluster c(seed, 3, 6, 9);
  c.stalls = seed % 2;
  c.lost_percent = seed % 3 == 0 ? 20 : 0;
  if (seed > 4) {  // in the moment when all freeze
    c.stalls = false;
    c.until([&] { return c.count(stage::freezing) != 0; });
    auto& one = *c.all[seed % 3];
    if (one.member.at() != stage::in_doubt) CHECK(one.member.give_up());
  } else {
    c.run_for(std::chrono::milliseconds{c.any(3'000, 9'000)});
    CHECK(c.all[seed % 3]->member.give_up());
  }
  c.until_ended(1min);
  CHECK(c.count(stage::failed) == 3);
  for (const auto& p : c.all) CHECK(p->member.failure() != meeting_failure::none);
  c.check();
}

TEST_CASE("cluster: when one process is killed the others go back in time, and it goes on with its old shards") {
  const auto seed = GENERATE(range(1u, 7u));
  INFO("seed " << seed);
  cluster c(seed, 3, 6, 9);
  if (seed > 4)
    c.until([&] { return c.count(stage::freezing) != 0; });
  else
    c.run_for(std::chrono::milliseconds{c.any(3'000, 15'000)});
  c.kill(*c.all[seed % 3]);
  c.until_ended(30s);
  CHECK(c.count(stage::failed) == 2);
  for (const auto& p : c.all)
    if (!p->dead) CHECK(p->member.failure() != meeting_failure::none);
  c.check();
}

TEST_CASE("cluster: a meeting place that begins anew decides the same for all") {
  const auto seed = GENERATE(range(1u, 17u, tests::sanitized ? 3u : 1u));
  INFO("seed " << seed);
  cluster c(seed, 3, 6, 9);
  c.lost_percent = 30;
  if (seed > 4) c.until([&] { return c.count(stage::in_doubt) + c.count(stage::taken) >= static_cast<int>(seed % 4); });
  if (seed > 12)
    c.until([&] { return c.count(stage::taken) != 0; });
  else
    c.run_for(std::chrono::milliseconds{seed > 4 ? 10 * static_cast<int>(seed % 3) : c.any(1'000, 15'000)});
  c.meeting = std::make_unique<reshard_meeting>();
  c.away = true;
  c.run_for(2s);
  c.away = false;
  c.until_ended(6min);  // whoever misses another one in doubt waits for 4
  const int taken = c.count(stage::taken);
  CHECK((taken == 0 || taken == 3));
  if (seed > 12) CHECK(taken == 3);
  c.check();
}

namespace {

struct table {
  reshard_meeting meeting;
  time_point now{std::chrono::hours{1}};
  member_report report(int process, int from, int to, int processes = 2, std::uint64_t run = 0) {
    member_report out;
    out.run = run == 0 ? static_cast<std::uint64_t>(process + 1) : run;
    out.old_part = part(process, processes, from);
    out.new_part = part(process, processes, to);
    return out;
  }
  meeting_answer say(const member_report& r) { return meeting.hear(r, now, 77); }
};

}  // namespace

TEST_CASE("meeting: processes that do not want the same are told so, all of them") {
  table t;
  CHECK(t.say(t.report(0, 4, 9)).phase == meeting_phase::gathering);
  SECTION("another number") {
    const auto told = t.say(t.report(1, 4, 8));
    CHECK(told.phase == meeting_phase::failed);
    CHECK(told.failure == meeting_failure::mismatch);
    CHECK(told.text ==
          "one process would go from shards 0 to 1 of 4 to shards 0 to 4 of 9, another from shards 2 to 3 of 4 to "
          "shards 4 to 7 of 8");
  }
  SECTION("shards that another one has") {
    auto r = t.report(0, 4, 9, 4, 50);
    CHECK(t.say(r).failure == meeting_failure::mismatch);
  }
  CHECK(t.say(t.report(0, 4, 9)).failure == meeting_failure::mismatch);
  CHECK(t.say(t.report(0, 4, 9)).phase == meeting_phase::gathering);  // and it may be tried again
}

TEST_CASE("meeting: a process that is gone, or begins anew, ends it for the others") {
  table t;
  t.say(t.report(0, 4, 9));
  SECTION("while they gather nobody minds") {
    t.now += 19s;
    t.say(t.report(0, 4, 9));
    t.now += 2s;
    auto one = t.report(1, 4, 9), two = t.report(0, 4, 9);
    CHECK(t.say(one).phase == meeting_phase::preparing);
    one.round = two.round = t.say(two).round;
    CHECK(one.round == 77);
    CHECK(t.say(one).phase == meeting_phase::preparing);  // the other's merge does not stand yet
    CHECK(t.say(two).phase == meeting_phase::working);
    CHECK(t.say(one).phase == meeting_phase::working);
  }
  SECTION("one is not heard of") {
    auto one = t.report(1, 4, 9);
    one.round = t.say(one).round;
    t.now += 19s;
    CHECK(t.say(one).phase == meeting_phase::preparing);
    t.now += 1s;
    const auto told = t.say(one);
    CHECK(told.failure == meeting_failure::gone);
    CHECK(told.text == "nothing is heard of the process with shards 0 to 1 of 4");
  }
  SECTION("one begins anew") {
    auto one = t.report(1, 4, 9);
    one.round = t.say(one).round;
    CHECK(t.say(t.report(0, 4, 9, 2, 99)).phase == meeting_phase::gathering);
    CHECK(t.say(one).failure == meeting_failure::gone);
  }
  SECTION("it waits no more") {
    auto one = t.report(0, 4, 9);
    one.state = member_state::gave_up;
    CHECK(t.say(one).phase == meeting_phase::failed);
    CHECK(t.say(t.report(1, 4, 9)).phase == meeting_phase::gathering);
  }
}

TEST_CASE("meeting: one that has begun anew decides nothing while a process is missing") {
  table t;
  auto one = t.report(1, 4, 9), two = t.report(0, 4, 9);
  one.round = two.round = 5;  // of the place that is no more
  one.state = member_state::complete;
  t.say(one);
  t.now += 1min;
  CHECK(t.say(one).failure == meeting_failure::none);
  SECTION("which comes back and knows what was decided") {
    two.state = member_state::taken;
    t.say(two);
    CHECK(t.say(one).phase == meeting_phase::taken);
  }
  SECTION("which never comes back") {
    t.now += 4min;
    CHECK(t.say(one).failure == meeting_failure::gone);
  }
}

TEST_CASE("meeting: what is told and not fetched is bounded") {
  meeting_options few;
  few.max_events = 10;
  reshard_meeting meeting(few);
  table t;
  auto one = t.report(0, 4, 9), two = t.report(1, 4, 9);
  meeting.hear(one, t.now, 7);
  one.round = two.round = meeting.hear(two, t.now, 7).round;
  moved_event told;
  told.guild = guild(7);
  for (int i = 0; i < 20; ++i) {
    one.events.assign(1, told);
    one.first = static_cast<std::uint64_t>(i);
    meeting.hear(one, t.now, 7);
    CHECK(meeting.waiting_events() <= 11);
  }
  CHECK(meeting.hear(two, t.now, 7).failure == meeting_failure::resource);
}

TEST_CASE("what processes say of a resharding is the same when it is read, and nothing else is taken for it") {
  table t;
  auto report = t.report(1, 16, 36);
  report.round = 0xfedcba9876543210;
  report.run = 12;
  report.state = member_state::frozen;
  report.last = true;
  report.got = 5;
  report.first = 1'000'000;
  moved_event one;
  one.what = moved_event::kind::unique;
  one.guild = guild(3);
  one.high = 1;
  one.low = UINT64_MAX;
  report.events.assign(3, one);
  const auto bytes = to_bytes(report);
  const auto again = parse_member_report(bytes);
  REQUIRE(again);
  CHECK(to_bytes(*again) == bytes);
  CHECK(again->events == report.events);
  CHECK(again->old_part == report.old_part);
  for (std::size_t i = 0; i < bytes.size(); ++i) CHECK_FALSE(parse_member_report(bytes.substr(0, i)));
  CHECK_FALSE(parse_member_report(bytes + " "));
  for (const std::size_t at : {0u, 17u, 21u, 41u, 42u}) {
    auto wrong = bytes;
    wrong[at] = '\x7f';
    if (at == 17) wrong[at + 1] = '\x7f';
    INFO("at " << at);
    CHECK_FALSE(parse_member_report(wrong));
  }
  meeting_answer answer;
  answer.round = 3;
  answer.phase = meeting_phase::failed;
  answer.failure = meeting_failure::gone;
  answer.text = "somebody is gone";
  answer.events.assign(2, one);
  const auto told = to_bytes(answer);
  REQUIRE(parse_meeting_answer(told));
  CHECK(to_bytes(*parse_meeting_answer(told)) == told);
  CHECK(parse_meeting_answer(told)->text == answer.text);
  for (std::size_t i = 0; i < told.size(); ++i) CHECK_FALSE(parse_meeting_answer(told.substr(0, i)));
  auto wrong = told;
  wrong.back() = '\n';
  CHECK_FALSE(parse_meeting_answer(wrong));
}

TEST_CASE("cluster: what an old session of another process lost is delivered by the new one") {
  chronicle log;
  process a(0, 2, 2, 3, log, 1), b(1, 2, 2, 3, log, 2);
  REQUIRE(a.old_part.has(a.old_part.of(guild(2))));
  REQUIRE(b.new_part.has(b.new_part.of(guild(2))));
  time_point now{std::chrono::hours{1}};
  reshard_meeting meeting;
  const auto talk = [&](process& p) {
    p.prepare(now);
    p.member.hear(meeting.hear(p.member.report(now), now, 5), now);
    if (p.member.at() == stage::to_merge) p.up(now);
    p.react(now);
  };
  const auto happens = [&](process& p, side which, const std::string& type, const std::string& data) {
    event e;
    e.type = type;
    e.data = data;
    e.in = 2;
    p.feed(which, which == side::old_set ? 0 : 2, e, now);
  };
  for (int i = 0; i < 2; ++i) {
    talk(a);
    talk(b);
  }
  b.merge->session_begins(side::new_set, 2, now);
  happens(b, side::new_set, "MESSAGE_CREATE", message(1, 2));
  happens(a, side::old_set, "MESSAGE_CREATE", message(1, 2));
  talk(a);
  talk(b);
  CHECK(log[2].size() == 1);
  CHECK(b.merge->waiting() == 0);
  // Two more come on the new shard alone; then the old one has another session, which brings the next.
  happens(b, side::new_set, "TYPING_START", typing(1, 2));
  happens(b, side::new_set, "MESSAGE_CREATE", message(2, 2));
  now += 5s;
  a.merge->session_begins(side::old_set, 0, now);
  happens(b, side::new_set, "MESSAGE_CREATE", message(3, 2));
  talk(a);
  now += 100ms;
  talk(b);
  CHECK(log[2].size() == 3);
  CHECK(log[2].back() == "MESSAGE_CREATE " + message(2, 2));
  happens(a, side::old_set, "MESSAGE_CREATE", message(3, 2));
  talk(a);
  talk(b);
  CHECK(log[2].size() == 4);
  CHECK(b.merge->waiting() == 0);
  CHECK(b.merge->counters().singles == 2);
}

TEST_CASE("cluster: what has no room in a process that waits has to be given up") {
  merge_options few;
  few.cluster = true;
  few.max_held_bytes = 500;
  reshard_merge merge(few, part(1, 2, 2), part(1, 2, 3));
  time_point now{};
  merge.session_begins(side::new_set, 2, now);
  for (int i = 1; i < 20; ++i) {
    const auto data = message(i, 2);
    const auto key = key_of("MESSAGE_CREATE", data, 1);
    CHECK(merge.event(side::new_set, 2, "MESSAGE_CREATE", key, static_cast<std::uint64_t>(i), 100, now).what ==
          verdict::hold);
    CHECK(merge.is_overfull() == (i > 5));
  }
  CHECK(merge.roll_back().size() == 19);
}
