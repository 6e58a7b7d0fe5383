// SPDX-License-Identifier: MIT
// A bot's own test: the installed mock answers and keeps its state.
#include <cstdio>

#include <monochord/testing/mock_discord.hpp>

int main() {
  monochord::testing::mock_discord mock;
  mock.start();
  const auto user = mock.add_user("ada");
  const auto guild = mock.add_guild("home", user);
  const auto channel = mock.add_text_channel(guild, "general");
  mock.say(user, channel, "hello");
  const bool kept = mock.messages(channel).size() == 1;
  std::printf("%s\n", mock.rest_url().c_str());
  mock.stop();
  return kept ? 0 : 1;
}
