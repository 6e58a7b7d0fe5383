// SPDX-License-Identifier: MIT
// Requests that go over an open connection at once, as a coroutine of its own sends them.
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "every_turn.hpp"
#include "loop.hpp"
#include "net/deadline.hpp"
#include "support/catch.hpp"

namespace monochord::net_test {
namespace {

namespace asio = boost::asio;
using fault = net::server_reply::fault;

task<net::server_reply> mirror(const net::http_request& request, const net::peer_info&) {
  net::http_response answer(200, "text/plain", request.method + " " + request.target + " " + request.body);
  co_return answer;
}

/// How a request went: over an open connection at once, that and once more, or not at once.
struct way {
  int begun = 0, again = 0, slowly = 0;
  int turns_before_wait = 0;  // of the executor: what comes meanwhile comes before anybody waits for it
};

task<net::http_response> send(net::http_pool& pool, const net::http_request& request, time_point now, way& went) {
  const auto state = co_await asio::this_coro::cancellation_state;
  const auto limit = pool.time_for(request);
  net::http_pool::direct over(pool, request, limit, time_point::max(), now);
  if (!over.begun()) {
    ++went.slowly;
    co_return co_await pool.send(request);
  }
  ++went.begun;
  over.prepare();
  over.send();
  for (int i = 0; i < went.turns_before_wait; ++i) co_await asio::post(asio::use_awaitable);
  net::http_response answer;
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  {
    const net::abort_on_cancel guard(state, over.ending());
    auto token = net::uncancelled();
    co_await asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
        [&](auto done) { over.wait(std::move(done), here); }, token);
  }
  const bool done = over.finish(net::is_cancelled(state), answer);
  if (done) co_return answer;
  ++went.again;
  co_return co_await pool.send_again(request, limit, time_point::max(), over);
}

task<net::http_response> ask(net::http_pool& pool, std::string method, time_point now, way& went) {
  const net::http_request request(std::move(method), "/");
  co_return co_await send(pool, request, now, went);
}

struct refusal {
  error_code code;
  bool written = false;
};

task<refusal> refused(net::http_pool& pool, std::string method, time_point now, way& went) {
  refusal seen;
  try {
    co_await ask(pool, std::move(method), now, went);
  } catch (const net::http_error& e) {
    seen = {e.code(), e.request_written()};
  }
  co_return seen;
}

TEST_CASE("requests go over an open connection at once, the first one and those beside others do not") {
  stage on;
  on.handlers.on_request = mirror;
  on.serve();
  const auto pool = on.pool();
  way went;
  went.turns_before_wait = GENERATE(0, 50);
  const auto now = on.sim.clock()->now();
  for (int i = 0; i < 3; ++i) CHECK(on.sim.run(ask(*pool, "POST", now, went)).body == "POST / ");
  CHECK(went.slowly == 1);
  CHECK(went.begun == 2);
  CHECK(pool->counters().requests == 3);
  CHECK(pool->counters().responses == 3);
  CHECK(pool->counters().connections_opened == 1);
  CHECK(pool->counters().connections_reused == 2);
  const net::http_request unusable("GET", "/a b");
  CHECK_THROWS_AS(on.sim.run(send(*pool, unusable, now, went)), net::http_error);
  CHECK(pool->counters().failures == 1);
  CHECK(on.sim.run(ask(*pool, "GET", now, went)).status == 200);
}

TEST_CASE("a request that went over an open connection is sent again as others are") {
  stage on;
  int asked = 0;
  on.handlers.on_request = [&](const net::http_request& request, const net::peer_info&) -> task<net::server_reply> {
    net::server_reply reply(net::http_response(200, "text/plain", request.method));
    if (++asked > 1) reply.play = fault::close;
    co_return reply;
  };
  on.serve();
  const auto pool = on.pool();
  way went;
  went.turns_before_wait = GENERATE(0, 50);
  const auto now = on.sim.clock()->now();
  CHECK(on.sim.run(ask(*pool, "GET", now, went)).status == 200);
  const std::string method = GENERATE("GET", "POST");
  const auto seen = on.sim.run(refused(*pool, method, now, went));
  CHECK(seen.code == errc::closed);
  CHECK(seen.written);
  CHECK(went.begun == 1);
  CHECK(went.again == (method == "GET" ? 1 : 0));
  CHECK(asked == (method == "GET" ? 3 : 2));  // once more, and no more
  CHECK(pool->counters().resent == (method == "GET" ? 1 : 0));
  CHECK(pool->counters().failures == 1);
  CHECK(pool->counters().requests == 2);
}

TEST_CASE("closing the pool ends a request on an open connection and waits for it") {
  stage on;
  int asked = 0;
  on.handlers.on_request = [&](const net::http_request&, const net::peer_info&) -> task<net::server_reply> {
    net::server_reply reply(net::http_response(200));
    if (++asked == 2) reply.play = fault::stall;
    co_return reply;
  };
  on.serve();
  const auto pool = on.pool();
  way went;
  const auto now = on.sim.clock()->now();
  CHECK(on.sim.run(ask(*pool, "GET", now, went)).status == 200);
  std::optional<refusal> seen;
  const auto one = [](task<refusal> work, std::optional<refusal>& into) -> task<> { into = co_await std::move(work); };
  on.sim.spawn(one(refused(*pool, "POST", now, went), seen));
  on.sim.settle();
  CHECK(went.begun == 1);
  CHECK(!seen);
  on.sim.run(pool->close());
  REQUIRE(seen);
  CHECK(seen->code == errc::cancelled);
  CHECK(pool->open_connections() == 0);
}

TEST_CASE(
    "a request on an open connection that is cancelled, or whose connection breaks, at any turn ends as others do") {
  way went;
  const time_point now = testing::simulation().clock()->now();  // when each of them begins
  const auto work = [&](net::http_pool& with) -> task<failure> {
    const auto both = [](net::http_pool& pool, time_point start, way& into) -> task<> {
      co_await ask(pool, "POST", start, into);
      co_await ask(pool, "POST", start, into);
    };
    co_return co_await failure_of(both(with, now, went));
  };
  SECTION("cancelled") { CHECK(cancel_at_every_turn(mirror, work) > 20); }
  SECTION("reset") { CHECK(break_at_every_turn(false, 30s, mirror, work) > 20); }
  SECTION("stalled") { CHECK(break_at_every_turn(true, 31s, mirror, work) > 20); }
  CHECK(went.begun > 1);
}

}  // namespace
}  // namespace monochord::net_test
