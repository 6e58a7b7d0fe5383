// SPDX-License-Identifier: MIT
#include <monochord/testing/memory_network.hpp>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <memory>
#include <string>

#include <monochord/testing/simulation.hpp>
#include "net/network.hpp"
#include "support/catch.hpp"

using namespace monochord;
using namespace monochord::testing;
namespace asio = boost::asio;

namespace {

/// A connection in memory, and what its client reads of what its server writes.
struct cable {
  explicit cable(std::size_t buffer_bytes = 64) : memory(buffer_bytes) {
    const auto network = memory.transport();
    const auto listener = network->listen(sim.executor(), "host", 80);
    const auto accept = [&]() -> task<> { server = co_await listener->accept(sim.executor()); };
    sim.spawn(accept());
    client = sim.run(network->connect(sim.executor(), "host", 80, *sim.clock(), sim.clock()->now() + std::chrono::seconds{1}));
    sim.settle();
    REQUIRE(server);
  }
  /// The server writes all of it, as far as it gets.
  void write(std::string_view text) {
    while (!text.empty() && !write_error) {
      std::size_t written = 0;
      bool done = false;
      server->async_write_some(net::const_pieces(std::array{asio::const_buffer(text.data(), text.size())}),
                               [&](error_code error, std::size_t bytes) {
                                 write_error = error;
                                 written = bytes;
                                 done = true;
                               });
      while (!done) read();
      text.remove_prefix(written);
    }
  }
  /// One read of the client; what it gets is in `got`, how it fails in `read_error`.
  void read() {
    if (!reading && !read_error) {
      reading = true;
      client->async_read_some(asio::buffer(into), [this](error_code error, std::size_t bytes) {
        reading = false;
        read_error = error;
        got.append(into.data(), bytes);
      });
    }
    sim.settle();
  }

  simulation sim;
  memory_network memory;
  std::unique_ptr<net::byte_stream> server;
  std::unique_ptr<net::byte_stream> client;
  std::array<char, 16> into{};
  bool reading = false;
  std::string got;
  error_code read_error;
  error_code write_error;
};

}  // namespace

TEST_CASE("a connection that is cut after n bytes delivers exactly n of them") {
  const std::string text(1000, 'x');
  for (const std::size_t n : {0U, 1U, 15U, 16U, 17U, 64U, 65U, 500U, 999U}) {
    INFO(n);
    cable p;
    p.memory.cut_after(n);
    p.write(text);
    while (!p.read_error) p.read();
    CHECK(p.got.size() == n);
    CHECK(p.read_error == asio::error::connection_reset);
    CHECK(p.write_error == asio::error::connection_reset);
    CHECK(p.memory.open_connections() == 0);
  }
  cable whole;
  whole.memory.cut_after(text.size() + 1);
  whole.write(text);
  while (whole.got.size() < text.size()) whole.read();
  CHECK(whole.got == text);
  CHECK(whole.memory.open_connections() == 1);
}

TEST_CASE("what is held back arrives once it is released, and connections that are garbled bring nonsense") {
  cable p;
  p.write("early");
  p.memory.hold_all("host");
  p.write("late");
  p.read();
  const auto before = p.got;
  p.memory.release_all();
  while (p.got.size() < 9) p.read();
  CHECK(before.size() <= 5);
  CHECK(p.got == "earlylate");
  CHECK(p.memory.open_connections() == 1);

  simulation sim;
  memory_network memory;
  const auto network = memory.transport();
  const auto listener = network->listen(sim.executor(), "host", 80);
  for (const bool garbled : {true, false}) {
    memory.garble("host", garbled);
    std::unique_ptr<net::byte_stream> server;
    const auto accept = [&]() -> task<> { server = co_await listener->accept(sim.executor()); };
    sim.spawn(accept());
    const auto client = sim.run(network->connect(sim.executor(), "host", 80, *sim.clock(), sim.clock()->now() + std::chrono::seconds{1}));
    sim.settle();
    REQUIRE(server);
    std::array<char, 16> into{};
    std::size_t got = 0;
    client->async_read_some(asio::buffer(into), [&](error_code, std::size_t bytes) { got = bytes; });
    const std::string text = "text";
    server->async_write_some(net::const_pieces(std::array{asio::const_buffer(text.data(), text.size())}), [](error_code, std::size_t) {});
    sim.settle();
    CHECK((std::string(into.data(), got) == text) == !garbled);
    CHECK(got == text.size());
  }
}
