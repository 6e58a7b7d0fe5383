// SPDX-License-Identifier: MIT
// The code of docs/sessions.md: regions between the marks stand there word for word.
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <monochord/gateway/session_store.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using mc::tests::simulated_world;

TEST_CASE("a file of sessions is given in the options") {
  //! [store]
  mc::client_options options;
  options.session_store = mc::make_file_session_store("sessions.json");
  options.cache_file = "cache";
  options.cache_save_interval = std::chrono::minutes{1};
  //! [store]
  CHECK_NOTHROW(mc::client(mc::token("x"), options));
  CHECK_FALSE(std::filesystem::exists("sessions.json"));  // nothing is written before there is something to keep
}

TEST_CASE("a database of sessions is given in the options") {
  try {
    //! [sqlite]
    mc::client_options options;
    options.session_store = mc::make_sqlite_session_store("sessions.db");
    //! [sqlite]
    CHECK_NOTHROW(mc::client(mc::token("x"), options));
  } catch (const mc::error& e) {
    CHECK(e.code() == mc::errc::unsupported);  // built without SQLite
  }
  CHECK_FALSE(std::filesystem::exists("sessions.db"));
}

TEST_CASE("an event that is acknowledged does not come again, however long its handler goes on") {
  simulated_world w;
  const auto store = mc::make_memory_session_store();
  std::vector<std::string> orders;
  const auto live = [&](bool again) {
    auto made = w.options();
    made.session_store = store;
    made.resume_with_cold_cache = true;
    made.drain_timeout = std::chrono::seconds{1};
    mc::client bot(w.world.bot_token(), std::move(made));
    bool ended = false;
    //! [acknowledge]
    bot.on<mc::message_create>([&](const mc::message_create& event, const mc::raw_event& sent) -> mc::task<> {
      orders.push_back(event.message.content);
      sent.acknowledge();  // from here on a crash does not bring it back
      co_await bot.sleep(std::chrono::minutes{10});
      co_await bot.rest().create_message(event.message.channel_id, {.content = "Your order is ready"});
    });
    //! [acknowledge]
    const auto run = [&]() -> mc::task<> {
      co_await bot.async_run();
      ended = true;
    };
    w.sim.spawn(run());
    REQUIRE(w.sim.run(w.discord().expect_session()));
    if (!again) w.discord().say(w.world.alice, w.world.general, "tea");
    w.sim.run_for(std::chrono::seconds{5});
    bot.stop();
    w.sim.run_until([&] { return ended; });
  };
  live(false);
  live(true);
  CHECK(orders == std::vector<std::string>{"tea"});
  CHECK(w.discord().counters().identifies == 1);
  CHECK(w.discord().counters().resumed == 1);
}
