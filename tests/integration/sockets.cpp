// SPDX-License-Identifier: MIT
// The same over real sockets on loopback, TLS and the client's own thread pool.
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include <monochord/gateway/shards.hpp>

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::small_world;

namespace {

/// run() on a thread of its own, so that the test can go on.
struct running {
  explicit running(mc::client& bot) : bot(bot), result(std::async(std::launch::async, [&bot] { return bot.run(); })) {}
  ~running() { bot.stop(); }
  int stop() {
    bot.stop();
    return result.get();
  }
  mc::client& bot;
  std::future<int> result;
};

}  // namespace

TEST_CASE("a conversation over TLS sockets and a thread pool") {
  const auto compression = GENERATE(mc::gateway_compression::zlib_stream, mc::gateway_compression::zstd_stream);
  small_world w({});
  auto options = w.options();
  options.compression = compression;
  mc::client bot(w.bot_token(), std::move(options));
  bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    if (event.message.content == "!ping") co_await bot.rest().create_message(event.message.channel_id, {.content = "pong"});
  });
  running run(bot);
  REQUIRE(w.discord.wait_session());
  for (int i = 0; i < 3; ++i) {
    const auto reply = w.discord.wait_reply(w.discord.say(w.alice, w.general, "!ping"));
    REQUIRE(reply);
    CHECK(reply->content == "pong");
    w.discord.disconnect(i == 0 ? mc::testing::disconnect_how::drop : mc::testing::disconnect_how::close_frame);
    REQUIRE(w.discord.wait_until([&](const auto& c) { return c.resumed == static_cast<std::uint64_t>(i + 1); }));
  }
  CHECK(run.stop() == 0);
  CHECK(w.discord.counters().identifies == 1);
  for (const auto& v : w.discord.violations()) FAIL_CHECK(v.kind << ": " << v.text);
}

TEST_CASE("many shards on a thread pool, watched and restarted from outside it") {
  constexpr int count = 8;
  mc::testing::mock_options served;
  served.recommended_shards = count;
  served.max_concurrency = count;
  small_world w(served);
  std::vector<mc::channel_id> channels{w.general};
  for (int i = 1; i < count; ++i)
    channels.push_back(w.discord.add_text_channel(w.discord.add_guild("guild " + std::to_string(i), w.alice), "general"));
  auto options = w.options();
  options.threads = 4;
  mc::client bot(w.bot_token(), std::move(options));
  std::mutex mutex;
  std::condition_variable changed;
  int seen = 0, started = 0;
  bool in_order = true;
  bot.on<mc::message_create>([&](const mc::message_create&) {
    const std::lock_guard lock(mutex);
    ++seen;
    changed.notify_all();
  });
  bot.on_progress([&](const mc::start_progress& now) {
    const std::lock_guard lock(mutex);
    in_order = in_order && bot.shards().status(now.shard_id) == mc::shard_status::ready && now.ready == ++started && now.all_ready() == (started == count);
    changed.notify_all();
  });
  const auto until = [&](const auto& done) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 20s, done);
  };
  running run(bot);
  REQUIRE(until([&] { return started == count; }));
  CHECK(in_order);
  int said = 0;
  for (int round = 0; round < 5; ++round) {
    for (const auto& channel : channels) {
      w.discord.say(w.alice, channel, std::to_string(said++));
      bot.shards().restart(said % count);
    }
    std::size_t guilds = 0;
    for (const auto& one : bot.shards().info()) guilds += one.guilds.value_or(0);
    CHECK(guilds == count);
    REQUIRE(until([&] { return seen == said; }));
  }
  CHECK(run.stop() == 0);
  CHECK(seen == said);
  CHECK(w.discord.counters().identifies == count);
  CHECK(bot.shards().status(0) == mc::shard_status::ended);
  for (const auto& v : w.discord.violations()) FAIL_CHECK(v.kind << ": " << v.text);
}

TEST_CASE("a connection cut in the middle of 10,000 messages: each is delivered once and in order") {
  const auto compression = GENERATE(mc::gateway_compression::zlib_stream, mc::gateway_compression::zstd_stream);
  constexpr std::size_t count = 10'000;
  small_world w({});
  boost::asio::io_context loop(1);  // one thread: handlers run in the order in which they start
  auto options = w.options();
  options.compression = compression;
  options.executor = loop.get_executor();
  options.log = mc::log_level::info;
  mc::client bot(w.bot_token(), std::move(options));
  std::vector<std::string> got;
  std::promise<void> all;
  bot.on<mc::message_create>([&](const mc::message_create& event) {
    got.push_back(event.message.content);
    if (event.message.content == "burst " + std::to_string(count - 1)) all.set_value();
  });
  bot.on<mc::ready>([&](const mc::ready&) {});
  boost::asio::co_spawn(loop, bot.async_run(), boost::asio::detached);
  std::thread thread([&] { loop.run(); });
  REQUIRE(w.discord.wait_session());

  mc::testing::mock_faults faults;
  faults.cut_after_events = count / 2;
  w.discord.set_faults(faults);
  w.discord.burst(w.general, count);
  const bool complete = all.get_future().wait_for(60s) == std::future_status::ready;
  bot.stop();
  thread.join();

  REQUIRE(complete);
  REQUIRE(got.size() == count);
  for (std::size_t i = 0; i < count; ++i)
    if (got[i] != "burst " + std::to_string(i)) FAIL("position " << i << " holds " << got[i]);
  CHECK(w.discord.counters().resumed == 1);
  CHECK(w.discord.counters().identifies == 1);
}

TEST_CASE("handlers that block every thread they get do not hold up heartbeats") {
  mc::testing::mock_options mock;
  mock.heartbeat_interval = 300ms;
  small_world w(mock);
  auto options = w.options();
  options.threads = 3;
  mc::client bot(w.bot_token(), std::move(options));
  std::mutex mutex;
  std::condition_variable released, started;
  bool open = false;
  int blocked = 0, most = 0;
  bot.on<mc::message_create>([&](const mc::message_create&) {
    std::unique_lock lock(mutex);
    most = std::max(most, ++blocked);
    started.notify_all();
    released.wait(lock, [&] { return open; });
    --blocked;
  });
  running run(bot);
  REQUIRE(w.discord.wait_session());
  w.discord.burst(w.general, 50);
  {
    std::unique_lock lock(mutex);
    CHECK(started.wait_for(lock, 30s, [&] { return blocked == 2; }));
  }
  const auto before = w.discord.counters();
  CHECK(w.discord.wait_until([&](const auto& now) { return now.heartbeat_acks >= before.heartbeat_acks + 5; }));
  {
    const std::lock_guard lock(mutex);
    CHECK(most == 2);
    open = true;
  }
  released.notify_all();
  CHECK(run.stop() == 0);
  CHECK(w.discord.counters().connections == 1);
  CHECK(w.discord.counters().last_close_received != 1000);
}

TEST_CASE("stop from another thread while events come in") {
  small_world w({});
  std::atomic<int> seen = 0;
  auto options = w.options();
  options.drain_timeout = 1s;  // calls that wait for a rate limit are cut short
  mc::client bot(w.bot_token(), std::move(options));
  bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    ++seen;
    co_await bot.rest().trigger_typing_indicator(event.message.channel_id);
  });
  bot.on_error([](std::exception_ptr, const mc::raw_event&) {});
  running run(bot);
  REQUIRE(w.discord.wait_session());
  w.discord.burst(w.general, 200);
  REQUIRE(w.discord.wait_until([&](const auto& c) { return c.requests > 3; }));
  std::vector<std::thread> stoppers;
  for (int i = 0; i < 4; ++i) stoppers.emplace_back([&] { bot.stop(); });
  for (auto& t : stoppers) t.join();
  CHECK(run.result.get() == 0);
  CHECK(seen > 0);
}

TEST_CASE("what does not end in time is left behind, not run to its end") {
  small_world w({});
  auto options = w.options();
  options.threads = 2;  // of which user code gets one
  options.drain_timeout = 50ms;
  options.log = mc::log_level::off;
  mc::client bot(w.bot_token(), std::move(options));
  constexpr int count = 4000;
  std::atomic<int> handled = 0;
  bot.on<mc::message_create>([&](const mc::message_create&) {
    std::this_thread::sleep_for(5ms);  // a handler that blocks, as handlers should not
    ++handled;
  });
  running run(bot);
  REQUIRE(w.discord.wait_session());
  w.discord.burst(w.general, count);
  REQUIRE(w.discord.wait_until([&](const auto&) { return handled > 0; }));
  CHECK(run.stop() == 0);
  CHECK(handled < count);
}

TEST_CASE("a second run is refused and leaves the first alone") {
  small_world w({});
  mc::client bot(w.bot_token(), w.options());
  running run(bot);
  REQUIRE(w.discord.wait_session());
  CHECK_THROWS_WITH(bot.run(), Catch::Contains("runs once"));
  CHECK(run.stop() == 0);
}
