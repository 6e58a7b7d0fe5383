// SPDX-License-Identifier: MIT
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fstream>
#include <future>
#include <iterator>
#include <monochord/gateway/network_identify_queue.hpp>
#include <monochord/gateway/reshard_exchange.hpp>
#include <monochord/gateway/session_store.hpp>
#include <utility>

#include "gateway/queue_address.hpp"
#include "gateway/queue_server_core.hpp"
#include "net/loop_thread.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"
#include "protocol/queue_call.hpp"

namespace monochord {

namespace asio = boost::asio;

namespace {

constexpr std::size_t spare_connections =
    256;  // for those who have something to tell, or look after the server's health
constexpr duration stranger_limit = std::chrono::seconds{10};  // who has said nothing by then is gone
constexpr std::size_t most_header_bytes = 16U << 10U;
static_assert(protocol::most_report_bytes == reshard_exchange::most_bytes);
constexpr std::uintmax_t most_pem_bytes = 1U << 20U;

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string out;
  for (std::istreambuf_iterator<char> at(file), end; at != end && out.size() <= most_pem_bytes; ++at) out += *at;
  if (out.empty() || out.size() > most_pem_bytes) throw error(errc::tls_failed, "cannot read " + path);
  return out;
}

std::shared_ptr<const net::tls_context> tls_of(const identify_queue_server_options& options) {
  if (options.certificate_file.empty() && options.key_file.empty()) return nullptr;
  if (options.certificate_file.empty() || options.key_file.empty())
    throw error(errc::invalid_argument, "a certificate needs its key, and a key its certificate");
  return net::tls_context::server(contents(options.certificate_file), contents(options.key_file));
}

void check(const identify_queue_server_options& options, bool encrypted) {
  if (!encrypted && !options.allow_plain && !net::is_loopback(options.address))
    throw error(errc::plain_refused,
                "refused to listen on " + options.address +
                    " without TLS: give a certificate, or set allow_plain if the network is trusted");
  if (options.queue.max_concurrency < 1 || options.queue.remaining < 0 ||
      options.queue.total < options.queue.remaining || options.queue.reset_after < duration::zero() ||
      options.first_after < std::chrono::milliseconds::zero())
    throw error(errc::invalid_argument, "identify_queue_server_options::queue holds numbers that cannot be");
  if (options.max_waiting == 0)
    throw error(errc::invalid_argument, "identify_queue_server_options::max_waiting is 0: nobody could ever wait");
}

}  // namespace

struct identify_queue_server::impl {
  explicit impl(identify_queue_server_options given) : options(std::move(given)) {
    const auto tls = tls_of(options);
    check(options, tls != nullptr);
    const logger log(options.log_to ? options.log_to : spdlog_sink(options.log), options.log);
    if (options.secret.empty() && !net::is_loopback(options.address))
      log(log_level::warning, "queue",
          "there is no secret: whoever reaches " + options.address + " can use up the day's session starts and make a resharding fail");
    if (!options.executor) own = std::make_unique<net::loop_thread>();
    const auto on = own ? own->executor() : options.executor;
    const auto time = options.clock ? options.clock : system_clock();
    core = std::make_shared<gateway::queue_server_core>(options, time, on, log);

    net::server_options served;
    served.transport = options.transport ? options.transport : net::tcp_network();
    served.clock = time;
    served.tls = tls;
    served.max_connections = options.max_waiting + spare_connections;
    served.max_header_bytes = most_header_bytes;
    served.max_body_bytes = reshard_exchange::most_bytes;
    served.body_bytes_of = [core = core](const net::http_request& head) { return core->most_body_bytes(head); };
    served.prefer_newcomers = true;
    served.first_timeout = stranger_limit;
    served.request_timeout = stranger_limit;
    served.notice_departure = true;
    served.silence_limit = gateway::silence_limit;
    served.refusal_headers.add(gateway::queue_mark, "1");
    served.log = log;
    net::server_handlers handlers;
    handlers.on_request = [core = core](const net::http_request& request, const net::peer_info&) {
      return gateway::queue_server_core::serve(core, request);
    };
    http = std::make_shared<net::server>(on, std::move(served), std::move(handlers));
    scheme = tls ? "https://" : "http://";
  }

  static task<> shut(std::shared_ptr<net::server> http, std::shared_ptr<gateway::queue_server_core> core) {
    co_await http->stop();
    co_await gateway::queue_server_core::end(core);
  }

  const identify_queue_server_options options;
  std::unique_ptr<net::loop_thread> own;
  std::shared_ptr<gateway::queue_server_core> core;
  std::shared_ptr<net::server> http;
  std::string scheme;
  bool started = false;
  bool stopped = false;
};

identify_queue_server::identify_queue_server(identify_queue_server_options options)
    : impl_(std::make_unique<impl>(std::move(options))) {}

identify_queue_server::~identify_queue_server() { stop(); }

void identify_queue_server::start() {
  auto& self = *impl_;
  if (self.started || self.stopped) throw error(errc::invalid_argument, "an identify queue server starts once");
  self.http->listen(self.options.address, self.options.port);
  self.started = true;
  asio::co_spawn(self.core->strand, gateway::queue_server_core::live(self.core), asio::detached);
}

void identify_queue_server::stop() noexcept {
  auto& self = *impl_;
  if (std::exchange(self.stopped, true)) return;
  try {
    if (self.started) asio::co_spawn(self.core->strand, impl::shut(self.http, self.core), asio::detached);
  } catch (const std::exception&) {
    self.http->close();
  }
  if (self.own) self.own->join();  // the server still needs its context for its own end
}

std::uint16_t identify_queue_server::port() const noexcept { return impl_->http->port(); }

std::string identify_queue_server::url() const {
  const auto& address = impl_->options.address;
  const bool is_ip6 = address.find(':') != std::string::npos;
  return impl_->scheme + (is_ip6 ? "[" + address + "]" : address) + ":" + std::to_string(port());
}

identify_queue_server_counters identify_queue_server::counters() const { return impl_->core->counters(); }

}  // namespace monochord
