// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "support/catch.hpp"
#include "unit/net/loop.hpp"

// Requests that are cancelled, or lose their connection, after every number of turns of the simulation.
namespace monochord::net_test {

using request_handler = decltype(net::server_handlers::on_request);
using pool_work = std::function<task<failure>(net::http_pool&)>;

/// Runs `work` over the only connection of a pool and cancels it after each number of turns, until it ends before that:
/// it must end at once, and what comes next must find everything as it was. Gives how many turns that were.
inline int cancel_at_every_turn(const request_handler& serve, const pool_work& work) {
  int turns = 0;
  for (bool cancelled = true; cancelled; ++turns) {
    INFO("turn " << turns);
    stage on;
    on.handlers.on_request = serve;
    on.http_options.max_connections = 1;
    on.serve();
    const auto pool = on.pool();
    failure seen;
    cancelled = run_cancelled_after(on.sim, turns, work(*pool), seen);
    CHECK((!seen.code || (cancelled && (seen.code == errc::cancelled || seen.code == boost::asio::error::operation_aborted))));
    CHECK(on.sim.elapsed() == 0s);
    const net::http_request next("GET", "/next");
    CHECK(on.sim.run(pool->send(next)).status == 200);  // the only connection's place came back
    on.sim.run(pool->close());
    CHECK(pool->open_connections() == 0);
    on.sim.run(on.server->stop());
    CHECK(on.network.open_connections() == 0);
  }
  return turns;
}

/// Runs `work` and breaks its connection after each number of turns, until it ends before that: it must end in time, with
/// a typed error or none. `afterwards` looks at what is left. Gives how many turns that were.
inline int break_at_every_turn(bool stalls, duration in_time, const request_handler& serve, const pool_work& work,
                               const std::function<void(stage&, net::http_pool&)>& afterwards = {}) {
  int turns = 0;
  for (bool struck = true; struck; ++turns) {
    INFO("turn " << turns << (stalls ? " stalled" : " reset"));
    stage on;
    on.handlers.on_request = serve;
    on.serve();
    const auto pool = on.pool();
    std::optional<failure> seen;
    const auto run = [](task<failure> begun, std::optional<failure>& into) -> task<> { into = co_await std::move(begun); };
    on.sim.spawn(run(work(*pool), seen));
    int count = 0;
    on.sim.run_until([&] { return seen || count++ == turns; });
    struck = !seen;
    if (stalls) on.network.stall_all();
    else on.network.reset_all();
    on.sim.run_until([&] { return seen.has_value(); });
    if (seen->code) CHECK((seen->code == errc::closed || seen->code == errc::tls_failed || seen->code == errc::timeout));
    CHECK(on.sim.elapsed() <= in_time);
    if (afterwards) afterwards(on, *pool);
  }
  return turns;
}

}  // namespace monochord::net_test
