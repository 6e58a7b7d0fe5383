// SPDX-License-Identifier: MIT
#include "net/server.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "net/deadline.hpp"
#include "net/http_reader.hpp"
#include "net/parked.hpp"
#include "net/stream_adaptor.hpp"
#include "net/strand.hpp"

namespace monochord::net {

namespace asio = boost::asio;

namespace {

constexpr duration linger_limit = std::chrono::seconds{1};
constexpr duration accept_pause = std::chrono::milliseconds{100};  // after descriptors ran out
constexpr std::size_t read_bytes = 16U << 10U;

std::string text_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

http_response plain_answer(int status, const std::string& text) {
  return http_response(status, "text/plain; charset=utf-8", text + "\n");
}

/// One connection's bytes: reading with what is left over from the request before, writing, ending.
class channel {
 public:
  explicit channel(std::unique_ptr<byte_stream> stream) : wire_(std::make_shared<wire>(std::move(stream))) {}
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;
  ~channel() {
    if (wire_->reading) stream().close();  // its end is what the read waits for
  }

  byte_stream& stream() noexcept { return wire_->stream.stream(); }
  std::unique_ptr<byte_stream> release() noexcept { return wire_->stream.release(); }
  bool has_bytes() const noexcept { return !wire_->arrived.empty(); }

  /// False when the peer has ended its direction.
  task<> read_more(bool& ended) {
    const auto state = co_await asio::this_coro::cancellation_state;
    const abort_on_cancel guard(state, [this] { stream().close(); });
    error_code failed = wire_->end;
    if (wire_->reading) {
      const asio::any_io_executor here = co_await asio::this_coro::executor;
      auto token = uncancelled();
      co_await asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
          [&](auto done) { wire_->reader = parked::make(parked::handler(std::move(done)), here, {}, true); }, token);
      failed = wire_->end;
    } else if (!failed) {
      std::string& arrived = wire_->arrived;
      const std::size_t before = arrived.size();
      arrived.resize(before + read_bytes);
      const auto [code, bytes] =
          co_await wire_->stream.async_read_some(asio::buffer(arrived.data() + before, read_bytes), uncancelled());
      arrived.resize(before + bytes);
      failed = code;
    }
    if (!failed) co_return;
    if (is_cancelled(state)) throw error(errc::cancelled, "the server is stopping");
    ended = true;
  }

  /// Reads the rest of a request; false when the peer went away.
  task<> read_request(http_reader& reader, bool& ended) {
    bool offered = !has_bytes();
    while (!reader.done() && !ended) {
      if (offered) co_await read_more(ended);
      wire_->arrived.erase(0, reader.put(wire_->arrived));
      offered = true;
    }
  }

  /// While a request is worked on: ends without an error when the peer goes away, and not at all when it says more first.
  /// Cancelling it ends no more than the waiting: what is read then is the next request's.
  task<error_code> departure() {
    return park([this](std::shared_ptr<parked> wait) {
      if (wire_->end) return static_cast<void>(wait->complete());
      wire_->watcher = std::move(wait);
      if (!has_bytes() && !wire_->reading) start_read(wire_);
    });
  }

  task<> write(std::string_view bytes, bool& failed) {
    const auto state = co_await asio::this_coro::cancellation_state;
    const abort_on_cancel guard(state, [this] { stream().close(); });
    const auto [error, written] =
        co_await asio::async_write(wire_->stream, asio::const_buffers_1(bytes.data(), bytes.size()), uncancelled());
    static_cast<void>(written);
    failed = static_cast<bool>(error);
    if (error && is_cancelled(state)) throw monochord::error(errc::cancelled, "the server is stopping");
  }

  /// Says that nothing more comes and takes what the peer still sends, so that the answer is not lost to a reset.
  task<> finish() {
    const auto state = co_await asio::this_coro::cancellation_state;
    {
      const abort_on_cancel guard(state, [this] { stream().close(); });
      auto token = uncancelled();
      const auto [failed] = co_await asio::async_initiate<decltype(token), void(error_code)>(
          [this](auto done) { stream().async_shutdown(erase_handler<byte_stream::handler>(std::move(done))); }, token);
      if (failed) co_return;
    }
    bool ended = false;
    while (!ended) {
      wire_->arrived.clear();
      co_await read_more(ended);
    }
  }

 private:
  /// What a read that goes on beside the answer needs until it ends.
  struct wire {
    explicit wire(std::unique_ptr<byte_stream> from) : stream(std::move(from)) {}
    stream_adaptor stream;
    std::string arrived;
    std::string space;
    bool reading = false;  // that read is under way
    error_code end;        // how it ended, when the connection did
    std::shared_ptr<parked> reader, watcher;
  };

  static void start_read(const std::shared_ptr<wire>& on) {
    on->reading = true;
    on->space.resize(read_bytes);
    on->stream.stream().async_read_some(asio::buffer(on->space), [on](error_code failed, std::size_t bytes) {
      on->reading = false;
      on->end = failed;
      on->arrived.append(on->space, 0, bytes);
      on->space = {};
      if (const auto watcher = failed ? std::exchange(on->watcher, nullptr) : nullptr) watcher->complete();
      if (const auto reader = std::exchange(on->reader, nullptr)) reader->complete();
    });
  }

  const std::shared_ptr<wire> wire_;
};

/// Whoever made an answer is told that it was not written, wherever that ends.
struct receipt {
  server_reply& of;
  ~receipt() {
    if (of.on_written) of.on_written(false);
  }
};

}  // namespace

struct server::impl : std::enable_shared_from_this<impl> {
  impl(asio::any_io_executor on, server_options with, server_handlers what)
      : executor(std::move(on)), options(std::move(with)), handlers(std::move(what)), accept_strand(net::make_strand(executor)) {}

  struct connection {
    explicit connection(const asio::any_io_executor& executor) : strand(net::make_strand(executor)) {}
    void stop() {
      cancelled = true;
      cancel.emit(asio::cancellation_type::terminal);
    }
    asio::any_io_executor strand;
    // On the strand.
    asio::cancellation_signal cancel;
    bool cancelled = false;
    bool idle = true;  // between two requests
    time_point first_until = time_point::max();
    peer_info peer;
    // Guarded by the server's mutex.
    bool asks = false;  // it is there for a request that came
    bool evicted = false;
  };
  using connection_ptr = std::shared_ptr<connection>;

  const asio::any_io_executor executor;
  const server_options options;
  const server_handlers handlers;
  const asio::any_io_executor accept_strand;
  std::atomic<bool> stopping{false};

  mutable std::mutex mutex;  // guards what follows
  std::shared_ptr<listener> listening;  // used on accept_strand
  std::uint16_t port = 0;
  bool accepting = false;
  std::map<std::uint64_t, connection_ptr> connections;
  std::uint64_t next_connection = 1;
  std::vector<std::shared_ptr<parked>> joining;
  server_counters count;

  void log(log_level level, const std::string& text) const { options.log(level, "net", text); }
  template <class F>
  void counted(F change) {
    const std::lock_guard lock(mutex);
    change(count);
  }

  task<> accept_loop(std::shared_ptr<listener> from);
  void start(connection_ptr one, std::unique_ptr<byte_stream> stream);
  void ended(const connection_ptr& one, std::exception_ptr thrown);
  void check_joined();
  void close_listener();
  void cancel_connections(bool idle_only);
  static void cancel(const connection_ptr& one);
  connection_ptr make_room();
  task<> join();

  task<> serve(connection_ptr one, std::unique_ptr<byte_stream> stream);
  task<> serve_requests(const connection_ptr& one, std::unique_ptr<byte_stream> stream);
  task<std::optional<http_request>> next_request(connection& one, channel& bytes, bool& keep);
  task<server_reply> answer(const connection& one, const http_request& request);
  task<> answer_into(const connection& one, const http_request& request, server_reply& reply);
  task<std::optional<server_reply>> refuse_upgrade(const connection& one, const http_request& request);
  task<bool> send(channel& bytes, server_reply& reply, bool head, bool keep);
  task<> finish(channel& bytes);
};

task<> server::impl::accept_loop(std::shared_ptr<listener> from) {
  const auto self = shared_from_this();
  while (!stopping) {
    auto one = std::make_shared<connection>(executor);
    std::unique_ptr<byte_stream> stream;
    bool exhausted = false;
    try {
      stream = co_await from->accept(one->strand);
      if (options.silence_limit > duration::zero()) stream->notice_silence(options.silence_limit);
    } catch (const error& e) {
      if (e.code() != errc::resource) co_return;  // closed or cancelled
      log(log_level::warning, e.what());
      exhausted = true;
    }
    if (exhausted) {
      const auto pause = options.clock->make_timer(accept_strand);
      co_await pause->wait_until(options.clock->now() + accept_pause);
      continue;
    }
    start(std::move(one), std::move(stream));
  }
}

void server::impl::start(connection_ptr one, std::unique_ptr<byte_stream> stream) {
  connection_ptr stranger;
  {
    const std::lock_guard lock(mutex);
    ++count.connections;
    one->peer.connection = next_connection++;
    one->peer.address = stream->peer();
    one->peer.encrypted = options.tls != nullptr;
    one->first_until = after(options.clock->now(), options.first_timeout);
    const bool is_full = connections.size() >= options.max_connections;
    if (is_full && !stopping) stranger = make_room();
    if (stopping || (is_full && !stranger)) {
      ++count.connections_refused;
      return;  // which closes the stream
    }
    connections.emplace(one->peer.connection, one);
  }
  if (stranger) cancel(stranger);
  // From the strand: co_spawn writes to the signal, which stop() may already be about to emit there.
  asio::post(one->strand, [self = shared_from_this(), one, stream = std::move(stream)]() mutable {
    if (one->cancelled) return self->ended(one, nullptr);
    asio::co_spawn(one->strand, self->serve(one, std::move(stream)),
                   asio::bind_cancellation_slot(one->cancel.slot(), [self, one](std::exception_ptr thrown) {
                     self->ended(one, std::move(thrown));
                   }));
  });
}

/// The oldest one that is there for nothing. The mutex is held.
server::impl::connection_ptr server::impl::make_room() {
  if (!options.prefer_newcomers || connections.size() >= options.max_connections + server_options::ending_connections)
    return nullptr;
  for (const auto& [number, one] : connections) {
    if (one->asks || one->evicted) continue;
    one->evicted = true;
    ++count.connections_evicted;
    return one;
  }
  return nullptr;
}

void server::impl::cancel(const connection_ptr& one) {
  asio::post(one->strand, [one] { one->stop(); });
}

void server::impl::ended(const connection_ptr& one, std::exception_ptr thrown) {
  if (thrown) log(log_level::debug, "connection " + std::to_string(one->peer.connection) + " ended: " + text_of(thrown));
  {
    const std::lock_guard lock(mutex);
    connections.erase(one->peer.connection);
  }
  check_joined();
}

void server::impl::check_joined() {
  std::vector<std::shared_ptr<parked>> done;
  {
    const std::lock_guard lock(mutex);
    if (connections.empty() && !accepting) done.swap(joining);
  }
  for (const auto& one : done) one->complete();
}

void server::impl::close_listener() {
  asio::post(accept_strand, [self = shared_from_this()] {
    std::shared_ptr<listener> ending;
    {
      const std::lock_guard lock(self->mutex);
      ending = std::move(self->listening);
    }
    if (ending) ending->close();
  });
}

void server::impl::cancel_connections(bool idle_only) {
  std::vector<connection_ptr> all;
  {
    const std::lock_guard lock(mutex);
    for (const auto& [id, one] : connections) all.push_back(one);
  }
  for (const auto& one : all) {
    if (!idle_only) {
      cancel(one);
      continue;
    }
    asio::post(one->strand, [one] {
      if (one->idle) one->stop();
    });
  }
}

task<> server::impl::join() {
  co_await park([this](std::shared_ptr<parked> wait) {
    {
      const std::lock_guard lock(mutex);
      if (accepting || !connections.empty()) {
        joining.push_back(std::move(wait));
        return;
      }
    }
    wait->complete();
  });
}

task<> server::impl::serve(connection_ptr one, std::unique_ptr<byte_stream> stream) {
  const auto self = shared_from_this();
  if (handlers.on_connection && !handlers.on_connection(one->peer)) {
    counted([](server_counters& c) { ++c.connections_refused; });
    co_return;
  }
  if (options.tls) {
    try {
      stream = co_await tls_accept(std::move(stream), options.tls, *options.clock,
                                   std::min(after(options.clock->now(), options.tls_timeout), one->first_until));
    } catch (const error& e) {
      if (e.code() != errc::cancelled) counted([](server_counters& c) { ++c.tls_failures; });
      throw;
    }
  }
  co_await serve_requests(one, std::move(stream));
}

task<> server::impl::serve_requests(const connection_ptr& one, std::unique_ptr<byte_stream> stream) {
  channel bytes(std::move(stream));
  bool keep = true;
  while (keep && !stopping) {
    const auto request = co_await next_request(*one, bytes, keep);
    if (!request) break;
    counted([&](server_counters& c) {
      ++c.requests;
      one->asks = true;
    });
    if (is_websocket_upgrade(*request) && handlers.on_websocket) {
      auto refusal = co_await refuse_upgrade(*one, *request);
      if (!refusal && bytes.has_bytes()) refusal = server_reply(plain_answer(400, "bytes before the upgrade was answered"));
      if (!refusal) {
        counted([](server_counters& c) { ++c.upgrades; });
        auto opened = co_await accept_websocket(bytes.release(), *request, options.clock, options.tls_timeout,
                                                options.max_message_bytes);
        co_await handlers.on_websocket(std::move(opened), *request, one->peer);
        co_return;
      }
      keep = co_await send(bytes, *refusal, false, keep);
      continue;
    }
    server_reply reply;
    const receipt unless_written{reply};
    if (options.notice_departure) {
      const bool waited_for = co_await race(answer_into(*one, *request, reply), bytes.departure());
      if (!waited_for) co_return;
    } else {
      reply = co_await answer(*one, *request);
    }
    keep = co_await send(bytes, reply, request->method == "HEAD", keep);
    counted([&](server_counters&) { one->asks = false; });  // until it asks again, a newcomer may have its place
  }
  counted([&](server_counters&) { one->asks = false; });
  co_await finish(bytes);
}

/// Nothing when the connection is over.
task<std::optional<http_request>> server::impl::next_request(connection& one, channel& bytes, bool& keep) {
  clock& time = *options.clock;
  bool ended = false;
  one.idle = true;
  const auto first_until = std::exchange(one.first_until, time_point::max());
  if (!bytes.has_bytes()) {
    const auto until = std::min(after(time.now(), options.idle_timeout), first_until);
    const bool in_time = co_await run_before(time, until, bytes.read_more(ended));
    if (!in_time || ended) co_return std::nullopt;
  }
  one.idle = false;
  const http_reader::limits limits{options.max_header_bytes, options.max_body_bytes, options.body_bytes_of};
  http_reader reader = http_reader::for_requests(limits);
  server_reply refusal;
  try {
    const auto until = std::min(after(time.now(), options.request_timeout), first_until);
    const bool in_time = co_await run_before(time, until, bytes.read_request(reader, ended));
    if (!in_time) {
      counted([](server_counters& c) { ++c.timeouts; });
      co_return std::nullopt;
    }
    if (ended && !reader.done()) co_return std::nullopt;
    keep = reader.keep_alive();
    co_return reader.take_request();
  } catch (const error& e) {
    if (e.code() == errc::cancelled) throw;
    refusal.response = plain_answer(e.code() == errc::message_too_large ? 413 : 400, e.what());
    for (const auto& [name, value] : options.refusal_headers) refusal.response.headers.add(name, value);
  }
  counted([](server_counters& c) { ++c.requests_malformed; });
  co_await send(bytes, refusal, false, false);
  co_return std::nullopt;
}

task<> server::impl::answer_into(const connection& one, const http_request& request, server_reply& reply) {
  reply = co_await answer(one, request);
}

task<server_reply> server::impl::answer(const connection& one, const http_request& request) {
  std::exception_ptr thrown;
  try {
    if (handlers.on_request) co_return co_await handlers.on_request(request, one.peer);
    co_return server_reply(plain_answer(404, "nothing is served here"));
  } catch (...) {
    thrown = std::current_exception();
  }
  const auto state = co_await asio::this_coro::cancellation_state;
  if (is_cancelled(state)) std::rethrow_exception(thrown);
  counted([](server_counters& c) { ++c.handler_errors; });
  log(log_level::error, "a handler of " + request.method + " threw: " + text_of(thrown));
  co_return server_reply(plain_answer(500, "internal error"));
}

task<std::optional<server_reply>> server::impl::refuse_upgrade(const connection& one, const http_request& request) {
  if (!handlers.on_upgrade) co_return std::nullopt;
  co_return co_await handlers.on_upgrade(request, one.peer);
}

/// Whether the connection can serve another request.
task<bool> server::impl::send(channel& bytes, server_reply& reply, bool head, bool keep) {
  using fault = server_reply::fault;
  keep = keep && !reply.close_after && reply.raw.empty() && !stopping;
  std::string all = reply.raw;
  if (all.empty()) {
    all = serialize_head(reply.response, keep);
    if (!head) all += reply.response.body;
  }
  if (reply.play != fault::none) all.resize(std::min(all.size(), reply.fault_after));

  clock& time = *options.clock;
  bool failed = false;
  if (!all.empty()) {
    const bool in_time = co_await run_before(time, time.now() + options.write_timeout, bytes.write(all, failed));
    if (!in_time) counted([](server_counters& c) { ++c.timeouts; });
    if (!in_time || failed) co_return false;
  }
  if (reply.on_written && reply.play == fault::none) std::exchange(reply.on_written, nullptr)(true);
  if (reply.play == fault::close) bytes.stream().close();
  if (reply.play == fault::reset) bytes.stream().reset();
  if (reply.play == fault::stall) {
    bool gone = false;
    while (!gone) co_await bytes.read_more(gone);
  }
  co_return keep && reply.play == fault::none;
}

task<> server::impl::finish(channel& bytes) {
  clock& time = *options.clock;
  co_await run_before(time, time.now() + linger_limit, bytes.finish());
  bytes.stream().close();
}

server::server(asio::any_io_executor executor, server_options options, server_handlers handlers)
    : impl_(std::make_shared<impl>(std::move(executor), std::move(options), std::move(handlers))) {
  if (!impl_->options.transport || !impl_->options.clock) {
    throw error(errc::invalid_argument, "a server needs a transport and a clock");
  }
}

server::~server() { close(); }

void server::listen(const std::string& address, std::uint16_t port) {
  std::shared_ptr<listener> made = impl_->options.transport->listen(impl_->accept_strand, address, port);
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->accepting || impl_->stopping) throw error(errc::invalid_argument, "the server listens already, or was stopped");
    impl_->listening = made;
    impl_->port = made->port();
    impl_->accepting = true;
  }
  asio::co_spawn(impl_->accept_strand, impl_->accept_loop(std::move(made)), [self = impl_](std::exception_ptr thrown) {
    if (thrown) self->log(log_level::error, "accepting connections ended: " + text_of(thrown));
    {
      const std::lock_guard lock(self->mutex);
      self->accepting = false;
    }
    self->check_joined();
  });
}

std::uint16_t server::port() const noexcept {
  const std::lock_guard lock(impl_->mutex);
  return impl_->port;
}

namespace {

task<> stop_server(std::shared_ptr<server::impl> self, duration grace) {
  self->stopping = true;
  self->close_listener();
  if (grace > duration::zero()) {
    self->cancel_connections(true);
    clock& time = *self->options.clock;
    const bool joined = co_await run_before(time, time.now() + grace, self->join());
    if (joined) co_return;
  }
  self->cancel_connections(false);
  co_await self->join();
}

}  // namespace

task<> server::stop(duration grace) { return stop_server(impl_, grace); }

void server::close() noexcept {
  impl_->stopping = true;
  impl_->close_listener();
  impl_->cancel_connections(false);
}

server_counters server::counters() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->count;
}

std::size_t server::open_connections() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->connections.size();
}

}  // namespace monochord::net
