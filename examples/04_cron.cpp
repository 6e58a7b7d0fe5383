// SPDX-License-Identifier: MIT
// A program that only calls REST, without a gateway: `04_cron CHANNEL_ID "text"` posts a message and ends, for cron jobs.
#include <monochord/monochord.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>

namespace mc = monochord;

mc::task<> post(mc::rest_client& rest, mc::channel_id channel, std::string text) {
  const auto sent = co_await rest.create_message(channel, {.content = text});
  std::printf("posted %s\n", sent.id.str().c_str());
}

int main(int argc, char** argv) try {
  const auto channel = argc == 3 ? mc::channel_id::parse(argv[1]) : mc::channel_id{};
  if (!channel) {
    std::fprintf(stderr, "usage: 04_cron CHANNEL_ID TEXT\n");
    return 2;
  }
  boost::asio::io_context loop;
  auto options = mc::options_from_env();
  options.executor = loop.get_executor();  // a loop of our own instead of run(), which would connect to the gateway
  mc::client bot{mc::token_from_env("DISCORD_TOKEN"), options};

  std::exception_ptr failed;
  boost::asio::co_spawn(loop, post(bot.rest(), channel, argv[2]), [&](std::exception_ptr error) {
    failed = error;
    loop.stop();  // kept connections would hold the loop for a while
  });
  loop.run();
  if (failed) std::rethrow_exception(failed);
  return 0;
} catch (const mc::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
