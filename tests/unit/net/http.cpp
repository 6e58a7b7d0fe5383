// SPDX-License-Identifier: MIT
#include "loop.hpp"
#include "support/catch.hpp"

namespace monochord::net_test {
namespace {

task<net::server_reply> mirror(const net::http_request& request, const net::peer_info&) {
  net::http_response answer(200, "text/plain", request.method + " " + request.target + " " + request.body);
  co_return answer;
}

task<> ask_three_times(net::http_pool& pool) {
  for (int i = 0; i < 3; ++i) {
    net::http_request request("POST", "/channels/" + std::to_string(i));
    request.body = "hello";
    const auto answer = co_await pool.send(request);
    CHECK(answer.status == 200);
    CHECK(answer.body == "POST /channels/" + std::to_string(i) + " hello");
    CHECK(answer.headers.get("content-type") == "text/plain");
  }
}

TEST_CASE("requests reuse one connection") {
  for (const bool encrypted : {false, true}) {
    stage on(encrypted);
    on.handlers.on_request = mirror;
    on.serve();
    const auto pool = on.pool();
    on.sim.run(ask_three_times(*pool));
    CHECK(pool->counters().connections_opened == 1);
    CHECK(pool->counters().connections_reused == 2);
    CHECK(pool->counters().responses == 3);
    CHECK(pool->open_connections() == 1);
    on.sim.run(pool->close());
    CHECK(pool->open_connections() == 0);
    on.sim.run(on.server->stop());
    CHECK(on.server->open_connections() == 0);
  }
}

}  // namespace
}  // namespace monochord::net_test
