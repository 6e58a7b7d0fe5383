// SPDX-License-Identifier: MIT
#include "net/server.hpp"

#include <monochord/core/error.hpp>
#include <monochord/metrics/server.hpp>
#include <utility>

#include "metrics/listen_address.hpp"
#include "net/loop_thread.hpp"
#include "net/url.hpp"

namespace monochord {

namespace {

constexpr duration patience = std::chrono::seconds{10};  // for a request, and for whoever takes its answer
constexpr std::size_t most_header_bytes = 8U << 10U;
constexpr std::size_t most_body_bytes = 1U << 10U;

net::server_reply plain(int status, std::string text) {
  return net::http_response(status, "text/plain; charset=utf-8", std::move(text));
}

task<net::server_reply> answer_scrape(metrics of, const net::http_request& request) {
  const std::string_view target = request.target;
  if (target.substr(0, target.find('?')) != "/metrics") co_return plain(404, "the figures are at /metrics\n");
  if (request.method != "GET" && request.method != "HEAD") {
    auto refused = plain(405, "figures are only read\n");
    refused.response.headers.add("Allow", "GET, HEAD");
    co_return refused;
  }
  co_return net::http_response(200, prometheus_content_type, of.prometheus());
}

}  // namespace

struct metrics_server::impl {
  impl(metrics of, metrics_server_options given)
      : options(std::move(given)), where(listen_address::parse(options.listen)) {
    if (options.max_connections == 0)
      throw error(errc::invalid_argument, "metrics_server_options::max_connections is 0: nobody could ever ask");
    log = logger(options.log_to ? options.log_to : spdlog_sink(options.log), options.log);
    if (!options.executor) own = std::make_unique<net::loop_thread>();
    const auto on = own ? own->executor() : options.executor;

    net::server_options served;
    served.transport = options.transport ? options.transport : net::tcp_network();
    served.clock = options.clock ? options.clock : system_clock();
    served.max_connections = options.max_connections;
    served.max_header_bytes = most_header_bytes;
    served.max_body_bytes = most_body_bytes;
    served.prefer_newcomers = true;
    served.first_timeout = patience;
    served.request_timeout = patience;
    served.write_timeout = patience;
    served.idle_timeout = patience;
    served.log = log;
    net::server_handlers handlers;
    handlers.on_request = [of = std::move(of)](const net::http_request& request, const net::peer_info&) {
      return answer_scrape(of, request);
    };
    http = std::make_shared<net::server>(on, std::move(served), std::move(handlers));
  }

  const metrics_server_options options;
  const listen_address where;
  logger log;
  std::unique_ptr<net::loop_thread> own;
  std::shared_ptr<net::server> http;
  bool started = false;
  bool stopped = false;
};

metrics_server::metrics_server(metrics of, metrics_server_options options)
    : impl_(std::make_unique<impl>(std::move(of), std::move(options))) {}

metrics_server::~metrics_server() { stop(); }

void metrics_server::start() {
  auto& self = *impl_;
  if (self.started || self.stopped) throw error(errc::invalid_argument, "a metrics server starts once");
  self.http->listen(self.where.host, self.where.port);
  self.started = true;
  if (!net::is_loopback(self.where.host))
    self.log(log_level::warning, "metrics", "whoever reaches " + url() + " can read this bot's figures");
  else
    self.log(log_level::info, "metrics", "figures are at " + url());
}

void metrics_server::stop() noexcept {
  auto& self = *impl_;
  if (std::exchange(self.stopped, true)) return;
  self.http->close();
  if (self.own) self.own->join();  // the server still needs its context for its own end
}

task<> metrics_server::async_stop() {
  impl_->stopped = true;
  const auto http = impl_->http;
  co_await http->stop();
}

std::uint16_t metrics_server::port() const noexcept { return impl_->http->port(); }

std::string metrics_server::url() const {
  return "http://" + impl_->where.host_in_url() + ":" + std::to_string(port()) + "/metrics";
}

}  // namespace monochord
