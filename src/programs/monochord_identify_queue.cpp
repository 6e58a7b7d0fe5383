// SPDX-License-Identifier: MIT
// An identify queue for the shards of many processes. It prints one line of JSON when it is ready.
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <monochord/gateway/network_identify_queue.hpp>
#include <monochord/gateway/session_store.hpp>
#include <monochord/model/gateway.hpp>
#include <monochord/monochord.hpp>
#include <monochord/rest/gateway.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include "core/descriptor_limit.hpp"

namespace mc = monochord;

namespace {

constexpr const char* usage = R"(usage: monochord-identify-queue [options]

  --address A          listen there (default: 127.0.0.1)
  --port N             ... on this port (default: 8091; 0: any free one)
  --certificate FILE   TLS with this chain (PEM), and
  --key FILE           its key
  --allow-plain        listen without TLS on an address that is not loopback
  --store FILE         keep the day's session starts there, over restarts
  --max-concurrency N  session_start_limit of GET /gateway/bot; what is not given is asked of Discord
  --remaining N        if DISCORD_TOKEN is set, else 1, as many as the total, 1000 and 24 h;
  --total N            --remaining is one of a total, which has to be given or asked for
  --reset-after S      seconds
  --max-waiting N      shards that may wait at the same time (default: 4000); each is an open file
  --help

Environment: MONOCHORD_QUEUE_SECRET is what clients have to send; DISCORD_TOKEN is the bot's token, to ask for its limits at the
start; MONOCHORD_REST_URL and MONOCHORD_CA_FILE say where to ask; MONOCHORD_LOG is trace, debug, info, warning, error or off.
)";

/// A wrong command line; the text says what is wrong.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct settings {
  mc::identify_queue_server_options server;
  std::string store;
  std::optional<int> max_concurrency, remaining, total;
  std::optional<std::chrono::seconds> reset_after;
};

int number(const std::string& text, long low, long high) {
  char* end = nullptr;
  const long value = std::strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || value < low || value > high)
    throw usage_error("\"" + text + "\" is no number from " + std::to_string(low) + " to " + std::to_string(high));
  return static_cast<int>(value);
}

settings read_arguments(int argc, char** argv) {
  settings out;
  out.server.port = 8091;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto value = [&]() -> std::string {
      if (i + 1 >= argc) throw usage_error(name + " needs a value");
      return argv[++i];
    };
    if (name == "--address")
      out.server.address = value();
    else if (name == "--port")
      out.server.port = static_cast<std::uint16_t>(number(value(), 0, 65535));
    else if (name == "--certificate")
      out.server.certificate_file = value();
    else if (name == "--key")
      out.server.key_file = value();
    else if (name == "--allow-plain")
      out.server.allow_plain = true;
    else if (name == "--store")
      out.store = value();
    else if (name == "--max-concurrency")
      out.max_concurrency = number(value(), 1, 1'000'000);
    else if (name == "--remaining")
      out.remaining = number(value(), 0, 1'000'000'000);
    else if (name == "--total")
      out.total = number(value(), 1, 1'000'000'000);
    else if (name == "--reset-after")
      out.reset_after = std::chrono::seconds{number(value(), 0, 24 * 3600)};
    else if (name == "--max-waiting")
      out.server.max_waiting = static_cast<std::size_t>(number(value(), 1, 60'000));
    else
      throw usage_error("unknown option " + name);
  }
  return out;
}

/// Each connection is a descriptor: the soft limit is raised for as many as may come, the hard one is the administrator's.
/// Whoever comes when there is none left would be kept out without a word. Throws `usage_error`.
void make_room_for(std::size_t max_waiting) {
  constexpr std::uint64_t others = 512;  // connections that do not wait, files, pipes
  const std::uint64_t wanted = max_waiting + others;
  try {
    mc::detail::provide_descriptors({std::to_string(max_waiting) + " shards that wait", wanted, wanted});
  } catch (const mc::descriptor_error& e) {
    throw usage_error(std::string(e.what()) + ", or let fewer wait (--max-waiting)");
  }
}

/// What Discord says of the bot's limits. Throws as the call does.
mc::session_start_limit ask_discord(mc::token bot_token, mc::client_options options) {
  boost::asio::io_context loop;
  options.executor = loop.get_executor();
  mc::client bot(std::move(bot_token), std::move(options));
  mc::gateway_bot_info found;
  std::exception_ptr failed;
  const auto ask = [](mc::client& of, mc::gateway_bot_info& into) -> mc::task<> {
    into = co_await of.rest().get_gateway_bot();
  };
  boost::asio::co_spawn(loop, ask(bot, found), [&](std::exception_ptr error) {
    failed = std::move(error);
    loop.stop();  // kept connections would hold the loop for a while
  });
  loop.run();
  if (failed) std::rethrow_exception(failed);
  return found.session_start_limit;
}

mc::identify_queue_options limits_of(const settings& with, const mc::client_options& discord) {
  mc::identify_queue_options out;
  const char* const token = std::getenv("DISCORD_TOKEN");
  const bool asks = token && *token;
  if (with.remaining && !with.total && !asks)
    throw usage_error("--remaining needs --total, or DISCORD_TOKEN to ask Discord for it");
  const bool all_given = with.max_concurrency && with.remaining && with.total && with.reset_after;
  if (asks && !all_given) {
    const auto limit = ask_discord(mc::token_from_env("DISCORD_TOKEN"), discord);
    out.max_concurrency = std::max(limit.max_concurrency, 1);
    out.remaining = limit.remaining;
    out.total = limit.total;
    out.reset_after = std::chrono::milliseconds{limit.reset_after};
  }
  if (with.max_concurrency) out.max_concurrency = *with.max_concurrency;
  if (with.total) out.total = *with.total;
  if (with.remaining && *with.remaining > out.total)
    throw usage_error("--remaining " + std::to_string(*with.remaining) + " is more than the total, " + std::to_string(out.total));
  // Of a total that was only given, none is used up; what Discord has left holds otherwise.
  out.remaining = with.remaining ? *with.remaining : asks ? std::min(out.remaining, out.total) : out.total;
  if (with.reset_after) out.reset_after = *with.reset_after;
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (std::string(argv[i]) == "--help") return std::fputs(usage, stdout), 0;
  // Before any thread is made, so that all of them leave these signals to the descriptor.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  const int signals = ::signalfd(-1, &ends, SFD_CLOEXEC);
  try {
    settings with = read_arguments(argc, argv);
    make_room_for(with.server.max_waiting);
    const auto environment = mc::options_from_env();
    with.server.log = environment.log;
    with.server.queue = limits_of(with, environment);
    if (std::getenv("MONOCHORD_QUEUE_SECRET")) with.server.secret = mc::token_from_env("MONOCHORD_QUEUE_SECRET");
    if (!with.store.empty()) with.server.store = mc::make_file_session_store(with.store);
    mc::identify_queue_server server(with.server);
    server.start();
    std::printf("{\"ready\":true,\"url\":\"%s\",\"max_concurrency\":%d}\n", server.url().c_str(),
                with.server.queue.max_concurrency);
    std::fflush(stdout);
    signalfd_siginfo arrived;
    while (::read(signals, &arrived, sizeof arrived) < 0 && errno == EINTR) {
    }
    server.stop();
    return 0;
  } catch (const usage_error& e) {
    std::fprintf(stderr, "monochord-identify-queue: %s\n%s", e.what(), usage);
    return 2;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "monochord-identify-queue: %s\n", e.what());
    return 1;
  }
}
