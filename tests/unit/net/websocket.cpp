// SPDX-License-Identifier: MIT
#include "loop.hpp"
#include "support/catch.hpp"

namespace monochord::net_test {
namespace {

task<> say_and_hear(stage& on, std::string text) {
  auto socket = co_await on.connect();
  co_await socket->write_text(text);
  const auto heard = co_await socket->read();
  CHECK(!heard.binary);
  CHECK(heard.data == text);
  co_await socket->close(1000, "bye");
  CHECK(!socket->is_open());
  CHECK(socket->end().code == 1000);
}

TEST_CASE("a websocket echoes over TLS and without, small and large") {
  for (const bool encrypted : {false, true}) {
    for (const std::size_t size : {0U, 5U, 4096U, 4097U, 70'000U, 3'000'000U}) {
      stage on(encrypted);
      on.handlers.on_websocket = echo;
      on.serve();
      on.sim.run(say_and_hear(on, std::string(size, 'x')));
      on.sim.run(on.server->stop());
      CHECK(on.server->counters().upgrades == 1);
    }
  }
}

}  // namespace
}  // namespace monochord::net_test
