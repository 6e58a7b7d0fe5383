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
      CHECK(on.network.open_connections() == 0);
      CHECK(on.sim.elapsed() == 0s);  // nothing waited for a deadline
    }
  }
}

task<> many_at_once(stage& on) {
  const auto socket = co_await on.connect();
  constexpr int count = 50;
  int written = 0;
  const auto write = [](net::websocket& to, int number, int& done) -> task<> {
    const std::string text(static_cast<std::size_t>(number) * 1000, static_cast<char>('a' + number % 26));
    co_await to.write_binary(text);
    ++done;
  };
  for (int i = 0; i < count; ++i) on.sim.spawn(write(*socket, i, written));
  for (int i = 0; i < count; ++i) {
    const auto heard = co_await socket->read();
    CHECK(heard.binary);
    CHECK(heard.data == std::string(static_cast<std::size_t>(i) * 1000, static_cast<char>('a' + i % 26)));
  }
  CHECK(written == count);
  CHECK(socket->count().messages_written == count);
  CHECK(socket->count().messages_read == count);
  CHECK(socket->count().bytes_read == socket->count().bytes_written);
}

TEST_CASE("writes that are started at once go out one after the other") {
  stage on;
  on.handlers.on_websocket = echo;
  on.serve();
  on.sim.run(many_at_once(on));
}

TEST_CASE("the upgrade request carries headers, target and user agent, a refusal its status and Retry-After") {
  stage on;
  std::string agent, target, extra;
  bool refuse = false;
  on.handlers.on_websocket = echo;
  on.handlers.on_upgrade = [&](const net::http_request& request,
                               const net::peer_info&) -> task<std::optional<net::server_reply>> {
    agent = request.headers.get("User-Agent");
    extra = request.headers.get("X-Extra");
    target = request.target;
    if (!refuse) co_return std::nullopt;
    net::http_response answer(503, "text/html", "<html>");
    answer.headers.add("Retry-After", "17");
    co_return net::server_reply(answer);
  };
  on.socket_options.user_agent = "DiscordBot (test, 1)";
  on.socket_options.headers.add("X-Extra", "1");
  on.serve();
  on.sim.run(on.connect());
  CHECK(agent == "DiscordBot (test, 1)");
  CHECK(extra == "1");
  CHECK(target == "/?v=10");
  refuse = true;
  try {
    on.sim.run(on.connect());
    FAIL("it was opened");
  } catch (const net::upgrade_error& e) {
    CHECK(e.code() == errc::upgrade_refused);
    CHECK(e.status() == 503);
    CHECK(e.retry_after() == "17");
  }
}

/// What a client sees of a server that does `play` with each websocket.
struct outcome {
  error_code code;
  std::string text;
  net::websocket_end end;
  std::string heard;
  duration took{};
};

using server_play = std::function<task<>(net::websocket&)>;

task<outcome> read_until_end(stage& on) {
  outcome seen;
  const auto socket = co_await on.connect();
  const auto start = on.sim.elapsed();
  try {
    for (;;) {
      const auto message = co_await socket->read();
      seen.heard += message.data;
    }
  } catch (const error& e) {
    seen.code = e.code();
    seen.text = e.what();
  }
  seen.end = socket->end();
  seen.took = on.sim.elapsed() - start;
  CHECK(!socket->is_open());
  const auto late_write = co_await failure_of(socket->write_text("too late"));
  CHECK(late_write.code == errc::closed);
  const auto late_read = co_await failure_of(socket->read());
  CHECK(late_read.code == errc::closed);
  co_await socket->close(1000);  // does nothing
  co_return seen;
}

outcome play_against(server_play play, bool encrypted = true, std::size_t max_message_bytes = 1U << 20U) {
  stage on(encrypted);
  on.socket_options.max_message_bytes = max_message_bytes;
  on.handlers.on_websocket = [&play](std::unique_ptr<net::websocket> socket, const net::http_request&,
                                     const net::peer_info&) -> task<> {
    co_await play(*socket);
    try {
      for (;;) co_await socket->read();
    } catch (const error&) {
      // the client has ended it
    }
  };
  on.serve();
  outcome seen;
  const auto run = [](stage& with, outcome& into) -> task<> { into = co_await read_until_end(with); };
  on.sim.run(run(on, seen));
  on.sim.run(on.server->stop());
  CHECK(on.network.open_connections() == 0);
  return seen;
}

TEST_CASE("close codes and reasons of the server arrive") {
  auto seen = play_against([](net::websocket& socket) -> task<> { co_await socket.close(4004, "Authentication failed."); });
  CHECK(seen.code == errc::closed);
  CHECK(seen.end.code == 4004);
  CHECK(seen.end.reason == "Authentication failed.");
  CHECK_THAT(seen.text, Catch::Contains("4004"));
  seen = play_against([](net::websocket& socket) -> task<> { co_await socket.close(0); });
  CHECK(seen.end.code == 1005);
  CHECK(seen.took == 0s);
}

TEST_CASE("an end without a close frame is told apart") {
  for (const bool encrypted : {false, true}) {
    auto seen = play_against(
        [](net::websocket& socket) -> task<> {
          co_await socket.write_text("last words");
          socket.abort();
        },
        encrypted);
    CHECK(seen.code == errc::closed);
    CHECK(seen.end.code == 0);
    CHECK(seen.heard == "last words");
    seen = play_against(
        [](net::websocket& socket) -> task<> {
          socket.reset();
          co_return;
        },
        encrypted);
    CHECK(seen.code == errc::closed);
    CHECK(seen.end.code == 0);
  }
}

TEST_CASE("fragments and pings are taken, text may be split inside a character") {
  const std::string text = "fr\xc3\xa4gments \xf0\x9f\x8e\xb5";
  const auto seen = play_against([&](net::websocket& socket) -> task<> {
    co_await socket.write_fragmented(text, false, 1);
    co_await socket.ping();
    co_await socket.write_fragmented(text, true, 3);
    co_await socket.close(1000);
  });
  CHECK(seen.heard == text + text);
  CHECK(seen.end.code == 1000);
}

TEST_CASE("frames that break the protocol end the connection with a clear error") {
  using namespace std::string_literals;
  for (const auto& bytes : {
           "\xc1\x01x"s,                      // RSV1 without an extension
           "\x83\x01x"s,                      // an opcode that does not exist
           "\x81\x81\x01\x02\x03\x04x"s,      // masked by a server
           "\x80\x01x"s,                      // a continuation of nothing
           "\x01\x01x\x81\x01y"s,             // a new message inside a fragmented one
           "\x09\x01x"s,                      // a fragmented ping
           "\x81\x02\xc3\x28"s,               // not UTF-8
           "\x88\x02\x00\x05"s,               // close code 5
           "\x89\x7e\x00\x7e"s + std::string(126, 'p'),  // a ping that is too long
           "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s,  // a length of 2^64-1
           "HTTP/1.1 200 OK\r\n\r\n"s,
       }) {
    INFO(bytes);
    const auto seen = play_against([&](net::websocket& socket) -> task<> { co_await socket.write_raw(bytes); });
    CHECK((seen.code == errc::websocket_malformed || seen.code == errc::message_too_large));
    CHECK(seen.end.code == 0);
    CHECK(seen.took <= 2s);
  }
}

TEST_CASE("a message over the limit is refused, in one frame or in many") {
  const std::string large(70'000, 'x');
  auto seen = play_against([&](net::websocket& socket) -> task<> { co_await socket.write_text(large); }, true, 65'536);
  CHECK(seen.code == errc::message_too_large);
  seen = play_against([&](net::websocket& socket) -> task<> { co_await socket.write_fragmented(large, false, 1000); }, true,
                      65'536);
  CHECK(seen.code == errc::message_too_large);
  seen = play_against(
      [&](net::websocket& socket) -> task<> {
        co_await socket.write_text(large);
        co_await socket.close(1000);
      },
      true, 70'000);
  CHECK(seen.heard == large);
}

task<> close_unanswered(stage& on) {
  const auto socket = co_await on.connect();
  co_await socket->write_text("hello");
  co_await socket->read();
  const auto start = on.sim.elapsed();
  co_await socket->close(4000, "zombie");
  CHECK(on.sim.elapsed() - start == 2s);
  CHECK(!socket->is_open());
  CHECK(socket->end().code == 0);
}

TEST_CASE("a close that is never answered gives up after two seconds") {
  stage on;
  on.handlers.on_websocket = [](std::unique_ptr<net::websocket> socket, const net::http_request& request,
                                const net::peer_info& peer) -> task<> {
    co_await socket->read();
    co_await socket->write_text("x");
    socket->stall_reading(true);
    co_await echo(std::move(socket), request, peer);
  };
  on.serve();
  on.sim.run(close_unanswered(on));
  on.sim.run(on.server->stop());
}

task<> read_when_nothing_can_be_written(stage& on) {
  const auto socket = co_await on.connect();
  std::string large(1'000'000, 'x');
  failure written;
  const auto write = [](net::websocket& to, const std::string& text, failure& into) -> task<> {
    into = co_await failure_of(to.write_text(text));
  };
  on.sim.spawn(write(*socket, large, written));
  const auto start = on.sim.elapsed();
  const auto seen = co_await failure_of(socket->read());
  CHECK(seen.code == errc::closed);
  CHECK(on.sim.elapsed() - start <= 2s);
  CHECK(socket->end().code == 4009);
  CHECK(socket->count().messages_written == 0);  // it was blocked all the time
  const auto wait = on.sim.clock()->make_timer(on.sim.executor());
  co_await wait->wait_until(on.sim.clock()->now() + 1s);  // the writer ends meanwhile
  CHECK(written.code == errc::closed);
}

TEST_CASE("a peer that closes but takes nothing more does not hold the reader") {
  stage on(false);
  on.handlers.on_websocket = [](std::unique_ptr<net::websocket> socket, const net::http_request&,
                                const net::peer_info&) -> task<> {
    socket->stall_reading(true);
    co_await socket->close(4009, {}, 10s);
  };
  on.serve();
  on.sim.run(read_when_nothing_can_be_written(on));
}

TEST_CASE("each step of connecting has its deadline, on the clock that was given") {
  stage on;
  on.handlers.on_websocket = echo;
  SECTION("TCP") {
    on.serve();
    on.network.black_hole("localhost", true);
    on.socket_options.connect_timeout = 7s;
    CHECK(on.sim.run(failure_of(on.connect())).code == errc::timeout);
    CHECK(on.sim.elapsed() == 7s);
  }
  SECTION("TLS") {
    const auto listener = on.network.transport()->listen(on.sim.executor(), "localhost", 443);  // accepts, says nothing
    on.socket_options.tls_timeout = 3s;
    const auto seen = on.sim.run(failure_of(on.connect()));
    CHECK(seen.code == errc::timeout);
    CHECK_THAT(seen.text, Catch::Contains("TLS"));
    CHECK(on.sim.elapsed() == 3s);
  }
  SECTION("upgrade") {
    on.handlers.on_upgrade = [&](const net::http_request&, const net::peer_info&) -> task<std::optional<net::server_reply>> {
      const auto wait = on.sim.clock()->make_timer(on.sim.executor());
      co_await wait->wait_until(on.sim.clock()->now() + 1h);
      co_return std::nullopt;
    };
    on.serve();
    on.socket_options.handshake_timeout = 5s;
    const auto seen = on.sim.run(failure_of(on.connect()));
    CHECK(seen.code == errc::timeout);
    CHECK(on.sim.elapsed() == 5s);
    on.sim.run(on.server->stop());
  }
}

TEST_CASE("a host that refuses or cannot be resolved is told apart") {
  stage on;
  CHECK(on.sim.run(failure_of(on.connect())).code == errc::resolve_failed);
  on.handlers.on_websocket = echo;
  on.serve();
  on.network.refuse("localhost", true);
  CHECK(on.sim.run(failure_of(on.connect())).code == errc::connect_failed);
  on.network.refuse("localhost", false);
  on.network.unresolvable("localhost", true);
  CHECK(on.sim.run(failure_of(on.connect())).code == errc::resolve_failed);
  CHECK(on.network.failed_connects() == 3);
}

TEST_CASE("an answer that is not HTTP, or not an upgrade, is refused") {
  struct sample {
    const char* raw;
    errc code;
  };
  for (const auto& one : {sample{"SSH-2.0-OpenSSH\r\n\r\n", errc::http_malformed},
                          sample{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
                                 errc::websocket_malformed},
                          sample{"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", errc::upgrade_refused},
                          sample{"HTTP/1.1 200", errc::http_malformed}}) {
    INFO(one.raw);
    stage on;
    on.handlers.on_websocket = echo;
    on.handlers.on_upgrade = [&](const net::http_request&, const net::peer_info&) -> task<std::optional<net::server_reply>> {
      net::server_reply reply;
      reply.raw = one.raw;
      co_return reply;
    };
    on.serve();
    CHECK(on.sim.run(failure_of(on.connect())).code == one.code);
    on.sim.run(on.server->stop());
  }
}

task<failure> converse(stage& on) {
  const auto work = [](stage& with) -> task<> {
    auto socket = co_await with.connect();
    for (int i = 0; i < 3; ++i) {
      const std::string text(static_cast<std::size_t>(i) * 9000, 'x');
      co_await socket->write_text(text);
      co_await socket->read();
    }
    co_await socket->close(1000);
  };
  co_return co_await failure_of(work(on));
}

TEST_CASE("a conversation that is cancelled at any turn ends at once and leaves nothing behind") {
  int turns = 0;
  for (bool cancelled = true; cancelled; ++turns) {
    INFO("turn " << turns);
    stage on;
    on.handlers.on_websocket = echo;
    on.serve();
    failure seen;
    cancelled = run_cancelled_after(on.sim, turns, converse(on), seen);
    CHECK((!seen.code || (cancelled && (seen.code == errc::cancelled || seen.code == boost::asio::error::operation_aborted))));
    CHECK(on.sim.elapsed() == 0s);
    on.sim.run(on.server->stop());
    CHECK(on.network.open_connections() == 0);
  }
  CHECK(turns > 50);
}

TEST_CASE("a conversation whose connection breaks at any turn ends with a typed error in time") {
  for (const bool stalls : {false, true}) {
    int turns = 0;
    for (bool struck = true; struck; ++turns) {
      INFO("turn " << turns << (stalls ? " stalled" : " reset"));
      stage on;
      on.handlers.on_websocket = echo;
      on.serve();
      std::optional<failure> seen;
      boost::asio::cancellation_signal signal;
      boost::asio::co_spawn(on.sim.executor(), converse(on),
                            boost::asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr thrown, failure what) {
                              seen = thrown ? failure{errc::cancelled, "cancelled before it awaited"} : what;
                            }));
      int count = 0;
      on.sim.run_until([&] { return seen || count++ == turns; });
      struck = !seen;
      if (stalls) on.network.stall_all();
      else on.network.reset_all();
      if (stalls) {
        // Connecting, writing and closing have deadlines; a read has none of its own: whoever reads has to cancel it.
        on.sim.run_for(15s);
        if (seen && struck) CHECK((!seen->code || seen->code == errc::timeout));
        if (!seen) boost::asio::post(on.sim.executor(), [&] { signal.emit(boost::asio::cancellation_type::terminal); });
      }
      on.sim.run_until([&] { return seen.has_value(); });
      REQUIRE(seen);
      if (struck && seen->code) {
        CHECK((seen->code == errc::closed || seen->code == errc::tls_failed || seen->code == errc::timeout ||
               seen->code == errc::connect_failed || seen->code == errc::http_malformed || seen->code == errc::cancelled));
        if (!stalls) CHECK(seen->code != errc::cancelled);
      }
      CHECK(on.sim.elapsed() == (stalls ? 15s : 0s));
      on.server->close();
      on.sim.settle();
    }
    CHECK(turns > 50);
  }
}

}  // namespace
}  // namespace monochord::net_test

namespace monochord::net_test {
namespace {

std::string frame(char first, const std::string& payload) {
  std::string out(1, first);
  if (payload.size() < 126) {
    out += static_cast<char>(payload.size());
  } else {
    out += {'\x7e', static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size())};
  }
  return out + payload;
}

task<> read_mixture(stage& on) {
  const auto socket = co_await on.connect();
  net::websocket_message here;
  CHECK(!socket->take(here));
  for (const auto& wanted : {std::string("one"), std::string("text"), std::string("two halves"), std::string(),
                             std::string(400, 'x'), std::string(20'000, 'y'), std::string("last")}) {
    if (!socket->take(here)) here = co_await socket->read();
    CHECK(here.data == wanted);
    CHECK(here.binary == (wanted != "text"));
  }
  CHECK(socket->count().messages_read == 7);
  CHECK(socket->count().bytes_read == 3 + 4 + 10 + 400 + 20'000 + 4);
  const auto ended = co_await failure_of(socket->read());
  CHECK(ended.code == errc::closed);
  CHECK(socket->end().code == 4000);
  CHECK(!socket->take(here));
}

}  // namespace

TEST_CASE("messages that come together, in one frame and in others, are read one after the other") {
  for (const bool encrypted : {false, true}) {
    stage on(encrypted);
    on.handlers.on_websocket = [](std::unique_ptr<net::websocket> socket, const net::http_request&, const net::peer_info&) -> task<> {
      const std::string all = frame('\x82', "one") + frame('\x81', "text") + frame('\x89', "ping") + frame('\x02', "two ") +
                              frame('\x89', "") + frame('\x80', "halves") + frame('\x82', "") + frame('\x82', std::string(400, 'x')) +
                              frame('\x82', std::string(20'000, 'y')) + frame('\x82', "last") + frame('\x88', "\x0f\xa0");
      co_await socket->write_raw(all);
      const auto ended = co_await failure_of(socket->read());
      CHECK(ended.code == errc::closed);
    };
    on.serve();
    on.sim.run(read_mixture(on));
    on.sim.run(on.server->stop());
  }
}

}  // namespace monochord::net_test
