// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <monochord/core/log.hpp>
#include <string>

namespace monochord {
namespace {

struct looks {
  std::string_view name;
  std::string_view colour;
};

looks looks_of(log_level level) {
  switch (level) {
    case log_level::trace:
      return {"trace", "\033[37m"};
    case log_level::debug:
      return {"debug", "\033[36m"};
    case log_level::info:
      return {"info", "\033[32m"};
    case log_level::warning:
      return {"warning", "\033[33m\033[1m"};
    case log_level::error:
      return {"error", "\033[31m\033[1m"};
    case log_level::off:
      break;
  }
  return {"off", ""};
}

bool shows_colours() {
  if (::isatty(STDERR_FILENO) == 0) return false;
  if (std::getenv("COLORTERM")) return true;
  constexpr auto known = std::to_array<std::string_view>({"ansi", "color", "console", "cygwin", "gnome", "konsole",
                                                          "kterm", "linux", "msys", "putty", "rxvt", "screen", "vt100",
                                                          "vt102", "xterm", "alacritty", "tmux"});
  const char* const terminal = std::getenv("TERM");
  return terminal && std::any_of(known.begin(), known.end(), [=](std::string_view name) {
           return std::string_view(terminal).find(name) != std::string_view::npos;
         });
}

/// Now and here, to the millisecond.
std::string stamp() {
  using namespace std::chrono;
  const auto now = system_clock::now();
  const std::time_t whole = system_clock::to_time_t(floor<seconds>(now));
  std::tm local{};
  ::localtime_r(&whole, &local);
  char text[32];
  std::string out(text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S.", &local));
  const std::string ms = std::to_string(floor<milliseconds>(now - floor<seconds>(now)).count());
  return out.append(3 - ms.size(), '0').append(ms);
}

}  // namespace

log_sink console_sink(log_level least) {
  return [least, coloured = shows_colours()](log_level level, std::string_view part, std::string_view text) {
    if (level < least || level == log_level::off) return;
    const auto [name, colour] = looks_of(level);
    std::string line;
    line.reserve(64 + part.size() + text.size());
    line.append("[").append(stamp()).append("] [monochord] [");
    if (coloured) line.append(colour);
    line.append(name);
    if (coloured) line.append("\033[m");
    line.append("] ").append(part).append(": ").append(text).append("\n");
    std::fwrite(line.data(), 1, line.size(), stderr);  // one call, which other threads' lines do not break
  };
}

log_sink null_sink() {
  return [](log_level, std::string_view, std::string_view) {};
}

}  // namespace monochord
