// SPDX-License-Identifier: MIT
// One process of a bot that runs in several: `06_cluster 0 2 4` and `06_cluster 1 2 4` are the two processes of a bot
// with 4 shards in all. They share the identify queue at MONOCHORD_QUEUE_URL, which docs/identify-queue.md shows how to
// start. DISCORD_TOKEN holds the bot's token.
#include <cstdio>
#include <cstdlib>
#include <monochord/gateway/network_identify_queue.hpp>
#include <monochord/gateway/session_store.hpp>
#include <monochord/gateway/shards.hpp>
#include <monochord/monochord.hpp>
#include <string>

namespace mc = monochord;

int main(int argc, char** argv) try {
  if (argc != 4) {
    std::fprintf(stderr, "usage: 06_cluster NUMBER PROCESSES SHARDS\n");
    return 2;
  }
  const std::string number = argv[1];
  auto options = mc::options_from_env({.intents = mc::intent::guilds | mc::intent::guild_messages});
  options.shards = mc::shard_plan::cluster(std::atoi(argv[1]), std::atoi(argv[2]), std::atoi(argv[3]));
  options.session_store = mc::make_file_session_store("sessions-" + number + ".json");  // each process has its own

  auto queue = mc::network_identify_queue_from_env();
  if (queue.url.empty()) {
    std::fprintf(stderr, "MONOCHORD_QUEUE_URL is not set\n");
    return 2;
  }
  if (queue.owner.empty()) queue.owner = "cluster-" + number;  // the same after a restart
  options.identify_queue = mc::make_network_identify_queue(queue);

  mc::client bot{mc::token_from_env("DISCORD_TOKEN"), options};
  bot.on_progress([&](const mc::start_progress& now) {
    std::printf("process %s: %d of %d shards are up\n", number.c_str(), now.ready, now.shards);
    std::fflush(stdout);
  });
  return bot.run();
} catch (const mc::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
