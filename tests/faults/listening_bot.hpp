// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <monochord/gateway/shards.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include "support/no_violations.hpp"

namespace monochord::tests {

/// A bot in a simulation that remembers what it heard and how it ended. Stopped with its scope.
struct listening_bot {
  explicit listening_bot(simulated_world& w) : listening_bot(w, w.options()) {}
  listening_bot(simulated_world& w, client_options options) : world(w), bot(w.world.bot_token(), std::move(options)) {
    bot.on<message_create>([this](const message_create& event) -> task<> {
      seen.push_back(event.message.content);
      co_return;
    });
    bot.on_error([this](std::exception_ptr, const raw_event& event) { errors.push_back(std::string(event.name)); });
    w.sim.spawn(live());
  }
  ~listening_bot() { end(); }

  void end(stop_mode mode = stop_mode::keep_sessions) {
    bot.stop(mode);
    world.sim.run_until([&] { return ended; }, std::chrono::minutes{1});
  }
  task<> live() {
    try {
      co_await bot.async_run();
    } catch (...) {
      error = std::current_exception();
    }
    ended = true;
  }
  void say(std::string_view text) { world.discord().say(world.world.alice, world.world.general, text); }
  bool heard(const std::vector<std::string>& wanted) const { return seen == wanted; }
  shard_info shard(std::size_t index = 0) { return bot.shards().info().at(index); }

  simulated_world& world;
  std::vector<std::string> seen;
  std::vector<std::string> errors;
  std::exception_ptr error;
  bool ended = false;
  client bot;
};

/// How often `what` stands in `text`.
inline std::size_t occurrences(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + what.size())) ++count;
  return count;
}

}  // namespace monochord::tests
