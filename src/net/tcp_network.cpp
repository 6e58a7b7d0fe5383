// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/asio/associator.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <map>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "net/deadline.hpp"
#include "net/network.hpp"
#include "net/next_in_line.hpp"
#include "net/own_strand.hpp"
#include "net/resolver.hpp"
#include "net/worker_threads.hpp"

namespace monochord::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using socket = tcp::socket;  // over any_io_executor

/// An operation that could be done at once: its end is queued for the thread that is at it, which has nothing else to do once
/// it returns, and wakes no other one.
struct at_hand {
  byte_stream::io_handler done;
  void operator()(error_code failed, std::size_t bytes) {
    const worker_threads::working now;
    std::move(done)(failed, bytes);
  }
  friend bool asio_handler_is_continuation(at_hand*) { return true; }
};

std::string text_of(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

}  // namespace
}  // namespace monochord::net

template <template <class, class> class Associator, class Default>
struct boost::asio::associator<Associator, monochord::net::at_hand, Default>
    : Associator<monochord::net::byte_stream::io_handler, Default> {
  using above = Associator<monochord::net::byte_stream::io_handler, Default>;
  static auto get(const monochord::net::at_hand& of) noexcept { return above::get(of.done); }
  static auto get(const monochord::net::at_hand& of, const Default& otherwise) noexcept { return above::get(of.done, otherwise); }
};

namespace monochord::net {
namespace {

/// The same of a socket that is on the context itself, below the strand: what it brought is dealt with on that, and then,
/// the strand free again, what this led to on the same thread.
class below_strand {
 public:
  using strand = context_strand::executor_type;
  using allocator_type = byte_stream::io_handler::allocator_type;
  using cancellation_slot_type = byte_stream::io_handler::cancellation_slot_type;

  below_strand(const strand& on, byte_stream::io_handler done) : on_(on), done_(std::move(done)) {}
  void operator()(error_code failed, std::size_t bytes) {
    const worker_threads::working now;
    next_in_line::around(on_.queue().context(), [&] {
      on_.execute([done = std::move(done_), failed, bytes]() mutable {
        const worker_threads::working now;  // later, where the strand is busy
        std::move(done)(failed, bytes);
      });
    });
  }
  allocator_type get_allocator() const noexcept { return done_.get_allocator(); }
  cancellation_slot_type get_cancellation_slot() const noexcept { return done_.get_cancellation_slot(); }
  friend bool asio_handler_is_continuation(below_strand* one) { return !next_in_line::is_at_it(one->on_.queue().context()); }

 private:
  strand on_;
  byte_stream::io_handler done_;
};

/// A socket of a stream on `executor`.
socket make_socket(const asio::any_io_executor& executor) {
  if (const auto* const strand = executor.target<below_strand::strand>()) return socket(strand->queue().below().executor());
  return socket(executor);
}

class tcp_stream final : public byte_stream {
 public:
  /// `connected` is one of `make_socket`.
  tcp_stream(socket connected, asio::any_io_executor on) : executor_(std::move(on)), socket_(std::move(connected)) {
    error_code ignored;  // a socket without these still works
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.set_option(asio::socket_base::keep_alive(true), ignored);
    socket_.non_blocking(true, ignored);  // for write_now; Asio's own operations are so in any case
    const auto remote = socket_.remote_endpoint(ignored);
    peer_ = ignored ? std::string("unknown") : text_of(remote);
  }

  asio::any_io_executor get_executor() noexcept override { return executor_; }
  void async_read_some(asio::mutable_buffer into, io_handler done) override {
    const asio::mutable_buffers_1 buffer(into);
    if (strand_) socket_.async_read_some(buffer, below_strand(*strand_, std::move(done)));
    else socket_.async_read_some(buffer, at_hand{std::move(done)});
  }
  void async_write_some(const_pieces from, io_handler done) override {
    // Not at hand: who began it may be user code that goes on for long, and what waits for the end would not see it.
    if (strand_) socket_.async_write_some(from, asio::bind_executor(*strand_, std::move(done)));
    else socket_.async_write_some(from, std::move(done));
  }
  taken write_now(const_pieces from) noexcept override {
    taken all;
    error_code failed;  // would_block, or what the next write finds
    for (const asio::const_buffer& piece : from) {
      const auto bytes = socket_.send(asio::const_buffers_1(piece), 0, failed);
      all.bytes += failed ? 0 : bytes;
      if (failed || bytes != piece.size()) break;
    }
    all.any_left = all.bytes != 0;
    return all;
  }
  void async_shutdown(handler done) override {
    error_code result;
    socket_.shutdown(socket::shutdown_send, result);
    asio::post(executor_, [done = std::move(done), result]() mutable { std::move(done)(result); });
  }
  void close() noexcept override {
    error_code ignored;  // the descriptor is gone either way
    socket_.close(ignored);
  }
  void reset() noexcept override {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);  // makes close() send RST
    socket_.close(ignored);
  }
  void notice_silence(duration limit) noexcept override {
    const auto seconds = static_cast<int>(std::clamp<std::int64_t>(std::chrono::ceil<std::chrono::seconds>(limit).count(), 3, 7200));
    const auto set = [this](int option, int value) {  // a socket without these still works
      static_cast<void>(::setsockopt(socket_.native_handle(), IPPROTO_TCP, option, &value, sizeof value));
    };
    set(TCP_KEEPIDLE, seconds / 3);
    set(TCP_KEEPINTVL, seconds / 3);
    set(TCP_KEEPCNT, 2);
    set(TCP_USER_TIMEOUT, seconds * 1000);  // keep-alive looks after nothing while bytes are under way
  }
  std::string peer() const override { return peer_; }

 private:
  const asio::any_io_executor executor_;
  const below_strand::strand* const strand_ = executor_.target<below_strand::strand>();  // null: it is another executor
  socket socket_;
  std::string peer_;
};

class tcp_listener final : public listener {
 public:
  tcp_listener(const asio::any_io_executor& executor, const std::string& address, std::uint16_t port)
      : acceptor_(executor) {
    error_code bad;
    const auto parsed = address == "localhost" ? asio::ip::address(asio::ip::address_v4::loopback())
                                               : asio::ip::make_address(address, bad);
    if (bad) throw error(errc::invalid_argument, "cannot listen on " + address + ": that is not an IP address");
    const tcp::endpoint where(parsed, port);
    acceptor_.open(where.protocol(), bad);
    if (!bad) acceptor_.set_option(asio::socket_base::reuse_address(true), bad);
    if (!bad) acceptor_.bind(where, bad);
    if (!bad) acceptor_.listen(asio::socket_base::max_listen_connections, bad);
    if (bad) throw error(errc::connect_failed, "cannot listen on " + text_of(where) + ": " + bad.message());
    port_ = acceptor_.local_endpoint().port();
  }

  task<std::unique_ptr<byte_stream>> accept(asio::any_io_executor executor) override {
    socket connected = make_socket(executor);
    const auto [failed] = co_await acceptor_.async_accept(connected, asio::as_tuple(asio::use_awaitable));
    if (!failed) co_return std::make_unique<tcp_stream>(std::move(connected), std::move(executor));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (is_cancelled(state)) throw error(errc::cancelled, "accepting was cancelled");
    if (failed == asio::error::operation_aborted || failed == asio::error::bad_descriptor) {
      throw error(errc::closed, "the listener is closed");
    }
    throw error(errc::resource, "a connection could not be accepted: " + failed.message());
  }

  std::uint16_t port() const override { return port_; }
  void close() noexcept override {
    error_code ignored;  // the descriptor is gone either way
    acceptor_.close(ignored);
  }

 private:
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
};

task<> resolve_into(const address_lookup& names, std::string host, std::uint16_t port, std::vector<tcp::endpoint>& found) {
  found = co_await names(std::move(host), port);
}

task<> connect_into(socket& to, tcp::endpoint where, error_code& failed) {
  const auto [error] = co_await to.async_connect(where, asio::as_tuple(asio::use_awaitable));
  failed = error;
}

class system_tcp final : public network {
 public:
  explicit system_tcp(address_lookup names) : names_(std::move(names)) {}

  task<std::unique_ptr<byte_stream>> connect(asio::any_io_executor executor, std::string host, std::uint16_t port,
                                             clock& time, time_point deadline) override {
    std::vector<tcp::endpoint> addresses;
    const bool resolved = co_await run_before(time, deadline, resolve_into(names_, host, port, addresses));
    if (!resolved) throw error(errc::timeout, "resolving " + host + " took too long");
    // RFC 6761 6.3: whatever a name server says, localhost is this machine; plain connections rely on it.
    if (host == "localhost") std::erase_if(addresses, [](const tcp::endpoint& one) { return !one.address().is_loopback(); });
    if (addresses.empty()) throw error(errc::resolve_failed, host + " has no address that can be used");
    begin_with_good(host, addresses);
    std::string failures;
    bool refused = false;  // an address answered, so it is not a matter of time
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      // Each address gets its share of what is left: a dead one must not use up the time of those behind it.
      const time_point now = time.now();
      const duration share = std::max(deadline - now, duration::zero()) / static_cast<int>(addresses.size() - i);
      socket attempt = make_socket(executor);
      error_code failed;
      const bool in_time = co_await run_before(time, now + share, connect_into(attempt, addresses[i], failed));
      if (in_time && !failed) {
        note_good(host, addresses[i].address());
        co_return std::make_unique<tcp_stream>(std::move(attempt), executor);
      }
      const auto state = co_await asio::this_coro::cancellation_state;
      if (is_cancelled(state)) throw error(errc::cancelled, "connecting to " + host + " was cancelled");
      refused = refused || in_time;
      failures += (failures.empty() ? "" : "; ") + text_of(addresses[i]) + ": " +
                  (in_time ? failed.message() : std::string("no answer in time"));
    }
    throw error(refused ? errc::connect_failed : errc::timeout, "connecting to " + host + " failed: " + failures);
  }

  std::unique_ptr<listener> listen(asio::any_io_executor executor, const std::string& address,
                                   std::uint16_t port) override {
    return std::make_unique<tcp_listener>(executor, address, port);
  }

 private:
  /// Puts the address that answered last before all others: a dead one costs its share of the time once, not every time.
  void begin_with_good(const std::string& host, std::vector<tcp::endpoint>& addresses) {
    const std::lock_guard lock(mutex_);
    const auto good = good_.find(host);
    if (good == good_.end()) return;
    const auto found = std::ranges::find(addresses, good->second, [](const tcp::endpoint& one) { return one.address(); });
    if (found != addresses.end()) std::rotate(addresses.begin(), found, found + 1);
  }
  void note_good(const std::string& host, const asio::ip::address& address) {
    const std::lock_guard lock(mutex_);
    good_.insert_or_assign(host, address);
  }

  const address_lookup names_;
  std::mutex mutex_;  // guards good_
  std::map<std::string, asio::ip::address> good_;  // by host, of which a client has a handful
};

}  // namespace

std::shared_ptr<network> tcp_network(address_lookup names) { return std::make_shared<system_tcp>(std::move(names)); }

std::shared_ptr<network> tcp_network() {
  const auto names = std::make_shared<resolver>();
  return tcp_network([names](std::string host, std::uint16_t port) { return names->resolve(std::move(host), port); });
}

}  // namespace monochord::net
