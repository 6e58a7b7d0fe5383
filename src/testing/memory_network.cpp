// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <monochord/testing/memory_network.hpp>
#include "net/network.hpp"
#include "net/parked.hpp"

namespace monochord::testing {
namespace {

namespace asio = boost::asio;
using net::byte_stream;
using net::const_pieces;
using net::parked;

/// One direction of a connection. Guarded by the connection's mutex.
struct direction {
  std::string bytes;
  bool ended = false;  // FIN was written
  std::shared_ptr<parked> reader;
  asio::mutable_buffer into;
  std::shared_ptr<parked> writer;
  const_pieces from;
};

/// Completions that are due, carried out once the connection's mutex is free.
class completions {
 public:
  completions() = default;
  completions(const completions&) = delete;
  completions& operator=(const completions&) = delete;
  ~completions() {
    for (auto& one : due_) one.operation->complete(one.error, one.bytes);
  }
  void add(std::shared_ptr<parked> operation, error_code error, std::size_t bytes = 0) {
    if (operation) due_.push_back({std::move(operation), error, bytes});
  }

 private:
  struct completion {
    std::shared_ptr<parked> operation;
    error_code error;
    std::size_t bytes;
  };
  std::vector<completion> due_;
};

/// Both ends of one connection: way[0] goes to the server, way[1] to the client.
class connection {
 public:
  connection(std::string host, std::uint16_t port, std::size_t capacity)
      : host(std::move(host)), port(port), capacity_(capacity) {}

  const std::string host;
  const std::uint16_t port;

  void read(int end, asio::mutable_buffer into, byte_stream::io_handler done, const asio::any_io_executor& executor) {
    auto operation = parked::make(std::move(done), executor);
    completions due;
    const std::lock_guard lock(mutex_);
    if (closed_[end]) return due.add(std::move(operation), asio::error::operation_aborted);
    if (into.size() == 0) return due.add(std::move(operation), {});  // as sockets do; TLS relies on it
    auto& in = way_[1 - end];
    in.reader = std::move(operation);
    in.into = into;
    move(1 - end, due);
  }

  void write(int end, const const_pieces& from, byte_stream::io_handler done, const asio::any_io_executor& executor) {
    auto operation = parked::make(std::move(done), executor);
    completions due;
    const std::lock_guard lock(mutex_);
    auto& out = way_[end];
    if (closed_[end]) return due.add(std::move(operation), asio::error::operation_aborted);
    if (out.ended) return due.add(std::move(operation), asio::error::broken_pipe);
    if (asio::buffer_size(from) == 0) return due.add(std::move(operation), {});
    out.writer = std::move(operation);
    out.from = from;
    move(end, due);
  }

  void shut_down(int end) {
    completions due;
    const std::lock_guard lock(mutex_);
    way_[end].ended = true;
    move(end, due);
  }

  void close(int end) {
    completions due;
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_[end], true)) return;
    due.add(std::exchange(way_[1 - end].reader, nullptr), asio::error::operation_aborted);
    due.add(std::exchange(way_[end].writer, nullptr), asio::error::operation_aborted);
    way_[end].ended = true;
    move(end, due);
    if (!stalled_) fail_writer(1 - end, due);  // nobody reads that any more
  }

  void reset() {
    completions due;
    const std::lock_guard lock(mutex_);
    if (stalled_) return;  // even a reset does not get through
    reset_locked(due);
  }

  void close_both() {
    shut_down(0);
    shut_down(1);
  }

  void stall() {
    const std::lock_guard lock(mutex_);
    stalled_ = true;
    way_[0].bytes.clear();
    way_[1].bytes.clear();
  }

  /// What the server writes becomes nonsense on its way.
  void garble() {
    const std::lock_guard lock(mutex_);
    garbled_ = true;
  }

  void hold(bool on) {
    completions due;
    const std::lock_guard lock(mutex_);
    held_ = on;
    if (!on) move(1, due);
  }

  void cut_after(std::uint64_t bytes) {
    completions due;
    const std::lock_guard lock(mutex_);
    cut_ = bytes;
    move(1, due);
  }

  bool open() const {
    const std::lock_guard lock(mutex_);
    return !closed_[0] && !closed_[1] && !reset_;
  }

 private:
  void fail_writer(int which, completions& due) {
    due.add(std::exchange(way_[which].writer, nullptr), asio::error::broken_pipe);
  }

  void reset_locked(completions& due) {
    reset_ = true;
    for (int which = 0; which < 2; ++which) {
      way_[which].bytes.clear();
      due.add(std::exchange(way_[which].reader, nullptr), asio::error::connection_reset);
      due.add(std::exchange(way_[which].writer, nullptr), asio::error::connection_reset);
    }
  }

  /// Takes what the writer has into the buffer and gives the reader what is there.
  void move(int which, completions& due) {
    auto& way = way_[which];
    if (reset_) return reset_locked(due);
    if (way.writer && way.writer->done()) way.writer = nullptr;  // cancelled
    if (way.reader && way.reader->done()) way.reader = nullptr;
    if (way.writer && closed_[1 - which] && !stalled_) return fail_writer(which, due);
    take_from_writer(which, due);
    if (stalled_) return;
    if (cut_now()) return reset_locked(due);
    if (!way.reader || (held_ && which == 1)) return;
    if (!way.bytes.empty()) {
      const std::size_t count = asio::buffer_copy(way.into, asio::buffer(way.bytes));
      way.bytes.erase(0, count);
      due.add(std::exchange(way.reader, nullptr), {}, count);
      take_from_writer(which, due);  // there is room again
      if (cut_now()) reset_locked(due);
    } else if (way.ended) {
      due.add(std::exchange(way.reader, nullptr), asio::error::eof);
    }
  }

  /// Whether the client has read all that it is to get.
  bool cut_now() const { return cut_ == std::uint64_t{0} && way_[1].bytes.empty(); }

  void take_from_writer(int which, completions& due) {
    auto& way = way_[which];
    const std::size_t room = capacity_ - std::min(capacity_, way.bytes.size());
    if (!way.writer || room == 0) return;
    std::size_t count = std::min(room, asio::buffer_size(way.from));
    if (which == 1 && cut_) {
      count = static_cast<std::size_t>(std::min<std::uint64_t>(count, *cut_));
      *cut_ -= count;
      if (count == 0) return;  // the reset ends it
    }
    const std::size_t before = way.bytes.size();
    way.bytes.resize(before + count);
    asio::buffer_copy(asio::buffer(way.bytes.data() + before, count), way.from);
    if (garbled_ && which == 1)
      for (std::size_t i = before; i < way.bytes.size(); ++i) way.bytes[i] = static_cast<char>(~way.bytes[i]);
    due.add(std::exchange(way.writer, nullptr), {}, count);
    // A cut cable: the bytes stay in our own buffer, which fills up, and no more.
  }

  mutable std::mutex mutex_;
  const std::size_t capacity_;
  direction way_[2];
  bool closed_[2] = {false, false};
  bool reset_ = false;
  bool stalled_ = false;
  bool held_ = false;
  bool garbled_ = false;
  std::optional<std::uint64_t> cut_;
};

class memory_stream final : public byte_stream {
 public:
  memory_stream(std::shared_ptr<connection> both, int end, asio::any_io_executor executor)
      : both_(std::move(both)), end_(end), executor_(std::move(executor)) {}
  ~memory_stream() override { both_->close(end_); }

  asio::any_io_executor get_executor() noexcept override { return executor_; }
  void async_read_some(asio::mutable_buffer into, io_handler done) override {
    both_->read(end_, into, std::move(done), executor_);
  }
  void async_write_some(const_pieces from, io_handler done) override {
    both_->write(end_, from, std::move(done), executor_);
  }
  void async_shutdown(handler done) override {
    both_->shut_down(end_);
    asio::post(executor_, [done = std::move(done)]() mutable { std::move(done)(error_code()); });
  }
  void close() noexcept override { both_->close(end_); }
  void reset() noexcept override {
    both_->reset();
    both_->close(end_);
  }
  std::string peer() const override { return "memory"; }

 private:
  std::shared_ptr<connection> both_;
  int end_;
  asio::any_io_executor executor_;
};

using place = std::pair<std::string, std::uint16_t>;

/// What a listener and the network share.
struct accept_queue {
  std::deque<std::shared_ptr<connection>> arrived;
  std::shared_ptr<parked> waiting;
  bool closed = false;
};

}  // namespace

struct memory_network::impl final : public net::network, public std::enable_shared_from_this<impl> {
  explicit impl(std::size_t buffer_bytes) : capacity(buffer_bytes) {}

  task<std::unique_ptr<byte_stream>> connect(asio::any_io_executor executor, std::string host, std::uint16_t port,
                                             clock& time, time_point deadline) override;
  std::unique_ptr<net::listener> listen(asio::any_io_executor executor, const std::string& address,
                                        std::uint16_t port) override;

  /// A new connection to a listener; null when it is refused, with the reason.
  std::shared_ptr<connection> open(const std::string& host, std::uint16_t port, errc& why);

  template <class F>
  void each(const std::string& host, std::uint16_t port, F act) {
    std::vector<std::shared_ptr<connection>> chosen;
    {
      const std::lock_guard lock(mutex);
      std::erase_if(connections, [](const auto& weak) { return weak.expired(); });
      for (const auto& weak : connections) {
        auto one = weak.lock();
        if (one && (host.empty() || one->host == host) && (port == 0 || one->port == port)) chosen.push_back(one);
      }
    }
    for (const auto& one : chosen) act(*one);
  }
  void note(std::set<std::string>& hosts, const std::string& host, bool on) {
    const std::lock_guard lock(mutex);
    if (on) hosts.insert(host);
    else hosts.erase(host);
  }

  const std::size_t capacity;
  mutable std::mutex mutex;
  std::map<place, std::shared_ptr<accept_queue>> listeners;
  std::vector<std::weak_ptr<connection>> connections;
  std::set<std::string> refused, holes, unknown, garbled;
  std::uint16_t next_port = 40'000;
  std::uint64_t made = 0;
  std::uint64_t failed = 0;
};

namespace {

class memory_listener final : public net::listener {
 public:
  memory_listener(std::shared_ptr<memory_network::impl> network, place where, std::shared_ptr<accept_queue> queue)
      : network_(std::move(network)), where_(std::move(where)), queue_(std::move(queue)) {}
  ~memory_listener() override { memory_listener::close(); }

  task<std::unique_ptr<byte_stream>> accept(asio::any_io_executor executor) override {
    const auto network = network_;  // the listener may go while this waits
    const auto queue = queue_;
    for (;;) {
      std::shared_ptr<connection> next;
      {
        const std::lock_guard lock(network->mutex);
        if (queue->closed) throw error(errc::closed, "the listener is closed");
        if (!queue->arrived.empty()) {
          next = std::move(queue->arrived.front());
          queue->arrived.pop_front();
        }
      }
      if (next) co_return std::make_unique<memory_stream>(std::move(next), 1, executor);
      const error_code woken = co_await net::park([&](std::shared_ptr<parked> wait) {
        bool ready = false;
        {
          const std::lock_guard lock(network->mutex);
          ready = queue->closed || !queue->arrived.empty();
          if (!ready) queue->waiting = wait;
        }
        if (ready) wait->complete();
      });
      if (woken) throw error(errc::cancelled, "accepting was cancelled");
    }
  }

  std::uint16_t port() const override { return where_.second; }

  void close() noexcept override {
    std::shared_ptr<parked> waiting;
    std::deque<std::shared_ptr<connection>> dropped;
    {
      const std::lock_guard lock(network_->mutex);
      if (std::exchange(queue_->closed, true)) return;
      waiting = std::move(queue_->waiting);
      dropped.swap(queue_->arrived);
      network_->listeners.erase(where_);
    }
    if (waiting) waiting->complete();
    for (const auto& one : dropped) one->reset();
  }

 private:
  std::shared_ptr<memory_network::impl> network_;
  place where_;
  std::shared_ptr<accept_queue> queue_;
};

}  // namespace

std::shared_ptr<connection> memory_network::impl::open(const std::string& host, std::uint16_t port, errc& why) {
  std::shared_ptr<parked> waiting;
  std::shared_ptr<connection> made_now;
  {
    const std::lock_guard lock(mutex);
    const auto found = listeners.find({host, port});
    why = errc::connect_failed;
    if (found == listeners.end()) {
      const auto same_host = listeners.lower_bound({host, 0});
      if (same_host == listeners.end() || same_host->first.first != host) why = errc::resolve_failed;
    }
    if (unknown.contains(host)) why = errc::resolve_failed;
    if (found == listeners.end() || refused.contains(host) || unknown.contains(host)) {
      ++failed;
      return nullptr;
    }
    ++made;
    made_now = std::make_shared<connection>(host, port, capacity);
    if (garbled.contains(host)) made_now->garble();
    std::erase_if(connections, [](const auto& weak) { return weak.expired(); });
    connections.push_back(made_now);
    found->second->arrived.push_back(made_now);
    waiting = std::move(found->second->waiting);
  }
  if (waiting) waiting->complete();
  return made_now;
}

task<std::unique_ptr<byte_stream>> memory_network::impl::connect(asio::any_io_executor executor, std::string host,
                                                                 std::uint16_t port, clock& time,
                                                                 time_point deadline) {
  const auto self = shared_from_this();
  const std::string where = host + ":" + std::to_string(port);
  bool never = false;
  {
    const std::lock_guard lock(mutex);
    never = holes.contains(host);
    if (never) ++failed;
  }
  if (never) {
    const auto limit = time.make_timer(executor);
    const error_code stopped = co_await limit->wait_until(deadline);
    if (stopped) throw error(errc::cancelled, "connecting to " + where + " was cancelled");
    throw error(errc::timeout, "connecting to " + where + " took too long");
  }
  // A turn of the executor, as a real connect has: nothing completes before it was started.
  const error_code turned = co_await net::park([](const std::shared_ptr<parked>& wait) { wait->complete(); });
  if (turned) throw error(errc::cancelled, "connecting to " + where + " was cancelled");
  errc why{};
  auto both = open(host, port, why);
  if (!both) {
    throw error(why, why == errc::resolve_failed ? "the host name " + host + " could not be resolved"
                                                 : "connecting to " + where + " failed: connection refused");
  }
  co_return std::make_unique<memory_stream>(std::move(both), 0, std::move(executor));
}

std::unique_ptr<net::listener> memory_network::impl::listen(asio::any_io_executor, const std::string& address,
                                                            std::uint16_t port) {
  auto queue = std::make_shared<accept_queue>();
  const std::lock_guard lock(mutex);
  if (port == 0) {
    while (listeners.contains({address, next_port})) ++next_port;
    port = next_port++;
  }
  const place where{address, port};
  if (!listeners.emplace(where, queue).second) {
    throw error(errc::connect_failed, "cannot listen on " + address + ":" + std::to_string(port) + ": in use");
  }
  return std::make_unique<memory_listener>(shared_from_this(), where, std::move(queue));
}

memory_network::memory_network(std::size_t buffer_bytes) : impl_(std::make_shared<impl>(buffer_bytes)) {}
memory_network::~memory_network() = default;
std::shared_ptr<net::network> memory_network::transport() const { return impl_; }

std::size_t memory_network::open_connections(const std::string& host, std::uint16_t port) const {
  std::size_t count = 0;
  impl_->each(host, port, [&](const connection& one) { count += one.open() ? 1U : 0U; });
  return count;
}
std::uint64_t memory_network::connects() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->made;
}
std::uint64_t memory_network::failed_connects() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->failed;
}
void memory_network::close_all(const std::string& host, std::uint16_t port) {
  impl_->each(host, port, [](connection& one) { one.close_both(); });
}
void memory_network::reset_all(const std::string& host, std::uint16_t port) {
  impl_->each(host, port, [](connection& one) { one.reset(); });
}
void memory_network::stall_all(const std::string& host, std::uint16_t port) {
  impl_->each(host, port, [](connection& one) { one.stall(); });
}
void memory_network::cut_after(std::uint64_t bytes, const std::string& host, std::uint16_t port) {
  impl_->each(host, port, [bytes](connection& one) { one.cut_after(bytes); });
}
void memory_network::hold_all(const std::string& host, std::uint16_t port) {
  impl_->each(host, port, [](connection& one) { one.hold(true); });
}
void memory_network::release_all(const std::string& host, std::uint16_t port) {
  impl_->each(host, port, [](connection& one) { one.hold(false); });
}
void memory_network::garble(const std::string& host, bool on) { impl_->note(impl_->garbled, host, on); }
void memory_network::refuse(const std::string& host, bool on) { impl_->note(impl_->refused, host, on); }
void memory_network::black_hole(const std::string& host, bool on) { impl_->note(impl_->holes, host, on); }
void memory_network::unresolvable(const std::string& host, bool on) { impl_->note(impl_->unknown, host, on); }

}  // namespace monochord::testing
