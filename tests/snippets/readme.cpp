// SPDX-License-Identifier: MIT
// Runs the README's program, unchanged, against the mock: its client is redirected and its main() becomes a function.
#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace {

monochord::tests::simulated_world* world = nullptr;
bool played = false;

}  // namespace

namespace redirected {

using namespace ::monochord;

token token_from_env(const char*) { return world->world.bot_token(); }

class client : public ::monochord::client {
 public:
  client(token bot_token, client_options options)
      : ::monochord::client(std::move(bot_token), to_the_mock(std::move(options))) {}

  int run() {
    auto& sim = world->sim;
    auto& discord = world->discord();
    bool ended = false;
    sim.spawn(live(ended));
    REQUIRE(sim.run(discord.expect_session()));
    const auto said = discord.say(world->world.alice, world->world.general, "!ping");
    const auto answer = sim.run(discord.expect_reply(said));
    REQUIRE(answer);
    CHECK(answer->content == "pong");
    stop();
    sim.run_until([&] { return ended; });
    CHECK(discord.violations().empty());
    played = true;
    return 0;
  }

 private:
  static client_options to_the_mock(client_options options) {
    auto redirected = world->options();
    redirected.intents = options.intents;
    return redirected;
  }
  task<> live(bool& ended) {
    co_await async_run();
    ended = true;
  }
};

}  // namespace redirected

namespace hello {
#define monochord redirected
#define main program
#include "programs/hello.cpp"
#undef main
#undef monochord
}  // namespace hello

TEST_CASE("the README's program answers") {
  monochord::tests::simulated_world w;
  world = &w;
  CHECK(hello::program() == 0);
  CHECK(played);
}
