// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <map>
#include <random>
#include <string>

#include "cache/impl.hpp"
#include "cache/record_set.hpp"
#include "support/catch.hpp"
#include "unit/cache/sample_events.hpp"
#include <monochord/cache/cache.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/events.hpp>

namespace mc = monochord;

using namespace mc::tests::cache_events;

TEST_CASE("a set of records agrees with a map through random changes") {
  mc::cached::record_set set;
  std::map<std::uint64_t, std::string> truth;
  std::mt19937 random(7);
  for (int i = 0; i < 200000; ++i) {
    const std::uint64_t key = random() % 2000;
    if (random() % 3 == 0) {
      CHECK(set.erase(key) == (truth.erase(key) > 0));
    } else {
      const std::string text(random() % (random() % 50 == 0 ? 3000 : 60), static_cast<char>('a' + random() % 26));
      truth[key] = text;
      if (!set.put(key, text)) FAIL("full");
    }
    if (i % 5000 != 0) continue;
    REQUIRE(set.size() == truth.size());
    for (const auto& [k, text] : truth) REQUIRE(set.find(k).substr(0, text.size()) == text);
  }
  for (const auto& [k, text] : truth) set.erase(k);
  CHECK(set.size() == 0);
  CHECK(set.bytes() == 0);
}

TEST_CASE("a text that comes and goes keeps its place in a set of records, and takes nothing from the next one") {
  mc::cached::record_set set;
  const std::string with(60, 'w'), without(40, 'o');
  for (std::uint64_t key = 1; key <= 100; ++key) set.put(key, with);
  const std::size_t bytes = set.bytes();
  const mc::cached::record_set copy = set;
  for (int i = 0; i < 1000; ++i)
    for (std::uint64_t key = 1; key <= 100; ++key) set.put(key, (key + static_cast<std::uint64_t>(i)) % 2 ? with : without);
  CHECK(set.bytes() == bytes);
  for (std::uint64_t key = 1; key <= 100; ++key) {
    const std::string_view text = set.find(key), all = copy.find(key);
    const std::string& last = (key + 999) % 2 ? with : without;
    CHECK(text.substr(0, last.size()) == last);
    CHECK(text.find_first_not_of('\0', last.size()) == text.npos);
    CHECK(all.substr(0, with.size()) == with);
  }
  set.put(1, "much less");  // that is not kept for it
  CHECK(set.find(1).size() < 20);
}

TEST_CASE("a set of records takes as many pages as it says, and each copy of it finds what it had") {
  mc::cached::record_set set;
  constexpr std::uint64_t most = 131071;
  const std::string large(1012, 'x');  // each has a page of its own
  std::vector<std::pair<std::uint64_t, mc::cached::record_set>> copies;
  for (std::uint64_t key = 1; key <= most; ++key) {
    if (!set.put(key * 977, large)) FAIL("full with " << key);
    if ((key & (key - 1)) == 0 || (key & (key + 1)) == 0) copies.emplace_back(key, set);
  }
  CHECK_FALSE(set.put(1, large));
  CHECK(set.size() == most);
  CHECK(set.put(977, "small") == false);  // has no page to go to: the key is gone
  CHECK(set.put(1, large));
  for (std::uint64_t key = 2; key <= most; ++key)
    if (set.find(key * 977) != large) FAIL("not found: " << key);
  for (const auto& [size, copy] : copies) {
    CHECK(copy.size() == size);
    for (std::uint64_t key = 1; key <= size; ++key)
      if (copy.find(key * 977) != large) FAIL("not found in a copy of " << size << ": " << key);
    CHECK(copy.find((size + 1) * 977).data() == nullptr);
  }
}

TEST_CASE("what is read from a large set can be put into another one without piling up there") {
  mc::cached::record_set from, to;
  constexpr std::uint64_t count = 300000;
  for (std::uint64_t key = 1; key <= count; ++key) from.put(key, "text");
  std::uint64_t seen = 0, sum = 0;
  // In the order of the hashes this would take the better part of a minute.
  from.for_each([&](std::uint64_t key, std::string_view text) {
    to.put(key, text);
    ++seen;
    sum += key;
  });
  CHECK(seen == count);
  CHECK(sum == count * (count + 1) / 2);
  CHECK(to.size() == count);
}

TEST_CASE("a member comes back as Discord sent it") {
  mc::cache cache;
  cache.apply(a_guild(5, 3));
  const auto m = cache.member(mc::guild_id{5}, mc::user_id{1002});
  REQUIRE(m);
  CHECK(mc::json::encode(*m) == mc::json::encode(somebody(1002)));
  CHECK(cache.channel(mc::channel_id{50})->name.value() == "general");
  CHECK(cache.guild(mc::guild_id{5})->roles.size() == 2);
}

TEST_CASE("what Discord removed is removed, and the old value is told") {
  mc::cache cache;
  cache.apply(a_guild(5, 3));
  cache.apply(a_guild(6, 2));
  mc::guild_role_delete role;
  role.guild_id = mc::guild_id{5};
  role.role_id = mc::role_id{71};
  mc::optional<mc::role> old_role;
  cache.apply(role, &old_role);
  CHECK(old_role);
  CHECK(cache.member(mc::guild_id{5}, mc::user_id{1001})->roles == std::vector{mc::role_id{72}});

  mc::guild_member_remove leave;
  leave.guild_id = mc::guild_id{5};
  leave.user.id = mc::user_id{1001};
  mc::optional<mc::member> old;
  cache.apply(leave, &old);
  REQUIRE(old);
  CHECK(old->user->username == "user1001");
  CHECK(cache.state(mc::guild_id{5})->member_count == 2);
  CHECK(cache.user(mc::user_id{1001}));  // still in the other guild

  mc::guild_delete gone;
  gone.guild.id = mc::guild_id{6};
  gone.guild.unavailable = true;
  cache.apply(gone);
  CHECK(cache.state(mc::guild_id{6})->unavailable);
  CHECK(cache.member(mc::guild_id{6}, mc::user_id{1001}));
  gone.guild.unavailable.reset();
  cache.apply(gone);
  CHECK_FALSE(cache.guild(mc::guild_id{6}));
  CHECK_FALSE(cache.user(mc::user_id{1001}));
  CHECK_FALSE(cache.channel(mc::channel_id{60}));

  cache.apply(mc::ready{});  // lists nothing
  CHECK(cache.guild_ids().empty());
  CHECK(cache.stats().of(mc::cache_kind::users).count == 0);
}

TEST_CASE("who reads the messages of a channel copies those of no other one") {
  mc::cache_options options;
  options.policy.kinds = mc::cache_policy::every_kind;
  mc::cached::world world(options);
  const auto guild = world.open(mc::guild_id{5});
  for (std::uint64_t i = 0; i < 100; ++i) {
    auto large = written(5, 52, 1000 + i, 1001).message;
    large.content = std::string(1500, 'x');
    world.put_message(*guild, large);
  }
  for (std::uint64_t i = 0; i < 3; ++i) world.put_message(*guild, written(5, 51, 2000 + i, 1001).message);
  const mc::cached::ring_copy small(*guild, mc::channel_id{51}), other(*guild, mc::channel_id{52}), none(*guild, mc::channel_id{53});
  CHECK(small.bytes() < 3'000);
  REQUIRE(small.messages().size() == 3);
  CHECK(small.messages()[0].id == mc::message_id{2000});
  CHECK(small.messages()[2].id == mc::message_id{2002});
  CHECK(other.bytes() > 50 * 1500);
  CHECK(other.messages().size() == 50);
  CHECK(none.messages().empty());
}
