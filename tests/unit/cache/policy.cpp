// SPDX-License-Identifier: MIT
#include <string>

#include "support/catch.hpp"
#include "unit/cache/sample_events.hpp"
#include <monochord/cache/cache.hpp>
#include <monochord/testing/manual_clock.hpp>

namespace mc = monochord;
using namespace mc::tests::cache_events;
using mc::cache_field;
using mc::cache_kind;

namespace {

const mc::guild_id home{5};

mc::cache_options only(mc::cache_policy policy) {
  mc::cache_options options;
  options.policy = policy;
  return options;
}

}  // namespace

TEST_CASE("each kind is kept when the policy names it, and only then") {
  for (std::uint32_t bit = 0; bit < 18; ++bit) {
    mc::cache_policy policy;
    policy.kinds = mc::flags<cache_kind>(1U << bit);
    mc::cache cache(only(policy));
    tell_everything(cache, home);
    const auto stats = cache.stats();
    for (std::uint32_t other = 0; other < 18; ++other) {
      INFO("policy " << bit << ", kind " << other);
      // A user is one of a member: without members there are none.
      const bool expected = other == bit && cache_kind{1U << other} != cache_kind::users;
      CHECK((stats.each[other].count > 0) == expected);
    }
  }
  mc::cache_policy all;
  all.kinds = mc::cache_policy::every_kind;
  mc::cache cache(only(all));
  tell_everything(cache, home);
  for (const auto& kind : cache.stats().each) CHECK(kind.count > 0);
  CHECK(cache.roles(home).size() == 1);
  CHECK(cache.emojis(home).size() == 1);
  CHECK(cache.stickers(home).size() == 1);
  CHECK(cache.soundboard(home).size() == 1);
  CHECK(cache.voice_states(home).size() == 1);
  CHECK(cache.stage_instances(home).size() == 1);
  CHECK(cache.scheduled_events(home).size() == 1);
  CHECK(cache.integrations(home).size() == 1);
  CHECK(cache.auto_moderation_rules(home).size() == 1);
  CHECK(cache.invites(home).size() == 1);
  CHECK(cache.entitlements().size() == 1);
  CHECK(cache.messages(mc::channel_id{50}).size() == 1);
  CHECK(cache.presence(home, mc::user_id{1001})->status == mc::presence_status("online"));
}

TEST_CASE("fields that the policy leaves out are absent, the others are there") {
  mc::cache_policy policy;
  policy.kinds = mc::cache_policy::every_kind;
  policy.without = cache_field::user_avatar | cache_field::member_nick | cache_field::member_roles | cache_field::channel_topic |
                   cache_field::presence_activities | cache_field::member_joined_at;
  mc::cache cache(only(policy));
  tell_everything(cache, home);
  const auto m = cache.member(home, mc::user_id{1001});
  REQUIRE(m);
  CHECK(m->user->avatar.is_absent());
  CHECK(m->user->username == "user1001");
  CHECK(m->nick.is_absent());
  CHECK(m->roles.empty());
  CHECK(m->joined_at.is_absent());
  CHECK(m->mute);
  CHECK(cache.channel(mc::channel_id{50})->topic.is_absent());
  CHECK(cache.channel(mc::channel_id{50})->name.value() == "general");
  CHECK(cache.presence(home, mc::user_id{1001})->activities.empty());
}

TEST_CASE("with active members only who wrote, typed or used a command is kept, and the bot") {
  mc::cache_policy policy;
  policy.members = mc::cache_members::active;
  mc::cache cache(only(policy));
  cache.apply(ready_as(1003));
  cache.apply(a_guild(5, 6));
  CHECK(cache.members(home).size() == 1);
  CHECK(cache.member(home, mc::user_id{1003}));
  mc::typing_start typing;
  typing.guild_id = home;
  typing.member = somebody(1001);
  cache.apply(typing);
  cache.apply(written(5, 50, 900, 1002));
  mc::interaction_create used;
  used.interaction.guild_id = home;
  used.interaction.member = somebody(1004);
  cache.apply(used);
  CHECK(cache.members(home).size() == 4);
  CHECK_FALSE(cache.member(home, mc::user_id{1005}));
}

TEST_CASE("with members in voice a member comes and goes with the voice state, and the bot stays") {
  mc::cache_policy policy;
  policy.members = mc::cache_members::in_voice;
  SECTION("with voice states") {}
  SECTION("without") { policy.kinds &= ~mc::flags<cache_kind>(cache_kind::voice_states); }
  mc::cache cache(only(policy));
  cache.apply(ready_as(1003));
  auto created = a_guild(5, 6);
  created.voice_states.push_back(in_voice(1001, 50).voice_state);
  cache.apply(created);
  CHECK(cache.members(home).size() == 2);
  CHECK(cache.member(home, mc::user_id{1001}));
  auto joins = in_voice(1002, 50);
  joins.voice_state.guild_id = home;
  joins.voice_state.member = somebody(1002);
  cache.apply(joins);
  CHECK(cache.members(home).size() == 3);
  auto leaves = joins;
  leaves.voice_state.channel_id = mc::null;
  cache.apply(leaves);
  CHECK_FALSE(cache.member(home, mc::user_id{1002}));
  CHECK_FALSE(cache.user(mc::user_id{1002}));
  leaves.voice_state.user_id = mc::user_id{1003};
  leaves.voice_state.member = somebody(1003);
  cache.apply(leaves);
  CHECK(cache.member(home, mc::user_id{1003}));
}

TEST_CASE("over the limit of members the longest unseen ones go, nearly, and never the bot") {
  const auto clock = std::make_shared<mc::testing::manual_clock>();
  mc::cache_options options;
  options.policy.members_per_guild = 100;
  options.clock = clock;
  mc::cache cache(options);
  cache.apply(ready_as(1001));
  cache.apply(a_guild(5, 0));
  mc::guild_member_add add;
  add.guild_id = home;
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    add.member = somebody(1000 + i);
    cache.apply(add);
    clock->advance(std::chrono::seconds(1));
    REQUIRE(cache.stats().of(cache_kind::members).count <= 100);
  }
  CHECK(cache.member(home, mc::user_id{1001}));
  std::size_t late = 0;
  for (const auto& m : cache.members(home)) late += m.user->id.value() > 1600 ? 1 : 0;
  CHECK(late >= 90);
  CHECK(cache.stats().of(cache_kind::users).count == 100);
  CHECK(cache.state(home)->member_count == 1000);  // what is not kept still counts
}

TEST_CASE("a sweep drops members that no event has shown for their age") {
  const auto clock = std::make_shared<mc::testing::manual_clock>();
  mc::cache_options options;
  options.policy.member_age = std::chrono::hours(1);
  options.clock = clock;
  mc::cache cache(options);
  cache.apply(ready_as(1001));
  cache.apply(a_guild(5, 10));
  clock->advance(std::chrono::minutes(40));
  cache.apply(written(5, 50, 900, 1002));
  cache.sweep();
  CHECK(cache.members(home).size() == 10);
  clock->advance(std::chrono::minutes(40));
  cache.sweep();
  CHECK(cache.members(home).size() == 2);
  CHECK(cache.member(home, mc::user_id{1001}));
  CHECK(cache.member(home, mc::user_id{1002}));
  CHECK(cache.stats().of(cache_kind::users).count == 2);
}

TEST_CASE("a guild can have a policy of its own") {
  mc::cache_options options;
  int asked = 0;
  options.guild_policy = [&](mc::guild_id id) {
    ++asked;
    mc::cache_policy policy;
    if (id == home) policy.kinds |= cache_kind::messages;
    else policy.kinds = {};
    return policy;
  };
  mc::cache cache(options);
  tell_everything(cache, home);
  tell_everything(cache, mc::guild_id{6});
  CHECK(cache.messages(mc::channel_id{50}).size() == 1);
  CHECK(cache.messages(mc::channel_id{60}).empty());
  CHECK(cache.members(mc::guild_id{6}).empty());
  CHECK(cache.state(mc::guild_id{6}));
  CHECK(asked == 3);  // and what belongs to no guild
}

TEST_CASE("the last messages of each channel are kept, in the order of their ids") {
  mc::cache_policy policy;
  policy.kinds = cache_kind::guilds | cache_kind::messages;
  policy.messages_per_channel = 3;
  mc::cache cache(only(policy));
  cache.apply(a_guild(5, 1));
  const mc::channel_id channel{50};
  const auto ids = [&] {
    std::vector<std::uint64_t> all;
    for (const auto& m : cache.messages(channel)) all.push_back(m.id.value());
    return all;
  };
  for (const std::uint64_t id : {10U, 30U, 20U, 20U}) cache.apply(written(5, 50, id, 1001));
  CHECK(ids() == std::vector<std::uint64_t>{10, 20, 30});
  cache.apply(written(5, 50, 40, 1001));
  CHECK(ids() == std::vector<std::uint64_t>{20, 30, 40});
  cache.apply(written(5, 50, 10, 1001));  // told again after it was pushed out
  CHECK(ids() == std::vector<std::uint64_t>{20, 30, 40});
  CHECK(cache.message(channel, mc::message_id{30}));
  CHECK_FALSE(cache.message(mc::channel_id{51}, mc::message_id{30}));

  mc::message_update edited;
  edited.guild_id = home;
  edited.message = written(5, 50, 30, 1001).message;
  edited.message.content = "edited";
  mc::optional<mc::message> before;
  cache.apply(edited, &before);
  CHECK(before->content == "hello");
  CHECK(cache.message(channel, mc::message_id{30})->content == "edited");
  edited.message.id = mc::message_id{77};
  cache.apply(edited, &before);
  CHECK_FALSE(before);  // not the one before
  CHECK(cache.messages(channel).size() == 3);

  mc::message_delete gone;
  gone.guild_id = home;
  gone.channel_id = mc::channel_id{51};
  gone.id = mc::message_id{30};
  cache.apply(gone);  // of another channel
  CHECK(cache.messages(channel).size() == 3);
  gone.channel_id = channel;
  cache.apply(gone, &before);
  CHECK(before->content == "edited");
  mc::message_delete_bulk many;
  many.guild_id = home;
  many.channel_id = channel;
  many.ids = {mc::message_id{20}, mc::message_id{40}, mc::message_id{99}};
  std::vector<mc::message> old;
  cache.apply(many, &old);
  CHECK(old.size() == 2);
  CHECK(cache.messages(channel).empty());
  CHECK(cache.stats().of(cache_kind::messages).count == 0);

  cache.apply(written(0, 7, 1, 1001));  // a direct message
  CHECK(cache.messages(mc::channel_id{7}).size() == 1);
}
