// SPDX-License-Identifier: MIT
// The README's bot, which finds its mock by the environment.
#include <monochord/monochord.hpp>
namespace mc = monochord;

int main() {
  mc::client bot{mc::token_from_env("DISCORD_TOKEN"),
                 mc::options_from_env({.intents = mc::intent::guild_messages | mc::intent::message_content})};

  bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    if (event.message.content == "!ping")
      co_await bot.rest().create_message(event.message.channel_id, {.content = "pong"});
  });

  return bot.run();
}
