// SPDX-License-Identifier: MIT
// The code of docs/cache.md about a client's own cache: regions between the marks stand there word for word.
#include <chrono>
#include <monochord/cache/cache.hpp>
#include <monochord/gateway/session_store.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/guild_events.hpp>
#include <string>
#include <vector>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using mc::tests::simulated_world;

TEST_CASE("a bot looks into its cache, and at what was before") {
  simulated_world w;
  auto options = w.options();
  options.intents |= mc::intent::guild_members;
  options.cache.policy.kinds |= mc::cache_kind::messages;
  std::vector<std::string> lines;
  mc::client bot(w.world.bot_token(), options);
  //! [read]
  bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    if (event.message.content != "!where" || !event.guild_id) co_return;
    const auto guild = bot.cache().guild(*event.guild_id);  // a copy, yours to keep
    const auto state = bot.cache().state(*event.guild_id);
    if (guild && state) lines.push_back(guild->name + ", " + std::to_string(state->member_count) + " members");
  });
  bot.on<mc::message_delete>([&](const mc::message_delete& event) {
    if (event.before) lines.push_back("deleted: " + event.before->content);  // null where the cache had it not
  });
  //! [read]
  bool ended = false;
  const auto live = [&]() -> mc::task<> {
    co_await bot.async_run();
    ended = true;
  };
  w.sim.spawn(live());
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.settle();
  const auto said = w.discord().say(w.world.alice, w.world.general, "!where");
  w.sim.settle();
  w.discord().erase(w.world.general, said);
  w.sim.settle();
  CHECK(lines == std::vector<std::string>{"home, 2 members", "deleted: !where"});
  bot.stop();
  w.sim.run_until([&] { return ended; });
}

TEST_CASE("what a cache keeps is said in the options") {
  //! [policy]
  mc::client_options options;
  options.intents = mc::intent::guilds | mc::intent::guild_messages | mc::intent::guild_members;
  options.cache.policy.kinds =
      mc::cache_kind::guilds | mc::cache_kind::roles | mc::cache_kind::members | mc::cache_kind::users;
  options.cache.policy.without = mc::cache_field::user_banner | mc::cache_field::member_joined_at;
  options.chunk_guilds_at_start = true;  // all members, not only those whom events bring
  //! [policy]
  CHECK_NOTHROW(mc::client(mc::token("x"), options));
}

TEST_CASE("a cache is kept over restarts") {
  //! [keep]
  mc::client_options options;
  options.session_store = mc::make_file_session_store("sessions.json");
  options.cache_file = "cache";
  options.cache_save_interval = std::chrono::minutes{5};
  //! [keep]
  CHECK_NOTHROW(mc::client(mc::token("x"), options));
}
