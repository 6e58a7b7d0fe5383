// SPDX-License-Identifier: MIT
#include <monochord/core/proxy.hpp>

#include <cstdlib>

#include "loop.hpp"
#include "net/deadline.hpp"
#include "net/proxy.hpp"
#include "support/catch.hpp"

namespace monochord::net_test {
namespace {

task<> pump(net::stream_adaptor& from, net::stream_adaptor& to) {
  char space[4096];
  for (;;) {
    auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
    const auto [failed, count] = co_await from.async_read_some(boost::asio::buffer(space), token);
    if (count != 0) {
      const auto [unsent, sent] = co_await boost::asio::async_write(to, boost::asio::buffer(space, count), token);
      static_cast<void>(sent);
      if (unsent) break;
    }
    if (failed) break;
  }
  from.stream().close();
  to.stream().close();
}

task<error_code> pump_back(net::stream_adaptor& from, net::stream_adaptor& to) {
  co_await pump(from, to);
  co_return error_code();
}

/// A proxy on "proxy.test":3128 that opens tunnels within the network in memory, or says `answer` instead.
struct fake_proxy {
  fake_proxy(stage& on, bool encrypted, std::string answer = "HTTP/1.1 200 Connection established\r\n\r\n")
      : on(on), answer(std::move(answer)), listener(on.network.transport()->listen(on.sim.executor(), "proxy.test", 3128)) {
    if (encrypted) tls = server_tls(authority().issue({"proxy.test"}));
    on.sim.spawn(accept());
  }

  task<> accept() {
    for (;;) {
      std::unique_ptr<net::byte_stream> stream;
      try {
        stream = co_await listener->accept(on.sim.executor());
      } catch (const error&) {
        co_return;  // the test is over
      }
      on.sim.spawn(serve(std::move(stream)));
    }
  }

  task<> serve(std::unique_ptr<net::byte_stream> raw) {
    clock& time = *on.sim.clock();
    if (tls) raw = co_await net::tls_accept(std::move(raw), tls, time, time.now() + 10s);
    net::stream_adaptor client(std::move(raw));
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) {
      char space[1024];
      auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
      const auto [failed, count] = co_await client.async_read_some(boost::asio::buffer(space), token);
      request.append(space, count);
      if (failed) co_return;
    }
    requests.push_back(request);
    auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
    co_await boost::asio::async_write(client, boost::asio::buffer(answer), token);
    if (answer.empty()) {  // says nothing until the client goes
      char space[1];
      co_await client.async_read_some(boost::asio::buffer(space), token);
      co_return;
    }
    if (answer.find(" 200 ") == std::string::npos) co_return;
    const auto host_end = request.find(':', 8);
    net::stream_adaptor server(co_await on.network.transport()->connect(on.sim.executor(), request.substr(8, host_end - 8), 443, time, time.now() + 1s));
    co_await net::race(pump(client, server), pump_back(server, client));
  }

  stage& on;
  std::string answer;
  std::shared_ptr<const net::tls_context> tls;
  std::vector<std::string> requests;
  std::unique_ptr<net::listener> listener;
};

/// A server on "discord.test" that is reached through the proxy.
struct proxied_stage : stage {
  proxied_stage() {
    server_options.tls = server_tls(authority().issue({"discord.test"}));
    handlers.on_request = [](const net::http_request& request, const net::peer_info&) -> task<net::server_reply> {
      net::http_response answer(200, "text/plain", request.target);
      co_return answer;
    };
    handlers.on_websocket = echo;
    server = std::make_unique<net::server>(sim.executor(), server_options, handlers);
    server->listen("discord.test", 443);
  }
  void use(const proxy_settings& proxy) {
    http_options.transport = net::through_proxy(network.transport(), proxy, client_tls());
    socket_options.transport = http_options.transport;
  }
  std::unique_ptr<net::http_pool> pool_there() {
    return std::make_unique<net::http_pool>(sim.executor(), net::url::parse("https://discord.test"), http_options);
  }
};

task<std::string> get(net::http_pool& pool) {
  const net::http_request request("GET", "/path");
  const auto answer = co_await pool.send(request);
  co_return answer.body;
}

task<std::string> say(proxied_stage& on) {
  auto socket = co_await net::connect_websocket(on.sim.executor(), net::url::parse("wss://discord.test"), on.socket_options);
  co_await socket->write_text("hello");
  const auto message = co_await socket->read();
  std::string heard(message.data);
  co_await socket->close(1000);
  co_return heard;
}

TEST_CASE("requests and websockets go through the proxy's tunnel, with the host's own TLS inside") {
  for (const bool encrypted : {false, true}) {
    proxied_stage on;
    fake_proxy proxy(on, encrypted);
    proxy_settings settings;
    settings.url = encrypted ? "https://proxy.test:3128" : "http://proxy.test:3128";
    on.use(settings);
    const auto pool = on.pool_there();
    CHECK(on.sim.run(get(*pool)) == "/path");
    CHECK(on.sim.run(get(*pool)) == "/path");
    CHECK(pool->counters().connections_opened == 1);
    CHECK(on.sim.run(say(on)) == "hello");
    REQUIRE(proxy.requests.size() == 2);
    CHECK_THAT(proxy.requests[0], Catch::StartsWith("CONNECT discord.test:443 HTTP/1.1\r\nHost: discord.test:443\r\n"));
    CHECK_THAT(proxy.requests[0], !Catch::Contains("Authorization"));
    proxy.listener->close();
    on.sim.run(pool->close());
    on.sim.settle();
  }
}

TEST_CASE("the proxy gets its user name and password, and no error repeats them") {
  for (const bool in_url : {false, true}) {
    proxied_stage on;
    fake_proxy proxy(on, false, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 4\r\n\r\nhm");
    proxy_settings settings;
    if (in_url) {
      settings.url = "user:s%40cret@proxy.test:3128";
    } else {
      settings.url = "http://proxy.test:3128";
      settings.user = "user";
      settings.password = token("s@cret");
    }
    on.use(settings);
    const auto pool = on.pool_there();
    const auto seen = on.sim.run(failure_of(get(*pool)));
    CHECK(seen.code == errc::proxy_refused);
    CHECK_THAT(seen.text, Catch::Contains("http://proxy.test:3128") && Catch::Contains("407") && !Catch::Contains("cret") && !Catch::Contains("dXNl"));
    REQUIRE(proxy.requests.size() == 1);
    CHECK_THAT(proxy.requests[0], Catch::Contains("Proxy-Authorization: Basic dXNlcjpzQGNyZXQ=\r\n"));
    CHECK(on.server->counters().connections == 0);
  }
}

TEST_CASE("a proxy that refuses, ends, stalls, chats or talks nonsense gives a typed error") {
  struct sample {
    const char* answer;
    errc code;
  };
  const std::string endless = "HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x');
  for (const auto& one : {sample{"HTTP/1.1 502 Bad Gateway\r\n\r\n", errc::proxy_refused}, sample{"HTTP/1.1 302 Found\r\n\r\n", errc::proxy_refused},
                          sample{"HTTP/1.1 4", errc::connect_failed}, sample{"SSH-2.0-OpenSSH\r\n\r\n", errc::http_malformed},
                          sample{"HTTP/1.1 200 OK\r\n\r\nchat", errc::http_malformed}, sample{endless.c_str(), errc::http_malformed},
                          sample{"", errc::timeout}}) {
    INFO(std::string(one.answer).substr(0, 40));
    proxied_stage on;
    fake_proxy proxy(on, false, one.answer);
    proxy_settings settings;
    settings.url = "http://proxy.test:3128";
    on.use(settings);
    const auto pool = on.pool_there();
    CHECK(on.sim.run(failure_of(get(*pool))).code == one.code);
    CHECK(on.sim.elapsed() == (one.code == errc::timeout ? 10s : 0s));
    CHECK(on.sim.run(failure_of(say(on))).code == one.code);
    on.sim.settle();
    CHECK(on.network.open_connections("proxy.test") == 0);
  }
}

TEST_CASE("asking for a tunnel can be cancelled at any turn") {
  int turns = 0;
  const auto ask = [](net::http_pool& with) -> task<failure> { return failure_of(get(with)); };
  for (bool cancelled = true; cancelled; ++turns) {
    INFO("turn " << turns);
    proxied_stage on;
    fake_proxy proxy(on, false);
    proxy_settings settings;
    settings.url = "http://proxy.test:3128";
    on.use(settings);
    const auto pool = on.pool_there();
    failure seen;
    cancelled = run_cancelled_after(on.sim, turns, ask(*pool), seen);
    CHECK((!seen.code || (cancelled && (seen.code == errc::cancelled || seen.code == boost::asio::error::operation_aborted))));
    CHECK(on.sim.elapsed() == 0s);
    on.sim.run(pool->close());
    on.sim.settle();
    CHECK(on.network.open_connections() == 0);
  }
  CHECK(turns > 20);
}

TEST_CASE("some hosts are reached without the proxy") {
  struct sample {
    const char* except;
    const char* host;
    bool direct;
  };
  for (const auto& one : {sample{"", "localhost", true}, sample{"", "127.0.0.1", true}, sample{"", "discord.test", false},
                          sample{"*", "discord.test", true}, sample{"discord.test", "discord.test", true},
                          sample{"a, Discord.TEST ,b", "discord.test", true}, sample{".test", "discord.test", true},
                          sample{"*.test", "discord.test", true}, sample{"cord.test", "discord.test", false},
                          sample{"discord.test:443", "discord.test", true}, sample{"discord.test:444", "discord.test", false},
                          sample{"10.0.0.0/8", "10.1.2.3", true}, sample{"10.0.0.0/8", "11.1.2.3", false},
                          sample{"10.0.0.0/8", "discord.test", false}, sample{"2001:db8::/32", "2001:db8::1", true},
                          sample{"2001:db8::1", "2001:db8::1", true}, sample{"[2001:db8::1]:443", "2001:db8::1", true},
                          sample{"[2001:db8::1]:80", "2001:db8::1", false}}) {
    INFO(one.except << " " << one.host);
    stage on(false);
    on.network.refuse("proxy.test", true);
    const auto listening = on.network.transport()->listen(on.sim.executor(), "proxy.test", 3128);
    const auto there = on.network.transport()->listen(on.sim.executor(), one.host, 443);
    proxy_settings settings;
    settings.url = "http://proxy.test:3128";
    settings.except = one.except;
    const auto way = net::through_proxy(on.network.transport(), settings, nullptr);
    clock& time = *on.sim.clock();
    const auto seen = on.sim.run(failure_of(way->connect(on.sim.executor(), one.host, 443, time, time.now() + 1s)));
    CHECK(seen.code == (one.direct ? error_code() : error_code(errc::connect_failed)));
  }
}

TEST_CASE("proxy settings that cannot be used say so without their secrets") {
  const testing::memory_network network;
  CHECK(net::through_proxy(network.transport(), {}, nullptr) == network.transport());
  struct sample {
    proxy_settings settings;
    errc code;
  };
  std::vector<sample> all;
  for (const char* url : {"ftp://proxy.test", "wss://proxy.test", "http://", "http://user:secret@", "http://us%er:secret@proxy.test", "http://a b:secret@h:x"}) {
    all.push_back({{}, errc::bad_url});
    all.back().settings.url = url;
  }
  for (const char* user : {"a:b", "a\nb"}) {
    all.push_back({{}, errc::invalid_argument});
    all.back().settings.url = "http://proxy.test";
    all.back().settings.user = user;
    all.back().settings.password = token("secret");
  }
  for (const char* except : {"host:x", "10.0.0.0/99", "host:0", ".", "/"}) {
    all.push_back({{}, errc::invalid_argument});
    all.back().settings.url = "http://proxy.test";
    all.back().settings.except = except;
  }
  for (const auto& one : all) {
    INFO(one.settings.url << " " << one.settings.except);
    try {
      net::through_proxy(network.transport(), one.settings, nullptr);
      FAIL("it was taken");
    } catch (const error& e) {
      CHECK(e.code() == one.code);
      CHECK(std::string(e.what()).find("secret") == std::string::npos);
    }
  }
  proxy_settings needs_tls;
  needs_tls.url = "https://proxy.test";
  CHECK_THROWS_AS(net::through_proxy(network.transport(), needs_tls, nullptr), error);
}

TEST_CASE("the environment names a proxy, in lower case first") {
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"}) ::unsetenv(name);
  CHECK(proxy_from_env().url.empty());
  ::setenv("HTTPS_PROXY", "http://upper:1", 1);
  ::setenv("NO_PROXY", "a,b", 1);
  CHECK(proxy_from_env().url == "http://upper:1");
  CHECK(proxy_from_env().except == "a,b");
  ::setenv("https_proxy", "http://lower:1", 1);
  CHECK(proxy_from_env().url == "http://lower:1");
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "NO_PROXY"}) ::unsetenv(name);
}

}  // namespace
}  // namespace monochord::net_test
