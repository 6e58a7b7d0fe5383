// SPDX-License-Identifier: MIT
// "!who" counts who wrote the last 500 messages of the channel: paging through history, 100 at a time.
#include <monochord/monochord.hpp>

#include <algorithm>
#include <cstdio>
#include <map>

#include <monochord/rest/pages.hpp>

namespace mc = monochord;

mc::task<> who_wrote(mc::rest_client& rest, mc::channel_id channel) {
  std::map<std::string, int> counts;
  int all = 0;
  auto history = mc::channel_history(rest, channel, {.limit = 500});
  for (;;) {
    const auto message = co_await history.next();
    if (!message) break;
    ++counts[message->author.username];
    ++all;
  }
  std::string text = "Of the last " + std::to_string(all) + " messages:";
  // A message has room for 2,000 characters: the first 20.
  std::vector<std::pair<int, std::string>> most;
  for (const auto& [name, count] : counts) most.emplace_back(count, name);
  std::sort(most.rbegin(), most.rend());
  most.resize(std::min<std::size_t>(most.size(), 20));
  for (const auto& [count, name] : most) text += "\n" + name + ": " + std::to_string(count);
  co_await rest.create_message(channel, {.content = text, .allowed_mentions = mc::no_mentions});
}

int main() try {
  mc::client bot{mc::token_from_env("DISCORD_TOKEN"),
                 mc::options_from_env({.intents = mc::intent::guild_messages | mc::intent::message_content})};

  bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    if (event.message.content == "!who") co_await who_wrote(bot.rest(), event.message.channel_id);
  });

  return bot.run();
} catch (const mc::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
