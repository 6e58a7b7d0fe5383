// SPDX-License-Identifier: MIT
// A mock Discord whose guilds are as busy as it is told to be: volume_discord GUILDS MAX_CONCURRENCY. It prints a line
// of JSON when it is ready, then answers each command on its standard input with one.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <monochord/core/error.hpp>
#include <monochord/testing/mock_discord.hpp>
#include <string>
#include <vector>

namespace mc = monochord;

namespace {

/// What happens in a guild, over and over: a message with its number, somebody types twice, the message is erased.
class busy_guild {
 public:
  busy_guild(mc::testing::mock_discord& discord, int number)
      : discord_(discord),
        human_(discord.add_user("human " + std::to_string(number))),
        guild_(discord.add_guild("guild " + std::to_string(number), human_)),
        channel_(discord.add_text_channel(guild_, "general")) {}

  void happen() {
    switch (happened_++ % 4) {
      case 0:
        said_ = discord_.say(human_, channel_, std::to_string(happened_ - 1));
        break;
      case 3:
        discord_.erase(channel_, said_);
        break;
      default:
        discord_.type(human_, channel_);
    }
  }
  std::string id() const { return guild_.str(); }

 private:
  mc::testing::mock_discord& discord_;
  mc::user_id human_;
  mc::guild_id guild_;
  mc::channel_id channel_;
  mc::message_id said_;
  std::uint64_t happened_ = 0;
};

std::string counters_of(const mc::testing::mock_discord& discord) {
  const auto now = discord.counters();
  const std::array<std::pair<const char*, std::uint64_t>, 6> all{{{"identifies", now.identifies},
                                                                  {"readies", now.readies},
                                                                  {"resumed", now.resumed},
                                                                  {"invalid_sessions", now.invalid_sessions},
                                                                  {"open_connections", now.open_connections},
                                                                  {"violations", now.violations}}};
  std::string out;
  for (const auto& [name, value] : all)
    out += std::string(out.empty() ? "{\"" : ",\"") + name + "\":" + std::to_string(value);
  return out + "}";
}

/// Also to the standard error.
std::string violations_of(const mc::testing::mock_discord& discord) {
  std::string out;
  for (const auto& one : discord.violations()) {
    const auto text = one.kind + ": " + one.text;
    std::fprintf(stderr, "%s\n", text.c_str());
    out += out.empty() ? "\"" : ",\"";
    for (const char c : text)
      if (c >= ' ' && c != '"' && c != '\\') out += c;
    out += '"';
  }
  return "{\"violations\":[" + out + "]}";
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) return std::fputs("usage: volume_discord GUILDS MAX_CONCURRENCY\n", stderr), 2;
  mc::testing::mock_options options;
  options.max_concurrency = std::atoi(argv[2]);
  mc::testing::mock_discord discord(options);
  std::vector<busy_guild> guilds;
  for (int i = 0; i < std::atoi(argv[1]); ++i) guilds.emplace_back(discord, i);
  discord.start();
  std::string ids;
  for (const auto& one : guilds) ids += (ids.empty() ? "\"" : ",\"") + one.id() + "\"";
  std::printf("{\"rest\":\"%s\",\"ca_file\":\"%s\",\"token\":\"%s\",\"guilds\":[%s]}\n", discord.rest_url().c_str(),
              discord.ca_file().c_str(), discord.token().c_str(), ids.c_str());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    std::string answer = "{}";
    if (line == "round") {
      for (auto& one : guilds) one.happen();
    } else if (line == "counters") {
      answer = counters_of(discord);
    } else if (line == "violations") {
      answer = violations_of(discord);
    } else {
      answer = "{\"error\":\"unknown command\"}";
    }
    std::printf("%s\n", answer.c_str());
    std::fflush(stdout);
  }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "volume_discord: %s\n", e.what());
  return 1;
}
