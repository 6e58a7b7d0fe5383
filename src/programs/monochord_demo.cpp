// SPDX-License-Identifier: MIT
// The main job in one program: starts a mock Discord, runs the example bot 01_ping against it as a process of its own,
// and talks to it as a human would. `--chat` leaves a prompt instead. Exit status 0 only if every answer came.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <monochord/testing/mock_discord.hpp>

namespace mc = monochord;
using mc::testing::mock_discord;
using namespace std::chrono_literals;

namespace {

/// The example bot as a child process; ended by SIGTERM at the latest when this goes out of scope.
class bot_process {
 public:
  bot_process(const std::string& program, const mock_discord& discord) {
    const std::vector<std::string> settings = {"DISCORD_TOKEN=" + discord.token(), "MONOCHORD_REST_URL=" + discord.rest_url(),
                                               "MONOCHORD_CA_FILE=" + discord.ca_file(), "MONOCHORD_LOG=warning"};
    std::vector<char*> environment;
    for (const auto& setting : settings) environment.push_back(const_cast<char*>(setting.c_str()));
    for (char** inherited = environ; *inherited; ++inherited) environment.push_back(*inherited);
    environment.push_back(nullptr);
    char* arguments[] = {const_cast<char*>(program.c_str()), nullptr};

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    const int failed = posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments, environment.data());
    posix_spawn_file_actions_destroy(&actions);
    if (failed) throw mc::error(mc::error_code(failed, boost::system::system_category()), "cannot start " + program);
  }
  ~bot_process() {
    if (pid_ > 0) stop();
  }
  bot_process(const bot_process&) = delete;
  bot_process& operator=(const bot_process&) = delete;

  /// Asks the bot to end as a service manager would; true when it ended orderly.
  bool stop() {
    ::kill(pid_, SIGTERM);
    int status = 0;
    bool ended = false;
    for (int i = 0; i < 1500 && !ended; ++i) {
      ended = ::waitpid(pid_, &status, WNOHANG) == pid_;
      if (!ended) std::this_thread::sleep_for(10ms);
    }
    if (!ended) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, &status, 0);
    }
    pid_ = -1;
    return ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  pid_t pid_ = -1;
};

double ms(mc::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

struct place {
  mock_discord& discord;
  mc::user_id alice;
  mc::channel_id channel;
};

bool report(const std::optional<mc::testing::mock_reply>& reply) {
  if (reply) {
    std::printf("  ping-bot > %-24s (%.1f ms)\n", reply->content.c_str(), ms(reply->latency));
  } else {
    std::printf("  ping-bot   gave no answer within 10 s\n");
  }
  std::fflush(stdout);
  return reply.has_value();
}

bool say(place& p, const std::string& text) {
  std::printf("  alice    > %s\n", text.c_str());
  return report(p.discord.wait_reply(p.discord.say(p.alice, p.channel, text)));
}

bool slash(place& p, const std::string& name) {
  std::printf("  alice    > /%s\n", name.c_str());
  return report(p.discord.wait_reply(p.discord.slash(p.alice, p.channel, name)));
}

/// Cuts the bot's connection without a word and waits until it is back by RESUME.
bool cut_and_resume(place& p) {
  const auto before = p.discord.counters();
  const auto start = std::chrono::steady_clock::now();
  std::printf("  -- the bot's gateway connection is cut without a close frame; meanwhile alice goes on --\n");
  p.discord.disconnect();
  const bool answered = say(p, "!ping");
  const bool back = p.discord.wait_until([&](const auto& now) { return now.resumed > before.resumed; });
  const bool by_resume = back && p.discord.counters().identifies == before.identifies;
  if (by_resume) std::printf("  -- resumed the same session after %.1f ms, nothing was lost --\n", ms(std::chrono::steady_clock::now() - start));
  else std::printf("  -- the bot did not RESUME its session --\n");
  return answered && by_resume;
}

bool play(place& p) {
  bool all = say(p, "!ping");
  all = slash(p, "ping") && all;
  all = cut_and_resume(p) && all;
  all = say(p, "!ping") && all;
  all = slash(p, "ping") && all;
  return all;
}

bool chat(place& p) {
  std::printf("Type a message (the bot answers !ping), /ping for its command, /cut to cut its connection, /quit to leave.\n");
  bool all = true;
  for (std::string line; std::printf("> "), std::fflush(stdout), std::getline(std::cin, line);) {
    if (line.empty()) continue;
    if (line == "/quit") break;
    try {
      if (line == "/cut") {
        all = cut_and_resume(p) && all;
      } else if (line.front() == '/') {
        all = slash(p, line.substr(1)) && all;
      } else if (line.starts_with('!')) {
        all = say(p, line) && all;
      } else {  // a bot need not answer everything: show what comes within a moment
        std::printf("  alice    > %s\n", line.c_str());
        const auto reply = p.discord.wait_reply(p.discord.say(p.alice, p.channel, line), 1s);
        if (reply) report(reply);
      }
    } catch (const mc::error& e) {
      std::printf("  %s\n", e.what());
    }
  }
  return all;
}

int run(bool chatting, const std::string& bot_program) {
  mock_discord discord;
  const auto alice = discord.add_user("alice");
  const auto guild = discord.add_guild("home", alice);
  const auto channel = discord.add_text_channel(guild, "general");
  discord.start();
  std::printf("mock Discord: %s\n", discord.rest_url().c_str());

  bot_process bot(bot_program, discord);
  if (!discord.wait_session(0, 20s) ||
      !discord.wait_until([&](const auto&) { return !discord.registered_commands().empty(); })) {
    std::printf("the bot did not log in and register its command within 20 s\n");
    return 1;
  }
  std::printf("bot: logged in over TLS with compressed gateway frames, commands registered\n\n");

  place here{discord, alice, channel};
  bool ok = chatting ? chat(here) : play(here);

  const bool orderly = bot.stop();
  std::printf("\nbot: %s\n", orderly ? "stopped orderly" : "did not stop orderly");
  ok = ok && orderly;
  for (const auto& one : discord.violations()) {
    std::printf("the bot broke a rule of Discord: %s: %s\n", one.kind.c_str(), one.text.c_str());
    ok = false;
  }
  std::printf("%s\n", ok ? "every answer came" : "FAILED");
  return ok ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  bool chatting = false;
  std::string bot = (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "01_ping").string();
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--chat") {
      chatting = true;
    } else if (argument == "--bot" && i + 1 < argc) {
      bot = argv[++i];
    } else {
      std::fprintf(stderr, "usage: monochord-demo [--chat] [--bot PROGRAM]\n");
      return 2;
    }
  }
  try {
    return run(chatting, bot);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "monochord-demo: %s\n", e.what());
    return 1;
  }
}
