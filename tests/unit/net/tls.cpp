// SPDX-License-Identifier: MIT
// Certificates, and everything over the system's TCP and with several threads.
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <filesystem>
#include <future>

#include "loop.hpp"
#include "net/resolver.hpp"
#include "support/catch.hpp"

namespace monochord::net_test {
namespace {

namespace asio = boost::asio;

struct sample {
  const char* what;
  testing::certificate shown;
  const char* host;
  errc code;  // 0: taken
  const char* says;
};

std::vector<sample> samples() {
  static const testing::test_ca stranger("Somebody else");
  return {
      {"the right name", authority().issue({"discord.test", "other.test"}), "discord.test", errc{}, ""},
      {"a wildcard", authority().issue({"*.discord.test"}), "gateway.discord.test", errc{}, ""},
      {"an IPv4 address", authority().issue({"127.0.0.1"}), "127.0.0.1", errc{}, ""},
      {"an IPv6 address", authority().issue({"::1"}), "[::1]", errc{}, ""},
      {"another name", authority().issue({"evil.test"}), "discord.test", errc::certificate_refused, "another host"},
      {"a wildcard too deep", authority().issue({"*.discord.test"}), "a.b.discord.test", errc::certificate_refused, "another host"},
      {"a name for an address", authority().issue({"localhost"}), "127.0.0.1", errc::certificate_refused, "another host"},
      {"another address", authority().issue({"127.0.0.2"}), "127.0.0.1", errc::certificate_refused, "another host"},
      {"an unknown authority", stranger.issue({"discord.test"}), "discord.test", errc::certificate_refused, "unknown authority"},
      {"expired", authority().issue_expired({"discord.test"}), "discord.test", errc::certificate_refused, "expired"},
  };
}

task<net::server_reply> greet(const net::http_request&, const net::peer_info&) {
  co_return net::http_response(200, "text/plain", "hello");
}

task<int> fetch(net::http_pool& pool) {
  const net::http_request request("GET", "/");
  const auto answer = co_await pool.send(request);
  co_return answer.status;
}

TEST_CASE("certificates are checked, and for the host that was asked for") {
  for (const auto& one : samples()) {
    INFO(one.what);
    stage on;
    on.server_options.tls = server_tls(one.shown);
    on.handlers.on_request = greet;
    on.handlers.on_websocket = echo;
    on.server = std::make_unique<net::server>(on.sim.executor(), on.server_options, on.handlers);
    const auto where = net::url::parse("https://" + std::string(one.host));
    on.server->listen(where.host(), 443);
    net::http_pool pool(on.sim.executor(), where, on.http_options);
    const auto by_http = on.sim.run(failure_of(fetch(pool)));
    const auto by_socket = on.sim.run(failure_of(
        net::connect_websocket(on.sim.executor(), net::url::parse("wss://" + std::string(one.host)), on.socket_options)));
    if (one.code == errc{}) {
      CHECK(by_http.text == "");
      CHECK(by_socket.text == "");
    } else {
      CHECK(by_http.code == one.code);
      CHECK_THAT(by_http.text, Catch::Contains(one.says) && Catch::Contains(where.host()));
      CHECK(by_socket.code == one.code);
      CHECK_THAT(by_socket.text, Catch::Contains(one.says));
      CHECK(on.server->counters().requests == 0);
      CHECK(on.server->counters().upgrades == 0);
      on.sim.settle();
      CHECK(on.server->counters().tls_failures == 2);
    }
    on.sim.run(on.server->stop());
  }
}

TEST_CASE("the system's store does not know our authority") {
  stage on;
  on.handlers.on_request = greet;
  on.serve();
  on.http_options.tls = net::tls_context::client();
  const auto pool = on.pool();
  const auto seen = on.sim.run(failure_of(fetch(*pool)));
  CHECK(seen.code == errc::certificate_refused);
  CHECK_THAT(seen.text, Catch::Contains("unknown authority") && Catch::Contains("ca_file"));
}

TEST_CASE("TLS settings that cannot be used say so") {
  CHECK_THROWS_AS(net::tls_context::client_trusting_pem(""), error);
  CHECK_THROWS_AS(net::tls_context::client_trusting_pem("nonsense"), error);
  CHECK_THROWS_WITH(net::tls_context::client_trusting_file("/does/not/exist.pem"), Catch::Contains("/does/not/exist.pem"));
  const auto one = authority().issue({"localhost"});
  const auto two = authority().issue({"localhost"});
  CHECK_THROWS_AS(net::tls_context::server("", one.key_pem), error);
  CHECK_THROWS_AS(net::tls_context::server(one.chain_pem, two.key_pem), error);
  CHECK_THROWS_AS(authority().issue({"a,b"}), error);
  CHECK_THROWS_AS(authority().issue({}), error);
}

TEST_CASE("a CA file is read back") {
  const auto path = std::filesystem::temp_directory_path() / ("monochord_ca_" + std::to_string(::getpid()) + ".pem");
  authority().write_pem(path.string());
  CHECK_NOTHROW(net::tls_context::client_trusting_file(path.string()));
  std::filesystem::remove(path);
}

TEST_CASE("garbage and plain HTTP instead of TLS, on either side") {
  stage on;
  on.handlers.on_request = greet;
  on.serve();
  CHECK(on.sim.run(exchange_raw(on, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")).find("hello") == std::string::npos);
  on.sim.settle();
  CHECK(on.server->counters().tls_failures == 1);
  stage plain(false);
  plain.handlers.on_request = greet;
  plain.serve();
  net::http_pool pool(plain.sim.executor(), net::url::parse("https://localhost"), plain.http_options);
  // The server waits for the end of what looks like a request, so the client's deadline may have to end it.
  const auto seen = plain.sim.run(failure_of(fetch(pool)));
  CHECK((seen.code == errc::tls_failed || seen.code == errc::timeout));
}

TEST_CASE("plain addresses beyond loopback are refused before anything is resolved") {
  stage on(false);
  CHECK_THROWS_AS(net::http_pool(on.sim.executor(), net::url::parse("http://discord.test"), on.http_options), error);
  const auto seen = on.sim.run(
      failure_of(net::connect_websocket(on.sim.executor(), net::url::parse("ws://discord.test"), on.socket_options)));
  CHECK(seen.code == errc::plain_refused);
  CHECK(on.network.failed_connects() == 0);
  on.socket_options.allow_plain = true;
  const auto allowed = on.sim.run(
      failure_of(net::connect_websocket(on.sim.executor(), net::url::parse("ws://discord.test"), on.socket_options)));
  CHECK(allowed.code == errc::resolve_failed);
}

/// Real sockets on loopback, a pool of threads.
struct real_stage {
  explicit real_stage(bool encrypted) : encrypted(encrypted) {
    net::server_options options;
    options.transport = transport;
    options.clock = system_clock();
    if (encrypted) options.tls = server_tls(authority().issue({"127.0.0.1", "localhost"}));
    net::server_handlers handlers;
    handlers.on_request = greet;
    handlers.on_websocket = echo;
    server = std::make_unique<net::server>(threads.get_executor(), options, handlers);
    server->listen("127.0.0.1", 0);
  }
  ~real_stage() {
    run(server->stop());
    server.reset();
    threads.join();
  }
  template <class T>
  T run(task<T> work) {
    return asio::co_spawn(asio::make_strand(threads), std::move(work), asio::use_future).get();
  }
  net::url where(const char* scheme) const {
    return net::url::parse(scheme + std::string(encrypted ? "s" : "") + "://127.0.0.1:" + std::to_string(server->port()));
  }
  net::http_options http() const {
    net::http_options made;
    made.transport = transport;
    made.clock = system_clock();
    made.tls = client_tls();
    return made;
  }
  net::websocket_options socket() const {
    net::websocket_options made;
    made.transport = transport;
    made.clock = system_clock();
    made.tls = client_tls();
    return made;
  }

  bool encrypted;
  std::shared_ptr<net::network> transport = net::tcp_network();
  asio::thread_pool threads{4};
  std::unique_ptr<net::server> server;
};

task<int> converse(const real_stage& on, int rounds, std::atomic<int>* finished = nullptr) {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  const auto options = on.socket();
  auto socket = co_await net::connect_websocket(here, on.where("ws"), options);
  int heard = 0;
  for (int i = 0; i < rounds; ++i) {
    const std::string text(static_cast<std::size_t>(i % 100) * 777, 'x');
    co_await socket->write_text(text);
    const auto message = co_await socket->read();
    if (message.data == text) ++heard;
    if (!finished) continue;
    ++*finished;
    finished->notify_one();
  }
  co_await socket->close(1000);
  co_return heard;
}

TEST_CASE("TCP and TLS on loopback with several threads") {
  for (const bool encrypted : {false, true}) {
    real_stage on(encrypted);
    auto options = on.http();
    options.max_connections = 3;
    net::http_pool pool(on.threads.get_executor(), on.where("http"), options);
    std::vector<std::future<int>> sockets, requests;
    for (int i = 0; i < 6; ++i) {
      sockets.push_back(asio::co_spawn(asio::make_strand(on.threads), converse(on, 20), asio::use_future));
      for (int k = 0; k < 5; ++k) {
        requests.push_back(asio::co_spawn(asio::make_strand(on.threads), fetch(pool), asio::use_future));
      }
    }
    for (auto& one : sockets) CHECK(one.get() == 20);
    for (auto& one : requests) CHECK(one.get() == 200);
    CHECK(pool.counters().connections_opened <= 3);
    CHECK(pool.counters().responses == 30);
    on.run(pool.close());
    CHECK(pool.open_connections() == 0);
  }
}

TEST_CASE("TCP: refused, unresolvable and wrong hosts") {
  real_stage on(true);
  const auto options = on.socket();
  const auto connect = [](const net::websocket_options& with, net::url where) -> task<failure> {
    const asio::any_io_executor here = co_await asio::this_coro::executor;
    co_return co_await failure_of(net::connect_websocket(here, where, with));
  };
  // A port that was free a moment ago.
  std::uint16_t free_port = 0;
  {
    const auto listener = on.transport->listen(on.threads.get_executor(), "127.0.0.1", 0);
    free_port = listener->port();
  }
  const auto refused = on.run(connect(options, net::url::parse("wss://127.0.0.1:" + std::to_string(free_port))));
  CHECK(refused.code == errc::connect_failed);
  CHECK_THAT(refused.text, Catch::Contains("127.0.0.1"));
  CHECK(on.run(connect(options, net::url::parse("wss://bad..name"))).code == errc::resolve_failed);
  CHECK(on.run(connect(options, on.where("ws"))).text == "");
  net::url by_name = net::url::parse("wss://localhost:" + std::to_string(on.server->port()));
  CHECK(on.run(connect(options, by_name)).text == "");
  CHECK_THROWS_AS(on.transport->listen(on.threads.get_executor(), "127.0.0.1", on.server->port()), error);
  CHECK_THROWS_AS(on.transport->listen(on.threads.get_executor(), "not an address", 0), error);
}

TEST_CASE("TCP: the addresses of a name are tried in turn") {
  real_stage on(true);
  using asio::ip::tcp;
  std::uint16_t closed = 0;  // a port that was free a moment ago
  {
    const auto listener = on.transport->listen(on.threads.get_executor(), "127.0.0.1", 0);
    closed = listener->port();
  }
  const tcp::endpoint dead(asio::ip::address_v4::loopback(), closed);
  const tcp::endpoint alive(asio::ip::address_v4::loopback(), on.server->port());
  const tcp::endpoint no_route(asio::ip::make_address("::1"), closed);
  std::vector<tcp::endpoint> answer{dead, no_route, alive};
  const auto names = [&answer](std::string, std::uint16_t) -> task<std::vector<tcp::endpoint>> { co_return answer; };
  auto options = on.http();
  options.transport = net::tcp_network(names);
  const auto there = net::url::parse("https://localhost");
  net::http_pool pool(on.threads.get_executor(), there, options);
  CHECK(on.run(fetch(pool)) == 200);
  on.run(pool.close());
  answer = {dead, no_route};
  net::http_pool nowhere(on.threads.get_executor(), there, options);
  const auto seen = on.run(failure_of(fetch(nowhere)));
  CHECK(seen.code == errc::connect_failed);
  CHECK_THAT(seen.text, Catch::Contains("127.0.0.1:" + std::to_string(closed)) && Catch::Contains("[::1]"));
}

TEST_CASE("TCP: the address of a name that answered last is tried first") {
  real_stage on(true);
  using asio::ip::tcp;
  const tcp::endpoint alive(asio::ip::address_v4::loopback(), on.server->port());
  const tcp::endpoint dead(asio::ip::make_address("127.0.0.2"), on.server->port());
  const auto names = [dead, alive](std::string, std::uint16_t) -> task<std::vector<tcp::endpoint>> {
    std::vector<tcp::endpoint> all{dead, alive};
    co_return all;
  };
  auto options = on.http();
  options.transport = net::tcp_network(names);
  options.tls_timeout = 2s;
  const auto there = net::url::parse("https://localhost");
  std::unique_ptr<net::listener> silent;
  for (int round = 0; round < 2; ++round) {
    net::http_pool pool(on.threads.get_executor(), there, options);
    CHECK(on.run(fetch(pool)) == 200);
    on.run(pool.close());
    // From now on the first address takes connections and does nothing with them.
    if (!silent) silent = on.transport->listen(on.threads.get_executor(), "127.0.0.2", on.server->port());
  }
}

/// Far more than any test waits for: only cancellation ends it.
task<int> fetch_for_ever(net::http_pool& pool, std::atomic<int>& rounds) {
  for (;;) {
    co_await fetch(pool);
    ++rounds;
    rounds.notify_one();
  }
}

TEST_CASE("requests and websockets that are cancelled in the middle, with several threads, end") {
  real_stage on(true);
  net::http_pool pool(on.threads.get_executor(), on.where("http"), on.http());
  for (int i = 0; i < 40; ++i) {
    const auto strand = asio::make_strand(on.threads);
    asio::cancellation_signal signal;
    std::promise<bool> ended;  // looked at here: TSan does not see how libstdc++ counts the owners of an exception
    const auto tell = [&](std::exception_ptr thrown, int) { ended.set_value(is_cancellation(thrown)); };
    std::atomic<int> rounds = 0;
    auto work = i % 2 == 0 ? converse(on, 1'000'000, &rounds) : fetch_for_ever(pool, rounds);
    asio::co_spawn(strand, std::move(work), asio::bind_cancellation_slot(signal.slot(), tell));
    for (int seen = rounds; seen < i / 2; seen = rounds) rounds.wait(seen);  // each time at another place
    std::promise<void> emitted;
    asio::post(strand, [&] {
      signal.emit(asio::cancellation_type::terminal);
      emitted.set_value();
    });
    emitted.get_future().wait();
    auto end = ended.get_future();
    REQUIRE(end.wait_for(std::chrono::seconds{30}) == std::future_status::ready);
    CHECK(end.get());
    CHECK(rounds >= i / 2);
  }
  CHECK(pool.counters().cancelled > 0);  // under way, not between two requests
  on.run(pool.close());
  CHECK(pool.open_connections() == 0);
}

TEST_CASE("names are resolved beside the executor, and a lookup that nobody wants any more holds nobody up") {
  asio::io_context context;
  net::resolver names;
  std::vector<asio::ip::tcp::endpoint> found;
  const auto resolve = [](net::resolver& with, std::string host, std::vector<asio::ip::tcp::endpoint>& into) -> task<> {
    into = co_await with.resolve(std::move(host), 443);
  };
  asio::co_spawn(context, resolve(names, "localhost", found), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  context.run();
  REQUIRE(found.size() == 2);  // whatever the system says
  CHECK(found[0] == asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), 443));
  CHECK(found[1] == asio::ip::tcp::endpoint(asio::ip::make_address("::1"), 443));
  context.restart();
  found.clear();
  asio::cancellation_signal signal;
  error_code seen;
  asio::co_spawn(context, failure_of(resolve(names, "localhost", found)),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, failure what) { seen = what.code; }));
  asio::post(context, [&] { signal.emit(asio::cancellation_type::terminal); });
  context.run();
  CHECK((seen == errc::cancelled || (!seen && !found.empty())));  // it may have been faster
}

}  // namespace
}  // namespace monochord::net_test
