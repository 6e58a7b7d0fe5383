// SPDX-License-Identifier: MIT
// The code of docs/cache.md: regions between the marks stand there word for word.
#include <monochord/cache/file.hpp>
#include <monochord/cache/guild_snapshot.hpp>
#include <monochord/cache/store.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/events.hpp>
#include <monochord/rest/member.hpp>

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace mc = monochord;
using mc::tests::simulated_world;

namespace {

mc::guild_create a_guild(mc::guild_id id) {
  mc::guild_create event;
  event.guild.id = id;
  event.guild.name = "home";
  event.member_count = 1;
  auto& member = event.members.emplace_back();
  member.user.emplace().id = mc::user_id{7};
  member.user->username = "seven";
  return event;
}

}  // namespace

TEST_CASE("a snapshot is held while a coroutine waits") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  mc::cache cache;
  cache.apply(a_guild(mc::guild_id{5}));
  std::vector<std::string> names;
  const auto body = [&]() -> mc::task<> {
    const mc::guild_id guild{5};
    //! [snapshot]
    if (const auto home = cache.snapshot(guild)) {
      co_await bot.sleep(std::chrono::hours{1});  // whatever happens to the guild meanwhile
      home->for_each_member([&](const mc::member& m) { names.push_back(m.user->username); });
    }
    //! [snapshot]
  };
  w.sim.run(body());
  CHECK(names == std::vector<std::string>{"seven"});
}

TEST_CASE("a cache is saved with its shards' positions, and restored for the sessions that go on") {
  const mc::tests::temporary_folder folder;
  const std::string path = folder.file("cache");
  mc::cache cache;
  cache.apply(a_guild(mc::guild_id{5}));
  const std::string session = "a1b2";
  const std::int64_t seq = 1234;
  {
    //! [save]
    std::vector<mc::cache_mark> marks;  // read before the save: it may be true for a little more
    marks.push_back({.shard_id = 0, .shard_count = 1, .session_id = session, .seq = seq});
    cache.save(path, marks);
    //! [save]
  }
  std::map<int, std::string> stored{{0, session}};
  mc::cache fresh;
  {
    //! [restore]
    mc::cache_restore_options wanted;
    wanted.keep = [&](const mc::cache_mark& mark) { return stored[mark.shard_id] == mark.session_id; };
    try {
      if (const auto file = fresh.restore(path, wanted))
        for (const mc::cache_mark& mark : file->marks)
          std::printf("shard %d resumes after %lld\n", mark.shard_id, static_cast<long long>(mark.seq));
    } catch (const mc::error& e) {  // damaged, of another version, or saved under another policy: start with an empty one
      std::fprintf(stderr, "%s\n", e.what());
    }
    //! [restore]
  }
  CHECK(fresh.members(mc::guild_id{5}).size() == 1);
}

TEST_CASE("one process writes a store, another one reads it") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  const auto store = mc::make_memory_cache_store();
  //! [store]
  mc::cache_options options;
  options.store = store;
  mc::cache cache(options);
  const auto write_behind = [&]() -> mc::task<> {
    for (;;) {
      co_await bot.sleep(std::chrono::seconds{1});
      try {
        co_await cache.flush();
      } catch (const mc::error& e) {  // what was not written is written by the next one
        std::fprintf(stderr, "%s\n", e.what());
      }
    }
  };
  //! [store]
  w.sim.spawn(write_behind());
  cache.apply(a_guild(mc::guild_id{5}));
  w.sim.run_for(std::chrono::seconds{2});
  CHECK(cache.backlog() == 0);
  std::string name;
  const auto reader = [&]() -> mc::task<> {
    const mc::user_id user{7};
    //! [store-read]
    const mc::cache_key key{.kind = mc::cache_kind::users, .id = user.value()};
    if (const auto text = co_await store->get(key)) name = mc::json::decode<mc::user>(*text).username;
    //! [store-read]
  };
  w.sim.run(reader());
  CHECK(name == "seven");
}

TEST_CASE("an answer of REST is kept") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  const mc::guild_id guild = w.world.home;
  mc::cache cache;
  cache.apply(a_guild(guild));
  const auto ask = [&]() -> mc::task<> {
    const mc::user_id user = w.world.alice;
    //! [learn]
    const mc::member member = co_await bot.rest().get_guild_member(guild, user);
    cache.learn(guild, member);
    //! [learn]
  };
  w.sim.run(ask());
  CHECK(cache.member(guild, w.world.alice));
}
