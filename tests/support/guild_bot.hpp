// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/model/events.hpp>
#include <string>
#include <vector>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace monochord::tests {

/// A bot in a simulation that writes down what it is told of guilds, by their names; an outage has only an id.
struct guild_bot {
  explicit guild_bot(simulated_world& w) : guild_bot(w, w.options()) {}
  guild_bot(simulated_world& w, client_options options) : world(w), bot(w.world.bot_token(), std::move(options)) {
    bot.on<guild_join>([this](const guild_join& event) { told.push_back("join " + event.guild.name); });
    bot.on<guild_available>([this](const guild_available& event) { told.push_back("available " + event.guild.name); });
    bot.on<guild_unavailable>(
        [this](const guild_unavailable& event) { told.push_back("unavailable " + event.guild.id.str()); });
    bot.on<guild_leave>([this](const guild_leave& event) { told.push_back("leave " + event.guild.id.str()); });
    bot.on<all_ready>([this](const all_ready& now) {
      told.push_back("all ready");
      ready.push_back(now);
    });
    bot.on<guild_create>([this](const guild_create&) { ++creates; });
    bot.on<guild_delete>([this](const guild_delete&) { ++deletes; });
    bot.on_error([](std::exception_ptr, const raw_event& event) { FAIL_CHECK("error in " << event.name); });
    w.sim.spawn(live());
  }
  ~guild_bot() { end(); }
  void end(stop_mode mode = stop_mode::keep_sessions) {
    bot.stop(mode);
    world.sim.run_until([&] { return ended; }, std::chrono::minutes{1});
  }
  task<> live() {
    co_await bot.async_run();
    ended = true;
  }
  /// What was told since the last call, after what can happen now has happened.
  std::vector<std::string> news() {
    world.sim.run_for(std::chrono::seconds{1});
    return std::exchange(told, {});
  }

  simulated_world& world;
  std::vector<std::string> told;
  std::vector<all_ready> ready;
  int creates = 0, deletes = 0;
  bool ended = false;
  client bot;
};

}  // namespace monochord::tests
