// SPDX-License-Identifier: MIT
// Answers "!ping" and /ping. DISCORD_TOKEN holds the bot's token; without one, play with a mock: cmake/demo.sh --chat
#include <monochord/monochord.hpp>

#include <cstdio>

namespace mc = monochord;

int main() try {
  mc::client bot{mc::token_from_env("DISCORD_TOKEN"),
                 mc::options_from_env({.intents = mc::intent::guild_messages | mc::intent::message_content})};

  bot.on<mc::ready>([&](const mc::ready& event, const mc::raw_event& sent) -> mc::task<> {
    if (sent.shard_id != 0) co_return;  // once for the bot, not for each shard
    const std::vector<mc::command_builder> commands{mc::command_builder{"ping", "Answers pong"}};
    co_await bot.rest().bulk_overwrite_global_application_commands(event.application.id, commands);
  });

  bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    if (event.message.content == "!ping")
      co_await bot.rest().create_message(event.message.channel_id, {.content = "pong"});
  });

  bot.on<mc::interaction_create>([&](const mc::interaction_create& event) -> mc::task<> {
    co_await bot.rest().reply(event.interaction, {.content = "pong, by command"});
  });

  return bot.run();
} catch (const mc::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  if (e.code() == mc::errc::token_missing)
    std::fprintf(stderr, "No token at hand? `cmake/demo.sh --chat` runs this bot against a mock Discord.\n");
  return 1;
}
