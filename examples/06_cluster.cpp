// SPDX-License-Identifier: MIT
// One process of a bot that runs in several: `06_cluster 0 2 4` and `06_cluster 1 2 4` are the two processes of a bot
// with 4 shards in all. They share the identify queue at MONOCHORD_QUEUE_URL, which docs/identify-queue.md shows how to
// start. DISCORD_TOKEN holds the bot's token.
#include <charconv>
#include <cstdio>
#include <monochord/gateway/network_identify_queue.hpp>
#include <monochord/gateway/session_store.hpp>
#include <monochord/gateway/shards.hpp>
#include <monochord/monochord.hpp>
#include <string>

namespace mc = monochord;

namespace {

int number(const std::string& text, const char* what) {
  int out = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc() || end != text.data() + text.size() || out < 0)
    throw mc::error(mc::errc::invalid_argument, std::string(what) + " is a whole number, not \"" + text + "\"");
  return out;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) {
    std::fprintf(stderr, "usage: 06_cluster NUMBER PROCESSES SHARDS\n");
    return 2;
  }
  const std::string name = argv[1];
  const int process = number(name, "NUMBER"), processes = number(argv[2], "PROCESSES"), shards = number(argv[3], "SHARDS");
  auto options = mc::options_from_env({.intents = mc::intent::guilds | mc::intent::guild_messages});
  options.shards = mc::shard_plan::cluster(process, processes, shards);
  options.session_store = mc::make_file_session_store("sessions-" + name + ".json");  // each process has its own
  options.cache_file = "cache-" + name;  // a session that goes on does not bring its guilds again

  auto queue = mc::network_identify_queue_from_env();
  if (queue.url.empty()) {
    std::fprintf(stderr, "MONOCHORD_QUEUE_URL is not set\n");
    return 2;
  }
  if (queue.owner.empty()) queue.owner = "cluster-" + name;  // the same after a restart
  options.identify_queue = mc::make_network_identify_queue(queue);
  options.resharding.exchange = mc::make_network_reshard_exchange(queue);  // shards().reshard() in all processes: together

  mc::client bot{mc::token_from_env("DISCORD_TOKEN"), options};
  bot.on_progress([&](const mc::start_progress& now) {
    std::printf("process %s: %d of %d shards are up\n", name.c_str(), now.ready, now.shards);
    std::fflush(stdout);
  });
  return bot.run();
} catch (const mc::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
