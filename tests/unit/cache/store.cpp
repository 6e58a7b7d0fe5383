// SPDX-License-Identifier: MIT
#include <algorithm>
#include <chrono>
#include <map>
#include <monochord/cache/guild_snapshot.hpp>
#include <monochord/cache/store.hpp>
#include <monochord/core/error.hpp>
#include <monochord/testing/simulation.hpp>
#include <string>

#include "cache/impl.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "unit/cache/random_world.hpp"

namespace mc = monochord;

using namespace mc::tests::cache_events;
using mc::cache_kind;

namespace {

constexpr std::uint32_t all_kinds = 18;
using contents = std::map<mc::cache_key, std::string>;

/// A store that counts its calls, and refuses one of seven until it has done so `failures` times.
class test_store final : public mc::cache_store {
 public:
  mc::task<mc::optional<std::string>> get(mc::cache_key key) override { return inner_->get(key); }
  mc::task<> put(std::vector<mc::cache_entry> entries) override {
    largest = std::max(largest, entries.size());
    written += entries.size();
    turn();
    return inner_->put(std::move(entries));
  }
  mc::task<> remove(std::vector<mc::cache_key> keys) override {
    turn();
    return inner_->remove(std::move(keys));
  }
  mc::task<page> scan(cache_kind kind, mc::guild_id guild, std::string from) override {
    turn();
    return inner_->scan(kind, guild, std::move(from));
  }

  std::size_t failures = 0, calls = 0, largest = 0, written = 0;

 private:
  void turn() {
    if (++calls % 7 != 0 || failures == 0) return;
    --failures;
    throw mc::error(mc::errc::closed, "the store is away");
  }
  std::shared_ptr<mc::cache_store> inner_ = mc::make_memory_cache_store();
};

/// All that is in a store for these guilds and for none.
contents all_of(mc::testing::simulation& sim, mc::cache_store& store, const std::vector<std::uint64_t>& guilds) {
  contents all;
  const auto body = [&]() -> mc::task<> {
    for (std::uint32_t bit = 0; bit < all_kinds; ++bit)
      for (const std::uint64_t guild : guilds) {
        std::string from;
        do {
          auto page = co_await store.scan(cache_kind{1U << bit}, mc::guild_id{guild}, std::move(from));
          for (auto& e : page.entries) all[e.key] = std::move(e.json);
          from = std::move(page.next);
        } while (!from.empty());
      }
  };
  sim.run(body());
  return all;
}

/// What should be there.
contents wanted(const mc::cache& cache) {
  contents all;
  const auto add = [&](cache_kind kind, mc::guild_id guild, std::uint64_t id, const auto& value) {
    all[{kind, guild, id}] = mc::json::encode(value);
  };
  for (const mc::guild_id id : cache.guild_ids()) {
    const auto s = cache.snapshot(id);
    if (auto g = s->guild()) {
      g->roles.clear();
      g->emojis.clear();
      if (g->stickers) g->stickers->clear();
      add(cache_kind::guilds, {}, id.value(), *g);
    }
    for (const auto& c : s->channels()) add(cache_kind::channels, id, c.id.value(), c);
    for (const auto& c : s->threads()) add(cache_kind::threads, id, c.id.value(), c);
    for (const auto& r : s->roles()) add(cache_kind::roles, id, r.id.value(), r);
    for (const auto& e : s->emojis()) add(cache_kind::emojis, id, e.id->value(), e);
    for (const auto& k : s->stickers()) add(cache_kind::stickers, id, k.id.value(), k);
    for (const auto& k : s->soundboard()) add(cache_kind::soundboard_sounds, id, k.sound_id.value(), k);
    for (const auto& k : s->stage_instances()) add(cache_kind::stage_instances, id, k.id.value(), k);
    for (const auto& k : s->scheduled_events()) add(cache_kind::scheduled_events, id, k.id.value(), k);
    for (const auto& k : s->integrations()) add(cache_kind::integrations, id, k.id.value(), k);
    for (const auto& k : s->auto_moderation_rules()) add(cache_kind::auto_moderation_rules, id, k.id.value(), k);
    for (const auto& k : s->invites()) add(cache_kind::invites, id, mc::cached::invite_key(k.code), k);
    for (const auto& v : s->voice_states()) add(cache_kind::voice_states, id, v.user_id.value(), v);
    for (const auto& p : s->presences()) add(cache_kind::presences, id, p.user.id.value(), p);
    for (std::uint64_t c = id.value() * 10; c < id.value() * 10 + 3; ++c)
      for (const auto& m : s->messages(mc::channel_id{c})) add(cache_kind::messages, id, m.id.value(), m);
    for (std::uint64_t t = id.value() * 100; t < id.value() * 100 + 4; ++t)  // threads
      for (const auto& m : s->messages(mc::channel_id{t})) add(cache_kind::messages, id, m.id.value(), m);
    for (auto m : s->members()) {
      const mc::user_id user = m.user->id;
      if (const auto u = cache.user(user)) add(cache_kind::users, {}, user.value(), *u);
      m.user.reset();
      add(cache_kind::members, id, user.value(), m);
    }
  }
  for (const auto& e : cache.entitlements()) add(cache_kind::entitlements, {}, e.id.value(), e);
  for (std::uint64_t id = 1001; id < 1013; ++id)  // of no member
    if (const auto u = cache.user(mc::user_id{id})) add(cache_kind::users, {}, id, *u);
  return all;
}

void flush(mc::testing::simulation& sim, mc::cache& cache) {
  while (cache.backlog() > 0) {
    try {
      sim.run(cache.flush());
    } catch (const mc::error& e) {
      REQUIRE(e.code() == mc::errc::closed);
    }
  }
}

}  // namespace

TEST_CASE("a store in memory gives what was put, page by page, until it is removed") {
  mc::testing::simulation sim;
  const auto store = mc::make_memory_cache_store();
  std::vector<mc::cache_entry> entries;
  for (std::uint64_t i = 1; i <= 250; ++i)
    entries.push_back({{cache_kind::roles, mc::guild_id{5}, i}, std::to_string(i)});
  entries.push_back({{cache_kind::roles, mc::guild_id{6}, 1}, "other"});
  entries.push_back({{cache_kind::emojis, mc::guild_id{5}, 1}, "other"});
  sim.run(store->put(entries));
  CHECK(all_of(sim, *store, {5}).size() == 251);
  CHECK(*sim.run(store->get({cache_kind::roles, mc::guild_id{5}, 77})) == "77");
  CHECK_FALSE(sim.run(store->get({cache_kind::roles, mc::guild_id{6}, 77})));
  std::string none, wrong = "x";
  CHECK(sim.run(store->scan(cache_kind::roles, mc::guild_id{5}, none)).entries.size() == 100);
  CHECK_THROWS_AS(sim.run(store->scan(cache_kind::roles, mc::guild_id{5}, wrong)), mc::error);
  const std::vector<mc::cache_key> gone{{cache_kind::roles, mc::guild_id{5}, 77},
                                        {cache_kind::roles, mc::guild_id{9}, 1}};
  sim.run(store->remove(gone));
  CHECK_FALSE(sim.run(store->get({cache_kind::roles, mc::guild_id{5}, 77})));
}

TEST_CASE(
    "after any events and a flush a store holds what the cache holds, however often it fails and however short the "
    "backlog is") {
  const mc::tests::temporary_folder folder;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    INFO("seed " << seed);
    mc::testing::simulation sim;
    const auto store = std::make_shared<test_store>();
    mc::cache_options options;
    options.store = store;
    if (seed % 3 == 0) options.store_backlog = 5;
    cache_worlds::random_world world(seed, options);
    for (int i = 0; i < 300; ++i) {
      world.step();
      if (i % 40 == 39) {
        store->failures = seed % 2 == 0 ? 5 : 0;
        flush(sim, world.cache());
        store->failures = 0;
        const contents there = all_of(sim, *store, {0, 1, 2, 3}), due = wanted(world.cache());
        for (const auto& [key, text] : due) {
          INFO("kind " << static_cast<std::uint32_t>(key.kind) << " of " << key.guild.value() << ", " << key.id << ": "
                       << text);
          REQUIRE(there.contains(key));
          REQUIRE(there.at(key) == text);
        }
        REQUIRE(there.size() == due.size());
      }
      if (i % 160 == 119) world.restart(folder.file("cache"));
    }
    world.leave_all();
    flush(sim, world.cache());
    const contents left = all_of(sim, *store, {0, 1, 2, 3}), due = wanted(world.cache());
    REQUIRE(left == due);
    REQUIRE((left.empty() || !world.forgets_all()));
    REQUIRE(store->largest <= 101);
  }
}

TEST_CASE("what changes often is written once, and nothing that did not change") {
  mc::testing::simulation sim;
  const auto store = std::make_shared<test_store>();
  mc::cache_options options;
  options.store = store;
  options.policy.kinds = mc::cache_policy::every_kind;
  mc::cache cache(options);
  tell_everything(cache, mc::guild_id{5});
  CHECK(cache.backlog() > 0);
  sim.run(cache.flush());
  const auto all = all_of(sim, *store, {0, 5});
  for (std::uint32_t bit = 0; bit < all_kinds; ++bit) {
    INFO("kind " << bit);
    CHECK(std::any_of(all.begin(), all.end(), [&](const auto& e) { return e.first.kind == cache_kind{1U << bit}; }));
  }
  CHECK(cache.backlog() == 0);
  store->written = 0;
  mc::guild_role_update event;
  event.guild_id = mc::guild_id{5};
  event.role.id = mc::role_id{71};
  for (int i = 0; i < 100; ++i) {
    event.role.position = i;
    cache.apply(event);
  }
  CHECK(cache.backlog() == 1);
  CHECK(sim.run(cache.flush()) == 1);
  CHECK(store->written == 1);
  const auto text = sim.run(store->get({cache_kind::roles, mc::guild_id{5}, 71}));
  REQUIRE(text);
  CHECK(mc::json::decode<mc::role>(*text).position == 99);
  CHECK(sim.run(cache.flush()) == 0);
  CHECK(store->written == 1);
}

TEST_CASE("without a store there is nothing to flush") {
  mc::testing::simulation sim;
  mc::cache cache;
  cache.apply(a_guild(5, 3));
  CHECK(cache.backlog() == 0);
  CHECK(sim.run(cache.flush()) == 0);
}

TEST_CASE(
    "one flush at a time: a value that is older never follows a newer one, and one that is given up is made up for") {
  mc::testing::simulation sim;
  /// Takes a second for each put.
  struct slow_store final : mc::cache_store {
    explicit slow_store(mc::testing::simulation& s) : sim(s) {}
    mc::task<mc::optional<std::string>> get(mc::cache_key key) override { return inner->get(key); }
    mc::task<> put(std::vector<mc::cache_entry> entries) override {
      const auto timer = sim.clock()->make_timer(sim.executor());
      if (co_await timer->wait_until(sim.clock()->now() + std::chrono::seconds{1}))
        throw mc::error(mc::errc::cancelled, "put");
      co_await inner->put(std::move(entries));
    }
    mc::task<> remove(std::vector<mc::cache_key> keys) override { return inner->remove(std::move(keys)); }
    mc::task<page> scan(cache_kind kind, mc::guild_id guild, std::string from) override {
      return inner->scan(kind, guild, std::move(from));
    }
    mc::testing::simulation& sim;
    std::shared_ptr<mc::cache_store> inner = mc::make_memory_cache_store();
  };
  const auto store = std::make_shared<slow_store>(sim);
  mc::cache_options options;
  options.store = store;
  options.policy.kinds = cache_kind::roles;
  mc::cache cache(options);
  cache.apply(a_guild(5, 0));
  sim.run(cache.flush());
  mc::guild_role_update event;
  event.guild_id = mc::guild_id{5};
  event.role.id = mc::role_id{71};
  const auto set = [&](int position) {
    event.role.position = position;
    cache.apply(event);
  };
  const auto stored = [&] {
    return mc::json::decode<mc::role>(*sim.run(store->get({cache_kind::roles, mc::guild_id{5}, 71}))).position;
  };
  set(1);
  std::size_t first = 0;
  const auto flush_once = [&]() -> mc::task<> { first = co_await cache.flush(); };
  sim.spawn(flush_once());
  sim.run_for(std::chrono::milliseconds{500});
  set(2);
  CHECK(sim.run(cache.flush()) == 0);  // the other one is at it
  CHECK(cache.backlog() == 1);
  sim.run_for(std::chrono::seconds{1});
  CHECK(first == 1);
  CHECK(stored() == 1);
  CHECK(sim.run(cache.flush()) == 1);
  CHECK(stored() == 2);

  set(3);
  CHECK_THROWS(sim.run(cache.flush(), std::chrono::milliseconds{500}));  // cancelled
  sim.settle();
  CHECK(cache.backlog() == 1);
  CHECK(sim.run(cache.flush()) == 1);
  CHECK(stored() == 3);
}
