// SPDX-License-Identifier: MIT
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>

#include "support/catch.hpp"
#include <monochord/client.hpp>

namespace mc = monochord;

namespace {

/// An environment variable for as long as this lives.
class variable {
 public:
  variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~variable() { ::unsetenv(name_); }
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;

 private:
  const char* name_;
};

}  // namespace

TEST_CASE("the environment points a bot elsewhere without a rebuild") {
  const auto unchanged = mc::options_from_env({.rest_url = "https://mine/api/v10"});
  CHECK(unchanged.rest_url == "https://mine/api/v10");
  CHECK(unchanged.log == mc::log_level::info);

  const variable rest("MONOCHORD_REST_URL", "https://localhost:8443/api/v10");
  const variable gateway("MONOCHORD_GATEWAY_URL", "wss://localhost:8443");
  const variable authority("MONOCHORD_CA_FILE", "ca.pem");
  const variable log("MONOCHORD_LOG", "trace");
  const auto options = mc::options_from_env({.rest_url = "https://mine/api/v10"});
  CHECK(options.rest_url == "https://localhost:8443/api/v10");
  CHECK(options.gateway_url == "wss://localhost:8443");
  CHECK(options.ca_file == "ca.pem");
  CHECK(options.log == mc::log_level::trace);
}

TEST_CASE("a log level that does not exist is refused with those that do") {
  const variable log("MONOCHORD_LOG", "loud");
  CHECK_THROWS_WITH(mc::options_from_env(), Catch::Contains("MONOCHORD_LOG") && Catch::Contains("trace") && Catch::Contains("off"));
}

TEST_CASE("options that can never work are refused when the client is made") {
  mc::client_options options;
  options.max_running_handlers = 0;
  CHECK_THROWS_WITH((mc::client{mc::token{"t"}, options}), Catch::Contains("max_running_handlers"));
}

TEST_CASE("a queue that could hold no event, and a negative time for slow handlers, are refused") {
  mc::client_options options;
  options.max_queued_events = 0;
  CHECK_THROWS_WITH((mc::client{mc::token{"t"}, options}), Catch::Contains("max_queued_events"));
  options.max_queued_events = 1;
  options.slow_handler = std::chrono::milliseconds{-1};
  CHECK_THROWS_WITH((mc::client{mc::token{"t"}, options}), "client_options::slow_handler is negative");
  options.slow_handler = std::chrono::milliseconds::max();
  CHECK_NOTHROW((mc::client{mc::token{"t"}, options}));
}

TEST_CASE("a wait for guilds that is negative is refused") {
  mc::client_options options;
  options.guild_wait = std::chrono::milliseconds{-1};
  CHECK_THROWS_WITH(mc::client(mc::token("x"), options), "client_options::guild_wait is negative");
}

TEST_CASE("async_run without an executor of the user's is refused instead of waiting for ever") {
  mc::client bot(mc::token{"t"}, {});
  boost::asio::io_context mine;
  std::exception_ptr thrown;
  boost::asio::co_spawn(mine, bot.async_run(), [&](std::exception_ptr error) { thrown = std::move(error); });
  mine.run();
  REQUIRE(thrown);
  CHECK_THROWS_WITH(std::rethrow_exception(thrown), Catch::Contains("client_options::executor"));
}

TEST_CASE("a timeout that is longer than time lasts means none") {
  const mc::time_point now{std::chrono::hours{1}};
  CHECK(mc::after(now, std::chrono::milliseconds::max()) == mc::time_point::max());
  CHECK(mc::after(now, mc::duration::max()) == mc::time_point::max());
  CHECK(mc::after(now, std::chrono::hours::max()) == mc::time_point::max());
  CHECK(mc::after(now, std::chrono::seconds{5}) == now + std::chrono::seconds{5});
  CHECK(mc::after(now, std::chrono::seconds{-5}) == now - std::chrono::seconds{5});
  CHECK(mc::after(mc::time_point::max(), std::chrono::milliseconds{0}) == mc::time_point::max());
}
