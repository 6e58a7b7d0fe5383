// SPDX-License-Identifier: MIT
// A bot that writes down what it has handled: volume_bot LOG SESSIONS SHARDS [PROCESS PROCESSES]. Of several processes
// each asks the identify queue at MONOCHORD_QUEUE_URL, and meets the others there. Each event is one line of LOG,
// written by one call, so that whoever is killed has written what it handled. "reshard N" on its standard input changes
// its shards; what has come of things it prints.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <monochord/gateway/network_identify_queue.hpp>
#include <monochord/gateway/session_store.hpp>
#include <monochord/gateway/shards.hpp>
#include <monochord/monochord.hpp>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>

namespace mc = monochord;
using namespace std::chrono_literals;

namespace {

void tell(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

class journal {
 public:
  explicit journal(const char* path) : file_(::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_ < 0) throw std::system_error(errno, std::generic_category(), path);
  }
  ~journal() { ::close(file_); }
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;
  void write(mc::guild_id guild, const std::string& what) {
    const auto line = guild.str() + " " + what + "\n";
    if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
      throw std::system_error(errno, std::generic_category(), "the journal");
  }

 private:
  const int file_;
};

mc::task<> reshard(mc::client& bot, int total) {
  mc::reshard_options how;
  how.settle = 1s;
  how.guilds_limit = 2s;
  std::string failed;
  try {
    const auto report = co_await bot.shards().reshard(total, how);
    tell("resharded " + std::to_string(report.to) + (report.balanced ? " balanced " : " unbalanced ") +
         std::to_string(report.twins) + " " + std::to_string(report.singles));
  } catch (const std::exception& e) {
    failed = e.what();
  }
  if (!failed.empty()) tell("failed " + failed);
}

mc::task<> watch(mc::client& bot) {
  for (int known = 0;;) {
    if (const int total = bot.shards().total(); bot.shards().all_ready() && known != total) {
      known = total;
      tell("serving " + std::to_string(total));
    }
    co_await bot.sleep(20ms);
  }
}

void obey(const std::stop_token& end, mc::client& bot) {
  std::string pending;
  while (!end.stop_requested()) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, 50) <= 0) continue;
    char buffer[256];
    const auto count = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (count <= 0) return;
    pending.append(buffer, static_cast<std::size_t>(count));
    for (auto at = pending.find('\n'); at != std::string::npos; at = pending.find('\n')) {
      if (pending.starts_with("reshard ")) bot.spawn(reshard(bot, std::atoi(pending.c_str() + 8)));
      pending.erase(0, at + 1);
    }
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4 && argc != 6)
    return std::fputs("usage: volume_bot LOG SESSIONS SHARDS [PROCESS PROCESSES]; VOLUME_CACHE: a file\n", stderr), 2;
  auto options = mc::options_from_env({.intents = mc::intent::guilds | mc::intent::guild_messages |
                                                  mc::intent::guild_message_typing | mc::intent::message_content});
  options.session_store = mc::make_file_session_store(argv[2]);
  if (const char* const cache = std::getenv("VOLUME_CACHE")) {
    options.cache_file = cache;
    options.cache_save_interval = std::chrono::seconds{1};
  } else {
    options.cache.policy.kinds = {};
  }
  options.shards = mc::shard_plan::of(std::atoi(argv[3]));
  if (argc == 6) {
    options.shards = mc::shard_plan::cluster(std::atoi(argv[4]), std::atoi(argv[5]), std::atoi(argv[3]));
    const auto queue = mc::network_identify_queue_from_env();
    options.identify_queue = mc::make_network_identify_queue(queue);
    options.resharding.exchange = mc::make_network_reshard_exchange(queue);
  }
  options.threads = 2;  // one of them for handlers: they run in the order of the events
  journal log(argv[1]);
  mc::client bot{mc::token_from_env("DISCORD_TOKEN"), options};
  bot.on<mc::message_create>([&](const mc::message_create& e) { log.write(*e.guild_id, "m" + e.message.content); });
  bot.on<mc::message_delete>([&](const mc::message_delete& e) { log.write(*e.guild_id, "d"); });
  bot.on<mc::typing_start>([&](const mc::typing_start& e) { log.write(*e.guild_id, "t"); });
  bot.spawn(watch(bot));
  const std::jthread commands([&](const std::stop_token& end) { obey(end, bot); });
  return bot.run();
} catch (const std::exception& e) {
  std::fprintf(stderr, "volume_bot: %s\n", e.what());
  return 1;
}
