// SPDX-License-Identifier: MIT
#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "unit/cache/sample_events.hpp"
#include <monochord/cache/guild_snapshot.hpp>

namespace mc = monochord;

using namespace mc::tests::cache_events;

namespace {

template <class T>
std::string text(const T& value) {
  return mc::json::encode(value);
}
template <class T>
std::vector<std::string> texts(const std::vector<T>& values) {
  std::vector<std::string> all;
  for (const T& value : values) all.push_back(mc::json::encode(value));
  std::sort(all.begin(), all.end());
  return all;
}

std::unique_ptr<mc::cache> full_cache(mc::guild_id guild) {
  mc::cache_options options;
  options.policy.kinds = mc::cache_policy::every_kind;
  auto cache = std::make_unique<mc::cache>(options);
  tell_everything(*cache, guild);
  return cache;
}

}  // namespace

TEST_CASE("a snapshot says what the cache says of the guild") {
  const mc::guild_id guild{5};
  const auto cache = full_cache(guild);
  CHECK_FALSE(cache->snapshot(mc::guild_id{6}));
  const auto s = cache->snapshot(guild);
  REQUIRE(s);
  CHECK(s->id() == guild);
  CHECK(s->state().member_count == 3);
  CHECK(text(*s->guild()) == text(*cache->guild(guild)));
  CHECK(s->member_count() == 3);
  CHECK(texts(s->members()) == texts(cache->members(guild)));
  CHECK(text(*s->member(mc::user_id{1002})) == text(somebody(1002)));
  CHECK_FALSE(s->member(mc::user_id{1}));
  CHECK(texts(s->channels()) == texts(cache->channels(guild)));
  CHECK(texts(s->threads()) == texts(cache->threads(guild)));
  CHECK(text(*s->channel(mc::channel_id{50})) == text(*cache->channel(mc::channel_id{50})));
  CHECK(text(*s->channel(mc::channel_id{51})) == text(*cache->channel(mc::channel_id{51})));
  CHECK(texts(s->roles()) == texts(cache->roles(guild)));
  CHECK(text(*s->role(mc::role_id{71})) == text(*cache->role(guild, mc::role_id{71})));
  CHECK(texts(s->emojis()) == texts(cache->emojis(guild)));
  CHECK(texts(s->stickers()) == texts(cache->stickers(guild)));
  CHECK(texts(s->soundboard()) == texts(cache->soundboard(guild)));
  CHECK(texts(s->voice_states()) == texts(cache->voice_states(guild)));
  CHECK(s->voice_state(mc::user_id{1001}));
  CHECK(s->presences().size() == 1);
  CHECK(text(*s->presence(mc::user_id{1001})) == text(*cache->presence(guild, mc::user_id{1001})));
  CHECK(texts(s->stage_instances()) == texts(cache->stage_instances(guild)));
  CHECK(texts(s->scheduled_events()) == texts(cache->scheduled_events(guild)));
  CHECK(texts(s->integrations()) == texts(cache->integrations(guild)));
  CHECK(texts(s->auto_moderation_rules()) == texts(cache->auto_moderation_rules(guild)));
  CHECK(texts(s->invites()) == texts(cache->invites(guild)));
  CHECK(text(*s->message(mc::channel_id{50}, mc::message_id{900})) == text(*cache->message(mc::channel_id{50}, mc::message_id{900})));
  CHECK_FALSE(s->message(mc::channel_id{51}, mc::message_id{900}));
  CHECK(texts(s->messages(mc::channel_id{50})) == texts(cache->messages(mc::channel_id{50})));
  CHECK(s->invites().size() == 1);
  CHECK(s->messages(mc::channel_id{50}).size() == 1);
  CHECK(s->bytes() > 1000);
}

TEST_CASE("a snapshot stays what it was when the guild changes, when it goes and when the cache ends") {
  const mc::guild_id guild{5};
  auto cache = full_cache(guild);
  const auto s = cache->snapshot(guild);
  const auto members = texts(s->members());
  const auto channels = texts(s->channels());
  mc::guild_role_delete role;
  role.guild_id = guild;
  role.role_id = mc::role_id{71};
  cache->apply(role);
  mc::guild_delete gone;
  gone.guild.id = guild;
  cache->apply(gone);
  CHECK_FALSE(cache->snapshot(guild));
  const auto copy = *s;
  cache.reset();
  CHECK(texts(copy.members()) == members);
  CHECK(texts(copy.channels()) == channels);
  CHECK(copy.role(mc::role_id{71}));
}

TEST_CASE("a snapshot is of one moment: each of its members has its user, and as many are there as its state says") {
  mc::cache cache;
  cache.apply(a_guild(5, 50));
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0}, taken{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t)
    readers.emplace_back([&] {
      do {
        const auto s = cache.snapshot(mc::guild_id{5});
        ++taken;
        if (s->member_count() != static_cast<std::size_t>(s->state().member_count)) ++wrong;
        s->for_each_member([&](const mc::member& m) {
          if (m.user->username != "user" + std::to_string(m.user->id.value())) ++wrong;
        });
      } while (!done);
    });
  for (std::uint64_t i = 0; i < 3000; ++i) {
    mc::guild_member_remove leave;
    leave.guild_id = mc::guild_id{5};
    leave.user.id = mc::user_id{1001 + i % 50};
    cache.apply(leave);
    mc::guild_member_add join;
    join.guild_id = mc::guild_id{5};
    join.member = somebody(1001 + i % 50);
    cache.apply(join);
  }
  done = true;
  for (auto& r : readers) r.join();
  CHECK(wrong == 0);
  CHECK(taken > 0);
}
