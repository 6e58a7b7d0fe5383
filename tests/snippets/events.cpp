// SPDX-License-Identifier: MIT
// The code of docs/events.md: regions between the marks stand there word for word.
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <monochord/dispatch/middleware.hpp>
#include <monochord/model/events.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using mc::tests::simulated_world;

namespace {

/// Runs a bot, does something once its session is there, and ends it.
void with_bot(simulated_world& w, mc::client& bot, const std::function<void()>& act) {
  bool ended = false;
  const auto live = [&]() -> mc::task<> {
    co_await bot.async_run();
    ended = true;
  };
  w.sim.spawn(live());
  REQUIRE(w.sim.run(w.discord().expect_session()));
  act();
  w.sim.run_for(std::chrono::seconds{1});
  bot.stop();
  w.sim.run_until([&] { return ended; });
}

std::string slow_database() { return "42 rows"; }

}  // namespace

TEST_CASE("how an event was sent, and events as they were sent") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  std::vector<std::string> lines;
  //! [sent]
  bot.on<mc::message_create>([&](const mc::message_create& event, const mc::raw_event& sent) {
    lines.push_back("shard " + std::to_string(sent.shard_id) + ", event " + std::to_string(sent.sequence) + ": " + event.message.content);
  });
  //! [sent]
  //! [raw]
  bot.on_raw([&](const mc::raw_event& sent) {
    if (sent.name == "BRAND_NEW_EVENT") lines.push_back("new: " + std::string(sent.data));
  });
  //! [raw]
  with_bot(w, bot, [&] {
    w.discord().say(w.world.alice, w.world.general, "hi");
    w.discord().send_event("BRAND_NEW_EVENT", R"({"a":[1,2]})");
  });
  CHECK(lines == std::vector<std::string>{"shard 0, event 3: hi", R"(new: {"a":[1,2]})"});
}

TEST_CASE("handlers of some events only, and of one") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  std::vector<std::string> lines;
  const auto home = w.world.home;
  const auto general = w.world.general;
  const auto owner = w.world.alice;
  //! [filters]
  bot.on<mc::message_create>(mc::in_channel(general) && mc::from_user(owner), [&](const mc::message_create& event) {
    lines.push_back("the owner says " + event.message.content);
  });
  const auto is_command = [](const mc::message_create& event) { return event.message.content.starts_with("!"); };
  bot.on<mc::message_create>(mc::in_guild(home) && is_command, [&](const mc::message_create& event) {
    lines.push_back("a command: " + event.message.content);
  });
  //! [filters]
  //! [once]
  bot.once<mc::message_create>(mc::in_guild(home), [&](const mc::message_create& event) {
    lines.push_back("the first message: " + event.message.content);
  });
  //! [once]
  with_bot(w, bot, [&] {
    w.discord().say(w.world.alice, w.world.general, "hi");
    w.sim.settle();
    w.discord().say(w.discord().add_user("bob"), w.world.general, "!roll");
  });
  CHECK(lines == std::vector<std::string>{"the owner says hi", "the first message: hi", "a command: !roll"});
}

TEST_CASE("a conversation, and a stream of events") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  std::vector<std::string> lines;
  const auto home = w.world.home;
  //! [next]
  bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    if (event.message.content != "!name") co_return;
    const auto channel = event.message.channel_id;
    const auto from_them = mc::in_channel(channel) && mc::from_user(event.message.author.id);
    auto answer = bot.next<mc::message_create>(from_them, std::chrono::seconds{30});
    co_await bot.rest().create_message(channel, {.content = "What is your name?"});
    const auto said = co_await std::move(answer);
    const std::string text = said ? "Hello " + said->message.content : std::string("Too late!");
    co_await bot.rest().create_message(channel, {.content = text});
  });
  //! [next]
  //! [stream]
  bot.spawn([&]() -> mc::task<> {
    auto stream = bot.events<mc::message_create>(mc::in_guild(home), {.buffer = 500});
    while (const auto event = co_await stream.next()) {
      lines.push_back(event->message.content);
      co_await bot.sleep(std::chrono::milliseconds{10});  // say, a row of a database
    }
  });
  //! [stream]
  with_bot(w, bot, [&] {
    w.discord().say(w.world.alice, w.world.general, "!name");
    w.sim.run_for(std::chrono::seconds{1});
    const auto asked = w.discord().say(w.world.alice, w.world.general, "Alice");
    const auto reply = w.sim.run(w.discord().expect_reply(asked));
    REQUIRE(reply);
    CHECK(reply->content == "Hello Alice");
  });
  CHECK(lines == std::vector<std::string>{"!name", "What is your name?", "Alice", "Hello Alice"});
}

TEST_CASE("order, overflow and middleware") {
  simulated_world w;
  const auto connection = w.options();
  //! [order]
  mc::client_options options;
  options.order = mc::event_order::per_guild;
  options.max_queued_events = 5'000;
  options.overflow = mc::drop_oldest<mc::presence_update, mc::typing_start>();
  //! [order]
  auto used = connection;
  used.order = options.order;
  used.max_queued_events = options.max_queued_events;
  used.overflow = options.overflow;
  mc::client bot(w.world.bot_token(), used);
  std::vector<std::string> lines;
  const auto tenant = w.world.home;
  //! [middleware]
  bot.use([&](const mc::handler_call& call, mc::inner_handler handler) -> mc::task<> {
    const auto began = bot.clock().now();
    co_await handler();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(bot.clock().now() - began);
    lines.push_back(std::string(call.sent().name) + " took " + std::to_string(took.count()) + " ms");
  });
  bot.use([&](const mc::handler_call& call, mc::inner_handler handler) -> mc::task<> {
    if (call.ids().guild == tenant) co_await handler();  // nobody else is served
  });
  //! [middleware]
  bot.on<mc::message_create>([&](const mc::message_create&) -> mc::task<> { co_await bot.sleep(std::chrono::milliseconds{20}); });
  with_bot(w, bot, [&] { w.discord().say(w.world.alice, w.world.general, "hi"); });
  CHECK(lines == std::vector<std::string>{"MESSAGE_CREATE took 20 ms"});
}

TEST_CASE("joins, leaves and the end of the start") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  std::vector<std::string> lines;
  //! [guilds]
  bot.on<mc::guild_join>([&](const mc::guild_join& event) -> mc::task<> {
    if (const auto place = event.guild.system_channel_id)
      co_await bot.rest().create_message(*place, {.content = "Hello! I was just added."});
  });
  bot.on<mc::guild_leave>([&](const mc::guild_leave& event) { lines.push_back("forget " + event.guild.id.str()); });
  bot.on<mc::all_ready>([&](const mc::all_ready& now) {
    lines.push_back(std::to_string(now.guilds) + " guilds, " + std::to_string(now.missing_guilds) + " of them unavailable");
  });
  //! [guilds]
  bot.on_error([](std::exception_ptr, const mc::raw_event& event) { FAIL_CHECK(event.name); });
  with_bot(w, bot, [&] {
    w.sim.run_for(std::chrono::seconds{1});
    const auto second = w.discord().add_guild("second", w.world.alice);
    w.sim.run_for(std::chrono::seconds{1});
    w.discord().remove_bot(second);
    w.sim.run_for(std::chrono::seconds{1});
    CHECK(lines == std::vector<std::string>{"1 guilds, 0 of them unavailable", "forget " + second.str()});
  });
}

TEST_CASE("errors of handlers, and calls that block") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  std::vector<std::string> lines;
  //! [errors]
  bot.on_error([&](std::exception_ptr error, const mc::raw_event& event) {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      lines.push_back("a handler of " + std::string(event.name) + ": " + e.what());
    }
  });
  //! [errors]
  bot.on<mc::message_create>([](const mc::message_create&) { throw std::runtime_error("oops"); });
  //! [blocking]
  bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    if (event.message.content != "!report") co_return;
    const auto channel = event.message.channel_id;
    const std::string text = co_await mc::run_blocking([&] { return slow_database(); });
    co_await bot.rest().create_message(channel, {.content = text});
  });
  //! [blocking]
  with_bot(w, bot, [&] {
    const auto asked = w.discord().say(w.world.alice, w.world.general, "!report");
    const auto reply = w.sim.run(w.discord().expect_reply(asked));
    REQUIRE(reply);
    CHECK(reply->content == "42 rows");
  });
  REQUIRE_FALSE(lines.empty());
  CHECK(lines[0] == "a handler of MESSAGE_CREATE: oops");
}
