// SPDX-License-Identifier: MIT
// A server that works on a request for long: peers that leave meanwhile, and whether an answer was written.
#include <boost/asio/this_coro.hpp>

#include "loop.hpp"
#include "support/catch.hpp"

namespace monochord::net_test {
namespace {

/// A server whose every request takes 10 s, and who is told of each answer.
struct slow_server : stage {
  explicit slow_server(bool encrypted = false) : stage(encrypted) {
    server_options.notice_departure = true;
    handlers.on_request = [this](const net::http_request& request, const net::peer_info&) {
      return work(this, request.target);
    };
    serve();
  }
  static task<net::server_reply> work(slow_server* self, std::string target) {
    struct leaving {
      int& cancelled;
      bool done = false;
      ~leaving() { cancelled += done ? 0 : 1; }
    } guard{self->cancelled};
    const auto wait = self->sim.clock()->make_timer(self->sim.executor());
    const auto code = co_await wait->wait_until(self->sim.clock()->now() + 10s);
    if (code) throw error(errc::cancelled, "the peer is gone");
    guard.done = true;
    net::server_reply reply(net::http_response(200, "text/plain", target));
    reply.on_written = [self](bool whole) { ++(whole ? self->written : self->lost); };
    co_return reply;
  }
  int cancelled = 0, written = 0, lost = 0;
};

}  // namespace

TEST_CASE("a request whose peer goes away is cancelled, others are answered on a connection that is kept") {
  slow_server on(GENERATE(false, true));
  const auto pool = on.pool();
  for (int i = 0; i < 3; ++i) {
    const net::http_request request("GET", "/" + std::to_string(i));
    CHECK(on.sim.run(pool->send(request)).body == request.target);
  }
  CHECK(pool->counters().connections_opened == 1);
  CHECK(on.written == 3);

  const net::http_request request("GET", "/gone");
  failure ended;
  bool over = false;
  boost::asio::cancellation_signal gone;
  boost::asio::co_spawn(on.sim.executor(), failure_of(pool->send(request)),
                        boost::asio::bind_cancellation_slot(gone.slot(), [&](std::exception_ptr, failure what) {
                          over = true;
                          ended = what;
                        }));
  on.sim.run_for(1s);
  CHECK_FALSE(over);
  boost::asio::post(on.sim.executor(), [&] { gone.emit(boost::asio::cancellation_type::terminal); });
  on.sim.run_until([&] { return over; });
  on.sim.settle();
  CHECK(ended.code == errc::cancelled);
  CHECK(on.cancelled == 1);
  CHECK(on.server->open_connections() == 0);
  CHECK(on.server->counters().handler_errors == 0);
  CHECK(on.written + on.lost == 3);
}

TEST_CASE("a peer that sends several requests at once gets its answers in order") {
  slow_server on;
  const auto heard = on.sim.run(exchange_raw(on,
                                             "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n"
                                             "GET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  const auto a = heard.find("/a"), b = heard.find("/b"), c = heard.find("/c");
  CHECK((a < b && b < c && c != heard.npos));
  CHECK(on.written == 3);
  CHECK(on.cancelled == 0);
}

TEST_CASE("a server that stops ends what its peers wait for") {
  slow_server on(GENERATE(false, true));
  const auto pool = on.pool();
  const net::http_request request("GET", "/");
  failure ended;
  const auto ask = [&]() -> task<> { ended = co_await failure_of(pool->send(request)); };
  on.sim.spawn(ask());
  on.sim.run_for(1s);
  on.sim.run(on.server->stop());
  on.sim.settle();
  CHECK(ended.code == errc::closed);
  CHECK(on.cancelled == 1);
  CHECK(on.server->open_connections() == 0);
}

TEST_CASE("whoever made an answer is told that it was not written") {
  slow_server on;
  on.handlers.on_request = {};
  on.server_options.notice_departure = GENERATE(false, true);
  on.server_options.write_timeout = 5s;
  on.handlers.on_request = [&](const net::http_request&, const net::peer_info&) -> task<net::server_reply> {
    net::server_reply reply(
        net::http_response(200, "text/plain", std::string(1U << 20U, 'x')));  // more than goes into the pipe
    reply.on_written = [&](bool whole) { ++(whole ? on.written : on.lost); };
    co_return reply;
  };
  net::server second(on.sim.executor(), on.server_options, on.handlers);
  second.listen("localhost", 444);
  const auto connect = [&]() -> task<> {
    clock& time = *on.sim.clock();
    net::stream_adaptor bytes(
        co_await on.network.transport()->connect(on.sim.executor(), "localhost", 444, time, time.now() + 1s));
    const std::string text = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    co_await boost::asio::async_write(bytes, boost::asio::buffer(text), boost::asio::use_awaitable);
    const auto wait = time.make_timer(on.sim.executor());
    co_await wait->wait_until(time.now() + 10s);  // reads nothing
  };
  on.sim.run(connect());
  CHECK(on.lost == 1);
  CHECK(on.written == 0);
  on.sim.run(second.stop());
}

}  // namespace monochord::net_test
