// SPDX-License-Identifier: MIT
// TLS over streams that take and give little at a time, at both ends at once, and that end in the middle.
#include "net/tls_stream.hpp"

#include <algorithm>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <functional>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "unit/net/loop.hpp"

namespace monochord::net_test {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using net::const_pieces;
using net::stream_adaptor;
using net::tls_engine;
using net::tls_stream;

int tickets = 0;  // that came to clients

SSL_CTX* client_side() {
  static ssl::context made = [] {
    ssl::context one(ssl::context::tls_client);
    one.set_verify_mode(ssl::verify_peer);
    one.add_certificate_authority(asio::buffer(authority().pem()));
    SSL_CTX_set_session_cache_mode(one.native_handle(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(one.native_handle(), [](SSL*, SSL_SESSION*) { return ++tickets, 0; });
    return one;
  }();
  return made.native_handle();
}

SSL_CTX* server_side() {
  static ssl::context made = [] {
    ssl::context one(ssl::context::tls_server);
    const auto shown = authority().issue({"localhost"});
    one.use_certificate_chain(asio::buffer(shown.chain_pem));
    one.use_private_key(asio::buffer(shown.key_pem), ssl::context::pem);
    return one;
  }();
  return made.native_handle();
}

std::string sample_text(std::size_t bytes) {
  std::string text(bytes, ' ');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

/// A stream that a test has its hands on.
class handled_stream final : public net::byte_stream {
 public:
  explicit handled_stream(std::unique_ptr<byte_stream> below) : below_(std::move(below)) {}

  std::size_t takes_at_once = 0;      // in write_now, from now on
  bool asks_below = false;            // write_now
  int cut_records = 0;                // of which it took a part
  std::function<void()> before_ends;  // called when an operation has ended, before that is told

  asio::any_io_executor get_executor() noexcept override { return below_->get_executor(); }
  void async_read_some(asio::mutable_buffer into, io_handler done) override {
    below_->async_read_some(into, watched(std::move(done)));
  }
  void async_write_some(const_pieces from, io_handler done) override {
    below_->async_write_some(from, watched(std::move(done)));
  }
  taken write_now(const_pieces from) noexcept override {
    taken all;
    if (asks_below) {
      all = below_->write_now(from);
      cut_records += all.bytes != 0 && all.bytes != asio::buffer_size(from) ? 1 : 0;
      return all;
    }
    for (const asio::const_buffer& piece : from) all.bytes += std::min(piece.size(), takes_at_once - all.bytes);
    takes_at_once -= all.bytes;
    all.any_left = all.bytes != 0;
    const asio::const_buffer first(from.begin()->data(), all.bytes);  // TLS gives one piece
    if (all.any_left)
      below_->async_write_some(const_pieces(asio::const_buffers_1(first)), io_handler([](error_code, std::size_t) {}));
    return all;
  }
  void async_shutdown(handler done) override { below_->async_shutdown(std::move(done)); }
  void close() noexcept override { below_->close(); }
  void reset() noexcept override { below_->reset(); }
  std::string peer() const override { return below_->peer(); }

 private:
  io_handler watched(io_handler done) {
    if (!before_ends) return done;
    return net::erase_handler<io_handler>(asio::bind_executor(
        get_executor(), [this, done = std::move(done)](error_code error, std::size_t bytes) mutable {
          before_ends();
          std::move(done)(error, bytes);
        }));
  }
  std::unique_ptr<byte_stream> below_;
};

struct outcome {
  bool over = false;
  error_code code{};
  std::string text{};
};

task<> write_all(stream_adaptor& to, std::string text, outcome& into) {
  const auto [failed, bytes] = co_await asio::async_write(to, asio::buffer(text), asio::as_tuple(asio::use_awaitable));
  into = {true, failed, text.substr(0, bytes)};
}
task<> read_all(stream_adaptor& from, std::size_t most, outcome& into) {
  std::string space(most, ' ');
  const auto [failed, bytes] =
      co_await asio::async_read(from, asio::buffer(space), asio::as_tuple(asio::use_awaitable));
  into = {true, failed, space.substr(0, bytes)};
}
task<> say_goodbye(stream_adaptor& to, outcome& into) {
  auto token = asio::as_tuple(asio::use_awaitable);
  const auto [failed] = co_await asio::async_initiate<decltype(token), void(error_code)>(
      [&to](auto done) { to.stream().async_shutdown(net::erase_handler<net::byte_stream::handler>(std::move(done))); },
      token);
  into = {true, failed, {}};
}
task<> shake_hands(tls_stream& with, tls_engine::role as, outcome& into) {
  error_code failed;
  co_await with.handshake(as, failed);
  into = {true, failed, {}};
}
/// As many records as there are bytes in `text` for; new keys are asked for before every tenth.
task<> write_records(stream_adaptor& to, SSL* native, std::string text, std::size_t each, outcome& into) {
  error_code failed;
  std::size_t sent = 0;
  for (int i = 0; sent < text.size() && !failed; ++i) {
    if (native && i % 10 == 9 && SSL_key_update(native, SSL_KEY_UPDATE_REQUESTED) != 1)
      failed = asio::error::no_recovery;
    const auto piece = asio::buffer(asio::buffer(text) + sent, each);
    if (!failed) {
      const auto [error, bytes] = co_await asio::async_write(to, piece, asio::as_tuple(asio::use_awaitable));
      failed = error;
      sent += bytes;
    }
  }
  into = {true, failed, text.substr(0, sent)};
}

/// Two ends over a connection in memory that holds `most` bytes each way, so that no read or write below does more.
struct both_ends {
  explicit both_ends(std::size_t most = 64U << 10U) : network(most) {
    sim.run(connect());
    client_tls = make(client_below, client_side(), client);
    server_tls = make(server_below, server_side(), server);
  }
  task<> connect() {
    clock& time = *sim.clock();
    const auto listener = network.transport()->listen(sim.executor(), "localhost", 443);
    const auto deadline = time.now() + 1s;
    auto one = co_await network.transport()->connect(sim.executor(), "localhost", 443, time, deadline);
    auto other = co_await listener->accept(sim.executor());
    client_below = new handled_stream(std::move(one));
    server_below = new handled_stream(std::move(other));
  }
  static tls_stream* make(handled_stream* below, SSL_CTX* context, std::unique_ptr<stream_adaptor>& into) {
    auto made = std::make_unique<tls_stream>(std::unique_ptr<net::byte_stream>(below), context, nullptr);
    const auto raw = made.get();
    into = std::make_unique<stream_adaptor>(std::move(made));
    return raw;
  }
  void begin_handshakes() {
    sim.spawn(shake_hands(*client_tls, tls_engine::role::client, client_shakes));
    sim.spawn(shake_hands(*server_tls, tls_engine::role::server, server_shakes));
  }
  /// Both are over, and what the server adds to it was read.
  both_ends& shake() {
    begin_handshakes();
    sim.run_until([this] { return client_shakes.over; });
    outcome greeted, greets;
    sim.spawn(read_all(*client, 1, greeted));
    sim.run_until([this] { return server_shakes.over; });
    sim.spawn(write_all(*server, "!", greets));
    wait({&greeted, &greets});
    REQUIRE(!client_shakes.code);
    REQUIRE(!server_shakes.code);
    REQUIRE(greeted.text == "!");
    return *this;
  }
  void wait(std::vector<const outcome*> all) {
    sim.run_until([&] { return std::ranges::all_of(all, [](const outcome* one) { return one->over; }); }, 1s);
  }

  testing::memory_network network;
  testing::simulation sim;
  handled_stream* client_below = nullptr;
  handled_stream* server_below = nullptr;
  std::unique_ptr<stream_adaptor> client, server;
  tls_stream* client_tls = nullptr;
  tls_stream* server_tls = nullptr;
  outcome client_shakes, server_shakes;
};

/// A record that was not made with the keys of any connection.
task<> send_forgery(handled_stream& below) {
  stream_adaptor::executor_type here = below.get_executor();
  std::string forged("\x17\x03\x03\x00\x20", 5);
  forged.append(32, 'f');
  auto token = asio::as_tuple(asio::use_awaitable);
  co_await asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
      [&](auto done) {
        below.async_write_some(const_pieces(asio::const_buffers_1(asio::buffer(forged))),
                               net::erase_handler<net::byte_stream::io_handler>(std::move(done)));
      },
      token);
}

}  // namespace

TEST_CASE("the alert of a read that fails goes out after the write that is under way") {
  both_ends on(1000);
  on.shake();
  const std::string text = sample_text(16'000);
  outcome written, read, heard, end;
  on.sim.spawn(write_all(*on.client, text, written));
  on.sim.settle();
  CHECK_FALSE(written.over);  // nobody reads
  on.sim.spawn(read_all(*on.client, 1, read));
  on.sim.run(send_forgery(*on.server_below));
  on.sim.settle();
  CHECK_FALSE(written.over);
  CHECK_FALSE(read.over);
  SECTION("and is heard by the peer, who gets everything before it") {
    on.sim.spawn(read_all(*on.server, text.size(), heard));
    on.wait({&heard});
    on.sim.spawn(read_all(*on.server, 1, end));
    on.wait({&written, &read, &end});
    CHECK(!written.code);
    CHECK(heard.text == text);
    CHECK(ERR_GET_REASON(static_cast<unsigned long>(end.code.value())) == SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
  }
  SECTION("and not at all when that write fails") {
    on.client_tls->close();
    on.wait({&written, &read});
    CHECK(written.code == asio::error::operation_aborted);
  }
  CHECK(read.code.category() == asio::error::get_ssl_category());  // why, and not that it could not be told
}

TEST_CASE("a goodbye that is said while a read waits ends with that read") {
  both_ends on(GENERATE(as<std::size_t>{}, 1, 1000));
  on.shake();
  outcome read, bye, end, answer;
  on.sim.spawn(read_all(*on.server, 1, read));
  on.sim.settle();
  on.sim.spawn(say_goodbye(*on.server, bye));
  on.sim.spawn(read_all(*on.client, 1, end));
  on.wait({&end});
  CHECK(end.code == asio::error::eof);
  CHECK_FALSE(read.over);
  CHECK_FALSE(bye.over);
  on.sim.spawn(say_goodbye(*on.client, answer));
  on.wait({&read, &bye, &answer});
  CHECK(read.code == asio::error::eof);
  CHECK(!bye.code);
  CHECK(!answer.code);
}

TEST_CASE("a goodbye that is said while a write is under way follows it") {
  both_ends on(1000);
  on.shake();
  const std::string text = sample_text(16'000);
  outcome written, bye, heard, end, answer;
  on.sim.spawn(write_all(*on.client, text, written));
  on.sim.settle();
  on.sim.spawn(say_goodbye(*on.client, bye));
  on.sim.settle();
  CHECK_FALSE(written.over);
  on.sim.spawn(read_all(*on.server, text.size() + 1, heard));
  on.wait({&written, &heard});
  CHECK(!written.code);
  CHECK(heard.code == asio::error::eof);
  CHECK(heard.text == text);
  on.sim.spawn(say_goodbye(*on.server, answer));
  on.wait({&bye, &answer});
  CHECK(!bye.code);
  CHECK(!answer.code);
}

TEST_CASE("a write after one that went out in part waits for its place and is taken once") {
  for (const std::size_t at_once : {0U, 1U, 5U, 100U, 15'000U}) {
    INFO(at_once << " bytes at once");
    both_ends on(1000);
    on.shake();
    const std::string text = sample_text(40'000);
    outcome rest, heard, greets, greeted, last, again;
    on.client_below->takes_at_once = std::min<std::size_t>(at_once, 1000);
    const auto now = on.client_tls->write_now(const_pieces(asio::const_buffers_1(asio::buffer(text))));
    CHECK(now.bytes == 16'384);  // a record
    CHECK(now.any_left == (at_once != 0));
    CHECK(now.is_held_back);
    CHECK(on.client_tls->write_now(const_pieces(asio::const_buffers_1(asio::buffer(text)))).bytes == 0);
    // OpenSSL has room for a part of the next record only.
    on.sim.spawn(write_all(*on.client, text.substr(now.bytes), rest));
    on.sim.spawn(read_all(*on.client, 5, greeted));
    on.sim.settle();
    CHECK_FALSE(rest.over);
    // New keys are asked for in the middle of it.
    CHECK(SSL_key_update(on.server_tls->native(), SSL_KEY_UPDATE_REQUESTED) == 1);
    on.sim.spawn(write_all(*on.server, "hello", greets));
    on.wait({&greets, &greeted});
    CHECK(greeted.text == "hello");
    CHECK_FALSE(rest.over);
    on.sim.spawn(read_all(*on.server, text.size(), heard));
    on.wait({&rest, &heard});
    CHECK(!rest.code);
    CHECK(heard.text == text);
    on.sim.spawn(write_all(*on.client, "with new keys", last));
    on.sim.spawn(read_all(*on.server, 13, again));
    on.wait({&last, &again});
    CHECK(again.text == "with new keys");
  }
}

TEST_CASE("100 kB go both ways at once, with new keys asked for by both every ten records") {
  struct shape {
    std::size_t most, bytes;
    bool new_keys;
  };
  const auto is = GENERATE(values<shape>(
      {{1, 3'000, true}, {7, 20'000, true}, {64, 100'000, true}, {1000, 100'000, false}, {1U << 20U, 100'000, true}}));
  INFO(is.most << " bytes at a time");
  both_ends on(is.most);
  on.shake();
  const std::string up = sample_text(is.bytes), down = sample_text(is.bytes + 1).substr(1);
  outcome wrote_up, wrote_down, heard_up, heard_down;
  const std::size_t each = is.bytes / 100;
  on.sim.spawn(read_all(*on.client, down.size(), heard_down));
  on.sim.spawn(read_all(*on.server, up.size(), heard_up));
  on.sim.settle();  // both reads wait
  on.sim.spawn(write_records(*on.client, is.new_keys ? on.client_tls->native() : nullptr, up, each, wrote_up));
  on.sim.spawn(write_records(*on.server, is.new_keys ? on.server_tls->native() : nullptr, down, each, wrote_down));
  on.wait({&wrote_up, &wrote_down, &heard_up, &heard_down});
  CHECK(!wrote_up.code);
  CHECK(!wrote_down.code);
  CHECK(heard_up.text == up);
  CHECK(heard_down.text == down);
}

TEST_CASE("session tickets that come in pieces do not end the read that waits, and are all taken") {
  for (const std::size_t most : {1U, 2U, 5U, 63U, 64U, 5000U}) {
    INFO(most << " bytes at a time");
    both_ends on(most);
    tickets = 0;
    outcome greeted, greets;
    on.begin_handshakes();
    on.sim.run_until([&] { return on.client_shakes.over; });
    on.sim.spawn(read_all(*on.client, 5, greeted));
    on.wait({&on.server_shakes});
    on.sim.settle();
    CHECK(tickets == 2);  // OpenSSL's servers send so many
    CHECK_FALSE(greeted.over);
    on.sim.spawn(write_all(*on.server, "hello", greets));
    on.wait({&greeted, &greets});
    CHECK(greeted.text == "hello");
  }
}

namespace {

/// What an end does from its first byte to its last; false while it is at it.
task<> live(both_ends& on, bool as_client, bool& over) {
  struct ends {
    bool& over;
    ~ends() { over = true; }
  } guard{over};
  auto& stream = as_client ? *on.client : *on.server;
  auto& shaken = as_client ? on.client_shakes : on.server_shakes;
  co_await shake_hands(as_client ? *on.client_tls : *on.server_tls,
                       as_client ? tls_engine::role::client : tls_engine::role::server, shaken);
  if (shaken.code) co_return;
  outcome wrote, heard, bye;
  on.sim.spawn(write_all(stream, sample_text(3000), wrote));
  co_await read_all(stream, 3000, heard);
  on.sim.spawn(say_goodbye(stream, bye));
  // A turn each until they are over: what still runs refers to this frame.
  while (!wrote.over || !bye.over) co_await asio::post(on.sim.executor(), asio::use_awaitable);
}

enum class strike { close_client, close_server, reset_client };

}  // namespace

TEST_CASE("whatever is under way ends when an end is closed, after any number of turns") {
  const auto by = GENERATE(strike::close_client, strike::close_server, strike::reset_client);
  int turns = 0;
  for (bool struck = true; struck; turns += turns < 30 ? 1 : 3) {
    INFO("turn " << turns);
    both_ends on(700);
    bool client_over = false, server_over = false;
    on.sim.spawn(live(on, true, client_over));
    on.sim.spawn(live(on, false, server_over));
    int count = 0;
    on.sim.run_until([&] { return (client_over && server_over) || count++ == turns; });
    struck = !client_over || !server_over;
    if (by == strike::close_client)
      on.client_tls->close();
    else if (by == strike::close_server)
      on.server_tls->close();
    else
      on.client_tls->reset();
    on.sim.run_until([&] { return count++ > turns + 10'000 || (client_over && server_over); });
    CHECK((client_over && server_over));
    // And what is begun afterwards.
    outcome wrote, heard, bye;
    auto& closed = by == strike::close_server ? *on.server : *on.client;
    on.sim.spawn(read_all(closed, 1, heard));
    on.sim.spawn(write_all(closed, "late", wrote));
    on.wait({&wrote, &heard});
    on.sim.spawn(say_goodbye(closed, bye));
    on.wait({&bye});
    CHECK(heard.code);
    CHECK(wrote.code);
  }
  CHECK(turns > 30);
}

TEST_CASE("a handshake that is cancelled ends with that, whatever has just come or gone") {
  const bool as_client = GENERATE(true, false);
  const auto shown = server_tls(authority().issue({"localhost"}));
  int ends = 0;
  for (bool cancelled = true; cancelled; ++ends) {
    INFO("operation " << ends << (as_client ? " of the client" : " of the server"));
    testing::memory_network network(300);
    testing::simulation sim;
    clock& time = *sim.clock();
    const auto deadline = time.now() + 1s;
    std::unique_ptr<handled_stream> mine, others;
    const auto connect = [&]() -> task<> {
      const auto listener = network.transport()->listen(sim.executor(), "localhost", 443);
      mine = std::make_unique<handled_stream>(
          co_await network.transport()->connect(sim.executor(), "localhost", 443, time, time.now() + 1s));
      others = std::make_unique<handled_stream>(co_await listener->accept(sim.executor()));
    };
    sim.run(connect());
    asio::cancellation_signal signal;
    cancelled = false;
    auto& below = as_client ? *mine : *others;
    below.before_ends = [&, count = 0]() mutable {
      if (count++ != ends) return;
      cancelled = true;
      signal.emit(asio::cancellation_type::terminal);
    };
    failure seen, other;
    std::exception_ptr escaped;
    bool over = false, other_over = false;
    std::unique_ptr<net::byte_stream> connected, accepted;
    const auto connecting = [&]() -> task<> {
      connected = co_await net::tls_connect(std::move(mine), client_tls(), "localhost", time, deadline);
    };
    const auto accepting = [&]() -> task<> {
      accepted = co_await net::tls_accept(std::move(others), shown, time, deadline);
    };
    const auto beside = [&]() -> task<> {
      auto work = as_client ? accepting() : connecting();
      other = co_await failure_of(std::move(work));
      if (connected) {  // the server's tickets are a part of its handshake
        stream_adaptor stream(std::move(connected));
        outcome end;
        co_await read_all(stream, 1, end);
      }
      other_over = true;
    };
    sim.spawn(beside());
    asio::co_spawn(sim.executor(), failure_of(as_client ? connecting() : accepting()),
                   asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr thrown, failure what) {
                     over = true;
                     escaped = thrown;
                     seen = what;
                   }));
    sim.run_until([&] { return over; });
    CHECK(!escaped);
    CHECK(seen.code == (cancelled ? error_code(errc::cancelled) : error_code()));
    CHECK(sim.elapsed() == 0s);
    (as_client ? connected : accepted).reset();
    sim.run_until([&] { return other_over; });
  }
  CHECK(ends > 5);
}

TEST_CASE("a handshake that is cancelled while its peer does nothing ends at once") {
  testing::memory_network network(GENERATE(as<std::size_t>{}, 100, 10'000));  // what it begins with goes in or does not
  testing::simulation sim;
  clock& time = *sim.clock();
  const auto deadline = time.now() + 1s;
  const auto listener = network.transport()->listen(sim.executor(), "localhost", 443);
  auto mine = sim.run(network.transport()->connect(sim.executor(), "localhost", 443, time, deadline));
  const auto silent = sim.run(listener->accept(sim.executor()));
  failure seen;
  bool over = false;
  asio::cancellation_signal signal;
  asio::co_spawn(sim.executor(),
                 failure_of(net::tls_connect(std::move(mine), client_tls(), "localhost", time, deadline)),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, failure what) {
                   over = true;
                   seen = what;
                 }));
  sim.settle();
  CHECK_FALSE(over);
  asio::post(sim.executor(), [&] { signal.emit(asio::cancellation_type::terminal); });
  sim.run_until([&] { return over; });
  CHECK(seen.code == errc::cancelled);
  CHECK(sim.elapsed() == 0s);
}

TEST_CASE("a handshake that is cancelled after any number of turns ends with that, or was over") {
  int turns = 0;
  for (bool cancelled = true; cancelled; ++turns) {
    INFO("turn " << turns);
    stage on;
    on.serve();
    clock& time = *on.sim.clock();
    const auto deadline = time.now() + 1s;
    auto below = on.sim.run(on.network.transport()->connect(on.sim.executor(), "localhost", 443, time, deadline));
    std::unique_ptr<stream_adaptor> connected;
    const auto connecting = [&]() -> task<> {
      connected = std::make_unique<stream_adaptor>(
          co_await net::tls_connect(std::move(below), client_tls(), "localhost", time, deadline));
    };
    failure seen;
    cancelled = run_cancelled_after(on.sim, turns, failure_of(connecting()), seen);
    CHECK(on.sim.elapsed() == 0s);
    if (!connected) {
      CHECK(seen.code == errc::cancelled);
      continue;
    }
    CHECK(!seen.code);  // it was over already
    outcome wrote;
    on.sim.run(write_all(*connected, "GET", wrote));
    CHECK(!wrote.code);
  }
  CHECK(turns > 5);
}

TEST_CASE("TCP: a record that the system takes a part of at once goes on where it stopped") {
  asio::io_context context;
  const auto executor = context.get_executor();
  const auto transport = net::tcp_network();
  const auto listener = transport->listen(executor, "127.0.0.1", 0);
  std::unique_ptr<stream_adaptor> client, server;
  tls_stream* tls = nullptr;
  const std::string text = sample_text(16U << 20U);  // more than the system keeps for a peer that does not read
  std::size_t at_once = 0, total = 0;
  int cut_records = 0;
  outcome shaken, accepted, wrote, heard;
  testing::manual_clock time;

  const auto write = [&]() -> task<> {
    const auto deadline = time.now() + 1s;
    auto below = co_await transport->connect(executor, "127.0.0.1", listener->port(), time, deadline);
    auto handled = std::make_unique<handled_stream>(std::move(below));
    handled->asks_below = true;
    const handled_stream& seen = *handled;
    auto made = std::make_unique<tls_stream>(std::move(handled), client_side(), nullptr);
    tls = made.get();
    client = std::make_unique<stream_adaptor>(std::move(made));
    co_await shake_hands(*tls, tls_engine::role::client, shaken);
    for (;;) {
      const auto now = tls->write_now(const_pieces(asio::const_buffers_1(asio::buffer(text) + at_once)));
      at_once += now.bytes;
      if (now.is_held_back || now.bytes == 0) break;
    }
    cut_records = seen.cut_records;
    total = std::min(text.size(), at_once + 100'000);
    co_await write_all(*client, text.substr(at_once, total - at_once), wrote);
  };
  const auto read = [&]() -> task<> {
    auto made = std::make_unique<tls_stream>(co_await listener->accept(executor), server_side(), nullptr);
    tls_stream* const raw = made.get();
    server = std::make_unique<stream_adaptor>(std::move(made));
    co_await shake_hands(*raw, tls_engine::role::server, accepted);
    while (total == 0) co_await asio::post(executor, asio::use_awaitable);
    co_await read_all(*server, total, heard);
  };
  const auto rethrow = [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  };
  asio::co_spawn(context, write(), rethrow);
  asio::co_spawn(context, read(), rethrow);
  context.run_for(2s);
  CHECK(!wrote.code);
  CHECK(wrote.over);
  CHECK((heard.text.size() == total && text.starts_with(heard.text)));
  if (cut_records == 0) WARN("this system took whole records only");
  CHECK(at_once % 16'384 == 0);
  CHECK(at_once < text.size());
}

}  // namespace monochord::net_test
