// SPDX-License-Identifier: MIT
// The code of docs/getting-started.md: regions between the marks stand there word for word.
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::simulated_world;

namespace {

/// A client that runs inside a simulation until the end of a test case.
struct live_bot {
  explicit live_bot(simulated_world& w) : world(w), bot(w.world.bot_token(), w.options()) {}
  ~live_bot() {
    bot.stop();
    world.sim.run_until([this] { return ended; });
  }
  void start() {
    started = true;
    world.sim.spawn(live());
    REQUIRE(world.sim.run(world.discord().expect_session()));
  }
  std::string answer(mc::message_id said) {
    const auto reply = world.sim.run(world.discord().expect_reply(said));
    return reply ? reply->content : "(no answer)";
  }
  mc::task<> live() {
    co_await bot.async_run();
    ended = true;
  }

  simulated_world& world;
  bool started = false;
  bool ended = false;
  mc::client bot;
};

}  // namespace

TEST_CASE("a slash command is registered and answered") {
  simulated_world w;
  live_bot live(w);
  auto& bot = live.bot;
  //! [slash]
  bot.on<mc::ready>([&](const mc::ready& event, const mc::raw_event& sent) -> mc::task<> {
    if (sent.shard_id != 0) co_return;  // a bot of several shards has a `ready` for each
    const std::vector<mc::command_builder> commands{mc::command_builder{"roll", "Roll a die"}};
    co_await bot.rest().bulk_overwrite_global_application_commands(event.application.id, commands);
  });
  bot.on<mc::interaction_create>([&](const mc::interaction_create& event) -> mc::task<> {
    const auto* command = event.interaction.data.get_if<mc::application_command_data>();
    if (!command || command->name != "roll") co_return;  // buttons and modals come here as well
    co_await bot.rest().reply(event.interaction, {.content = "You rolled " + std::to_string(mc::random_int(1, 6))});
  });
  //! [slash]
  live.start();
  auto& discord = w.discord();
  REQUIRE(w.sim.run(discord.until([&](const auto&) { return !discord.registered_commands().empty(); })));
  const auto reply = w.sim.run(discord.expect_reply(discord.slash(w.world.alice, w.world.general, "roll")));
  REQUIRE(reply);
  CHECK(reply->content.starts_with("You rolled "));
  CHECK(discord.violations().empty());
}

TEST_CASE("rich content is built by builders") {
  simulated_world w;
  live_bot live(w);
  auto& bot = live.bot;
  //! [builder]
  bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    if (event.message.content == "!about")
      co_await bot.rest().create_message(event.message.channel_id,
                                         mc::message_builder{"About this bot"}.embed(
                                             mc::embed_builder{"Monochord"}.field("written in", "C++20")));
  });
  //! [builder]
  live.start();
  CHECK(live.answer(w.discord().say(w.world.alice, w.world.general, "!about")) == "About this bot");
  CHECK(w.discord().violations().empty());
}

TEST_CASE("a refused call is an exception, or a value") {
  simulated_world w;
  live_bot live(w);
  auto& bot = live.bot;
  std::string refused_with;
  const auto channel = w.world.general;
  const auto ask = [&]() -> mc::task<> {
    //! [errors]
    const auto sent = co_await mc::as_result(bot.rest().create_message(channel, {.content = ""}));
    if (const auto* refused = sent.error_as<mc::rest_error>())
      std::printf("HTTP %d, Discord's code %lld: %s\n", refused->status(), static_cast<long long>(refused->discord_code()),
                  refused->what());
    //! [errors]
    refused_with = sent.error_text();
  };
  live.start();
  w.sim.run(ask());
  CHECK(refused_with.find("50006") != std::string::npos);  // cannot send an empty message
}

TEST_CASE("work at intervals, beside the handlers, and off the pool") {
  simulated_world w;
  live_bot live(w);
  auto& bot = live.bot;
  //! [timers]
  const mc::channel_id channel{110000000000000003};
  bot.every(std::chrono::minutes{10}, [&bot, channel]() -> mc::task<> {
    co_await bot.rest().create_message(channel, {.content = "still here"});
  });
  bot.spawn([&bot, channel]() -> mc::task<> {
    co_await bot.sleep(std::chrono::seconds{5});
    const std::string text = co_await mc::run_blocking([] { return std::string("what a file holds"); });
    co_await bot.rest().create_message(channel, {.content = text});
  });
  //! [timers]
  live.start();
  w.discord().play_schema(mc::testing::schema_play{.all_routes = true});  // which knows the channel
  w.sim.run_for(21min);
  std::vector<std::string> sent;
  for (const auto& one : w.discord().rest_log())
    if (one.operation == "create_message") sent.push_back(one.body.substr(0, one.body.find(',')));
  CHECK(sent == std::vector<std::string>{R"({"content":"what a file holds")", R"({"content":"still here")",
                                         R"({"content":"still here")"});
}
