// SPDX-License-Identifier: MIT
// A bot of many shards that tells what they are doing: `05_sharded` runs all that Discord recommends, `05_sharded 1 2 4`
// those of process 1 (from 0) of 2, of 4 shards in all. DISCORD_TOKEN holds the bot's token.
#include <monochord/gateway/shards.hpp>
#include <monochord/monochord.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace mc = monochord;

/// One line: how many shards are ready, in how many guilds, and the slowest of them.
void print_status(const mc::shard_set& shards) {
  std::size_t ready = 0, guilds = 0;
  const auto all = shards.info();
  const mc::shard_info* slowest = nullptr;
  for (const auto& one : all) {
    if (one.status == mc::shard_status::ready) ++ready;
    guilds += one.guilds.value_or(0);
    if (one.latency && (!slowest || *one.latency > *slowest->latency)) slowest = &one;
  }
  std::printf("%zu of %zu shards ready (the bot has %d), %zu guilds", ready, all.size(), shards.total(), guilds);
  if (slowest) {
    const auto ms = std::chrono::round<std::chrono::milliseconds>(*slowest->latency).count();
    std::printf(", slowest shard %d with %lld ms", slowest->id, static_cast<long long>(ms));
  }
  std::printf("\n");
  std::fflush(stdout);
}

int main(int argc, char** argv) try {
  auto options = mc::options_from_env({.intents = mc::intent::guilds | mc::intent::guild_messages});
  if (argc == 4) options.shards = mc::shard_plan::cluster(std::atoi(argv[1]), std::atoi(argv[2]), std::atoi(argv[3]));
  mc::client bot{mc::token_from_env("DISCORD_TOKEN"), options};

  bot.on_progress([&](const mc::start_progress& now) {
    if (now.all_ready()) print_status(bot.shards());
  });
  bot.every(std::chrono::seconds{30}, [&]() -> mc::task<> {
    print_status(bot.shards());
    co_return;
  });
  return bot.run();
} catch (const mc::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
