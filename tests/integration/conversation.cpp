// SPDX-License-Identifier: MIT
// One conversation through every layer, in virtual time: client and mock in one thread, over a network in memory.
#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::simulated_world;

namespace {

/// The bot of the README, with a slash command.
struct ping_bot {
  explicit ping_bot(simulated_world& w, mc::client_options options) : bot(w.world.bot_token(), std::move(options)) {
    bot.on<mc::ready>([this](const mc::ready& event) -> mc::task<> {
      const std::vector<mc::command_builder> commands{mc::command_builder{"ping", "Answers pong"}};
      co_await bot.rest().bulk_overwrite_global_application_commands(event.application.id, commands);
    });
    bot.on<mc::message_create>([this](const mc::message_create& event) -> mc::task<> {
      seen.push_back(event.message.content);
      if (event.message.content == "!ping") co_await bot.rest().create_message(event.message.channel_id, {.content = "pong"});
    });
    bot.on<mc::interaction_create>([this](const mc::interaction_create& event) -> mc::task<> {
      co_await bot.rest().reply(event.interaction, {.content = "slash pong"});
    });
    w.sim.spawn(live());
  }
  mc::task<> live() {
    co_await bot.async_run();
    ended = true;
  }

  std::vector<std::string> seen;
  bool ended = false;
  mc::client bot;
};

std::string content(const std::optional<mc::testing::mock_reply>& reply) { return reply ? reply->content : "(no answer)"; }

}  // namespace

TEST_CASE("message, slash command, forced disconnect and resume, with each compression, over TLS") {
  const auto compression = GENERATE(mc::gateway_compression::none, mc::gateway_compression::zlib_stream,
                                    mc::gateway_compression::zstd_stream);
  simulated_world w;
  auto options = w.options();
  options.compression = compression;
  ping_bot bot(w, std::move(options));
  auto& discord = w.discord();

  REQUIRE(w.sim.run(discord.expect_session()));
  REQUIRE(w.sim.run(discord.until([&](const auto&) { return !discord.registered_commands().empty(); })));
  CHECK(discord.registered_commands() == std::vector<std::string>{"ping"});

  const auto said = discord.say(w.world.alice, w.world.general, "!ping");
  CHECK(content(w.sim.run(discord.expect_reply(said))) == "pong");
  const auto used = discord.slash(w.world.alice, w.world.general, "ping");
  CHECK(content(w.sim.run(discord.expect_reply(used))) == "slash pong");

  discord.disconnect();
  const auto meanwhile = discord.say(w.world.alice, w.world.general, "!ping");
  CHECK(content(w.sim.run(discord.expect_reply(meanwhile))) == "pong");
  const auto counters = discord.counters();
  CHECK(counters.identifies == 1);
  CHECK(counters.resumed == 1);

  bot.bot.stop();
  w.sim.run_until([&] { return bot.ended; });
  CHECK(discord.counters().last_close_received != 1000);
  CHECK(discord.counters().open_connections == 0);
  for (const auto& v : discord.violations()) FAIL_CHECK(v.kind << ": " << v.text);
}

TEST_CASE("hours of heartbeats pass without a reconnect, a violation or real time") {
  simulated_world w;
  ping_bot bot(w, w.options());
  auto& discord = w.discord();
  REQUIRE(w.sim.run(discord.expect_session()));
  w.sim.run_for(6h);
  const auto counters = discord.counters();
  CHECK(counters.heartbeats >= 6 * 3600 / 42);
  CHECK(counters.heartbeats <= 6 * 3600 / 41 + 2);
  CHECK(counters.connections == 1);
  CHECK(discord.violations().empty());
  bot.bot.stop();
  w.sim.run_until([&] { return bot.ended; });
}

TEST_CASE("stop with discard_sessions takes the bot offline with code 1000") {
  simulated_world w;
  ping_bot bot(w, w.options());
  REQUIRE(w.sim.run(w.discord().expect_session()));
  bot.bot.stop(mc::stop_mode::discard_sessions);
  bot.bot.stop();
  w.sim.run_until([&] { return bot.ended; });
  CHECK(w.discord().counters().last_close_received == 1000);
}

TEST_CASE("stop before the gateway is known, and twice, ends at once") {
  simulated_world w;
  mc::testing::mock_faults faults;
  faults.refuse_connections = 1'000'000;
  w.discord().set_faults(faults);
  ping_bot bot(w, w.options());
  w.sim.run_for(90s);
  CHECK(!bot.ended);
  const auto before = w.sim.elapsed();
  bot.bot.stop();
  bot.bot.stop();
  w.sim.run_until([&] { return bot.ended; });
  CHECK(w.sim.elapsed() - before < 10s);
}

TEST_CASE("stop during a reconnect ends within its bound") {
  simulated_world w;
  ping_bot bot(w, w.options());
  REQUIRE(w.sim.run(w.discord().expect_session()));
  mc::testing::mock_faults faults;
  faults.refuse_connections = 1'000'000;
  w.discord().set_faults(faults);
  w.discord().disconnect();
  w.sim.run_for(5min);
  const auto before = w.sim.elapsed();
  bot.bot.stop();
  w.sim.run_until([&] { return bot.ended; });
  CHECK(w.sim.elapsed() - before < 10s);
}

TEST_CASE("running handlers are drained, those that take too long are cancelled") {
  simulated_world w;
  auto options = w.options();
  options.drain_timeout = 5s;
  mc::client bot(w.world.bot_token(), std::move(options));
  bool quick_done = false, slow_done = false, slow_cancelled = false, ended = false;
  bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    if (event.message.content == "quick") {
      co_await bot.sleep(3s);
      co_await bot.rest().create_message(event.message.channel_id, {.content = "still here"});
      quick_done = true;
    } else {
      try {
        co_await bot.sleep(1h);
        slow_done = true;
      } catch (const std::exception&) {
        slow_cancelled = true;
        throw;
      }
    }
  });
  const auto live = [&]() -> mc::task<> {
    co_await bot.async_run();
    ended = true;
  };
  w.sim.spawn(live());
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.discord().say(w.world.alice, w.world.general, "quick");
  w.discord().say(w.world.alice, w.world.general, "slow");
  w.sim.run_for(1s);
  const auto before = w.sim.elapsed();
  bot.stop();
  w.sim.run_until([&] { return ended; });
  CHECK(quick_done);
  CHECK(slow_cancelled);
  CHECK(!slow_done);
  CHECK(w.sim.elapsed() - before >= 5s);
  CHECK(w.sim.elapsed() - before < 10s);
  CHECK(w.discord().messages(w.world.general) == std::vector<std::string>{"quick", "slow", "still here"});
}

TEST_CASE("spawn, every and sleep run on the client's clock and end with it") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  int ticks = 0;
  bool woke = false, cancelled = false, ended = false;
  std::vector<std::string> errors;
  bot.on_error([&](std::exception_ptr error, const mc::raw_event& event) {
    CHECK(event.name.empty());
    errors.push_back(mc::result<int>(error).error_text());
  });
  bot.every(10s, [&]() -> mc::task<> {
    if (++ticks == 3) throw std::runtime_error("third tick");
    co_return;
  });
  bot.spawn([&]() -> mc::task<> {
    co_await bot.sleep(25s);
    woke = true;
    try {
      co_await bot.sleep(24h);
    } catch (const std::exception&) {
      cancelled = true;
      throw;
    }
  });
  const auto live = [&]() -> mc::task<> {
    co_await bot.async_run();
    ended = true;
  };
  w.sim.spawn(live());
  w.sim.run_for(61s);
  CHECK(ticks == 6);
  CHECK(woke);
  CHECK(errors == std::vector<std::string>{"third tick"});
  bot.stop();
  w.sim.run_until([&] { return ended; });
  CHECK(cancelled);
  CHECK(errors.size() == 1);
  CHECK(!bot.spawn([]() -> mc::task<> { co_return; }));
}

TEST_CASE("run_blocking gives the value back, throws on, and time waits for it") {
  simulated_world w;
  const auto work = [&]() -> mc::task<int> {
    const int value = co_await mc::run_blocking([] { return 6 * 7; });
    bool thrown = false;
    try {
      co_await mc::run_blocking([]() -> int { throw std::runtime_error("from the pool"); });
    } catch (const std::runtime_error& e) {
      thrown = std::string(e.what()) == "from the pool";
    }
    co_await mc::run_blocking([] {});
    co_return thrown ? value : 0;
  };
  CHECK(w.sim.run(work()) == 42);
  CHECK(w.sim.elapsed() == mc::duration::zero());
}
