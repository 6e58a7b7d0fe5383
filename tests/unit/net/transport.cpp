// SPDX-License-Identifier: MIT
// What a connection does beyond one request and one answer: TLS resumption, gzip, bodies that are read while they are sent.
#include <zlib.h>

#include <optional>

#include "every_turn.hpp"
#include "loop.hpp"
#include "net/body_source.hpp"
#include "net/gzip.hpp"
#include "support/catch.hpp"

namespace monochord::net_test {
namespace {

namespace asio = boost::asio;

std::string gzipped(std::string_view text) {
  z_stream z{};
  REQUIRE(deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  return out;
}

error_code gunzip_error(std::string_view packed, std::size_t max_bytes = 1000) {
  try {
    net::gunzip(packed, max_bytes);
  } catch (const error& e) {
    return e.code();
  }
  return {};
}

TEST_CASE("gzip is unpacked within bounds, and whatever is not gzip is a typed error") {
  const std::string text(1000, 'x');
  const std::string packed = gzipped(text);
  CHECK(net::gunzip(packed, 1000) == text);
  CHECK(net::gunzip(gzipped(""), 0).empty());
  CHECK(net::gunzip(packed + gzipped("y"), 1001) == text + "y");  // several members
  CHECK(gunzip_error(packed, 999) == errc::message_too_large);
  CHECK(gunzip_error(gzipped(std::string(10'000'000, 'x')), 1000) == errc::message_too_large);  // a bomb
  CHECK(gunzip_error("") == errc::inflate_failed);
  CHECK(gunzip_error("not gzip at all") == errc::inflate_failed);
  CHECK(gunzip_error(packed + "behind") == errc::inflate_failed);
  for (std::size_t size = 0; size < packed.size(); ++size) {
    INFO("cut after " << size);
    CHECK(gunzip_error(std::string_view(packed).substr(0, size)) == errc::inflate_failed);
  }
  for (std::size_t at = packed.size() - 8; at < packed.size(); ++at) {  // checksum and length
    auto damaged = packed;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    CHECK(gunzip_error(damaged) == errc::inflate_failed);
  }
}

TEST_CASE("a gzip body has a few members at most, however small they are") {
  std::string many, text;
  for (int i = 0; i < 16; ++i) {
    many += gzipped(i % 2 == 0 ? "x" : "");
    text += i % 2 == 0 ? "x" : "";
  }
  CHECK(net::gunzip(many, 1000) == text);
  CHECK(gunzip_error(many + gzipped("")) == errc::inflate_failed);
}

/// Answers with `body` under that Content-Encoding.
void answer_encoded(stage& on, std::string& accept, std::string encoding, std::string body) {
  on.handlers.on_request = [&accept, encoding, body](const net::http_request& request, const net::peer_info&) -> task<net::server_reply> {
    accept = request.headers.get("Accept-Encoding");
    net::http_response answer(200, "application/json", body);
    answer.headers.add("Content-Encoding", encoding);
    co_return answer;
  };
}

task<net::http_response> get(net::http_pool& pool, std::string accept = {}, std::string method = "GET") {
  net::http_request request(std::move(method), "/");
  if (!accept.empty()) request.headers.add("Accept-Encoding", accept);
  co_return co_await pool.send(request);
}

TEST_CASE("a gzip answer is asked for and unpacked") {
  stage on;
  std::string accept;
  answer_encoded(on, accept, "gzip", gzipped("{\"a\":1}"));
  on.serve();
  const auto pool = on.pool();
  const auto answer = on.sim.run(get(*pool));
  CHECK(accept == "gzip");
  CHECK(answer.body == "{\"a\":1}");
  CHECK(!answer.headers.has("Content-Encoding"));
  CHECK(on.sim.run(get(*pool, {}, "HEAD")).body.empty());
  CHECK(pool->counters().connections_opened == 1);
}

TEST_CASE("an answer that is no gzip, too large once unpacked or in an encoding nobody asked for ends the connection") {
  struct sample {
    const char* encoding;
    std::string body;
    const char* accept;
    errc code;
  };
  for (const auto& one : {sample{"gzip", "garbage", "", errc::inflate_failed},
                          sample{"gzip", gzipped(std::string(100'000, 'x')), "", errc::message_too_large},
                          sample{"br", "text", "", errc::http_malformed},
                          sample{"gzip", gzipped("text"), "identity", errc::http_malformed}}) {
    INFO(one.encoding << " " << one.accept);
    stage on;
    std::string accept;
    answer_encoded(on, accept, one.encoding, one.body);
    on.http_options.max_body_bytes = 10'000;
    on.serve();
    const auto pool = on.pool();
    CHECK(on.sim.run(failure_of(get(*pool, one.accept))).code == one.code);
    CHECK(pool->open_connections() == 0);
    CHECK(pool->counters().failures == 1);
  }
  stage plain;
  std::string accept;
  answer_encoded(plain, accept, "identity", "text");
  plain.http_options.accept_gzip = false;
  plain.serve();
  const auto pool = plain.pool();
  CHECK(plain.sim.run(get(*pool)).body == "text");
  CHECK(accept.empty());
}

/// Its own settings, for the ones that tests share have seen other servers.
std::shared_ptr<const net::tls_context> fresh_client_tls() { return net::tls_context::client_trusting_pem(authority().pem()); }

task<net::server_reply> nothing(const net::http_request&, const net::peer_info&) { co_return net::http_response(204); }

TEST_CASE("a connection after an idle close goes on with the TLS session of the one before") {
  stage on;
  on.handlers.on_request = nothing;
  on.http_options.tls = fresh_client_tls();
  on.http_options.idle_timeout = 20s;
  on.serve();
  const auto pool = on.pool();
  for (std::uint64_t round = 1; round <= 4; ++round) {
    on.sim.run(get(*pool));
    on.sim.run_for(21s);
    const auto count = pool->counters();
    CHECK(count.connections_opened == round);
    CHECK(count.idle_closes == round);
    CHECK(count.tls_handshakes == round);
    CHECK(count.tls_resumed == round - 1);
    CHECK(count.stale_connections == 0);
  }
}

TEST_CASE("sessions are kept by host, and a server that does not know them makes a full handshake") {
  stage on;
  on.handlers.on_request = nothing;
  on.http_options.tls = fresh_client_tls();
  on.serve();
  net::server other(on.sim.executor(), on.server_options, on.handlers);
  other.listen("127.0.0.1", 443);
  on.sim.run(get(*on.pool()));
  net::http_pool elsewhere(on.sim.executor(), net::url::parse("https://127.0.0.1"), on.http_options);
  on.sim.run(get(elsewhere));
  CHECK(elsewhere.counters().tls_resumed == 0);
  on.sim.run(on.server->stop());
  on.server_options.tls = server_tls(authority().issue({"localhost"}));  // with other keys for its tickets
  on.serve();
  const auto again = on.pool();
  CHECK(on.sim.run(get(*again)).status == 204);
  CHECK(again->counters().tls_resumed == 0);
  const auto third = on.pool();
  on.sim.run(get(*third));
  CHECK(third->counters().tls_resumed == 1);
}

TEST_CASE("a certificate that is refused leaves no session behind") {
  stage on;
  on.handlers.on_request = nothing;
  on.server_options.tls = server_tls(authority().issue({"evil.test"}));
  on.http_options.tls = fresh_client_tls();
  on.serve();
  for (int i = 0; i < 3; ++i) {
    const auto pool = on.pool();
    CHECK(on.sim.run(failure_of(get(*pool))).code == errc::certificate_refused);
    CHECK(pool->counters().tls_handshakes == 0);
  }
}

/// A body of `total` bytes in pieces, which can break in several ways.
class test_source final : public net::body_source {
 public:
  test_source(std::size_t total, std::size_t piece) : total(total), piece_(piece, 'x') {}
  task<> open() override {
    if (opened != 0 && once) throw error(errc::invalid_argument, "it can be read once only");
    ++opened;
    at = 0;
    co_return;
  }
  std::uint64_t size() const noexcept override { return total; }
  bool repeatable() const noexcept override { return !once; }
  task<std::string_view> read() override {
    if (at >= breaks_at) throw upload_error(errc::upload_failed, "file.bin", total, 0, "file.bin changed");
    const std::size_t count = std::min(piece_.size(), (too_long ? total + 1 : too_short ? total - 1 : total) - at);
    at += count;
    co_return std::string_view(piece_).substr(0, count);
  }

  const std::size_t total;
  std::size_t at = 0;
  std::size_t breaks_at = static_cast<std::size_t>(-1);
  int opened = 0;
  bool once = false;
  bool too_long = false;
  bool too_short = false;

 private:
  std::string piece_;
};

task<net::http_response> upload(net::http_pool& pool, std::shared_ptr<test_source> source, std::string method = "POST") {
  net::http_request request(std::move(method), "/");
  request.source = std::move(source);
  co_return co_await pool.send(request);
}

task<failure> uploading(net::http_pool& pool) { return failure_of(upload(pool, std::make_shared<test_source>(300'000, 60'000))); }

task<net::server_reply> size_of_body(const net::http_request& request, const net::peer_info&) {
  net::http_response answer(200, "text/plain", std::to_string(request.body.size()));
  co_return answer;
}

TEST_CASE("a body is read while it is sent") {
  for (const std::size_t total : {std::size_t{0}, std::size_t{1}, std::size_t{65536}, std::size_t{3'000'000}}) {
    stage on;
    on.handlers.on_request = size_of_body;
    on.serve();
    const auto pool = on.pool();
    const auto source = std::make_shared<test_source>(total, 50'000);
    for (int i = 1; i <= 2; ++i) {
      CHECK(on.sim.run(upload(*pool, source)).body == std::to_string(total));
      CHECK(source->opened == i);
      CHECK(source->at == total);
    }
    CHECK(pool->counters().connections_opened == 1);
  }
}

TEST_CASE("a source that fails, or is of another size than it said, ends the connection and the call at once") {
  struct sample {
    std::size_t breaks_at;
    bool too_long, too_short;
  };
  for (const auto& one : {sample{0, false, false}, sample{100'000, false, false}, sample{static_cast<std::size_t>(-1), true, false},
                          sample{static_cast<std::size_t>(-1), false, true}}) {
    INFO(one.breaks_at << one.too_long << one.too_short);
    stage on;
    int asked = 0;
    on.handlers.on_request = [&](const net::http_request&, const net::peer_info&) -> task<net::server_reply> {
      ++asked;
      co_return net::http_response(200);
    };
    on.serve();
    const auto pool = on.pool();
    // The last piece is what shows that there is too much: it holds more than the rest of what was said.
    const auto source = std::make_shared<test_source>(200'000, 60'000);
    source->breaks_at = one.breaks_at;
    source->too_long = one.too_long;
    source->too_short = one.too_short;
    const auto seen = on.sim.run(failure_of(upload(*pool, source, "PUT")));
    CHECK(seen.code == errc::upload_failed);
    CHECK(on.sim.elapsed() == 0s);
    CHECK(asked == 0);
    CHECK(source->opened == 1);
    CHECK(pool->open_connections() == 0);
    CHECK(pool->counters().failures == 1);
    on.sim.run(on.server->stop());
    CHECK(on.network.open_connections() == 0);
  }
}

TEST_CASE("a refusal that comes before the whole body was sent is the answer") {
  stage on(false);
  on.server_options.max_body_bytes = 100'000;  // answers 413 as soon as it reads the header
  on.handlers.on_request = nothing;
  on.serve();
  const auto pool = on.pool();
  const auto source = std::make_shared<test_source>(50'000'000, 50'000);
  CHECK(on.sim.run(upload(*pool, source)).status == 413);
  CHECK(source->at < 5'000'000);
  CHECK(pool->open_connections() == 0);
  CHECK(on.sim.elapsed() < 5s);
}

/// A server that takes the beginning of one upload, says all of `said`, each when it has read something more, and then does
/// nothing: it takes nothing more, and keeps the connection.
task<> refuse_and_hold(net::listener& at, asio::any_io_executor executor, std::vector<std::string> said,
                       std::optional<net::stream_adaptor>& held) {
  held.emplace(co_await at.accept(executor));
  for (const auto& text : said) {
    char space[1024];
    co_await held->async_read_some(asio::buffer(space), asio::use_awaitable);
    co_await asio::async_write(*held, asio::buffer(text), asio::use_awaitable);
  }
}

TEST_CASE("a refusal by a peer that takes nothing more, but keeps the connection, is the answer at once") {
  const std::string proceed = "HTTP/1.1 100 Continue\r\n\r\n";
  const std::string head = "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 5\r\n\r\n";
  for (const auto& said : std::vector<std::vector<std::string>>{{head + "large"}, {head, "large"}, {proceed, head + "large"}}) {
    INFO(said.front() << "..." << said.back());
    stage on(false);
    const auto listener = on.network.transport()->listen(on.sim.executor(), "localhost", 443);
    std::optional<net::stream_adaptor> held;
    on.sim.spawn(refuse_and_hold(*listener, on.sim.executor(), said, held));
    const auto pool = on.pool();
    const auto answer = on.sim.run(upload(*pool, std::make_shared<test_source>(5'000'000, 50'000)));
    CHECK(answer.status == 413);
    CHECK(answer.body == "large");
    CHECK(on.sim.elapsed() == 0s);
    CHECK(pool->open_connections() == 0);
  }
}

TEST_CASE("an answer to an upload that is not HTTP is told as such, also while the upload is under way") {
  stage on(false);
  const auto listener = on.network.transport()->listen(on.sim.executor(), "localhost", 443);
  std::optional<net::stream_adaptor> held;
  on.sim.spawn(refuse_and_hold(*listener, on.sim.executor(), {"SSH-2.0\r\n\r\n"}, held));
  const auto pool = on.pool();
  CHECK(on.sim.run(failure_of(upload(*pool, std::make_shared<test_source>(5'000'000, 50'000)))).code == errc::http_malformed);
  CHECK(on.sim.elapsed() == 0s);
}

/// A source on a disk that does not answer.
class hung_source final : public net::body_source {
 public:
  explicit hung_source(bool already_open) : opens_(already_open) {}
  task<> open() override {
    if (!opens_) co_await hang();
  }
  std::uint64_t size() const noexcept override { return 100'000; }
  bool repeatable() const noexcept override { return true; }
  task<std::string_view> read() override {
    co_await hang();
    co_return std::string_view();
  }

 private:
  task<> hang() {
    const error_code woken = co_await net::park([this](std::shared_ptr<net::parked> wait) { waits_.push_back(std::move(wait)); });
    if (woken) throw error(errc::cancelled, "cancelled");
  }
  const bool opens_;
  std::vector<std::shared_ptr<net::parked>> waits_;
};

task<> send_hung(net::http_pool& pool, bool opens, duration limit, time_point deadline, std::optional<failure>& seen) {
  net::http_request request("POST", "/");
  request.source = std::make_shared<hung_source>(opens);
  seen = co_await failure_of(pool.send(request, limit, deadline));
}

TEST_CASE("a source that hangs while it is opened or read holds neither a call beyond its time nor the pool that is closed") {
  for (const bool encrypted : {false, true}) {
    for (const bool opens : {false, true}) {
      INFO((opens ? "reading" : "opening") << encrypted);
      stage on(encrypted);
      on.handlers.on_request = nothing;
      on.serve();
      const auto pool = on.pool();
      std::optional<failure> seen;
      on.sim.run(send_hung(*pool, opens, opens ? 7s : 1h, on.sim.clock()->now() + (opens ? 1h : 7s), seen));
      REQUIRE(seen);
      CHECK(seen->code == errc::timeout);
      CHECK(on.sim.elapsed() == 7s);
      seen.reset();
      on.sim.spawn(send_hung(*pool, opens, 1h, time_point::max(), seen));
      on.sim.settle();
      CHECK(!seen);
      on.sim.run(pool->close());
      on.sim.settle();
      REQUIRE(seen);
      CHECK(seen->code == errc::cancelled);
      CHECK(on.sim.elapsed() == 7s);
      CHECK(pool->open_connections() == 0);
    }
  }
}

TEST_CASE("on a kept connection that ended, a body goes out again only when it can be read again") {
  for (const bool once : {false, true}) {
    stage on;
    int asked = 0;
    on.handlers.on_request = [&](const net::http_request&, const net::peer_info&) -> task<net::server_reply> {
      net::server_reply reply(net::http_response(204));
      if (++asked == 2) reply.play = net::server_reply::fault::close;
      co_return reply;
    };
    on.serve();
    const auto pool = on.pool();
    on.sim.run(get(*pool));
    const auto source = std::make_shared<test_source>(100'000, 50'000);
    source->once = once;
    const auto seen = on.sim.run(failure_of(upload(*pool, source, "PUT")));
    CHECK(seen.code == (once ? error_code(errc::closed) : error_code()));
    CHECK(source->opened == (once ? 1 : 2));
    CHECK(asked == (once ? 2 : 3));
    CHECK(pool->counters().resent == (once ? 0 : 1));
  }
}

TEST_CASE("a large body has the time that a slow line needs") {
  stage on(false);
  on.handlers.on_request = nothing;
  on.http_options.slowest_upload_bytes_per_second = 10'000;
  on.serve();
  const auto pool = on.pool();
  net::http_request request("POST", "/");
  CHECK(pool->time_for(request) == 30s);
  request.body.assign(50'000, 'x');
  CHECK(pool->time_for(request) == 35s);
  on.sim.run(get(*pool));
  on.network.stall_all();
  CHECK(on.sim.run(failure_of(upload(*pool, std::make_shared<test_source>(1'000'000, 50'000)))).code == errc::timeout);
  CHECK(on.sim.elapsed() == 130s);
}

TEST_CASE("an upload that is cancelled at any turn ends at once, the next request works") {
  CHECK(cancel_at_every_turn(size_of_body, uploading) > 30);
}

TEST_CASE("an upload whose connection breaks at any turn fails with a typed error or succeeds") {
  for (const bool stalls : {false, true}) CHECK(break_at_every_turn(stalls, 40s, size_of_body, uploading) > 20);
}

TEST_CASE("a websocket that waits for the rest of a message, or for room for one, can be cancelled") {
  const auto read_one = [](net::websocket& socket) -> task<> { co_await socket.read(); };
  const auto write_parts = [](net::websocket& socket) -> task<> {
    const std::string text(10'000'000, 'x');
    co_await socket.write_fragmented(text, false, 10'000);
  };
  for (const bool writes : {false, true}) {
    INFO((writes ? "writing" : "reading"));
    stage on(false);
    on.handlers.on_websocket = [&on](std::unique_ptr<net::websocket> socket, const net::http_request&,
                                     const net::peer_info&) -> task<> {
      co_await socket->write_raw(std::string_view("\x01\x01y", 3));  // a first part, nothing follows
      const auto wait = on.sim.clock()->make_timer(on.sim.executor());
      co_await wait->wait_until(on.sim.clock()->now() + 1h);
    };
    on.serve();
    const auto socket = on.sim.run(on.connect());
    boost::asio::cancellation_signal signal;
    std::optional<failure> seen;
    boost::asio::co_spawn(on.sim.executor(), failure_of(writes ? write_parts(*socket) : read_one(*socket)),
                          boost::asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr thrown, failure what) {
                            if (!thrown) seen = what;
                          }));
    on.sim.settle();
    CHECK(!seen);
    boost::asio::post(on.sim.executor(), [&] { signal.emit(boost::asio::cancellation_type::terminal); });
    on.sim.settle();
    REQUIRE(seen);
    CHECK(seen->code == errc::cancelled);
    CHECK(!socket->is_open());
    on.sim.run(on.server->stop());
  }
}

}  // namespace
}  // namespace monochord::net_test
