// SPDX-License-Identifier: MIT
// The code of docs/testing.md: regions between the marks stand there word for word.
#include "support/catch.hpp"

//! [bot]
#include <monochord/monochord.hpp>
namespace mc = monochord;

class greeter {
 public:
  greeter(mc::token token, mc::client_options options) : client_(std::move(token), std::move(options)) {
    client_.on<mc::message_create>([this](const mc::message_create& event) -> mc::task<> {
      if (event.message.content == "!hello")
        co_await client_.rest().create_message(event.message.channel_id,
                                               {.content = "hello, " + event.message.author.username});
    });
  }
  mc::client& client() { return client_; }

 private:
  mc::client client_;
};
//! [bot]

//! [test]
#include <monochord/testing/memory_network.hpp>
#include <monochord/testing/mock_discord.hpp>
#include <monochord/testing/simulation.hpp>

TEST_CASE("the greeter greets, also after it lost its connection") {
  // One thread, one executor, one clock: time moves only when nothing can run.
  mc::testing::simulation simulation;
  const auto network = std::make_shared<mc::testing::memory_network>();

  mc::testing::mock_options served;
  served.executor = simulation.executor();
  served.clock = simulation.clock();
  served.memory = network;
  mc::testing::mock_discord discord(served);
  const auto alice = discord.add_user("alice");
  const auto guild = discord.add_guild("home", alice);
  const auto general = discord.add_text_channel(guild, "general");
  discord.start();

  mc::client_options options;
  options.intents = mc::intent::guilds | mc::intent::guild_messages | mc::intent::message_content;
  options.rest_url = discord.rest_url();
  options.ca_file = discord.ca_file();
  options.executor = simulation.executor();
  options.clock = simulation.clock();
  options.transport = network->transport();
  greeter bot(mc::token{discord.token()}, options);

  bool ended = false;
  simulation.spawn([](mc::client& client, bool& ended) -> mc::task<> {
    co_await client.async_run();
    ended = true;
  }(bot.client(), ended));
  REQUIRE(simulation.run(discord.expect_session()));

  auto answer = simulation.run(discord.expect_reply(discord.say(alice, general, "!hello")));
  REQUIRE(answer);
  CHECK(answer->content == "hello, alice");

  discord.disconnect();  // and what is said meanwhile is not lost:
  answer = simulation.run(discord.expect_reply(discord.say(alice, general, "!hello")));
  REQUIRE(answer);
  CHECK(discord.counters().resumed == 1);
  CHECK(discord.counters().identifies == 1);

  CHECK(discord.violations().empty());  // nothing that Discord would punish
  bot.client().stop();
  simulation.run_until([&] { return ended; });
  discord.stop();
  simulation.settle();
}
//! [test]
