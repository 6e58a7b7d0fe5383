// SPDX-License-Identifier: MIT
// Events to stdout as JSON lines, from the bytes that Discord sent: `07_raw_events | jq .name`. One object a line, with
// the shard, the sequence number, the event's name and its data; events that this library does not know included. What
// is printed holds what Discord sends a bot, tokens of interactions and the session's id too: mind where it goes.
// DISCORD_TOKEN holds the bot's token.
#include <algorithm>
#include <cstdio>
#include <monochord/monochord.hpp>

namespace mc = monochord;

/// Nothing is decoded on the way. JSON has line breaks between its tokens only, so one that stands there is white
/// space.
std::string line_of(const mc::raw_event& event) {
  std::string line =
      R"({"shard":)" + std::to_string(event.shard_id) + R"(,"seq":)" + std::to_string(event.sequence) + R"(,"name":")";
  line.append(event.name).append(R"(","d":)").append(event.data.empty() ? "null" : event.data).append("}");
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line += '\n';
}

int main() try {
  auto options = mc::options_from_env();
  options.threads = 2;  // one of them for handlers: lines in the order of the events
  mc::client bot{mc::token_from_env("DISCORD_TOKEN"), options};
  bot.on_raw([](const mc::raw_event& event) {
    const std::string line = line_of(event);
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
  });
  return bot.run();
} catch (const mc::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
