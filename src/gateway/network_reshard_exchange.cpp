// SPDX-License-Identifier: MIT
// Where processes meet that reshard together: at the server of their identify queue.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <memory>
#include <monochord/gateway/network_identify_queue.hpp>
#include <monochord/gateway/reshard_exchange.hpp>
#include <utility>

#include "gateway/queue_address.hpp"
#include "net/http_client.hpp"
#include "net/loop_thread.hpp"
#include "protocol/queue_call.hpp"

namespace monochord {

namespace asio = boost::asio;

namespace {

constexpr duration answer_limit = std::chrono::seconds{4};  // whoever asks gives up after 5

std::string_view meaning_of(int status) {
  switch (status) {
    case 400:
      return "it does not understand what this process says: both have to be of the same version";
    case 401:
    case 403:
      return "it wants another secret (network_identify_queue_options::secret)";
    case 404:
      return "it is no identify queue of ours, or one that is too old to be met at";
    default:
      return "it refused";
  }
}

class network_exchange final : public reshard_exchange, public std::enable_shared_from_this<network_exchange> {
 public:
  explicit network_exchange(const network_identify_queue_options& options)
      : own_(options.executor ? nullptr : std::make_unique<net::loop_thread>()),
        to_(options),
        pool_(std::make_shared<net::http_pool>(own_ ? own_->executor() : options.executor, to_.base, to_.http(2))) {}
  ~network_exchange() override {
    if (!own_) return;
    const auto close = [](std::shared_ptr<net::http_pool> pool) -> task<> { co_await pool->close(); };
    try {
      asio::co_spawn(own_->executor(), close(pool_), asio::detached);
    } catch (const std::exception&) {  // the thread ends once nothing is under way
    }
    pool_.reset();
  }

  task<std::string> talk(std::string message) override {
    const auto self = shared_from_this();
    protocol::queue_call call;
    call.what = protocol::queue_call::kind::reshard;
    auto request = to_.request(protocol::method_of(call), protocol::target_of(call));
    request.headers.add("Content-Type", "application/octet-stream");
    request.body = std::move(message);
    net::http_response answer;
    try {
      answer = co_await pool_->send(request, answer_limit, after(to_.time->now(), answer_limit));
    } catch (const net::http_error& e) {
      if (e.code() == errc::cancelled) throw;
      throw error(e.code(), to_.name() + ": " + e.what());
    }
    if (answer.status != 200 || !answer.headers.has("Monochord-Queue")) {
      const int status = answer.status == 200 ? 404 : answer.status;
      throw identify_queue_error(make_error_code(errc::closed),
                                 to_.name() + ": " + std::string(meaning_of(status)) + " (HTTP " +
                                     std::to_string(answer.status) + ")",
                                 answer.status);
    }
    co_return std::move(answer.body);
  }

 private:
  std::unique_ptr<net::loop_thread> own_;  // outlives the connections
  const gateway::queue_address to_;
  std::shared_ptr<net::http_pool> pool_;
};

}  // namespace

std::shared_ptr<reshard_exchange> make_network_reshard_exchange(network_identify_queue_options options) {
  return std::make_shared<network_exchange>(options);
}

}  // namespace monochord
