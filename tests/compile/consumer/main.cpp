// SPDX-License-Identifier: MIT
// Makes a client, which needs every library that Monochord links, and shows that it refuses to start without a token.
#include <cstdio>

#include <monochord/monochord.hpp>

int main() {
  monochord::client bot{monochord::token{"a-token"}, {.intents = monochord::intent::guild_messages}};
  bot.on<monochord::message_create>([](const monochord::message_create&) {});
  try {
    monochord::client refused{monochord::token{}};
  } catch (const monochord::error& error) {
    std::printf("%s\n", error.what());
    return error.code() == monochord::errc::token_missing ? 0 : 1;
  }
  return 1;
}
