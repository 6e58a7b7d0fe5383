// SPDX-License-Identifier: MIT
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include "every_turn.hpp"
#include "loop.hpp"
#include "support/catch.hpp"

namespace monochord::net_test {
namespace {

using fault = net::server_reply::fault;

task<net::server_reply> mirror(const net::http_request& request, const net::peer_info&) {
  net::http_response answer(200, "text/plain", request.method + " " + request.target + " " + request.body);
  co_return answer;
}

task<net::http_response> ask(net::http_pool& pool, std::string method, std::string target, std::string body = {}) {
  net::http_request request(std::move(method), std::move(target));
  request.body = std::move(body);
  co_return co_await pool.send(request);
}

/// What a failed request says.
struct refusal {
  error_code code;
  std::string text;
  bool written = false;
};

task<refusal> refused(net::http_pool& pool, std::string method, std::string target = "/") {
  refusal seen;
  try {
    co_await ask(pool, std::move(method), std::move(target));
  } catch (const net::http_error& e) {
    seen.code = e.code();
    seen.text = e.what();
    seen.written = e.request_written();
  }
  co_return seen;
}

task<> ask_three_times(net::http_pool& pool) {
  for (int i = 0; i < 3; ++i) {
    const auto answer = co_await ask(pool, "POST", "/channels/" + std::to_string(i), "hello");
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
    CHECK(on.network.open_connections() == 0);
  }
}

TEST_CASE("a request carries Host and the user agent, HEAD, 204 and large bodies are read right") {
  stage on;
  std::string agent, host;
  on.handlers.on_request = [&](const net::http_request& request, const net::peer_info& peer) -> task<net::server_reply> {
    agent = request.headers.get("user-agent");
    host = request.headers.get("host");
    CHECK(peer.encrypted);
    if (request.target == "/empty") co_return net::http_response(204);
    net::http_response answer(200, "text/plain", std::string(5'000'000, 'x'));
    co_return answer;
  };
  on.http_options.user_agent = "DiscordBot (test, 1)";
  on.serve();
  const auto pool = on.pool();
  CHECK(on.sim.run(ask(*pool, "GET", "/")).body.size() == 5'000'000);
  CHECK(agent == "DiscordBot (test, 1)");
  CHECK(host == "localhost");
  CHECK(on.sim.run(ask(*pool, "HEAD", "/")).body.empty());
  CHECK(on.sim.run(ask(*pool, "DELETE", "/empty")).status == 204);
  CHECK(on.sim.run(ask(*pool, "PUT", "/empty", std::string(2'000'000, 'y'))).status == 204);
  CHECK(pool->counters().connections_opened == 1);
}

TEST_CASE("an idle connection that the peer closes is noticed and not used again") {
  stage on;
  on.handlers.on_request = mirror;
  on.server_options.idle_timeout = 5s;
  on.serve();
  const auto pool = on.pool();
  on.sim.run(ask(*pool, "POST", "/"));
  on.sim.run_for(6s);
  CHECK(pool->open_connections() == 0);
  CHECK(pool->counters().stale_connections == 1);
  CHECK(on.sim.run(ask(*pool, "POST", "/")).status == 200);
  CHECK(pool->counters().connections_opened == 2);
  CHECK(pool->counters().resent == 0);
  CHECK(pool->counters().failures == 0);
}

TEST_CASE("our own idle connections are closed after the idle timeout") {
  stage on;
  on.handlers.on_request = mirror;
  on.http_options.idle_timeout = 20s;
  on.serve();
  const auto pool = on.pool();
  on.sim.run(ask(*pool, "GET", "/"));
  on.sim.run_for(19s);
  CHECK(pool->open_connections() == 1);
  on.sim.run_for(2s);
  CHECK(pool->open_connections() == 0);
  CHECK(on.network.open_connections() == 0);
  CHECK(on.sim.clock()->pending() == 0);
}

TEST_CASE("an idempotent request is sent again when a kept connection ends without an answer, others are not") {
  stage on;
  int asked = 0;
  on.handlers.on_request = [&](const net::http_request& request, const net::peer_info&) -> task<net::server_reply> {
    net::server_reply reply(net::http_response(200, "text/plain", request.method));
    if (++asked == 2) reply.play = fault::close;
    co_return reply;
  };
  on.serve();
  const auto pool = on.pool();
  on.sim.run(ask(*pool, "GET", "/"));
  SECTION("GET") {
    CHECK(on.sim.run(ask(*pool, "GET", "/")).status == 200);
    CHECK(asked == 3);
    CHECK(pool->counters().resent == 1);
    CHECK(pool->counters().stale_connections == 1);
  }
  SECTION("POST") {
    const auto seen = on.sim.run(refused(*pool, "POST", "/webhooks/1/secret-token"));
    CHECK(seen.code == errc::closed);
    CHECK(seen.written);
    CHECK_THAT(seen.text, Catch::Contains("POST https://localhost") && !Catch::Contains("secret"));
    CHECK(asked == 2);
    CHECK(pool->counters().failures == 1);
  }
}

TEST_CASE("a request on a new connection is never sent again") {
  stage on;
  int asked = 0;
  on.handlers.on_request = [&](const net::http_request&, const net::peer_info&) -> task<net::server_reply> {
    ++asked;
    net::server_reply reply;
    reply.play = fault::close;
    co_return reply;
  };
  on.serve();
  const auto pool = on.pool();
  const auto seen = on.sim.run(refused(*pool, "GET"));
  CHECK(seen.code == errc::closed);
  CHECK(seen.written);
  CHECK(asked == 1);
}

TEST_CASE("answers that are cut, reset, stalled, garbage or too large give typed errors") {
  struct sample {
    fault play;
    std::size_t after;
    std::string raw;
    errc code;
  };
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
  for (const auto& one : {sample{fault::close, 30, {}, errc::closed}, sample{fault::reset, 30, {}, errc::closed},
                          sample{fault::stall, 30, {}, errc::timeout}, sample{fault::stall, 0, {}, errc::timeout},
                          sample{fault::none, 0, "SSH-2.0\r\n\r\n", errc::http_malformed},
                          sample{fault::none, 0, "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", errc::http_malformed},
                          sample{fault::none, 0, head + "short", errc::closed},
                          sample{fault::none, 0, "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n", errc::message_too_large},
                          sample{fault::none, 0, "HTTP/1.1 200 OK\r\nX: " + std::string(9000, 'x'), errc::http_malformed}}) {
    INFO(one.raw.substr(0, 40) << " " << static_cast<int>(one.play) << " " << one.after);
    stage on;
    on.handlers.on_request = [&](const net::http_request&, const net::peer_info&) -> task<net::server_reply> {
      net::server_reply reply(net::http_response(200, "text/plain", std::string(100, 'x')));
      reply.play = one.play;
      reply.fault_after = one.after;
      reply.raw = one.raw;
      co_return reply;
    };
    on.http_options.max_body_bytes = 10'000;
    on.http_options.max_header_bytes = 8'000;
    on.http_options.response_timeout = 12s;
    on.serve();
    const auto pool = on.pool();
    const auto seen = on.sim.run(refused(*pool, "GET"));
    CHECK(seen.code == one.code);
    CHECK(seen.written);
    CHECK(on.sim.elapsed() == (one.code == errc::timeout ? 12s : 0s));
    CHECK(pool->open_connections() == 0);
    CHECK(pool->counters().timeouts == (one.code == errc::timeout ? 1 : 0));
    on.sim.run(on.server->stop());
    CHECK(on.network.open_connections() == 0);
  }
}

TEST_CASE("an answer without a length ends with its connection, which is not kept") {
  stage on;
  on.handlers.on_request = [&](const net::http_request&, const net::peer_info&) -> task<net::server_reply> {
    net::server_reply reply;
    reply.raw = "HTTP/1.1 502 Bad Gateway\r\n\r\n<html>";
    co_return reply;
  };
  on.serve();
  const auto pool = on.pool();
  const auto answer = on.sim.run(ask(*pool, "GET", "/"));
  CHECK(answer.status == 502);
  CHECK(answer.body == "<html>");
  CHECK(pool->open_connections() == 0);
}

TEST_CASE("a connection is not kept against the peer's wish") {
  stage on;
  on.handlers.on_request = [&](const net::http_request&, const net::peer_info&) -> task<net::server_reply> {
    net::server_reply reply(net::http_response(200));
    reply.close_after = true;
    co_return reply;
  };
  on.serve();
  const auto pool = on.pool();
  CHECK(on.sim.run(ask(*pool, "GET", "/")).status == 200);
  CHECK(pool->open_connections() == 0);
  CHECK(on.sim.run(ask(*pool, "POST", "/")).status == 200);
  CHECK(pool->counters().connections_opened == 2);
  CHECK(pool->counters().stale_connections == 0);
}

TEST_CASE("no more connections than allowed, the others wait in order") {
  stage on;
  std::vector<std::string> served;
  std::size_t most = 0;
  on.handlers.on_request = [&](const net::http_request& request, const net::peer_info&) -> task<net::server_reply> {
    most = std::max(most, on.network.open_connections());
    const auto wait = on.sim.clock()->make_timer(on.sim.executor());
    co_await wait->wait_until(on.sim.clock()->now() + 1s);
    served.push_back(request.target);
    co_return net::http_response(200);
  };
  on.http_options.max_connections = 2;
  on.serve();
  const auto pool = on.pool();
  int done = 0;
  const auto one = [](net::http_pool& with, std::string target, int& count) -> task<> {
    co_await ask(with, "GET", std::move(target));
    ++count;
  };
  for (int i = 0; i < 6; ++i) on.sim.spawn(one(*pool, "/" + std::to_string(i), done));
  on.sim.run_until([&] { return done == 6; });
  CHECK(on.sim.elapsed() == 3s);
  CHECK(most == 2);
  CHECK(pool->counters().waits == 4);
  CHECK(pool->counters().connections_opened == 2);
  CHECK(served == std::vector<std::string>{"/0", "/1", "/2", "/3", "/4", "/5"});
}

TEST_CASE("a connection that comes free goes to the one that waited longest, before newcomers") {
  stage on;
  std::vector<std::string> served;
  on.handlers.on_request = [&](const net::http_request& request, const net::peer_info&) -> task<net::server_reply> {
    served.push_back(request.target);
    net::server_reply reply(net::http_response(200));
    reply.close_after = request.target == "/b";  // then the right to open another one is what is handed over
    co_return reply;
  };
  on.http_options.max_connections = 1;
  on.serve();
  const auto pool = on.pool();
  int done = 0;
  const auto each = [](net::http_pool& with, std::vector<std::string> targets, int& count) -> task<> {
    for (const auto& target : targets) {
      co_await ask(with, "GET", target);
      ++count;
    }
  };
  on.sim.spawn(each(*pool, {"/a", "/d"}, done));  // asks for the second the moment it gives the first one's connection back
  on.sim.spawn(each(*pool, {"/b", "/e"}, done));
  on.sim.spawn(each(*pool, {"/c"}, done));
  on.sim.run_until([&] { return done == 5; });
  CHECK(served == std::vector<std::string>{"/a", "/b", "/c", "/d", "/e"});
  CHECK(pool->counters().waits == 4);
  CHECK(pool->counters().connections_opened == 2);
}

TEST_CASE("a call that gave up waiting for a connection passes its turn on") {
  stage on;
  on.handlers.on_request = [&](const net::http_request&, const net::peer_info&) -> task<net::server_reply> {
    const auto wait = on.sim.clock()->make_timer(on.sim.executor());
    co_await wait->wait_until(on.sim.clock()->now() + 5s);
    co_return net::http_response(200);
  };
  on.http_options.max_connections = 1;
  on.serve();
  const auto pool = on.pool();
  std::vector<error_code> seen;
  const auto one = [](net::http_pool& with, time_point deadline, std::vector<error_code>& into) -> task<> {
    const net::http_request request("POST", "/");
    const auto end = co_await failure_of(with.send(request, 30s, deadline));
    into.push_back(end.code);
  };
  const auto start = on.sim.clock()->now();
  on.sim.spawn(one(*pool, start + 1h, seen));
  on.sim.spawn(one(*pool, start + 2s, seen));
  on.sim.spawn(one(*pool, start + 1h, seen));
  on.sim.run_until([&] { return seen.size() == 3; });
  CHECK(seen == std::vector<error_code>{errc::timeout, {}, {}});
  CHECK(on.sim.elapsed() == 10s);
  // The janitor had been told to sleep until the last one's deadline, an hour away.
  on.sim.run_for(on.http_options.idle_timeout);
  CHECK(pool->open_connections() == 0);
  CHECK(pool->counters().idle_closes == 1);
}

TEST_CASE("each step has its deadline") {
  stage on;
  SECTION("connect") {
    on.handlers.on_request = mirror;
    on.serve();
    on.network.black_hole("localhost", true);
    const auto pool = on.pool();
    const auto seen = on.sim.run(refused(*pool, "POST"));
    CHECK(seen.code == errc::timeout);
    CHECK(!seen.written);
    CHECK(on.sim.elapsed() == 10s);
  }
  SECTION("TLS") {
    const auto listener = on.network.transport()->listen(on.sim.executor(), "localhost", 443);
    const auto pool = on.pool();
    const auto seen = on.sim.run(refused(*pool, "POST"));
    CHECK(seen.code == errc::timeout);
    CHECK(!seen.written);
    CHECK(on.sim.elapsed() == 10s);
  }
}

TEST_CASE("closing the pool ends what is under way and returns when it is gone") {
  for (const int step : {0, 1, 2, 3}) {
    INFO("step " << step);
    stage on;
    on.handlers.on_request = [&](const net::http_request&, const net::peer_info&) -> task<net::server_reply> {
      net::server_reply reply;
      reply.play = fault::stall;
      co_return reply;
    };
    std::unique_ptr<net::listener> silent;
    if (step == 1) silent = on.network.transport()->listen(on.sim.executor(), "localhost", 443);
    else on.serve();
    if (step == 0) on.network.black_hole("localhost", true);
    on.http_options.max_connections = 1;
    const auto pool = on.pool();
    std::vector<refusal> seen;
    const auto one = [](net::http_pool& with, std::vector<refusal>& into) -> task<> {
      const auto result = co_await refused(with, "POST");
      into.push_back(result);
    };
    on.sim.spawn(one(*pool, seen));
    if (step == 3) on.sim.spawn(one(*pool, seen));  // waits for the only connection
    on.sim.settle();
    CHECK(seen.empty());
    on.sim.run(pool->close());
    CHECK(on.sim.elapsed() == 0s);
    on.sim.settle();
    REQUIRE(seen.size() == (step == 3 ? 2 : 1));
    for (const auto& result : seen) CHECK(result.code == errc::cancelled);
    CHECK(on.sim.run(refused(*pool, "GET")).code == errc::cancelled);
    CHECK(on.sim.clock()->pending() == (step == 0 ? 0 : on.sim.clock()->pending()));
  }
}

TEST_CASE("a request that is cancelled at any turn ends at once, the next one works") {
  const auto work = [](net::http_pool& with) -> task<failure> {
    const auto both = [](net::http_pool& pool) -> task<> {
      co_await ask(pool, "POST", "/", std::string(100'000, 'x'));
      co_await ask(pool, "POST", "/");
    };
    co_return co_await failure_of(both(with));
  };
  CHECK(cancel_at_every_turn(mirror, work) > 50);
}

TEST_CASE("a request that is cancelled when it is about to be written leaves its connection to the next one") {
  stage on;
  on.handlers.on_request = mirror;
  on.serve();
  const auto pool = on.pool();
  CHECK(on.sim.run(ask(*pool, "GET", "/")).status == 200);
  boost::asio::cancellation_signal stop;
  net::http_request request("POST", "/");
  request.on_start = [&stop] { stop.emit(boost::asio::cancellation_type::terminal); };
  refusal seen{{}, {}, true};
  const auto one = [](net::http_pool& with, const net::http_request& what, refusal& into) -> task<> {
    try {
      co_await with.send(what);
    } catch (const net::http_error& e) {
      into = {e.code(), e.what(), e.request_written()};
    }
    co_await boost::asio::this_coro::reset_cancellation_state();  // co_spawn takes no other end well
  };
  boost::asio::co_spawn(on.sim.executor(), one(*pool, request, seen),
                        boost::asio::bind_cancellation_slot(stop.slot(), boost::asio::detached));
  on.sim.settle();
  CHECK(seen.code == errc::cancelled);
  CHECK(!seen.written);
  CHECK(on.sim.run(ask(*pool, "GET", "/")).status == 200);
  CHECK(pool->counters().connections_opened == 1);
}

TEST_CASE("a request whose connection breaks at any turn fails with a typed error or succeeds") {
  const auto work = [](net::http_pool& with) -> task<failure> { return failure_of(ask(with, "POST", "/")); };
  for (const bool stalls : {false, true}) {
    // A kept connection that is stalled by now costs the next request its deadline, no more.
    const auto next_ones_work = [stalls](stage& on, net::http_pool& pool) {
      const auto next = on.sim.run(refused(pool, "GET"));
      CHECK((!next.code || (stalls && next.code == errc::timeout)));
      CHECK(on.sim.run(ask(pool, "GET", "/after")).status == 200);
    };
    CHECK(break_at_every_turn(stalls, 30s, mirror, work, next_ones_work) > 20);
  }
}

TEST_CASE("the server answers nonsense with 400, too much with 413, and goes on after a handler that throws") {
  stage on(false);
  on.handlers.on_request = [](const net::http_request& request, const net::peer_info&) -> task<net::server_reply> {
    if (request.target == "/throw") throw std::runtime_error("oh");
    co_return net::http_response(200);
  };
  on.server_options.max_body_bytes = 1000;
  on.server_options.max_header_bytes = 2000;
  on.serve();
  CHECK_THAT(on.sim.run(exchange_raw(on, "\x16\x03\x01 hello\r\n\r\n")), Catch::StartsWith("HTTP/1.1 400"));
  CHECK_THAT(on.sim.run(exchange_raw(on, "GET / HTTP/1.1\r\nX: " + std::string(3000, 'x'))), Catch::StartsWith("HTTP/1.1 400"));
  CHECK_THAT(on.sim.run(exchange_raw(on, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n")),
             Catch::StartsWith("HTTP/1.1 413"));
  CHECK_THAT(on.sim.run(exchange_raw(on, "GET / HTTP/1.0\r\n\r\n")), Catch::StartsWith("HTTP/1.1 200"));
  const auto pipelined = on.sim.run(exchange_raw(
      on, "GET /throw HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nxy"));
  CHECK_THAT(pipelined, Catch::StartsWith("HTTP/1.1 500") && Catch::Contains("HTTP/1.1 200") && !Catch::Contains("oh"));
  CHECK(on.server->counters().requests_malformed == 3);
  CHECK(on.server->counters().handler_errors == 1);
  // A request that never ends is given up.
  const auto before = on.sim.elapsed();
  CHECK(on.sim.run(exchange_raw(on, "GET / HT")).empty());
  CHECK(on.sim.elapsed() - before >= 30s);
  on.sim.settle();
  CHECK(on.server->counters().timeouts == 1);
  on.sim.run(on.server->stop());
}

TEST_CASE("a server stops in bounded time and joins its connections") {
  stage on;
  bool finished = false, cancelled = false;
  on.handlers.on_request = [&](const net::http_request& request, const net::peer_info&) -> task<net::server_reply> {
    const auto wait = on.sim.clock()->make_timer(on.sim.executor());
    const error_code ended = co_await wait->wait_until(on.sim.clock()->now() + (request.target == "/long" ? 1h : 3s));
    (ended ? cancelled : finished) = true;
    co_return net::http_response(200);
  };
  on.serve();
  const auto pool = on.pool();
  int answered = 0;
  const auto one = [](net::http_pool& with, std::string target, int& count) -> task<> {
    const auto seen = co_await refused(with, "POST", std::move(target));
    if (!seen.code) ++count;
  };
  on.sim.spawn(one(*pool, "/short", answered));
  on.sim.spawn(one(*pool, "/long", answered));
  on.sim.settle();
  on.sim.run(on.server->stop(10s));
  CHECK(on.sim.elapsed() == 10s);
  CHECK(finished);
  CHECK(cancelled);
  CHECK(on.server->open_connections() == 0);
  on.sim.settle();
  CHECK(answered == 1);
  CHECK(on.sim.run(refused(*pool, "GET")).code == errc::resolve_failed);  // nobody listens
}

TEST_CASE("a server takes no more connections than allowed") {
  stage on;
  on.handlers.on_websocket = echo;
  on.server_options.max_connections = 2;
  on.serve();
  const auto first = on.sim.run(on.connect());
  auto second = on.sim.run(on.connect());
  CHECK(on.sim.run(failure_of(on.connect())).code == errc::tls_failed);
  CHECK(on.server->counters().connections_refused == 1);
  second.reset();
  on.sim.settle();
  CHECK_NOTHROW(on.sim.run(on.connect()));
}

}  // namespace
}  // namespace monochord::net_test
