// SPDX-License-Identifier: MIT
// A million events through TLS and compressed frames, with a cut in every ten thousand. The client's clock goes only while it
// has no connection, and then fast: a hundred waits before a RESUME would take the better part of an hour.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include <monochord/testing/manual_clock.hpp>

namespace mc = monochord;
using namespace std::chrono_literals;

TEST_CASE("a million messages with a hundred cuts: each is delivered once and in order") {
  constexpr std::size_t rounds = 100, each = 10'000;
  mc::tests::small_world w({});
  boost::asio::io_context loop(1);
  auto options = w.options();
  options.executor = loop.get_executor();
  options.log = mc::log_level::warning;
  const auto clock = std::make_shared<mc::testing::manual_clock>();
  options.clock = clock;
  mc::client bot(w.bot_token(), std::move(options));

  std::mutex mutex;
  std::condition_variable changed;
  std::size_t in_round = 0, misplaced = 0;
  bot.on<mc::message_create>([&](const mc::message_create& event) {
    const std::lock_guard lock(mutex);
    if (event.message.content != "burst " + std::to_string(in_round)) ++misplaced;
    if (++in_round == each) changed.notify_all();
  });
  boost::asio::co_spawn(loop, bot.async_run(), boost::asio::detached);
  std::thread thread([&] { loop.run(); });
  struct end {
    mc::client& bot;
    std::thread& thread;
    ~end() {
      bot.stop();
      thread.join();
    }
  } at_end{bot, thread};
  REQUIRE(w.discord.wait_session());

  for (std::size_t round = 0; round < rounds; ++round) {
    INFO("round " << round);
    mc::testing::mock_faults faults;
    faults.cut_after_events = each / 2 + round;
    w.discord.set_faults(faults);
    w.discord.burst(w.general, each);
    std::unique_lock lock(mutex);
    const auto until = std::chrono::steady_clock::now() + 120s;
    while (!changed.wait_for(lock, 20ms, [&] { return in_round >= each; })) {
      REQUIRE(std::chrono::steady_clock::now() < until);
      lock.unlock();
      if (w.discord.counters().open_connections == 0) clock->advance(1s);
      lock.lock();
    }
    REQUIRE(in_round == each);
    REQUIRE(misplaced == 0);
    in_round = 0;
  }
  CHECK(w.discord.counters().identifies == 1);
  CHECK(w.discord.counters().resumed == rounds);
}
