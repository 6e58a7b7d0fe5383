// SPDX-License-Identifier: MIT
// Whether the system looks after a connection on which nothing goes.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "net/network.hpp"
#include "support/catch.hpp"

namespace monochord::net_test {
namespace {

using namespace std::chrono_literals;

/// When the kernel looks next whether the other side of this machine's connection between these ports lives (field `tr`
/// is 2); the unit is 1/100 s. Nothing where it does not.
std::optional<duration> looks_after(std::uint16_t from, std::uint16_t to) {
  std::ifstream table("/proc/self/net/tcp");
  for (std::string line; std::getline(table, line);) {
    unsigned local = 0, remote = 0, timer = 0;
    unsigned long when = 0;
    const char* const form = "%*d: %*8x:%4x %*8x:%4x %*x %*x:%*x %2x:%8lx";
    if (std::sscanf(line.c_str(), form, &local, &remote, &timer, &when) != 4 || local != from || remote != to) continue;
    if (timer != 2) return std::nullopt;
    return std::chrono::milliseconds{when * 10};
  }
  return std::nullopt;
}

std::uint16_t port_of(const net::byte_stream& of) {
  const std::string peer = of.peer();
  return static_cast<std::uint16_t>(std::stoul(peer.substr(peer.rfind(':') + 1)));
}

task<> accept_one(net::listener& from, boost::asio::any_io_executor on, std::unique_ptr<net::byte_stream>& into) {
  into = co_await from.accept(on);
}
task<> connect_one(net::network& over, boost::asio::any_io_executor on, std::uint16_t port,
                   std::unique_ptr<net::byte_stream>& into) {
  const auto time = system_clock();
  into = co_await over.connect(on, "127.0.0.1", port, *time, time->now() + 10s);
}

}  // namespace

TEST_CASE("who asks for it has the system look after a silent connection, and end it in time") {
  boost::asio::io_context loop(1);
  const auto transport = net::tcp_network();
  const auto listening = transport->listen(loop.get_executor(), "127.0.0.1", 0);
  std::unique_ptr<net::byte_stream> here, there;
  boost::asio::co_spawn(loop, accept_one(*listening, loop.get_executor(), there), boost::asio::detached);
  boost::asio::co_spawn(loop, connect_one(*transport, loop.get_executor(), listening->port(), here),
                        boost::asio::detached);
  loop.run();
  REQUIRE(here);
  REQUIRE(there);
  const std::uint16_t from = port_of(*there), to = listening->port();
  const auto as_it_likes = looks_after(from, to);
  REQUIRE(as_it_likes);
  here->notice_silence(45s);
  const auto asked_for = looks_after(from, to);
  REQUIRE(asked_for);
  CHECK(*asked_for > 5s);
  CHECK(*asked_for <= 15s);  // and twice more before it ends the connection
}

}  // namespace monochord::net_test
