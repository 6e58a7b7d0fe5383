// SPDX-License-Identifier: MIT
// The cache of a client: what it knows when a handler starts, over outages, lost sessions and other numbers of shards.
#include <algorithm>
#include <monochord/cache/cache.hpp>
#include <monochord/cache/store.hpp>
#include <monochord/model/channel_bodies.hpp>
#include <monochord/model/events.hpp>
#include <monochord/model/member_bodies.hpp>
#include <monochord/model/message.hpp>
#include <monochord/rest/rest.hpp>

#include "support/command_bot.hpp"
#include "support/sanitized.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::command_bot;
using mc::tests::no_violations;
using mc::tests::populate;
using mc::tests::simulated_world;
using lines = std::vector<std::string>;

namespace {

mc::client_options everything(simulated_world& w) {
  auto out = w.options();
  out.intents |= mc::intent::guild_members | mc::intent::guild_presences | mc::intent::guild_voice_states |
                 mc::intent::guild_message_typing;
  out.cache.policy.kinds = mc::cache_policy::every_kind;
  return out;
}

std::string nick_of(const mc::optional<mc::member>& one) { return one ? one->nick.value_or("none") : "unknown"; }

}  // namespace

TEST_CASE("the cache is ahead of the first handler of an event, which is told what was before") {
  simulated_world w;
  const auto guild = w.world.home;
  command_bot bot(w, everything(w));
  lines told;
  bot.bot.on<mc::guild_member_update>([&](const mc::guild_member_update& event) {
    told.push_back((event.before ? event.before->nick.value_or("none") : "unknown") + " became " +
                   nick_of(bot.bot.cache().member(guild, event.user.id)));
  });
  bot.bot.on<mc::message_delete>([&](const mc::message_delete& event) {
    told.push_back("gone: " + (event.before ? event.before->content : "unknown"));
  });
  bot.bot.on<mc::guild_member_remove>([&](const mc::guild_member_remove& event) {
    told.push_back(nick_of(bot.bot.cache().member(guild, event.user.id)) + " was " +
                   (event.before ? event.before->user->username : "?"));
  });
  bot.bot.on<mc::channel_update>([&](const mc::channel_update& event) {
    told.push_back((event.before ? event.before->name.value_or("none") : "unknown") + " is called " +
                   bot.bot.cache().channel(event.channel.id)->name.value_or("none"));
  });
  constexpr std::uint64_t manages_channels = 1U << 4U, manages_nicknames = 1U << 27U;
  w.discord().give_role(guild, w.discord().bot_user(),
                        w.discord().add_role(guild, "mod", manages_channels | manages_nicknames));
  bot.until_ready();
  const auto bob = w.discord().add_user("bob");
  w.discord().join(guild, bob);
  w.sim.run_for(1s);
  bot.run(bot.bot.rest().modify_guild_member(guild, bob, {.nick = "builder"}));
  bot.run(bot.bot.rest().modify_guild_member(guild, bob, {.nick = "fixer"}));
  const auto text = w.discord().say(bob, w.world.general, "can we fix it?");
  w.sim.run_for(1s);
  REQUIRE(bot.bot.cache().message(w.world.general, text));
  w.discord().erase(w.world.general, text);
  w.sim.run_for(1s);
  bot.run(bot.bot.rest().modify_channel(w.world.general, {.name = "lobby"}));
  w.discord().leave(guild, bob);
  w.sim.run_for(1s);
  CHECK(told == lines{"none became builder", "builder became fixer", "gone: can we fix it?", "general is called lobby",
                      "unknown was bob"});
  no_violations(w);
}

TEST_CASE("an outage marks a guild, a leave removes it, and what a lost session missed is gone") {
  simulated_world w;
  const auto second = w.discord().add_guild("second", w.world.alice);
  const auto third = w.discord().add_guild("third", w.world.alice);
  command_bot bot(w, everything(w));
  auto& cache = bot.bot.cache();
  bot.until_ready();
  w.sim.run_for(1s);
  CHECK(cache.guild_ids().size() == 3);
  REQUIRE(cache.current_user());
  CHECK(cache.current_user()->id == w.discord().bot_user());

  w.discord().set_guild_unavailable(second, true);
  w.sim.run_for(1s);
  REQUIRE(cache.guild(second));
  CHECK(cache.state(second)->unavailable);
  w.discord().set_guild_unavailable(second, false);
  w.sim.run_for(1s);
  CHECK(!cache.state(second)->unavailable);
  w.discord().remove_bot(second);
  w.sim.run_for(1s);
  CHECK(!cache.guild(second));

  w.discord().forget_sessions();
  w.discord().disconnect();
  w.discord().remove_bot(third);
  w.sim.run_until([&] { return w.discord().counters().readies == 2; }, 5min);
  w.sim.run_for(5s);
  CHECK(cache.guild_ids() == std::vector<mc::guild_id>{w.world.home});
  CHECK(!cache.state(w.world.home)->unavailable);
}

TEST_CASE("a guild that stays unavailable is known as that, and nobody waits for it") {
  simulated_world w;
  const auto away = w.discord().add_guild("away", w.world.alice);
  w.discord().set_guild_unavailable(away, true);
  command_bot bot(w, everything(w));
  int all = 0;
  bot.bot.on<mc::all_ready>([&](const mc::all_ready& now) {
    ++all;
    CHECK(now.missing_guilds == 1);
    CHECK(bot.bot.cache().guild(w.world.home));
  });
  bot.until_ready();
  w.sim.run_for(20s);
  CHECK(all == 1);
  CHECK(!bot.bot.cache().guild(away));
  const auto state = bot.bot.cache().state(away);
  CHECK((!state || state->unavailable));
  w.discord().set_guild_unavailable(away, false);
  w.sim.run_for(1s);
  REQUIRE(bot.bot.cache().guild(away));
  CHECK(!bot.bot.cache().state(away)->unavailable);
}

TEST_CASE("chunking at the start brings all members, again after a lost session, and not where Discord gave them all") {
  mc::testing::mock_options how;
  how.recommended_shards = 2;
  simulated_world w(how);
  std::vector<mc::guild_id> guilds{w.world.home};
  constexpr int more = mc::tests::sanitized ? 4 : 12;
  for (int i = 0; i < more; ++i) guilds.push_back(w.discord().add_guild("guild " + std::to_string(i), w.world.alice));
  for (const auto guild : guilds) populate(w.discord(), guild, 1'500, "member of " + guild.str() + " ");
  auto options = everything(w);
  options.intents = mc::intent::guilds | mc::intent::guild_members;
  options.chunk_guilds_at_start = true;
  command_bot bot(w, options);
  bot.until_ready();
  const auto complete = [&] {
    return std::all_of(guilds.begin(), guilds.end(),
                       [&](mc::guild_id id) { return bot.bot.cache().members(id).size() >= 1'500; });
  };
  w.sim.run_until(complete, 10min);
  REQUIRE(complete());
  const int asked = bot.events["GUILD_MEMBERS_CHUNK"];
  CHECK(asked >= 2 * (more + 1));
  w.sim.run_for(2min);
  CHECK(bot.events["GUILD_MEMBERS_CHUNK"] == asked);

  w.discord().forget_sessions();
  w.discord().disconnect();
  w.sim.run_until([&] { return w.discord().counters().readies == 4; }, 5min);
  w.sim.run_for(5s);
  w.sim.run_until(complete, 10min);
  CHECK(complete());
  CHECK(bot.errors.empty());
  no_violations(w);
}

TEST_CASE("chunking is refused where no member can come, or be kept") {
  simulated_world w;
  auto options = w.options();
  options.chunk_guilds_at_start = true;
  CHECK_THROWS_WITH((mc::client{w.world.bot_token(), options}),
                    "client_options::chunk_guilds_at_start: Discord gives all members of a guild only to bots with "
                    "intent::guild_members");
  options.intents |= mc::intent::guild_members;
  options.cache.policy.kinds = mc::cache_kind::guilds;
  CHECK_THROWS_WITH((mc::client{w.world.bot_token(), options}),
                    "client_options::chunk_guilds_at_start: the cache's policy keeps no members");
}

TEST_CASE("a cache that is off keeps the bot's own user, and has nothing decoded") {
  simulated_world w;
  auto options = everything(w);
  options.cache.policy.kinds = {};
  command_bot bot(w, options);
  bot.until_ready();
  w.discord().say(w.world.alice, w.world.general, "hello");
  w.sim.run_for(1s);
  CHECK(bot.bot.cache().guild_ids().empty());
  CHECK(bot.bot.cache().stats().of(mc::cache_kind::users).count == 0);
  REQUIRE(bot.bot.cache().current_user());
  CHECK(bot.bot.cache().current_user()->id == w.discord().bot_user());
}

TEST_CASE("members that nobody has heard of for long are dropped where the policy says so") {
  simulated_world w;
  auto options = everything(w);
  options.cache.policy.member_age = 10min;
  command_bot bot(w, options);
  bot.until_ready();
  const auto bob = w.discord().add_user("bob");
  w.discord().join(w.world.home, bob);
  w.sim.run_for(5min);
  CHECK(bot.bot.cache().member(w.world.home, bob));
  w.sim.run_for(8min);
  CHECK(!bot.bot.cache().member(w.world.home, bob));
}

TEST_CASE("with a presence that says nothing of its user the default cache has nothing to do") {
  simulated_world w;
  auto options = everything(w);
  options.cache = {};
  command_bot bot(w, options);
  bot.until_ready();
  w.discord().set_presence(w.world.alice, "idle");
  w.sim.run_for(1s);
  CHECK(bot.events["PRESENCE_UPDATE"] == 1);
  CHECK(!bot.bot.cache().presence(w.world.home, w.world.alice));
  const auto before = bot.bot.cache().user(w.world.alice);
  REQUIRE(before);
  CHECK(before->username == "alice");
  w.discord().send_event("PRESENCE_UPDATE", R"({"user":{"id":")" + w.world.alice.str() +
                                                R"(","username":"alicia"},"guild_id":")" + w.world.home.str() +
                                                R"(","status":"online","activities":[],"client_status":{}})");
  w.sim.run_for(1s);
  CHECK(bot.bot.cache().user(w.world.alice)->username == "alicia");
}

TEST_CASE("what REST answers goes to the cache where that is wanted") {
  simulated_world w;
  const bool learns = GENERATE(false, true);
  auto options = everything(w);
  options.intents = mc::intent::guilds | mc::intent::guild_messages | mc::intent::message_content;
  options.cache_learns_from_rest = learns;
  const auto bob = w.discord().add_user("bob");
  w.discord().join(w.world.home, bob);
  const auto old = w.discord().say(bob, w.world.general, "before the bot came");
  command_bot bot(w, options);
  bot.until_ready();
  auto& cache = bot.bot.cache();
  CHECK(!cache.member(w.world.home, bob));
  bot.run(bot.bot.rest().get_guild_member(w.world.home, bob));
  bot.run(bot.bot.rest().get_channel_message(w.world.general, old));
  CHECK(cache.member(w.world.home, bob).has_value() == learns);
  CHECK(cache.message(w.world.general, old).has_value() == learns);
  if (learns) CHECK(cache.message(w.world.general, old)->content == "before the bot came");
  const auto raw = bot.run(bot.bot.rest().request("GET", "/channels/" + w.world.general.str()));  // of no route that is known
  CHECK(raw.find("general") != std::string::npos);
  bot.run(bot.bot.rest().list_guild_members(w.world.home, {.limit = 100}));
  CHECK(cache.members(w.world.home).size() == (learns ? 3U : 1U));
}

TEST_CASE("a store outside is written behind a client, whatever it refuses meanwhile") {
  struct moody_store final : mc::cache_store {
    mc::task<mc::optional<std::string>> get(mc::cache_key key) override { return inner->get(key); }
    mc::task<> put(std::vector<mc::cache_entry> entries) override {
      if (refuses) throw mc::error(mc::errc::resource, "not now");
      return inner->put(std::move(entries));
    }
    mc::task<> remove(std::vector<mc::cache_key> keys) override { return inner->remove(std::move(keys)); }
    mc::task<page> scan(mc::cache_kind kind, mc::guild_id guild, std::string from) override {
      return inner->scan(kind, guild, std::move(from));
    }
    const std::shared_ptr<mc::cache_store> inner = mc::make_memory_cache_store();
    bool refuses = true;
  };
  simulated_world w;
  const auto store = std::make_shared<moody_store>();
  auto options = everything(w);
  options.cache.store = store;
  const auto has = [&](mc::channel_id id) {
    return w.sim.run(store->inner->get({.kind = mc::cache_kind::channels, .guild = w.world.home, .id = id.value()}))
        .has_value();
  };
  mc::channel_id last{};
  {
    command_bot bot(w, options);
    bot.until_ready();
    w.sim.run_for(5s);
    CHECK(!has(w.world.general));
    store->refuses = false;
    w.sim.run_for(2s);
    CHECK(has(w.world.general));
    last = w.discord().add_text_channel(w.world.home, "last");
    w.sim.settle();
    CHECK(!has(last));
  }
  CHECK(has(last));
  const auto log = w.world.log.text();
  const std::string told = "cannot write to the cache's store, trying again: not now";
  const auto at = log.find(told);
  REQUIRE(at != std::string::npos);
  CHECK(log.find(told, at + 1) == std::string::npos);
  CHECK(log.find("the cache's store works again") != std::string::npos);
}
