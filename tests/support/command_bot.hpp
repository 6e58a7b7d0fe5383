// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <monochord/gateway/commands.hpp>
#include <monochord/gateway/guild_members.hpp>
#include <monochord/gateway/shards.hpp>
#include <monochord/model/channel_events.hpp>
#include <monochord/model/gateway_bodies.hpp>
#include <monochord/model/guild_events.hpp>
#include <monochord/model/voice_events.hpp>
#include <string>
#include <vector>

#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include "support/no_violations.hpp"

namespace monochord::tests {

/// How a task ended that runs beside the test.
struct outcome {
  bool ended = false;
  bool good() const { return ended && text.empty(); }
  error_code code;
  std::string text;  ///< of what was thrown
};

/// A bot in a simulated world that may do things before, while and after it is up.
struct command_bot {
  explicit command_bot(simulated_world& w, flags<intent> more = {}) : command_bot(w, with(w, more)) {}
  command_bot(simulated_world& w, client_options options) : world(w), bot(w.world.bot_token(), std::move(options)) {
    bot.on_raw([this](const raw_event& event) { ++events[std::string(event.name)]; });
    bot.on_error([this](std::exception_ptr, const raw_event& event) { errors.push_back(std::string(event.name)); });
  }
  ~command_bot() { end(); }

  static client_options with(simulated_world& w, flags<intent> more) {
    auto out = w.options();
    out.intents |= more;
    return out;
  }
  void begin() { life = watch(bot.async_run()); }
  void until_ready(duration limit = std::chrono::minutes{5}) {
    if (!life) begin();
    world.sim.run_until([&] { return bot.shards().all_ready(); }, limit);
    world.sim.settle();
  }
  void end(stop_mode mode = stop_mode::keep_sessions) {
    if (!life) return;
    bot.stop(mode);
    world.sim.run_until([&] { return life->ended; });
  }
  /// Starts a task beside the test and tells how it ends; it is destroyed with the simulation if it does not.
  std::shared_ptr<outcome> watch(task<> work) {
    const auto out = std::make_shared<outcome>();
    world.sim.spawn(follow(std::move(work), out));
    return out;
  }
  template <class T>
  std::shared_ptr<outcome> watch(task<T> work, std::shared_ptr<T> into) {
    return watch(store(std::move(work), std::move(into)));
  }
  template <class T>
  T run(task<T> work) {
    return world.sim.run(std::move(work));
  }
  void until(const std::shared_ptr<outcome>& which, duration limit = std::chrono::minutes{10}) {
    world.sim.run_until([&] { return which->ended; }, limit);
  }
  gateway_commands& commands() { return bot.gateway(); }

  static task<> follow(task<> work, std::shared_ptr<outcome> out) {
    try {
      co_await std::move(work);
    } catch (const error& e) {
      out->code = e.code();
      out->text = e.what();
    } catch (const std::exception& e) {
      out->text = e.what();
    }
    out->ended = true;
  }
  template <class T>
  static task<> store(task<T> work, std::shared_ptr<T> into) {
    *into = co_await std::move(work);
  }

  simulated_world& world;
  std::map<std::string, int> events;
  std::vector<std::string> errors;
  std::shared_ptr<outcome> life;
  client bot;
};

/// So many members more in a guild.
inline std::vector<user_id> populate(testing::mock_discord& discord, guild_id guild, std::size_t count,
                                     const std::string& name = "member") {
  std::vector<user_id> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(discord.add_user(name + std::to_string(i)));
    discord.join(guild, out.back());
  }
  return out;
}

inline std::size_t violations_of(simulated_world& w, std::string_view kind) {
  const auto all = w.discord().violations();
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const auto& v) { return v.kind == kind; }));
}

}  // namespace monochord::tests
