// SPDX-License-Identifier: MIT
// The endpoint: what it answers, and whom it ends.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <memory>
#include <monochord/core/error.hpp>
#include <monochord/metrics/server.hpp>
#include <monochord/testing/memory_network.hpp>
#include <monochord/testing/simulation.hpp>
#include <string>
#include <vector>

#include "metrics/listen_address.hpp"
#include "net/http_client.hpp"
#include "net/loop_thread.hpp"
#include "net/network.hpp"
#include "support/catch.hpp"
#include "support/prometheus_page.hpp"

namespace monochord {
namespace {

using namespace std::chrono_literals;

metrics with_one() {
  metrics all;
  all.add([](std::vector<metric_family>& out) {
    out.push_back({"answer", metric_type::gauge, "The answer.", {{{{"kind", "whole"}}, 42, {}}}});
  });
  return all;
}

struct stage {
  explicit stage(metrics of = with_one(), std::size_t most = 16) : served(std::move(of)) {
    metrics_server_options options;
    options.listen = "localhost:9464";
    options.max_connections = most;
    options.clock = sim.clock();
    options.transport = network.transport();
    options.executor = sim.executor();
    options.log_to = [this](log_level level, std::string_view, std::string_view text) {
      log += std::string(text) + "\n";
      if (level >= log_level::warning) ++warnings;
    };
    server = std::make_unique<metrics_server>(served, std::move(options));
    server->start();
    net::http_options http;
    http.transport = network.transport();
    http.clock = sim.clock();
    pool = std::make_unique<net::http_pool>(sim.executor(), net::url::parse("http://localhost:9464"), http);
  }
  ~stage() { sim.run(server->async_stop()); }
  net::http_response ask(std::string method, std::string target) {
    const net::http_request request(std::move(method), std::move(target));
    return sim.run(pool->send(request));
  }

  testing::simulation sim;
  testing::memory_network network;
  metrics served;
  std::string log;
  int warnings = 0;
  std::unique_ptr<metrics_server> server;
  std::unique_ptr<net::http_pool> pool;
};

listen_address parsed(std::string_view text) { return listen_address::parse(text); }

bool is_address(std::string_view text) {
  try {
    (void)parsed(text);
    return true;
  } catch (const error& e) {
    CHECK(e.code() == errc::invalid_argument);
    return false;
  }
}

}  // namespace

TEST_CASE("an address to listen on is written in few ways") {
  for (const auto* text : {"9464", ":9464", "127.0.0.1:9464"}) {
    CHECK(parsed(text).host == "127.0.0.1");
    CHECK(parsed(text).port == 9464);
  }
  CHECK(parsed("[::1]:80").host == "::1");
  CHECK(parsed("[::1]:80").host_in_url() == "[::1]");
  CHECK(parsed("0.0.0.0:0").host == "0.0.0.0");
  CHECK(parsed("localhost:65535").port == 65535);
  for (const auto* text : {"",      ":",       "x",          "127.0.0.1",    "127.0.0.1:", "1:2:3",  "::1:80",
                           "[::1]", "[::1]80", "[]:80",      "[1.2.3.4]:80", "a:65536",    "a:-1",   "a:+1",
                           "a:1 ",  "a b:1",   "http://a:1", "a/b:1",        "[::1:80",    "::1]:80"})
    CHECK_FALSE(is_address(text));
  metrics_server_options options;
  options.listen = "nowhere";
  CHECK_THROWS_AS(metrics_server(metrics(), options), error);
}

TEST_CASE("the endpoint answers with the figures, and tells everything else where they are") {
  stage on;
  CHECK(on.log == "figures are at http://localhost:9464/metrics\n");
  CHECK(on.server->url() == "http://localhost:9464/metrics");
  for (const auto* target : {"/metrics", "/metrics?format=prometheus"}) {
    const auto got = on.ask("GET", target);
    CHECK(got.status == 200);
    CHECK(got.headers.get("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(got.body == on.served.prometheus());
    CHECK(tests::prometheus_page(got.body).value("answer", {{"kind", "whole"}}) == 42);
  }
  const auto head = on.ask("HEAD", "/metrics");
  CHECK(head.status == 200);
  CHECK(head.body.empty());
  CHECK(head.headers.get("Content-Length") == std::to_string(on.served.prometheus().size()));
  CHECK(on.ask("GET", "/").status == 404);
  CHECK(on.ask("GET", "/metrics/").status == 404);
  CHECK(on.ask("GET", "/METRICS").status == 404);
  const auto refused = on.ask("POST", "/metrics");
  CHECK(refused.status == 405);
  CHECK(refused.headers.get("Allow") == "GET, HEAD");
  CHECK(on.pool->counters().connections_opened == 1);
  CHECK_THROWS_AS(on.server->start(), error);
}

TEST_CASE("a gatherer that throws costs its page only, and its text stays in the log") {
  auto all = with_one();
  const auto bad = all.add([](std::vector<metric_family>&) { throw std::runtime_error("secret of a gatherer"); });
  stage on(all);
  const auto got = on.ask("GET", "/metrics");
  CHECK(got.status == 500);
  CHECK(got.body.find("secret") == got.body.npos);
  CHECK(on.log.find("secret of a gatherer") != on.log.npos);
  all.remove(bad);
  CHECK(on.ask("GET", "/metrics").status == 200);
}

TEST_CASE("who says nothing, asks for too much or too often is ended, and others are served") {
  stage on(with_one(), 2);
  std::vector<std::unique_ptr<net::byte_stream>> strangers;
  auto& time = *on.sim.clock();
  for (int i = 0; i < 6; ++i)
    strangers.push_back(
        on.sim.run(on.network.transport()->connect(on.sim.executor(), "localhost", 9464, time, time.now() + 1s)));
  CHECK(on.ask("GET", "/metrics").status == 200);

  net::http_request large("GET", "/metrics");
  large.headers.add("X-Large", std::string(20'000, 'x'));
  CHECK(on.sim.run(on.pool->send(large)).status == 400);
  net::http_request body("POST", "/metrics");
  body.body = std::string(20'000, 'x');
  CHECK(on.sim.run(on.pool->send(body)).status == 413);
  on.sim.run_for(11s);
  CHECK(on.ask("GET", "/metrics").status == 200);
}

TEST_CASE("an endpoint with a thread of its own is served over TCP, outlives what it shows, and ends") {
  auto all = std::make_unique<metrics>(with_one());
  metrics_server_options options;
  options.listen = "0";
  options.log_to = null_sink();
  metrics_server server(*all, options);
  CHECK(server.port() == 0);
  server.start();
  CHECK(server.port() != 0);
  all.reset();

  CHECK(server.url() == "http://127.0.0.1:" + std::to_string(server.port()) + "/metrics");
  net::loop_thread here;
  net::http_options http;
  http.transport = net::tcp_network();
  http.clock = system_clock();
  auto pool = std::make_unique<net::http_pool>(here.executor(), net::url::parse(server.url()), http);
  const net::http_request request("GET", "/metrics");
  const auto got = boost::asio::co_spawn(here.executor(), pool->send(request), boost::asio::use_future).get();
  CHECK(got.status == 200);
  CHECK(tests::prometheus_page(got.body).value("answer", {{"kind", "whole"}}) == 42);
  metrics_server_options taken = options;
  taken.listen = std::to_string(server.port());
  metrics_server second(metrics(), taken);
  CHECK_THROWS_AS(second.start(), error);
  server.stop();
  server.stop();
  metrics_server third(metrics(), taken);
  third.start();
  boost::asio::co_spawn(here.executor(), pool->close(), boost::asio::use_future).get();
}

}  // namespace monochord
