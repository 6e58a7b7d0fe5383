// SPDX-License-Identifier: MIT
// Two sets of shards that are read at a time: which copies are delivered, and when which shard has an event behind it.
#include "gateway/merger.hpp"

#include "peer.hpp"
#include "support/claim_that.hpp"

namespace monochord::gateway_test {
namespace {

using gateway::merger;
using gateway::set_sink;
using side = merger::side;

/// One set's view of an event: when it is handled there.
struct copy {
  bool claimed = false, handled = false;
};

struct two_sets {
  testing::simulation sim;
  std::shared_ptr<recorder> sink = std::make_shared<recorder>();
  std::shared_ptr<merger> both = std::make_shared<merger>(
      sink, sim.clock(), protocol::merge_options{}, protocol::shard_part{{0, 1}, 1}, protocol::shard_part{{0, 2}, 2});
  std::vector<std::unique_ptr<copy>> copies;

  two_sets() {
    for (const int id : {0, 1}) both->session_begins(side::new_set, id);
    both->shard_is_up(side::old_set, 0, true);
  }
  /// Reads an event on a shard of that set.
  copy& read(side on, std::string_view type, const std::string& data, int shard = 0) {
    auto& mine = *copies.emplace_back(std::make_unique<copy>());
    const std::string text = data + std::string(json::padding_bytes, ' ');
    const detail::claim_source claim = [&mine] {
      mine.claimed = true;
      return tests::claim_that([&mine] { mine.handled = true; });
    };
    const json::padded_text d(text.data(), data.size(), text.size());
    const auto seq = static_cast<std::int64_t>(copies.size());
    const gateway::shard_event event{shard, seq, type, d, &claim};
    both->on_event(on, event);
    if (!mine.claimed) mine.handled = true;
    return mine;
  }
  copy& message(side on, int id, int shard = 0) {
    return read(on, "MESSAGE_CREATE",
                R"({"id":")" + std::to_string(id) + R"(","channel_id":"5","guild_id":"8","content":"x"})", shard);
  }
  void let_go() { sink->claims.clear(); }
};

}  // namespace

TEST_CASE("a copy that was cancelled is handled once the handlers of the delivered one have ended, on both shards") {
  two_sets t;
  t.sink->works = true;
  auto& first = t.message(side::old_set, 1);
  CHECK(t.sink->events.size() == 1);
  auto& second = t.message(side::new_set, 1);
  CHECK(t.sink->events.size() == 1);
  CHECK_FALSE(first.handled);
  CHECK_FALSE(second.handled);
  t.let_go();
  CHECK(first.handled);
  CHECK(second.handled);
  CHECK(t.both->counters().twins == 1);
  CHECK(t.both->counters().singles == 0);
}

TEST_CASE("handlers that were cut short have handled neither copy") {
  two_sets t;
  t.sink->works = true;
  auto& first = t.message(side::old_set, 1);
  auto& second = t.message(side::new_set, 1);
  for (const auto& one : t.sink->claims) one->give_up();
  t.let_go();
  CHECK_FALSE(first.handled);
  CHECK_FALSE(second.handled);
}

TEST_CASE("an event that only the new set has brought waits, is cancelled by the old one's copy, or let go in time") {
  two_sets t;
  auto& early = t.message(side::new_set, 1);
  CHECK(t.sink->events.empty());
  CHECK_FALSE(early.handled);
  SECTION("the old set brings it: that copy is delivered") {
    auto& late = t.message(side::old_set, 1);
    REQUIRE(t.sink->events.size() == 1);
    CHECK(early.handled);
    CHECK(late.handled);
  }
  SECTION("the old set does not") {
    t.sim.run_for(11s);
    t.both->tick();
    REQUIRE(t.sink->events.size() == 1);
    CHECK(t.sink->events[0].shard_id == 0);
    CHECK_THAT(t.sink->events[0].data, Catch::Contains("\"id\":\"1\""));
    CHECK(early.handled);
    CHECK(t.both->counters().held_too_long == 1);
  }
  SECTION("the resharding is given up: nobody is given it, and the old set brings it yet") {
    t.both->roll_back();
    CHECK(t.sink->events.empty());
    t.message(side::old_set, 1);
    CHECK(t.sink->events.size() == 1);
  }
  SECTION("the new set takes over: it is delivered once, and the old copy is none") {
    t.both->finish();
    CHECK(t.sink->events.size() == 1);
    t.message(side::old_set, 1);
    CHECK(t.sink->events.size() == 1);
  }
}

TEST_CASE("two equal events stay two, whatever set brings them first") {
  two_sets t;
  const std::string types = R"({"channel_id":"5","guild_id":"8","user_id":"3","timestamp":1})";
  t.message(side::old_set, 1);
  t.message(side::new_set, 1);  // here both are at the same place
  t.sink->events.clear();
  for (const auto on : {side::new_set, side::old_set, side::old_set, side::new_set}) t.read(on, "TYPING_START", types);
  CHECK(t.sink->events.size() == 2);
  CHECK(t.both->counters().twins == 3);
}

TEST_CASE("an interaction never runs twice, even where its twin comes after all time is over") {
  two_sets t;
  const std::string slash = R"({"id":"77","application_id":"1","type":2,"token":"t","version":1,"guild_id":"8"})";
  t.both->shard_is_up(side::new_set, 0, true);
  t.read(side::old_set, "INTERACTION_CREATE", slash);
  CHECK(t.sink->events.size() == 1);
  for (int i = 0; i < 40; ++i) {
    t.sim.run_for(1s);
    t.both->tick();
  }
  CHECK(t.both->counters().singles == 1);
  CHECK(t.both->expected() == 0);
  t.read(side::new_set, "INTERACTION_CREATE", slash);
  CHECK(t.sink->events.size() == 1);
}

TEST_CASE("READY and RESUMED of the new set are no news, but whoever knows the shard is told before") {
  struct counting final : gateway::event_sink {
    std::vector<std::string> read;
    std::vector<std::uint64_t> sources;
    int delivered = 0;
    void on_read(const gateway::shard_event& event) override {
      read.push_back(std::string(event.type));
      sources.push_back(event.source);
    }
    bool on_event(const gateway::shard_event&) override { return ++delivered != 0; }
    task<> room(std::uint64_t) override { co_return; }
  };
  testing::simulation sim;
  const auto to = std::make_shared<counting>();
  const auto both = std::make_shared<merger>(to, sim.clock(), protocol::merge_options{},
                                             protocol::shard_part{{0, 1}, 1}, protocol::shard_part{{0, 2}, 2});
  set_sink old(to), fresh(to);
  old.merge(both, side::old_set);
  fresh.merge(both, side::new_set);
  const std::string text = R"({"guilds":[]})" + std::string(json::padding_bytes, ' ');
  const detail::claim_source claim = [] { return tests::claim_that([] {}); };
  const auto feed = [&](set_sink& on, std::string_view type, std::uint64_t source) {
    const json::padded_text d(text.data(), text.size() - json::padding_bytes, text.size());
    const gateway::shard_event event{0, 1, type, d, &claim, protocol::guild_news::none, source};
    on.on_event(event);
  };
  feed(fresh, "READY", 200);
  feed(fresh, "RESUMED", 200);
  CHECK(to->delivered == 0);
  feed(old, "RESUMED", 100);
  CHECK(to->delivered == 1);
  CHECK(to->read == std::vector<std::string>{"READY", "RESUMED", "RESUMED"});
  CHECK(to->sources == std::vector<std::uint64_t>{200, 200, 100});
  both->finish();
  fresh.pass();
  feed(fresh, "READY", 200);
  CHECK(to->delivered == 2);
}

}  // namespace monochord::gateway_test
