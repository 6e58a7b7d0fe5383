// SPDX-License-Identifier: MIT
// What a client refuses, or is refused, ends with a typed error that says what to do, and without a second try.
#include <monochord/model/events.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::simulated_world;

namespace {

/// Runs a client to its end and gives what it threw.
mc::result<void> outcome(simulated_world& w, mc::client& bot) { return w.sim.run(mc::as_result(bot.async_run()), 1h); }

mc::errc code_of(const mc::result<void>& end) {
  const auto* error = end.error_as<mc::error>();
  return error && error->code().category() == mc::monochord_category() ? static_cast<mc::errc>(error->code().value()) : mc::errc{};
}

}  // namespace

TEST_CASE("an empty token is refused at once, with where to get one") {
  CHECK_THROWS_WITH((mc::client{mc::token{}, mc::client_options{}}), Catch::Contains("https://discord.com/developers/applications"));
}

TEST_CASE("addresses that cannot be used are refused when the client is made") {
  const auto make = [](std::string rest_url, std::string gateway_url = {}) {
    mc::client_options options;
    options.rest_url = std::move(rest_url);
    options.gateway_url = std::move(gateway_url);
    mc::client bot(mc::token{"t"}, std::move(options));
  };
  CHECK_THROWS_WITH(make("http://discord.example/api/v10"), Catch::Contains("not encrypted") && Catch::Contains("allow_plain"));
  CHECK_THROWS_WITH(make("https://discord.example/api/v10", "ws://discord.example"), Catch::Contains("not encrypted") && Catch::Contains("allow_plain"));
  CHECK_THROWS_WITH(make("ftp://discord.example"), Catch::Contains("the scheme must be http, https, ws or wss"));
  CHECK_THROWS_WITH(make("https://discord.example/api/v10", "https://discord.example"), Catch::Contains("wss://"));
  CHECK_NOTHROW(make("http://127.0.0.1:1/api/v10"));
}

TEST_CASE("a CA file that is not there is named") {
  mc::client_options options;
  options.ca_file = "/nonexistent/ca.pem";
  CHECK_THROWS_WITH((mc::client{mc::token{"t"}, options}), Catch::Contains("/nonexistent/ca.pem"));
}

TEST_CASE("an authority that is not trusted is refused, not retried") {
  simulated_world w;
  simulated_world other;
  auto options = w.options();
  options.ca_file = other.discord().ca_file();
  mc::client bot(w.world.bot_token(), std::move(options));
  const auto end = outcome(w, bot);
  CHECK(code_of(end) == mc::errc::certificate_refused);
  CHECK(w.sim.elapsed() < 10s);
  CHECK(w.discord().counters().requests == 0);
}

TEST_CASE("a token that Discord does not know is a typed error from REST") {
  simulated_world w;
  mc::client bot(mc::token{"not-the-token-of-this-bot"}, w.options());
  const auto end = outcome(w, bot);
  CHECK(code_of(end) == mc::errc::token_rejected);
  REQUIRE(end.error_as<mc::rest_error>() != nullptr);
  CHECK(end.error_as<mc::rest_error>()->status() == 401);
  CHECK_THAT(end.error_text(), Catch::Contains("reset it at https://discord.com/developers"));
  CHECK_THAT(end.error_text(), !Catch::Contains("not-the-token-of-this-bot"));
  CHECK(w.discord().counters().requests == 1);
}

TEST_CASE("close codes that forbid reconnecting end the client with a gateway_error") {
  const int code = GENERATE(4004, 4010, 4011, 4012, 4013, 4014);
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  const auto act = [&]() -> mc::task<> {
    co_await w.discord().expect_session();
    w.discord().disconnect(mc::testing::disconnect_how::close_frame, static_cast<std::uint16_t>(code));
  };
  w.sim.spawn(act());
  const auto end = outcome(w, bot);
  const auto* error = end.error_as<mc::gateway_error>();
  REQUIRE(error != nullptr);
  CHECK(error->close_code() == code);
  CHECK(error->code() == (code == 4004 ? mc::errc::token_rejected : mc::errc::gateway_fatal));
  w.sim.run_for(10min);
  CHECK(w.discord().counters().connections == 1);
}

TEST_CASE("a handler of an event that never comes with the intents asked for is refused by name, nothing is sent") {
  simulated_world w;
  auto options = w.options();
  options.intents = mc::intent::guilds;
  mc::client bot(w.world.bot_token(), options);
  bot.on<mc::guild_create>([](const mc::guild_create&) {});
  bot.on<mc::interaction_create>([](const mc::interaction_create&) {});
  const auto id = bot.on<mc::message_create>([](const mc::message_create&) {});
  const auto end = outcome(w, bot);
  REQUIRE_FALSE(end.has_value());
  CHECK_THAT(end.error_text(), Catch::Contains("MESSAGE_CREATE") && Catch::Contains("guild_messages or direct_messages") &&
                                   Catch::Contains("client_options::intents"));
  CHECK(w.discord().counters().requests == 0);
  bot.off(id);
  w.sim.spawn(bot.async_run());
  REQUIRE(w.sim.run(w.discord().expect_session()));
  bot.stop();
}

TEST_CASE("a privileged intent that is not switched on is refused by name") {
  mc::testing::mock_options mock;
  mock.allowed_privileged_intents = 0;
  simulated_world w(mock);
  mc::client bot(w.world.bot_token(), w.options());
  const auto end = outcome(w, bot);
  const auto* error = end.error_as<mc::gateway_error>();
  REQUIRE(error != nullptr);
  CHECK(error->close_code() == 4014);
  CHECK_THAT(end.error_text(), Catch::Contains("intent") && Catch::Contains("discord.com/developers"));
  CHECK(w.discord().counters().identifies == 0);
}

TEST_CASE("a client runs once, and run() is refused on somebody else's executor") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  CHECK_THROWS_WITH(bot.run(), Catch::Contains("async_run"));
  bot.stop();
  CHECK(outcome(w, bot).has_value());
  CHECK(code_of(outcome(w, bot)) == mc::errc::invalid_argument);
}

TEST_CASE("stop ends a client in time that has not learnt the gateway's address yet") {
  simulated_world w;
  mc::testing::mock_faults faults;
  faults.rest = {{.what = mc::testing::rest_fault::kind::late, .times = 1000, .delay = std::chrono::hours{1}}};
  w.discord().set_faults(faults);
  mc::client bot(w.world.bot_token(), w.options());
  bool ended = false;
  const auto live = [&]() -> mc::task<> {
    co_await bot.async_run();
    ended = true;
  };
  w.sim.spawn(live());
  w.sim.run_for(5s);
  REQUIRE(w.discord().counters().requests == 1);
  bot.stop();
  w.sim.run_for(2s);
  CHECK(ended);
}

TEST_CASE("an answer that is not Discord's is waited out at the start") {
  simulated_world w;
  mc::testing::mock_faults faults;
  faults.rest = {{.what = mc::testing::rest_fault::kind::status, .times = 2, .status = 200, .body = "<html>log in to the Wi-Fi</html>"}};
  w.discord().set_faults(faults);
  mc::client bot(w.world.bot_token(), w.options());
  const auto live = [&]() -> mc::task<> { co_await bot.async_run(); };
  w.sim.spawn(live());
  CHECK(w.sim.run(w.discord().expect_session(0, 1min)));
  bot.stop();
  w.sim.settle();
}
