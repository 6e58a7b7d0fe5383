// SPDX-License-Identifier: MIT
// The same people come again in one event after another, mostly as they were: what a cache makes of that quickly is what it would
// make of it by putting together all that it was told.
#include <map>
#include <random>
#include <string>
#include <utility>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "unit/cache/sample_events.hpp"
#include <monochord/cache/file.hpp>
#include <monochord/cache/guild_snapshot.hpp>
#include <monochord/testing/manual_clock.hpp>

namespace mc = monochord;
namespace json = monochord::json;
using namespace mc::tests::cache_events;
using mc::cache_kind;

namespace {

const mc::guild_id home{5}, other{6};

template <class T>
void set_if_told(T& to, const T& news) {
  if (!news.is_absent()) to = news;
}
template <class News>
void set_rest(mc::member& m, const News& news) {
  m.roles = news.roles;
  set_if_told(m.joined_at, news.joined_at);
  if (news.deaf.has_value()) m.deaf = news.deaf.value_or(false);
  if (news.mute.has_value()) m.mute = news.mute.value_or(false);
  if (news.pending.has_value()) m.pending = news.pending;
  if (news.flags) m.flags = news.flags;
}
/// What is known after a message's member: all that it does not tell stays.
mc::member told(mc::member m, const mc::user& author, const mc::partial_member& news) {
  m.user = author;
  set_rest(m, news);
  set_if_told(m.nick, news.nick);
  set_if_told(m.avatar, news.avatar);
  set_if_told(m.banner, news.banner);
  set_if_told(m.premium_since, news.premium_since);
  set_if_told(m.communication_disabled_until, news.communication_disabled_until);
  set_if_told(m.avatar_decoration_data, news.avatar_decoration_data);
  set_if_told(m.collectibles, news.collectibles);
  return m;
}
/// The same of GUILD_MEMBER_UPDATE, which tells more: what it leaves out of this is not there.
mc::member told(mc::member m, const mc::guild_member_update& news) {
  m.user = news.user;
  set_rest(m, news);
  m.nick = news.nick;
  m.avatar = news.avatar;
  m.banner = news.banner;
  m.premium_since = news.premium_since;
  m.communication_disabled_until = news.communication_disabled_until;
  m.avatar_decoration_data = news.avatar_decoration_data;
  m.collectibles = news.collectibles;
  return m;
}

class dice {
 public:
  explicit dice(unsigned seed) : random_(seed) {}
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool rarely() { return below(8) == 0; }

  /// Mostly as it is: absent, null or one of few values.
  template <class T, class F>
  void turn(mc::maybe<T>& at, F&& value) {
    if (!rarely()) return;
    switch (below(3)) {
      case 0: at = mc::maybe<T>(); break;
      case 1: at = mc::null; break;
      default: at = value();
    }
  }
  std::string text() { return std::string(1 + below(3), static_cast<char>('a' + below(3))); }
  std::string image() { return below(4) == 0 ? "no hash" : std::string(32, static_cast<char>('0' + below(3))); }
  mc::timestamp time() { return mc::timestamp{std::chrono::microseconds{1600000000000000 + static_cast<std::int64_t>(below(3))}}; }
  template <class M>
  void turn_member(M& m) {
    turn(m.nick, [&] { return text(); });
    turn(m.avatar, [&] { return image(); });
    turn(m.banner, [&] { return image(); });
    turn(m.joined_at, [&] { return time(); });
    turn(m.premium_since, [&] { return time(); });
    turn(m.communication_disabled_until, [&] { return time(); });
    turn(m.avatar_decoration_data, [&] {
      mc::avatar_decoration_data d;
      d.asset = text();
      return d;
    });
    turn(m.collectibles, [&] {
      mc::box<mc::collectibles> c;
      c.emplace();
      return c;
    });
    if (rarely()) m.roles.clear();
    if (rarely()) m.roles.push_back(mc::role_id{71 + below(30)});
    if (rarely() && m.roles.size() > 1) std::swap(m.roles.front(), m.roles.back());
    if (rarely()) m.deaf = below(2) == 0;
    if (rarely()) m.mute = below(2) == 0;
    if (rarely()) m.pending = below(2) == 0;
    if (rarely()) m.flags = mc::flags<mc::member_flag>(static_cast<std::uint32_t>(below(3)));
  }
  void turn_user(mc::user& u) {
    turn(u.global_name, [&] { return text(); });
    turn(u.avatar, [&] { return image(); });
    if (rarely()) u.username = text();
    if (rarely()) u.bot = below(2) == 0;
    if (rarely()) u.public_flags = mc::flags<mc::user_flag>(below(3));
  }

 private:
  std::mt19937_64 random_;
};

mc::user shown(const mc::cache& cache, std::uint64_t id) { return cache.user(mc::user_id{id}).value_or(mc::user()); }

}  // namespace

TEST_CASE("who comes again is known by all that was told of them, whatever the events leave out") {
  for (const unsigned seed : {1U, 2U, 3U, 4U}) {
    mc::cache_options options;
    if (seed == 2) options.policy.member_age = std::chrono::hours(1);
    if (seed == 3) options.policy.members = mc::cache_members::active;
    if (seed == 4) options.policy.kinds = cache_kind::guilds | cache_kind::members;  // without their users
    mc::cache cache(options);
    cache.apply(a_guild(5, 0));
    dice random(seed);
    struct person {
      mc::member known;
      mc::user user;
      mc::partial_member spoken;
      mc::guild_member_update updated;
      bool is_known = false;
    };
    std::map<std::uint64_t, person> all;
    for (int step = 0; step < 6000; ++step) {
      const std::uint64_t id = 1001 + random.below(12);
      person& who = all[id];
      who.user.id = mc::user_id{id};
      who.user.discriminator = "0";
      if (random.rarely()) random.turn_user(who.user);
      if (random.below(4) != 0) {
        mc::message_create event = written(5, 50, 900 + static_cast<std::uint64_t>(step), id);
        if (random.rarely()) random.turn_member(who.spoken);
        event.message.author = who.user;
        event.member = who.spoken;
        cache.apply(event);
        who.known = told(who.known, who.user, who.spoken);
      } else if (who.is_known || options.policy.members == mc::cache_members::all) {
        if (random.rarely()) random.turn_member(who.updated);
        who.updated.guild_id = home;
        who.updated.user = who.user;
        mc::optional<mc::member> before;
        cache.apply(who.updated, random.rarely() ? &before : nullptr);
        if (before && options.policy.kinds.has(cache_kind::users)) REQUIRE(json::encode(*before) == json::encode(who.known));
        who.known = told(who.known, who.updated);
      } else {
        continue;
      }
      who.is_known = true;
      auto kept = cache.member(home, who.user.id);
      REQUIRE(kept);
      if (!options.policy.kinds.has(cache_kind::users)) kept->user = who.user;
      REQUIRE(json::encode(*kept) == json::encode(who.known));
    }
  }
}

TEST_CASE("a user that changed is kept though the member did not, and a member though the user did not") {
  mc::cache cache;
  cache.apply(a_guild(5, 3));
  cache.apply(a_guild(6, 3));
  mc::typing_start typing;
  typing.guild_id = home;
  typing.user_id = mc::user_id{1002};
  typing.member = somebody(1002);
  cache.apply(typing);
  const std::string as_before = json::encode(*cache.member(home, typing.user_id));
  typing.member->user->username = "changed";
  cache.apply(typing);
  CHECK(shown(cache, 1002).username == "changed");
  CHECK(cache.member(other, typing.user_id)->user->username == "changed");
  typing.member->nick = "other nick";
  cache.apply(typing);
  CHECK(*cache.member(home, typing.user_id)->nick == "other nick");
  CHECK(*cache.member(other, typing.user_id)->nick == "Nick");
  typing.member = somebody(1002);
  cache.apply(typing);
  CHECK(json::encode(*cache.member(home, typing.user_id)) == as_before);
  std::swap(typing.member->roles.front(), typing.member->roles.back());
  cache.apply(typing);
  CHECK(cache.member(home, typing.user_id)->roles == typing.member->roles);
  // Each guild holds the user once, however often they came.
  for (const mc::guild_id id : {home, other}) {
    CHECK(cache.user(typing.user_id));
    mc::guild_delete gone;
    gone.guild.id = id;
    cache.apply(gone);
  }
  CHECK_FALSE(cache.user(typing.user_id));
}

TEST_CASE("who comes again as they were is seen anew: by typing, in voice, by a message, by an update") {
  const auto clock = std::make_shared<mc::testing::manual_clock>();
  mc::cache_options options;
  options.policy.member_age = std::chrono::hours(1);
  options.clock = clock;
  mc::cache cache(options);
  cache.apply(ready_as(1001));
  cache.apply(a_guild(5, 10));
  cache.apply(written(5, 50, 900, 1004));
  clock->advance(std::chrono::minutes(40));
  const auto copied = cache.snapshot(home);
  mc::typing_start typing;
  typing.guild_id = home;
  typing.user_id = mc::user_id{1002};
  typing.member = somebody(1002);
  cache.apply(typing);
  mc::voice_state_update voice = in_voice(1003, 50);
  voice.voice_state.guild_id = home;
  voice.voice_state.member = somebody(1003);
  cache.apply(voice);
  cache.apply(written(5, 50, 901, 1004));
  mc::guild_member_update update;
  const mc::member same = somebody(1005);
  update.guild_id = home;
  update.user = *same.user;
  update.nick = same.nick;
  update.roles = same.roles;
  cache.apply(update);
  clock->advance(std::chrono::minutes(40));
  cache.sweep();
  CHECK(cache.members(home).size() == 5);
  for (std::uint64_t id = 1001; id <= 1005; ++id) CHECK(cache.member(home, mc::user_id{id}));
  CHECK(copied->members().size() == 10);  // what was copied before stays as it was
  for (std::uint64_t id = 1001; id <= 1005; ++id)
    CHECK(json::encode(*cache.member(home, mc::user_id{id})) == json::encode(*copied->member(mc::user_id{id})));
}

TEST_CASE("a guild that was found before is found as it is now: gone, made again, or of another file") {
  constexpr std::uint64_t guilds = 3000;
  dice random(7);
  mc::cache cache;
  std::map<std::uint64_t, int> all;
  for (int step = 0; step < 12000; ++step) {
    const std::uint64_t id = (1 + random.below(guilds)) << 22;
    if (random.below(3) == 0) {
      mc::guild_delete gone;
      gone.guild.id = mc::guild_id{id};
      cache.apply(gone);
      all.erase(id);
    } else if (random.below(2) == 0) {
      mc::guild_create event;
      event.guild.id = mc::guild_id{id};
      event.member_count = step;
      cache.apply(event);
      all[id] = step;
    }
    const std::uint64_t asked = (1 + random.below(guilds)) << 22;
    for (const std::uint64_t one : {id, asked, id}) {
      const auto state = cache.state(mc::guild_id{one});
      const auto known = all.find(one);
      REQUIRE(state.has_value() == (known != all.end()));
      if (state) REQUIRE(state->member_count == known->second);
    }
  }
  const mc::tests::temporary_folder folder;
  mc::cache few;
  few.apply(a_guild(5, 1));
  few.save(folder.file("cache"), {});
  REQUIRE(cache.restore(folder.file("cache")));
  for (const auto& [id, count] : all) CHECK_FALSE(cache.state(mc::guild_id{id}));
  CHECK(cache.state(home)->member_count == 1);
}
