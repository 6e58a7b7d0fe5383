// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <monochord/core/log.hpp>
#include <regex>
#include <string>

#include "support/catch.hpp"

namespace {

/// What `write` writes to stderr, with the moment taken out.
std::string on_stderr(const std::function<void()>& write) {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file);
  std::fflush(stderr);
  const int before = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  write();
  std::fflush(stderr);
  dup2(before, STDERR_FILENO);
  close(before);
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  return std::regex_replace(text, std::regex(R"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})"), "<moment>");
}

}  // namespace

using monochord::log_level;

TEST_CASE("the default sink writes the lines that spdlog writes") {
  constexpr log_level levels[] = {log_level::trace, log_level::debug, log_level::info, log_level::warning,
                                  log_level::error};
  for (const log_level least : levels) {
    const auto lines_of = [&](monochord::log_sink (*make)(log_level)) {
      return on_stderr([&] {
        const auto sink = make(least);
        for (const log_level level : levels) sink(level, "gateway", "shard {} of 100 % is \"there\"");
      });
    };
    const std::string lines = lines_of(monochord::console_sink);
    CHECK(lines == lines_of(monochord::spdlog_sink));
    CHECK(lines.ends_with("[<moment>] [monochord] [error] gateway: shard {} of 100 % is \"there\"\n"));
  }
  CHECK(on_stderr([] {
          monochord::console_sink(log_level::off)(log_level::error, "rest", "nobody reads this");
        }).empty());
}
