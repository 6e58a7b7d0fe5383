// SPDX-License-Identifier: MIT
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <monochord/core/log.hpp>

namespace monochord {
namespace {

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::trace: return spdlog::level::trace;
    case log_level::debug: return spdlog::level::debug;
    case log_level::info: return spdlog::level::info;
    case log_level::warning: return spdlog::level::warn;
    case log_level::error: return spdlog::level::err;
    case log_level::off: break;
  }
  return spdlog::level::off;
}

}  // namespace

log_sink spdlog_sink(log_level least) {
  auto logger = std::make_shared<spdlog::logger>("monochord", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(to_spdlog(least));
  return [logger](log_level level, std::string_view part, std::string_view text) {
    logger->log(to_spdlog(level), "{}: {}", part, text);
  };
}

log_sink null_sink() {
  return [](log_level, std::string_view, std::string_view) {};
}

}  // namespace monochord
