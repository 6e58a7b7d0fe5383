// SPDX-License-Identifier: MIT
#include <monochord/cache/cache.hpp>
#include <string>

#include "support/catch.hpp"
#include "unit/cache/sample_events.hpp"

namespace mc = monochord;

using namespace mc::tests::cache_events;
using mc::cache_kind;

namespace {

const mc::guild_id home{5};

mc::cache_options everything() {
  mc::cache_options options;
  options.policy.kinds = mc::cache_policy::every_kind;
  return options;
}

}  // namespace

TEST_CASE("what REST answers is kept like what events tell") {
  mc::cache cache(everything());
  cache.apply(ready_as(1003));
  cache.apply(a_guild(5, 2));
  cache.learn(home, somebody(1007));
  REQUIRE(cache.member(home, mc::user_id{1007}));
  CHECK(mc::json::encode(*cache.member(home, mc::user_id{1007})) == mc::json::encode(somebody(1007)));
  CHECK(cache.state(home)->member_count == 2);  // nobody joined

  mc::user user = *somebody(1001).user;
  user.username = "renamed";
  cache.learn(user);
  CHECK(cache.user(mc::user_id{1001})->username == "renamed");
  user.id = mc::user_id{2000};
  cache.learn(user);
  CHECK_FALSE(cache.user(mc::user_id{2000}));  // nobody whom the cache keeps
  user.id = mc::user_id{1003};
  cache.learn(user);
  CHECK(cache.current_user()->username == "renamed");

  mc::guild guild = *cache.guild(home);
  guild.name = "new name";
  guild.roles.resize(1);
  cache.learn(guild);
  CHECK(cache.guild(home)->name == "new name");
  CHECK(cache.roles(home).size() == 1);

  mc::role role;
  role.id = mc::role_id{99};
  cache.learn(home, role);
  CHECK(cache.role(home, mc::role_id{99}));

  mc::channel channel = a_guild(5, 0).channels[0];
  channel.id = mc::channel_id{55};
  cache.learn(channel);
  CHECK(cache.channel(mc::channel_id{55})->name.value() == "general");
  cache.learn(a_thread(5, 50, 56));
  CHECK(cache.threads(home).size() == 1);
  cache.learn(a_thread(5, 50, 56, true));
  CHECK(cache.threads(home).empty());

  cache.learn(written(5, 50, 900, 1001).message);  // an answer names no guild
  CHECK(cache.message(mc::channel_id{50}, mc::message_id{900}));
  mc::channel direct;
  direct.id = mc::channel_id{7};
  direct.type = mc::channel_type::dm;
  cache.learn(direct);
  cache.learn(written(0, 7, 901, 1001).message);
  CHECK(cache.message(mc::channel_id{7}, mc::message_id{901}));
}

TEST_CASE("an answer brings nothing of a guild or channel that is not known, and nobody who has left") {
  mc::cache cache(everything());
  cache.learn(home, somebody(1001));
  cache.learn(*a_guild(5, 0).channels.begin());
  cache.learn(a_guild(5, 0).guild);
  cache.learn(home, a_guild(5, 0).guild.roles[0]);
  cache.learn(written(5, 50, 900, 1001).message);
  CHECK(cache.guild_ids().empty());
  CHECK_FALSE(cache.channel(mc::channel_id{50}));
  for (const auto& kind : cache.stats().each) CHECK(kind.count == 0);

  cache.apply(a_guild(5, 2));
  mc::guild_member_remove leave;
  leave.guild_id = home;
  leave.user.id = mc::user_id{1001};
  cache.apply(leave);
  cache.learn(home, somebody(1001));
  CHECK_FALSE(cache.member(home, mc::user_id{1001}));
  mc::guild_member_add join;
  join.guild_id = home;
  join.member = somebody(1001);
  cache.apply(join);
  join.member.nick = "other";
  cache.learn(home, join.member);
  CHECK(cache.member(home, mc::user_id{1001})->nick.value() == "other");
  cache.learn(written(5, 77, 900, 1001).message);  // a channel that the cache never heard of
  CHECK(cache.stats().of(cache_kind::messages).count == 0);
}

TEST_CASE("an answer obeys the policy") {
  mc::cache_options options;
  options.policy.kinds = cache_kind::members | cache_kind::users;
  options.policy.members = mc::cache_members::active;
  mc::cache cache(options);
  cache.apply(a_guild(5, 2));
  cache.learn(home, somebody(1001));
  CHECK_FALSE(cache.member(home, mc::user_id{1001}));  // a list of members makes nobody active
  mc::role role;
  role.id = mc::role_id{99};
  cache.learn(home, role);
  CHECK(cache.roles(home).empty());
  cache.apply(written(5, 50, 900, 1001));
  auto member = somebody(1001);
  member.nick = "known";
  cache.learn(home, member);
  CHECK(cache.member(home, mc::user_id{1001})->nick.value() == "known");
}
