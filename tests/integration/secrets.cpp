// SPDX-License-Identifier: MIT
// Fault 24: at the most verbose level, in errors and in the mock's own words, no token ever appears.
#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::simulated_world;

TEST_CASE("no log line, error or violation holds the bot's token or an interaction's") {
  const std::string secret = "s3cret-bot-token-0123456789";
  mc::testing::mock_options mock;
  mock.token = secret;
  simulated_world w(mock);
  auto& discord = w.discord();
  std::string said;  // everything that a user may get to see
  std::vector<std::string> interaction_tokens;

  mc::client bot(mc::token{secret}, w.options());
  bot.on_error([&](std::exception_ptr error, const mc::raw_event&) { said += mc::result<int>(error).error_text() + "\n"; });
  bot.on<mc::ready>([&](const mc::ready& event) -> mc::task<> {
    const std::vector<mc::command_builder> commands{mc::command_builder{"ping", "Answers pong"}};
    co_await bot.rest().bulk_overwrite_global_application_commands(event.application.id, commands);
  });
  bot.on<mc::interaction_create>([&](const mc::interaction_create& event) -> mc::task<> {
    interaction_tokens.push_back(event.interaction.token);
    co_await bot.rest().reply(event.interaction, {.content = "one"});
    co_await bot.rest().reply(event.interaction, {.content = "two"});  // refused: already answered
  });
  bool ended = false;
  const auto live = [&]() -> mc::task<> {
    const auto end = co_await mc::as_result(bot.async_run());
    said += end.error_text();
    ended = true;
  };
  w.sim.spawn(live());

  REQUIRE(w.sim.run(discord.until([&](const auto&) { return !discord.registered_commands().empty(); })));
  const auto used = discord.slash(w.world.alice, w.world.general, "ping");
  REQUIRE(w.sim.run(discord.expect_reply(used)));
  REQUIRE(interaction_tokens.size() == 1);

  mc::testing::mock_faults faults;
  faults.rest = {{.what = mc::testing::rest_fault::kind::status, .times = 20, .status = 502, .body = "<html>bad gateway</html>"}};
  discord.set_faults(faults);
  const auto more = discord.slash(w.world.alice, w.world.general, "ping");
  w.sim.run(discord.expect_reply(more, 5s));
  faults = {};
  faults.op9_at_resume = 1;
  discord.set_faults(faults);
  discord.disconnect();
  w.sim.run_for(2min);
  discord.send_raw("\x01garbage\xff", true);
  w.sim.run_for(1min);
  discord.disconnect(mc::testing::disconnect_how::close_frame, 4004);
  w.sim.run_until([&] { return ended; });

  const std::string log = w.world.log.text();
  REQUIRE(log.find("gateway") != log.npos);
  REQUIRE(log.find("rest") != log.npos);
  REQUIRE(said.find("interactions") != said.npos);
  for (const auto& v : discord.violations()) said += v.kind + ": " + v.text + "\n";
  for (const std::string& text : {log, said}) {
    CHECK(text.find(secret) == text.npos);
    for (const auto& token : interaction_tokens) {
      CHECK(token.size() > 20);
      CHECK(text.find(token) == text.npos);
    }
    CHECK(text.find("Bot ") == text.npos);
  }
}
