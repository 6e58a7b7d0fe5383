// SPDX-License-Identifier: MIT
// A bot that is stopped and started again, with a store that outlives it.
#include <boost/asio/this_coro.hpp>
#include <filesystem>
#include <map>
#include <unistd.h>

#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include "support/skip.hpp"
#include <monochord/gateway/session_store.hpp>

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::simulated_world;

namespace {

/// Where a bot keeps its sessions, and perhaps its cache.
struct file {
  explicit file(const char* name = "sessions")
      : path(std::filesystem::temp_directory_path() / ("monochord_restart_" + std::to_string(::getpid()) + "_" + name)) {
    std::filesystem::remove(path);
    std::filesystem::remove(cache());
  }
  ~file() {
    std::filesystem::remove(path);
    std::filesystem::remove(path.string() + ".lock");
    std::filesystem::remove(cache());
  }
  file(const file&) = delete;
  file& operator=(const file&) = delete;
  std::filesystem::path cache() const { return path.string() + ".cache"; }
  const std::filesystem::path path;
  bool cached = false;  // the bots have a cache, in `cache()`
};

/// What a process that is killed leaves.
void copy(const file& from, const file& to) {
  std::filesystem::copy_file(from.path, to.path, std::filesystem::copy_options::overwrite_existing);
  if (from.cached) std::filesystem::copy_file(from.cache(), to.cache(), std::filesystem::copy_options::overwrite_existing);
}

/// A bot that counts what it finished, each message after a while.
struct counting_bot {
  counting_bot(simulated_world& w, const file& where, std::map<std::string, int>& done) : bot(w.world.bot_token(), options(w, where)) {
    bot.on<mc::message_create>([this, &done](const mc::message_create& event) -> mc::task<> {
      const std::string text = event.message.content;
      co_await bot.sleep(text == "slow" ? 20s : 300ms);
      ++done[text];
    });
    w.sim.spawn(live());
  }
  static mc::client_options options(simulated_world& w, const file& where) {
    auto out = w.options();
    out.session_store = mc::make_file_session_store(where.path.string());
    out.drain_timeout = 5s;
    if (where.cached) {
      out.intents |= mc::intent::guild_members | mc::intent::guild_presences;
      out.cache.policy.kinds = mc::cache_policy::every_kind;
      out.cache_file = where.cache().string();
      out.cache_save_interval = 1s;
    } else {
      out.cache.policy.kinds = {};
    }
    return out;
  }
  mc::task<> live() {
    co_await bot.async_run();
    ended = true;
  }
  mc::client bot;
  bool ended = false;
};

}  // namespace

TEST_CASE("a bot that is stopped and started again resumes: every message is handled once") {
  simulated_world w;
  file where;
  where.cached = GENERATE(false, true);
  std::map<std::string, int> done;
  int said = 0;
  const auto say = [&] { w.discord().say(w.world.alice, w.world.general, std::to_string(said++)); };
  for (int life = 0; life < 5; ++life) {
    counting_bot bot(w, where, done);
    REQUIRE(w.sim.run(w.discord().expect_session()));
    for (int i = 0; i < 10; ++i) {
      say();
      w.sim.run_for(70ms);
    }
    bot.bot.stop();  // some handlers still work
    say();
    w.sim.run_until([&] { return bot.ended; });
    for (int i = 0; i < 3; ++i) say();  // while nobody is there
    w.sim.run_for(10s);
  }
  {
    counting_bot bot(w, where, done);
    REQUIRE(w.sim.run(w.discord().expect_session()));
    w.sim.run_for(10s);
    bot.bot.stop();
    w.sim.run_until([&] { return bot.ended; });
  }
  CHECK(w.discord().counters().identifies == 1);
  CHECK(w.discord().counters().resumed == 5);
  REQUIRE(done.size() == static_cast<std::size_t>(said));
  for (const auto& [text, times] : done) CHECK((times == 1 && !text.empty()));
  for (const auto& v : w.discord().violations()) FAIL_CHECK(v.kind << ": " << v.text);
}

TEST_CASE("an event whose handler was cut short by the stop comes again") {
  simulated_world w;
  file where;
  where.cached = GENERATE(false, true);
  std::map<std::string, int> done;
  {
    counting_bot bot(w, where, done);
    REQUIRE(w.sim.run(w.discord().expect_session()));
    w.discord().say(w.world.alice, w.world.general, "slow");
    w.sim.run_for(1s);
    bot.bot.stop();
    w.sim.run_until([&] { return bot.ended; });
    CHECK(done.empty());
  }
  counting_bot bot(w, where, done);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(30s);
  CHECK(done == std::map<std::string, int>{{"slow", 1}});
  bot.bot.stop();
  w.sim.run_until([&] { return bot.ended; });
}

TEST_CASE("after a crash nothing is lost: what was not stored as handled comes again") {
  simulated_world w;
  file where, killed("copy");
  where.cached = killed.cached = GENERATE(false, true);
  std::map<std::string, int> done;
  {
    counting_bot bot(w, where, done);
    REQUIRE(w.sim.run(w.discord().expect_session()));
    w.sim.run_for(2s);  // the cache is written
    for (int i = 0; i < 20; ++i) {
      w.discord().say(w.world.alice, w.world.general, std::to_string(i));
      w.sim.run_for(50ms);
    }
    copy(where, killed);  // what a killed process leaves
    bot.bot.stop();
    w.sim.run_until([&] { return bot.ended; });
  }
  copy(killed, where);
  counting_bot bot(w, where, done);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(10s);
  REQUIRE(done.size() == 20);
  int again = 0;
  for (const auto& [text, times] : done) again += times - 1;
  CHECK(again > 0);
  CHECK(again <= 12);  // of the last 250 ms and of 300 ms of work
  CHECK(done.at("0") == 1);
  CHECK(w.discord().counters().identifies == 1);
  bot.bot.stop();
  w.sim.run_until([&] { return bot.ended; });
}

TEST_CASE("a handler that hides that it was cut short is given its event again all the same") {
  simulated_world w;
  file where;
  where.cached = GENERATE(false, true);
  int begun = 0, over = 0;
  for (int life = 0; life < 2; ++life) {
    mc::client bot(w.world.bot_token(), counting_bot::options(w, where));
    bot.on<mc::message_create>([&](const mc::message_create&) -> mc::task<> {
      ++begun;
      try {
        co_await bot.sleep(20s);
        ++over;
      } catch (const mc::error&) {
      }
      co_await boost::asio::this_coro::reset_cancellation_state();
    });
    bool ended = false;
    const auto live = [&]() -> mc::task<> {
      co_await bot.async_run();
      ended = true;
    };
    w.sim.spawn(live());
    REQUIRE(w.sim.run(w.discord().expect_session()));
    if (life == 0) w.discord().say(w.world.alice, w.world.general, "text");
    w.sim.run_for(life == 0 ? 1s : 30s);
    bot.stop();
    w.sim.run_until([&] { return ended; });
  }
  CHECK(begun == 2);
  CHECK(over == 1);
}

TEST_CASE("whoever is killed while the last handler runs doubles nothing of what had ended before it") {
  simulated_world w;
  file where, killed("copy");
  where.cached = killed.cached = GENERATE(false, true);
  std::map<std::string, int> done;
  {
    counting_bot bot(w, where, done);
    REQUIRE(w.sim.run(w.discord().expect_session()));
    w.sim.run_for(2s);  // the cache is written
    for (int i = 0; i < 5; ++i) w.discord().say(w.world.alice, w.world.general, std::to_string(i));
    w.discord().say(w.world.alice, w.world.general, "slow");
    w.sim.run_for(100ms);
    bot.bot.stop();
    w.sim.run_for(4s);
    REQUIRE_FALSE(bot.ended);
    copy(where, killed);  // what a killed process leaves
    w.sim.run_until([&] { return bot.ended; });
  }
  copy(killed, where);
  counting_bot bot(w, where, done);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(30s);
  CHECK(done == std::map<std::string, int>{{"0", 1}, {"1", 1}, {"2", 1}, {"3", 1}, {"4", 1}, {"slow", 1}});
  bot.bot.stop();
  w.sim.run_until([&] { return bot.ended; });
}

TEST_CASE("a bot that asks for other intents than before starts a new session") {
  simulated_world w;
  const file where;
  std::map<std::string, int> done;
  {
    counting_bot bot(w, where, done);
    REQUIRE(w.sim.run(w.discord().expect_session()));
    bot.bot.stop();
    w.sim.run_until([&] { return bot.ended; });
  }
  auto options = counting_bot::options(w, where);
  options.intents |= mc::intent::guild_message_typing;
  mc::client bot(w.world.bot_token(), options);
  bool ended = false;
  const auto live = [&]() -> mc::task<> {
    co_await bot.async_run();
    ended = true;
  };
  w.sim.spawn(live());
  w.sim.run_until([&] { return w.discord().counters().identifies == 2; });
  bot.stop();
  w.sim.run_until([&] { return ended; });
  CHECK(w.discord().counters().resumed == 0);
}

TEST_CASE("two processes of a bot that keep their shards in one database resume, each its own") {
  mc::testing::mock_options shape;
  shape.recommended_shards = 2;
  simulated_world w(shape);
  const auto second = w.discord().add_text_channel(w.discord().add_guild("second", w.world.alice), "general");
  const file where("database");
  std::map<std::string, int> done;
  try {
    (void)mc::make_sqlite_session_store(where.path.string());
  } catch (const mc::error& e) {
    CHECK(e.code() == mc::errc::unsupported);
    return mc::test::skip("the library was built without SQLite");
  }
  const auto process = [&](int id) {
    auto options = w.options();
    options.shards = mc::shard_plan::cluster(id, 2, 2);
    options.session_store = mc::make_sqlite_session_store(where.path.string());
    options.resume_with_cold_cache = true;
    auto bot = std::make_unique<mc::client>(w.world.bot_token(), options);
    bot->on<mc::message_create>([&done](const mc::message_create& event) { ++done[event.message.content]; });
    return bot;
  };
  int running = 0;
  const auto live = [&](mc::client& bot) -> mc::task<> {
    ++running;
    co_await bot.async_run();
    --running;
  };
  for (int life = 0; life < 2; ++life) {
    const auto first = process(0), other = process(1);
    w.sim.spawn(live(*first));
    REQUIRE(w.sim.run(w.discord().expect_session(0), 1min));
    w.sim.spawn(live(*other));
    REQUIRE(w.sim.run(w.discord().expect_session(1, 1min), 2min));
    w.discord().say(w.world.alice, w.world.general, "home " + std::to_string(life));
    w.discord().say(w.world.alice, second, "second " + std::to_string(life));
    w.sim.run_for(2s);
    first->stop();
    other->stop();
    w.sim.run_until([&] { return running == 0; }, 1min);
    w.discord().say(w.world.alice, second, "meanwhile " + std::to_string(life));
    w.sim.run_for(5s);
  }
  CHECK(done == std::map<std::string, int>{{"home 0", 1}, {"second 0", 1}, {"meanwhile 0", 1}, {"home 1", 1}, {"second 1", 1}});
  CHECK(w.discord().counters().identifies == 2);
  CHECK(w.discord().counters().resumed == 2);
  for (const char* const part : {"-wal", "-shm"}) std::filesystem::remove(where.path.string() + part);
}

TEST_CASE("whose session it is is kept, and a token that does not say so resumes") {
  simulated_world w;
  const auto store = mc::make_memory_session_store();
  const auto options = [&] {
    auto out = w.options();
    out.session_store = store;
    out.resume_with_cold_cache = true;
    return out;
  };
  const auto live_once = [&] {
    mc::client bot(w.world.bot_token(), options());
    bool ended = false;
    const auto live = [&]() -> mc::task<> {
      co_await bot.async_run();
      ended = true;
    };
    w.sim.spawn(live());
    REQUIRE(w.sim.run(w.discord().expect_session()));
    w.sim.run_for(1s);
    bot.stop();
    w.sim.run_until([&] { return ended; });
  };
  live_once();
  auto kept = w.sim.run(store->load(0));
  REQUIRE(kept);
  CHECK(kept->bot_id == w.discord().bot_user());  // the mock's token does not say
  live_once();
  CHECK(w.discord().counters().resumed == 1);
  CHECK(w.sim.run(store->load(0))->bot_id == w.discord().bot_user());
}

TEST_CASE("a store that throws what is no std::exception costs the sessions, not the bot") {
  struct strange_store final : mc::session_store {
    mc::task<std::optional<mc::stored_session>> load(int) override { throw 1; }
    mc::task<> save(int, const mc::stored_session&) override { throw 2; }
    mc::task<> erase(int) override { throw 3; }
    mc::task<std::optional<mc::stored_budget>> load_budget() override { throw 4; }
    mc::task<> save_budget(const mc::stored_budget&) override { throw 5; }
  };
  simulated_world w;
  auto options = w.options();
  options.session_store = std::make_shared<strange_store>();
  mc::client bot(w.world.bot_token(), options);
  bool ended = false, failed = false;
  const auto live = [&]() -> mc::task<> {
    try {
      co_await bot.async_run();
    } catch (...) {
      failed = true;
    }
    ended = true;
  };
  w.sim.spawn(live());
  CHECK(w.sim.run(w.discord().expect_session()));
  bot.stop();
  w.sim.settle();
  bot.stop(mc::stop_mode::discard_sessions);
  w.sim.run_until([&] { return ended; });
  CHECK_FALSE(failed);
}
