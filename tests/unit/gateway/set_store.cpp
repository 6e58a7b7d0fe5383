// SPDX-License-Identifier: MIT
// What two sets of shards see of one session store.
#include "gateway/set_store.hpp"

#include "peer.hpp"

namespace monochord::gateway_test {
namespace {

using gateway::set_store;

stored_session session(const std::string& id) {
  stored_session out;
  out.session_id = id;
  out.shard_count = 3;
  return out;
}

/// A store that writes down what it is asked, and fails when told to.
class watched_store final : public session_store {
 public:
  explicit watched_store(testing::simulation& sim) : sim_(sim) {}
  std::map<int, std::string> kept;
  std::vector<std::string> asked;
  bool fails = false, hangs = false;
  duration next_save_takes{0};
  std::function<void()> meanwhile;  // called once, within the next save

  task<std::optional<stored_session>> load(int shard_id) override {
    const auto found = kept.find(shard_id);
    if (found == kept.end()) co_return std::nullopt;
    co_return session(found->second);
  }
  task<> save(int shard_id, const stored_session& what) override {
    asked.push_back("save " + std::to_string(shard_id) + " " + what.session_id);
    if (const auto call = std::exchange(meanwhile, nullptr)) call();
    co_await trouble();
    if (const auto takes = std::exchange(next_save_takes, duration::zero()); takes != duration::zero()) {
      const auto wait = sim_.clock()->make_timer(sim_.executor());
      co_await wait->wait_until(sim_.clock()->now() + takes);
    }
    kept[shard_id] = what.session_id;
  }
  task<> erase(int shard_id) override {
    asked.push_back("erase " + std::to_string(shard_id));
    co_await trouble();
    kept.erase(shard_id);
  }
  task<std::optional<stored_budget>> load_budget() override { co_return std::nullopt; }
  task<> save_budget(const stored_budget& what) override {
    asked.push_back("budget " + std::to_string(what.remaining));
    co_return;
  }

 private:
  task<> trouble() {
    if (fails) throw error(errc::resource, "the disk is full");
    if (!hangs) co_return;
    const auto wait = sim_.clock()->make_timer(sim_.executor());
    co_await wait->wait_until(sim_.clock()->now() + 1h);
    throw error(errc::cancelled, "given up");
  }
  testing::simulation& sim_;
};

/// For a task that outlives the expression that makes it.
task<> save_later(session_store& to, int shard_id, stored_session what) { co_await to.save(shard_id, what); }

struct two_sets {
  testing::simulation sim;
  std::shared_ptr<watched_store> inner = std::make_shared<watched_store>(sim);
  set_store old{inner, set_store::role::serves}, fresh{inner, set_store::role::waits};
  errc take_over(std::vector<int> gone) {
    try {
      sim.run(fresh.take_over(sim.clock(), std::move(gone)));
    } catch (const error& e) {
      return static_cast<errc>(e.code().value());
    }
    return errc{};
  }
};

}  // namespace

TEST_CASE("only the set that serves has the store, the other one's sessions wait, its session starts do not") {
  two_sets t;
  t.sim.run(t.old.save(0, session("old")));
  t.sim.run(t.fresh.save(0, session("new")));
  t.sim.run(t.fresh.erase(1));
  stored_budget left;
  left.remaining = 7;
  t.sim.run(t.fresh.save_budget(left));
  CHECK(t.inner->kept == std::map<int, std::string>{{0, "old"}});
  CHECK(t.inner->asked == std::vector<std::string>{"save 0 old", "budget 7"});
  CHECK(t.sim.run(t.old.load(0))->session_id == "old");
  CHECK_FALSE(t.sim.run(t.fresh.load(0)));  // a session of the other set
}

TEST_CASE("a new set takes over: its sessions are stored, the newest of each, those of the old set are forgotten") {
  two_sets t;
  for (const int id : {0, 1, 2, 3}) t.sim.run(t.old.save(id, session("old")));
  t.sim.run(t.fresh.save(0, session("first")));
  t.sim.run(t.fresh.save(0, session("second")));
  t.sim.run(t.fresh.save(1, session("lost")));
  t.sim.run(t.fresh.erase(1));
  t.old.retire();
  t.sim.run(t.old.save(3, session("too late")));
  t.sim.run(t.old.erase(0));
  CHECK(t.take_over({0, 1, 2, 3}) == errc{});
  CHECK(t.inner->kept == std::map<int, std::string>{{0, "second"}});
  t.sim.run(t.fresh.save(2, session("later")));
  CHECK(t.inner->kept.at(2) == "later");
  t.sim.run(t.old.save(2, session("too late")));
  CHECK(t.inner->kept.at(2) == "later");
}

TEST_CASE("what is saved while a set takes over is not overwritten by what is older") {
  two_sets t;
  t.sim.run(t.fresh.save(0, session("a")));
  t.sim.run(t.fresh.save(1, session("b")));
  t.inner->meanwhile = [&] {
    t.sim.spawn(save_later(t.fresh, 0, session("newer a")));
    t.sim.spawn(save_later(t.fresh, 1, session("newer b")));
  };
  t.old.retire();
  CHECK(t.take_over({}) == errc{});
  t.sim.settle();
  CHECK(t.inner->kept == std::map<int, std::string>{{0, "newer a"}, {1, "newer b"}});
}

TEST_CASE("what the old set is just storing does not come after what the new set stores") {
  two_sets t;
  t.sim.run(t.fresh.save(0, session("new")));
  t.inner->next_save_takes = 3s;
  t.sim.spawn(save_later(t.old, 0, session("old")));
  t.sim.settle();
  t.old.retire();
  t.sim.run(t.old.until_quiet(t.sim.clock()));
  CHECK(t.take_over({0}) == errc{});
  t.sim.run_for(10s);
  CHECK(t.inner->kept.at(0) == "new");
  // One that does not end is not waited for without end.
  t.inner->next_save_takes = 5min;
  t.sim.spawn(save_later(t.fresh, 0, session("slow")));
  t.sim.settle();
  const auto began = t.sim.elapsed();
  t.sim.run(t.fresh.until_quiet(t.sim.clock()));
  CHECK(t.sim.elapsed() - began == 10s);
  t.sim.run_for(5min);
}

TEST_CASE(
    "a store that fails, or hangs, while a set takes over is told of, and what comes later is stored all the same") {
  two_sets t;
  for (const int id : {0, 1, 2}) t.sim.run(t.fresh.save(id, session("new")));
  t.old.retire();
  const auto began = t.sim.elapsed();
  SECTION("it fails") {
    t.inner->fails = true;
    CHECK(t.take_over({0, 1, 2, 3}) == errc::resource);
  }
  SECTION("it hangs") {
    t.inner->hangs = true;
    CHECK(t.take_over({0, 1, 2, 3}) == errc::timeout);
    CHECK(t.sim.elapsed() - began <= 11s);  // not as often as there are shards
  }
  t.inner->fails = t.inner->hangs = false;
  t.sim.run(t.fresh.save(1, session("later")));
  CHECK(t.inner->kept == std::map<int, std::string>{{1, "later"}});
}

}  // namespace monochord::gateway_test
