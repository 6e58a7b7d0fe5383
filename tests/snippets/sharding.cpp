// SPDX-License-Identifier: MIT
// The code of docs/sharding.md: regions between the marks stand there word for word.
#include <chrono>
#include <string>

#include <monochord/gateway/identify_queue.hpp>
#include <monochord/gateway/reshard_exchange.hpp>
#include <monochord/gateway/shards.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using mc::tests::simulated_world;

namespace {

//! [status-line]
std::string status_line(const mc::shard_set& shards) {
  std::string out;
  for (const auto& one : shards.info()) {
    out += std::to_string(one.id) + ": " + std::string(mc::to_string(one.status));
    if (one.latency) out += ", " + std::to_string(std::chrono::round<std::chrono::milliseconds>(*one.latency).count()) + " ms";
    if (one.guilds) out += ", " + std::to_string(*one.guilds) + " guilds";
    out += "\n";
  }
  return out;
}
//! [status-line]

/// Runs a bot until its shards are up, does something with it, and ends it.
void with_bot(simulated_world& w, mc::client& bot, const std::function<void()>& act) {
  bool ended = false;
  const auto live = [&]() -> mc::task<> {
    co_await bot.async_run();
    ended = true;
  };
  w.sim.spawn(live());
  w.sim.run_until([&] { return bot.shards().all_ready(); });
  w.sim.settle();
  act();
  bot.stop();
  w.sim.run_until([&] { return ended; });
}

simulated_world three_shards() {
  mc::testing::mock_options out;
  out.recommended_shards = 3;
  return simulated_world(out);
}

}  // namespace

TEST_CASE("a number of shards of one's own") {
  //! [of]
  mc::client_options options;
  options.shards = mc::shard_plan::of(64);
  //! [of]
  CHECK(options.shards.shards(1) == mc::shard_range{0, 63, 64});
}

TEST_CASE("less memory a shard") {
  CHECK(mc::client_options().compression == mc::gateway_compression::zstd_stream);
  //! [compression]
  mc::client_options options;
  options.compression = mc::gateway_compression::zlib_stream;
  //! [compression]
  CHECK(options.compression == mc::gateway_compression::zlib_stream);
}

TEST_CASE("the shards of one process of several") {
  const int cluster = 1;
  //! [cluster]
  mc::client_options options;
  options.shards = mc::shard_plan::cluster(cluster, 4, 64);  // the process with number 1 runs 16 to 31
  //! [cluster]
  CHECK(options.shards.shards(1) == mc::shard_range{16, 31, 64});
}

TEST_CASE("clients that share an identify queue") {
  //! [queue]
  mc::identify_queue_options limits;  // as GET /gateway/bot says: rest().get_gateway_bot()
  limits.max_concurrency = 1;
  limits.remaining = 990;
  limits.reset_after = std::chrono::hours{20};
  const auto queue = mc::make_identify_queue(mc::system_clock(), limits);
  mc::client_options first, second;
  first.shards = mc::shard_plan::cluster(0, 2, 6);
  second.shards = mc::shard_plan::cluster(1, 2, 6);
  first.identify_queue = second.identify_queue = queue;
  //! [queue]
  CHECK(queue->budget()->remaining == 990);
  //! [exchange]
  const auto exchange = mc::make_reshard_exchange();
  first.resharding.exchange = second.resharding.exchange = exchange;
  //! [exchange]
  CHECK(second.resharding.exchange);
}

TEST_CASE("another number of shards while the bot works") {
  auto w = three_shards();
  mc::client bot(w.world.bot_token(), w.options());
  std::string log;
  bool done = false;
  const auto reshard = [&]() -> mc::task<> {
    //! [reshard]
    const auto done = co_await bot.shards().reshard(9);
    log += std::to_string(done.from) + " shards were, " + std::to_string(done.to) + " are\n";
    //! [reshard]
  };
  with_bot(w, bot, [&] {
    bot.spawn([&]() -> mc::task<> {
      co_await reshard();
      done = true;
    });
    w.sim.run_until([&] { return done; });
    CHECK(log == "3 shards were, 9 are\n");
    CHECK(bot.shards().total() == 9);
  });
}

TEST_CASE("a bot that reshards by itself") {
  const auto with = [](bool own) {
    if (own) {
      //! [decide]
      mc::client_options options;
      options.resharding.automatic = true;
      options.resharding.decide = [](const mc::shard_load& now) { return now.guilds > 1'000 * now.total ? 2 * now.total : 0; };
      //! [decide]
      return options;
    }
    //! [automatic]
    mc::client_options options;
    options.resharding.automatic = true;
    options.resharding.fill_percent = 80;
    //! [automatic]
    return options;
  };
  mc::shard_load now;
  now.total = now.shards = 2;
  now.guilds = 4'000;
  CHECK(now.fill_percent() == 80);
  CHECK(with(true).resharding.decide(now) == 4);
  CHECK(with(false).resharding.automatic);
}

TEST_CASE("a status line, progress and a restart") {
  auto w = three_shards();
  mc::client bot(w.world.bot_token(), w.options());
  std::string told;
  //! [progress]
  bot.on_progress([&](const mc::start_progress& now) {
    told += std::to_string(now.ready) + " of " + std::to_string(now.shards) + " shards are up\n";
    if (now.all_ready()) told += "that was all\n";
  });
  //! [progress]
  with_bot(w, bot, [&] {
    w.sim.settle();
    CHECK(told == "1 of 3 shards are up\n2 of 3 shards are up\n3 of 3 shards are up\nthat was all\n");
    const auto line = status_line(bot.shards());  // perhaps with latencies: the first heartbeat comes at a time by chance
    CHECK_THAT(line, Catch::StartsWith("0: ready, ") && Catch::Contains(", 1 guilds\n1: ready, ") &&
                         Catch::Contains(", 0 guilds\n2: ready, ") && Catch::EndsWith(", 0 guilds\n"));
    const mc::guild_id guild = w.world.home;
    //! [restart]
    auto& shards = bot.shards();
    const int shard = shards.shard_for(guild);
    shards.restart(shard);                                 // the same session: nothing is lost
    shards.restart(shard, mc::restart_mode::new_session);  // begins anew, by IDENTIFY
    //! [restart]
    w.sim.settle();
    CHECK(shards.status(shard) != mc::shard_status::ready);
    w.sim.run_until([&] { return shards.all_ready(); });
    CHECK(w.discord().counters().identifies == 4);
  });
}
