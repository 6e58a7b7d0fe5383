// SPDX-License-Identifier: MIT
// Bots that wait for events: next, streams, once; middleware and slow handlers around what works.
#include <condition_variable>
#include <future>
#include <monochord/dispatch/middleware.hpp>
#include <monochord/gateway/session_store.hpp>
#include <mutex>
#include <stdexcept>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::simulated_world;
using mc::tests::small_world;

namespace {

/// A bot in a simulation, from its start until it is stopped.
struct waiting_bot {
  waiting_bot(simulated_world& with, mc::client_options options)
      : w(with), bot(w.world.bot_token(), std::move(options)) {
    bot.on_error([this](std::exception_ptr error, const mc::raw_event& event) {
      try {
        std::rethrow_exception(error);
      } catch (const std::exception& e) {
        errors.push_back(std::string(event.name) + ": " + e.what());
      }
    });
  }
  void begin() {
    w.sim.spawn(live());
    REQUIRE(w.sim.run(w.discord().expect_session()));
  }
  mc::task<> live() {
    co_await bot.async_run();
    ended = true;
  }
  void stop() {
    bot.stop();
    w.sim.run_until([&] { return ended; }, 1min);
  }
  void say(mc::user_id who, std::string text) { w.discord().say(who, w.world.general, std::move(text)); }

  simulated_world& w;
  mc::client bot;
  bool ended = false;
  std::vector<std::string> errors;
};

/// Counts what several threads do.
struct tally {
  void add(int tally::* what) {
    const std::lock_guard lock(mutex);
    ++(this->*what);
    changed.notify_all();
  }
  template <class F>
  bool until(F done) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 60s, done);
  }
  std::mutex mutex;
  std::condition_variable changed;
  int asked = 0, answered = 0, streamed = 0, wrong = 0, once = 0;
};

}  // namespace

TEST_CASE("a handler talks with a user while one handler may run, and gives up when nothing comes") {
  simulated_world w;
  auto options = w.options();
  options.max_running_handlers = 1;
  options.order = GENERATE(mc::event_order::concurrent, mc::event_order::per_guild, mc::event_order::per_shard);
  waiting_bot b(w, std::move(options));
  const auto bob = w.discord().add_user("bob");
  w.discord().join(w.world.home, bob);
  std::vector<std::string> log;
  const auto starts = [](const mc::message_create& event) { return event.message.content == "!name"; };
  b.bot.on<mc::message_create>(
      mc::in_channel(w.world.general) && starts, [&](const mc::message_create& event) -> mc::task<> {
        const auto who = event.message.author.id;
        const auto answer =
            co_await b.bot.next<mc::message_create>(mc::in_channel(w.world.general) && mc::from_user(who), 10s);
        log.push_back(who.str() + (answer ? " is " + answer->message.content : " says nothing"));
      });
  b.begin();
  b.say(w.world.alice, "!name");
  b.say(bob, "!name");
  w.sim.run_for(1s);
  CHECK(b.bot.event_counters().handlers_waiting == 2);
  b.say(w.world.alice, "Alice");
  w.sim.run_for(20s);
  CHECK(log == std::vector<std::string>{w.world.alice.str() + " is Alice", bob.str() + " says nothing"});
  CHECK(b.errors.empty());
  b.stop();
}

TEST_CASE("stop ends who waits for an event at once, and the next process is given the event that led there") {
  simulated_world w;
  auto options = w.options();
  options.session_store = mc::make_memory_session_store();
  options.resume_with_cold_cache = true;
  options.drain_timeout = 10s;
  int begun = 0, done = 0;
  const auto talk = [&](waiting_bot& b) {
    return [&begun, &done, &b](const mc::message_create& event) -> mc::task<> {
      if (event.message.content != "question") co_return;
      ++begun;
      const auto answer = co_await b.bot.next<mc::message_create>(
          [](const auto& next) { return next.message.content == "answer"; }, 1h);
      if (answer) ++done;
    };
  };
  {
    waiting_bot b(w, options);
    b.bot.on<mc::message_create>(talk(b));
    b.begin();
    b.say(w.world.alice, "question");
    w.sim.run_for(1s);
    const auto since = w.sim.elapsed();
    b.stop();
    CHECK(w.sim.elapsed() - since < 9s);  // not the drain's end
    CHECK(begun == 1);
    CHECK(b.errors.empty());
  }
  waiting_bot b(w, options);
  b.bot.on<mc::message_create>(talk(b));
  b.begin();
  w.sim.run_for(1s);
  CHECK(w.discord().counters().resumed == 1);
  CHECK(begun == 2);
  b.say(w.world.alice, "answer");
  w.sim.run_for(1s);
  CHECK(done == 1);
  b.stop();
}

TEST_CASE("an event that the intents never bring is refused where it is waited for") {
  simulated_world w;
  waiting_bot b(w, w.options());
  const auto refused = [](auto call) {
    try {
      call();
    } catch (const mc::error& e) {
      return e.code() == mc::errc::invalid_argument;
    }
    return false;
  };
  CHECK(refused([&] { (void)b.bot.next<mc::typing_start>(); }));
  CHECK(refused([&] { (void)b.bot.events<mc::typing_start>(); }));
  CHECK(refused([&] { (void)b.bot.events<mc::message_create>({.buffer = 0}); }));
  b.begin();
  b.stop();
}

TEST_CASE("a task reads a stream until the client stops") {
  simulated_world w;
  waiting_bot b(w, w.options());
  std::vector<std::string> log;
  b.bot.spawn([&]() -> mc::task<> {
    auto stream = b.bot.events<mc::message_create>(mc::in_guild(w.world.home), {.buffer = 10});
    while (const auto event = co_await stream.next()) {
      log.push_back(event->message.content);
      co_await b.bot.sleep(100ms);
    }
  });
  auto never_read = b.bot.events<mc::message_create>({.buffer = 2});
  b.begin();
  for (int i = 0; i < 5; ++i) b.say(w.world.alice, std::to_string(i));
  w.sim.run_for(2s);
  CHECK(log == std::vector<std::string>{"0", "1", "2", "3", "4"});
  CHECK(never_read.dropped() == 3);
  b.stop();
  CHECK(never_read.ended());
  CHECK(log.size() == 5);
  CHECK(b.errors.empty());
}

TEST_CASE("a stream that a handler reads ends with the client, and the handler with it") {
  simulated_world w;
  waiting_bot b(w, w.options());
  std::vector<std::string> log;
  b.bot.once<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    log.push_back("from " + event.message.content);
    auto stream = b.bot.events<mc::message_create>();
    while (const auto next = co_await stream.next()) log.push_back(next->message.content);
    log.push_back("end");
  });
  b.begin();
  for (int i = 0; i < 3; ++i) {
    b.say(w.world.alice, std::to_string(i));
    w.sim.run_for(100ms);
  }
  const auto since = w.sim.elapsed();
  b.stop();
  CHECK(w.sim.elapsed() - since < 5s);
  CHECK(log == std::vector<std::string>{"from 0", "1", "2", "end"});
}

// --- around handlers -------------------------------------------------------------------------------------------------

TEST_CASE("middleware is around each handler: it sees the event, may skip, and what is thrown passes through") {
  simulated_world w;
  waiting_bot b(w, w.options());
  std::vector<std::string> log;
  const auto other = w.discord().add_guild("other", w.world.alice);
  const auto elsewhere = w.discord().add_text_channel(other, "general");
  b.bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    log.push_back("handler of " + event.message.content);
    co_await b.bot.sleep(10ms);
    if (event.message.content == "bad") throw std::runtime_error("oops");
  });
  b.bot.use([&](const mc::handler_call& call, mc::inner_handler inner) -> mc::task<> {  // measures
    const auto began = w.sim.elapsed();
    try {
      co_await inner();
    } catch (const std::exception& e) {
      log.push_back(std::string("saw ") + e.what());
      throw;
    }
    if (call.event<mc::message_create>() && w.sim.elapsed() - began >= 10ms) log.push_back("took its time");
  });
  b.bot.use([&](const mc::handler_call& call, mc::inner_handler inner) -> mc::task<> {  // lets one tenant in
    const auto* const message = call.event<mc::message_create>();
    if (message && call.ids().guild != w.world.home) {
      CHECK(call.event<mc::ready>() == nullptr);
      CHECK(call.sent().name == "MESSAGE_CREATE");
      CHECK(std::string_view(call.where().file_name()).ends_with("waiting.cpp"));
      log.push_back("skipped " + message->message.content);
      co_return;
    }
    co_await inner();
  });
  b.bot.on<mc::message_create>([](const mc::message_create&) { return false; },
                               [](const mc::message_create&) { FAIL("its filter says no, and nobody is asked"); });
  b.begin();
  w.sim.run_for(100ms);
  log.clear();
  for (const auto* const text : {"good", "bad"}) {
    b.say(w.world.alice, text);
    w.sim.run_for(100ms);
  }
  w.discord().say(w.world.alice, elsewhere, "foreign");
  w.sim.run_for(100ms);
  CHECK(log ==
        std::vector<std::string>{"handler of good", "took its time", "handler of bad", "saw oops", "skipped foreign"});
  CHECK(b.errors == std::vector<std::string>{"MESSAGE_CREATE: oops"});
  b.stop();
}

TEST_CASE("a handler that works for too long is named once, one that waits for an event is not") {
  simulated_world w;
  auto options = w.options();
  options.slow_handler = 5s;
  waiting_bot b(w, std::move(options));
  b.bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    const std::string text = event.message.content;
    if (text == "work") co_await b.bot.sleep(20s);
    if (text == "wait") co_await b.bot.next<mc::message_create>(mc::in_channel(mc::channel_id{1}), 20s);
    if (text == "both") {
      co_await b.bot.sleep(4s);
      co_await b.bot.next<mc::message_create>(mc::in_channel(mc::channel_id{1}), 4s);
      co_await b.bot.sleep(4s);
    }
  });
  b.begin();
  b.say(w.world.alice, "wait");
  b.say(w.world.alice, "both");
  b.say(w.world.alice, "quick");
  w.sim.run_for(30s);
  CHECK(b.bot.event_counters().slow_handlers == 0);
  b.say(w.world.alice, "work");
  w.sim.run_for(30s);
  CHECK(b.bot.event_counters().slow_handlers == 1);
  const auto text = w.world.log.text();
  const auto at = text.find("a handler of MESSAGE_CREATE, registered at ");
  REQUIRE(at != std::string::npos);
  CHECK(text.find("waiting.cpp:", at) < text.find("works for longer than 5000 ms", at));
  CHECK(text.find("works for longer than", text.find("works for longer than", at) + 1) == std::string::npos);
  b.stop();
}

// --- threads ---------------------------------------------------------------------------------------------------------

TEST_CASE("handlers on a thread pool wait for each other's events, read streams, and are stopped in the middle") {
  small_world w({});
  auto options = w.options();
  options.threads = 4;
  options.log = mc::log_level::warning;
  options.max_running_handlers = 4;
  options.order = GENERATE(mc::event_order::concurrent, mc::event_order::per_guild);
  mc::client bot(w.bot_token(), std::move(options));
  tally all;
  bot.on_error([&](std::exception_ptr, const mc::raw_event&) { all.add(&tally::wrong); });
  const auto is_question = [](const mc::message_create& event) { return event.message.content.starts_with("?"); };
  bot.on<mc::message_create>(mc::in_guild(w.home) && is_question, [&](const mc::message_create& event) -> mc::task<> {
    const std::string wanted = "!" + event.message.content.substr(1);
    const auto is_answer = [wanted](const mc::message_create& next) { return next.message.content == wanted; };
    auto answer = bot.next<mc::message_create>(mc::in_channel(event.message.channel_id) && is_answer, 60s);
    all.add(&tally::asked);
    const auto got = co_await std::move(answer);
    if (!got || got->message.content != wanted) all.add(&tally::wrong);
    all.add(&tally::answered);
  });
  bot.once<mc::message_create>(mc::in_guild(w.home), [&](const mc::message_create&) { all.add(&tally::once); });
  bot.use([](const mc::handler_call&, mc::inner_handler inner) -> mc::task<> { co_await inner(); });
  auto stream = bot.events<mc::message_create>(mc::in_guild(w.home));
  bot.spawn([&]() -> mc::task<> {
    while (co_await stream.next()) all.add(&tally::streamed);
  });
  auto life = std::async(std::launch::async, [&] { return bot.run(); });
  REQUIRE(w.discord.wait_session());
  constexpr int pairs = 60;
  for (int i = 0; i < pairs; ++i) w.discord.say(w.alice, w.general, "?" + std::to_string(i));
  REQUIRE(all.until([&] { return all.asked == pairs; }));  // although four may run
  for (int i = pairs / 2; i < pairs; ++i) w.discord.say(w.alice, w.general, "!" + std::to_string(i));
  CHECK(all.until([&] { return all.answered == pairs / 2 && all.streamed == pairs + pairs / 2; }));
  CHECK(all.once == 1);
  const auto since = std::chrono::steady_clock::now();
  bot.stop();
  CHECK(life.get() == 0);
  CHECK(std::chrono::steady_clock::now() - since < 9s);
  CHECK(all.answered == pairs / 2);
  CHECK(all.wrong == 0);
  CHECK(bot.event_counters().handlers_running == 0);
}
