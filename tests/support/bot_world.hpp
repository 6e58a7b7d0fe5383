// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/monochord.hpp>
#include <monochord/testing/memory_network.hpp>
#include <monochord/testing/mock_discord.hpp>
#include <monochord/testing/simulation.hpp>

namespace monochord::tests {

/// Everything that was logged, from any thread, at the most verbose level.
class log_book {
 public:
  log_sink sink() {
    return [book = book_](log_level, std::string_view part, std::string_view text) {
      const std::lock_guard lock(book->mutex);
      book->text.append(part).append(": ").append(text).append("\n");
    };
  }
  std::string text() const {
    const std::lock_guard lock(book_->mutex);
    return book_->text;
  }

 private:
  struct shared {
    std::mutex mutex;
    std::string text;
  };
  std::shared_ptr<shared> book_ = std::make_shared<shared>();
};

/// A mock Discord with a small world in it, and the options of a client that goes there.
struct small_world {
  explicit small_world(testing::mock_options options) : discord(std::move(options)) {
    alice = discord.add_user("alice");
    home = discord.add_guild("home", alice);
    general = discord.add_text_channel(home, "general");
    discord.start();
  }
  client_options options() {
    client_options made;
    made.intents = intent::guilds | intent::guild_messages | intent::message_content;
    made.rest_url = discord.rest_url();
    if (!discord.ca_pem().empty()) made.ca_file = discord.ca_file();
    made.log = log_level::trace;
    made.log_to = log.sink();
    return made;
  }
  token bot_token() const { return token{discord.token()}; }

  log_book log;
  testing::mock_discord discord;
  user_id alice;
  guild_id home;
  channel_id general;
};

/// The same inside a simulation: client and mock on one thread, one manual clock and a network in memory. Time passes
/// only when nothing can run.
struct simulated_world {
  explicit simulated_world(testing::mock_options options = {}) : world(inside(std::move(options))) {}
  ~simulated_world() {
    world.discord.stop();
    sim.settle();
  }

  testing::mock_options inside(testing::mock_options options) {
    options.executor = sim.executor();
    options.clock = sim.clock();
    options.memory = network;
    return options;
  }
  client_options options() {
    auto made = world.options();
    made.clock = sim.clock();
    made.transport = network->transport();
    made.executor = sim.executor();
    return made;
  }
  testing::mock_discord& discord() { return world.discord; }

  testing::simulation sim;
  std::shared_ptr<testing::memory_network> network = std::make_shared<testing::memory_network>();
  small_world world;
};

}  // namespace monochord::tests
