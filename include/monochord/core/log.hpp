// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string_view>

namespace monochord {

/// How much a line matters, and as a setting from which level on lines are written: `trace` shows each payload and
/// request, `debug` each step of a connection, `info` what an operator wants to know, `warning` what went wrong and is being
/// mended, `error` what was lost; `off`, which no line has, writes nothing.
enum class log_level { trace, debug, info, warning, error, off };

/// Where log lines go: `sink(level, part, text)`, `part` being the room that speaks ("gateway", "rest", ...).
/// Called from any thread, possibly several at a time; must not throw. Lines never hold a token.
using log_sink = std::function<void(log_level, std::string_view part, std::string_view text)>;

/// The default sink: spdlog's coloured stderr logger named "monochord", lines below `least` are dropped.
log_sink spdlog_sink(log_level least = log_level::info);

/// A sink that drops everything.
log_sink null_sink();

/// What the rooms write to: a sink and the least level it wants. Copies share the sink.
class logger {
 public:
  logger() = default;
  logger(log_sink sink, log_level least) : sink_(std::move(sink)), least_(least) {}
  bool wants(log_level level) const noexcept { return sink_ && level >= least_; }
  void operator()(log_level level, std::string_view part, std::string_view text) const {
    if (wants(level)) sink_(level, part, text);
  }

 private:
  log_sink sink_;
  log_level least_ = log_level::off;
};

}  // namespace monochord
