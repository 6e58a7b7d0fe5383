// SPDX-License-Identifier: MIT
// Users whom no kept member refers to.
#include <string>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "unit/cache/sample_events.hpp"
#include <monochord/cache/cache.hpp>
#include <monochord/cache/file.hpp>
#include <monochord/testing/manual_clock.hpp>

namespace mc = monochord;
using namespace mc::tests::cache_events;
using namespace std::chrono_literals;
using mc::cache_kind;

namespace {

const mc::guild_id home{5};

struct fixture {
  explicit fixture(std::size_t most = 100, std::chrono::seconds age = 0s) {
    options.policy.users_without_member = most;
    options.policy.user_age = age;
    options.clock = clock;
  }
  std::size_t users(mc::cache& cache) { return cache.stats().of(cache_kind::users).count; }

  std::shared_ptr<mc::testing::manual_clock> clock = std::make_shared<mc::testing::manual_clock>();
  mc::cache_options options;
};

mc::guild_member_remove left(std::uint64_t user) {
  mc::guild_member_remove event;
  event.guild_id = home;
  event.user.id = mc::user_id{user};
  return event;
}

void join(mc::cache& cache, std::uint64_t user) {
  mc::guild_member_add event;
  event.guild_id = home;
  event.member = somebody(user);
  cache.apply(event);
}

}  // namespace

TEST_CASE("by default a user goes with the last member, and who is no member is not kept") {
  mc::cache cache;
  cache.apply(a_guild(5, 2));
  cache.apply(written(0, 9, 900, 1007));
  CHECK_FALSE(cache.user(mc::user_id{1007}));
  cache.apply(left(1001));
  CHECK_FALSE(cache.user(mc::user_id{1001}));
  CHECK(cache.user(mc::user_id{1002}));
}

TEST_CASE("who left, who writes a direct message and who acts where members are not kept stays as a user, webhooks do not") {
  fixture f;
  mc::cache cache(f.options);
  cache.apply(a_guild(5, 2));
  cache.apply(left(1001));
  CHECK(cache.user(mc::user_id{1001})->username == "user1001");
  cache.apply(written(0, 9, 900, 1007));
  auto by_webhook = written(0, 9, 901, 1008);
  by_webhook.message.webhook_id = mc::webhook_id{1008};
  cache.apply(by_webhook);
  CHECK(cache.user(mc::user_id{1007}));
  CHECK_FALSE(cache.user(mc::user_id{1008}));
  mc::interaction_create used;
  used.interaction.user.emplace() = *somebody(1009).user;
  cache.apply(used);
  cache.learn(*somebody(1010).user);
  CHECK(f.users(cache) == 5);
  join(cache, 1001);  // is a member's again, and counted once
  CHECK(f.users(cache) == 5);
  mc::guild_delete gone;
  gone.guild.id = home;
  cache.apply(gone);  // its members go with it
  CHECK(f.users(cache) == 3);

  f.options.policy.kinds = cache_kind::users;
  mc::cache only_users(f.options);
  only_users.apply(ready_as(1002));
  only_users.apply(a_guild(5, 3));
  CHECK(f.users(only_users) == 0);
  only_users.apply(written(5, 50, 900, 1001));
  only_users.apply(written(5, 50, 901, 1002));  // the bot, which is kept as such
  CHECK(f.users(only_users) == 1);
  mc::presence_update renamed = seen(5, 1001, "online");
  renamed.presence.user.username = "renamed";
  only_users.apply(renamed);
  CHECK(only_users.user(mc::user_id{1001})->username == "renamed");
}

TEST_CASE("over the limit the users without a member go that were seen longest ago, nearly, and those of members stay") {
  fixture f(100);
  mc::cache cache(f.options);
  cache.apply(a_guild(5, 50));
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    f.clock->advance(1s);
    cache.apply(written(0, 9, 900 + i, 2000 + i));
    cache.apply(written(0, 9, 5900 + i, 2001));  // again and again
    REQUIRE(f.users(cache) == 50 + std::min<std::uint64_t>(i, 100));
  }
  std::size_t recent = 0;
  for (std::uint64_t i = 801; i <= 1000; ++i) recent += cache.user(mc::user_id{2000 + i}) ? 1 : 0;
  CHECK(recent >= 80);
  CHECK(cache.user(mc::user_id{2001}));
  for (std::uint64_t i = 1; i <= 50; ++i) CHECK(cache.user(mc::user_id{1000 + i}));
}

TEST_CASE("a user without a member goes by its age") {
  fixture f(100, 60s);
  mc::cache cache(f.options);
  cache.apply(a_guild(5, 1));
  cache.apply(written(0, 9, 900, 1007));
  f.clock->advance(40s);
  cache.apply(written(0, 9, 901, 1008));
  f.clock->advance(40s);
  cache.sweep();
  CHECK_FALSE(cache.user(mc::user_id{1007}));
  CHECK(cache.user(mc::user_id{1008}));
  CHECK(cache.user(mc::user_id{1001}));  // a member's
  f.clock->advance(40s);
  cache.sweep();
  CHECK(f.users(cache) == 1);
}

TEST_CASE("an event that only shows a user without a member says that it is seen") {
  fixture f(100, 60s);
  f.options.policy.members = mc::cache_members::active;
  mc::cache cache(f.options);
  cache.apply(a_guild(5, 1));
  cache.apply(written(0, 9, 900, 1007));
  cache.apply(written(0, 9, 901, 1008));
  f.clock->advance(40s);
  mc::guild_member_update shown;
  shown.guild_id = mc::guild_id{5};
  shown.user = *somebody(1007).user;
  cache.apply(shown);
  f.clock->advance(40s);
  cache.sweep();
  CHECK(cache.user(mc::user_id{1007}));
  CHECK_FALSE(cache.user(mc::user_id{1008}));
}

TEST_CASE("users without a member are saved with when they were seen, and restored as far as the policy keeps them") {
  const mc::tests::temporary_folder folder;
  const std::string path = folder.file("cache");
  fixture f(100, 60s);
  mc::cache cache(f.options);
  cache.apply(a_guild(5, 2));
  cache.apply(left(1001));
  f.clock->advance(30s);
  cache.apply(written(0, 9, 900, 1007));
  cache.save(path, {});
  f.clock->advance(20s);
  mc::cache fresh(f.options);
  REQUIRE(fresh.restore(path));
  CHECK(f.users(fresh) == 3);
  CHECK(mc::json::encode(*fresh.user(mc::user_id{1001})) == mc::json::encode(*somebody(1001).user));
  f.clock->advance(20s);
  fresh.sweep();
  CHECK_FALSE(fresh.user(mc::user_id{1001}));
  CHECK(fresh.user(mc::user_id{1007}));

  f.options.policy.users_without_member = 1;
  mc::cache fewer(f.options);
  REQUIRE(fewer.restore(path));
  CHECK(f.users(fewer) == 2);
  f.options.policy.users_without_member = 0;
  mc::cache none(f.options);
  REQUIRE(none.restore(path));
  CHECK(f.users(none) == 1);
}
