// SPDX-License-Identifier: MIT
#include "net/websocket.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include "net/async_lock.hpp"
#include "net/byte_buffer.hpp"
#include "net/deadline.hpp"
#include "net/read_ahead.hpp"
#include "net/stream_adaptor.hpp"
#include "net/valve_stream.hpp"

// After the adaptor's teardown, which Beast looks up where its stream is instantiated.
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace monochord::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ws = boost::beast::websocket;

namespace {

constexpr duration close_answer_limit = std::chrono::seconds{2};

bool is_end(const error_code& code) {
  return code == ws::error::closed || code == asio::error::eof || code == asio::error::connection_reset ||
         code == asio::error::operation_aborted || code == asio::error::broken_pipe ||
         code == asio::error::connection_aborted || code == asio::error::bad_descriptor ||
         code == asio::error::not_connected || code == asio::ssl::error::stream_truncated;
}

errc meaning(const error_code& code) {
  if (is_end(code)) return errc::closed;
  if (code == ws::error::message_too_big || code == ws::error::buffer_overflow) return errc::message_too_large;
  if (code.category() == http::make_error_code(http::error::bad_version).category()) return errc::http_malformed;
  if (code == ws::condition::protocol_violation || code == ws::condition::handshake_failed) {
    return errc::websocket_malformed;
  }
  return errc::closed;  // any other I/O error
}

std::string upgrade_text(int status, const std::string& retry_after) {
  std::string text = "the websocket upgrade was answered with HTTP status " + std::to_string(status) + " instead of 101";
  if (!retry_after.empty()) text += "; Retry-After: " + retry_after;
  return text;
}

}  // namespace

upgrade_error::upgrade_error(int status, std::string retry_after)
    : error(errc::upgrade_refused, upgrade_text(status, retry_after)),
      status_(status),
      retry_after_(std::move(retry_after)) {}

struct websocket::impl : std::enable_shared_from_this<impl> {
  impl(std::unique_ptr<byte_stream> transport, std::shared_ptr<monochord::clock> time, std::size_t max_message_bytes)
      : stream(stream_adaptor(std::move(transport))),
        time(std::move(time)),
        executor(stream.get_executor()),
        answer_limit(this->time->make_timer(executor)) {
    stream.read_message_max(max_message_bytes);
    stream.auto_fragment(false);
    stream.control_callback([this](ws::frame_type kind, beast::string_view) {
      if (kind == ws::frame_type::close) on_close_frame();
    });
  }

  ws::stream<stream_adaptor, false> stream;
  std::shared_ptr<monochord::clock> time;
  asio::any_io_executor executor;
  std::optional<byte_buffer> buffer;  // for messages that the stream has to read
  async_lock writing;
  std::unique_ptr<timer> answer_limit;
  valve_stream* valve = nullptr;  // server side only; owned by the stream
  read_ahead* ahead = nullptr;    // client side only; owned by the stream
  websocket_end end;
  websocket::counters count;
  bool open = false;
  bool closing = false;
  bool close_frame_came = false;

  byte_stream& transport() noexcept { return stream.next_layer().stream(); }

  void abort() noexcept {
    open = false;
    answer_limit->cancel();
    transport().close();
  }

  /// Beast answers the peer's close frame inside the read that got it. A peer that takes nothing any more must not hold
  /// that read for ever.
  void on_close_frame() {
    if (std::exchange(close_frame_came, true)) return;
    asio::co_spawn(executor, limit_answer(shared_from_this()), asio::detached);
  }
  static task<> limit_answer(std::shared_ptr<impl> self) {
    const error_code stopped = co_await self->answer_limit->wait_until(self->time->now() + close_answer_limit);
    if (!stopped) self->abort();
  }

  void note_end() {
    if (!close_frame_came) return;
    const auto& reason = stream.reason();
    end.code = reason.code == ws::close_code::none ? std::uint16_t{1005} : static_cast<std::uint16_t>(reason.code);
    end.reason.assign(reason.reason.data(), reason.reason.size());
  }

  /// Ends the connection and throws what `code` means.
  [[noreturn]] void fail(const error_code& code, bool cancelled, const char* doing) {
    note_end();
    abort();
    if (cancelled) throw error(errc::cancelled, std::string(doing) + " the websocket was cancelled");
    const errc what = meaning(code);
    std::string text = what == errc::closed ? "the websocket is closed" : "the websocket failed: " + code.message();
    if (close_frame_came) {
      text += " (the peer's close code is " + std::to_string(end.code);
      text += end.reason.empty() ? ")" : ", " + end.reason + ")";
    } else if (what == errc::closed && code && code != asio::error::operation_aborted) {
      text += " (" + code.message() + ")";
    }
    throw error(what, text);
  }

  read_ahead::found take(websocket_message& out) noexcept;
  void require_open() {
    if (!open) fail(asio::error::operation_aborted, false, "using");
  }

  static task<> write(std::shared_ptr<impl> self, std::string_view data, bool binary, std::size_t frame_bytes);
  static task<> close_handshake(std::shared_ptr<impl> self, ws::close_reason reason, error_code& failed);
  static task<> open_client(std::shared_ptr<impl> self, const url& where, const websocket_options& options,
                            http::response<http::string_body>& answer, error_code& failed);
};

websocket::websocket(std::shared_ptr<impl> what) noexcept : impl_(std::move(what)) {}
websocket::~websocket() { impl_->abort(); }

/// What was read ahead, if that is how the next message comes.
read_ahead::found websocket::impl::take(websocket_message& out) noexcept {
  if (!ahead || !open || closing) return read_ahead::found::other;
  if (buffer) buffer->clear();  // what the stream read last is dealt with
  const auto found = ahead->take(out.data);
  if (found != read_ahead::found::message) return found;
  out.binary = true;
  ++count.messages_read;
  count.bytes_read += out.data.size();
  return found;
}

bool websocket::take(websocket_message& out) { return impl_->take(out) == read_ahead::found::message; }

task<websocket_message> websocket::read() {
  const auto self = impl_;
  self->require_open();
  const auto state = co_await asio::this_coro::cancellation_state;
  websocket_message message;
  for (;;) {
    const auto found = self->take(message);
    if (found == read_ahead::found::message) co_return message;
    if (found == read_ahead::found::other) break;
    const abort_on_cancel guard(state, [self] { self->abort(); });
    auto token = uncancelled();
    const auto [failed, none] = co_await asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
        [ahead = self->ahead](auto done) { ahead->async_fill(erase_handler<byte_stream::io_handler>(std::move(done))); }, token);
    static_cast<void>(none);
    if (is_cancelled(state)) self->fail(failed, true, "reading from");
    self->require_open();
  }
  if (self->buffer) self->buffer->clear();
  else self->buffer.emplace();
  auto& buffer = *self->buffer;
  do {
    const abort_on_cancel guard(state, [self] { self->abort(); });
    if (buffer.space_size() == 0) buffer.reserve(self->stream.read_size_hint(buffer.size()));
    const auto [failed, bytes] =
        co_await self->stream.async_read_some(asio::buffer(buffer.space(), buffer.space_size()), uncancelled());
    if (failed) self->fail(failed, is_cancelled(state), "reading from");
    buffer.commit(bytes);
  } while (!self->stream.is_message_done());
  ++self->count.messages_read;
  self->count.bytes_read += buffer.size();
  message.binary = self->stream.got_binary();
  message.data = std::string_view(buffer.data(), buffer.size());
  co_return message;
}

task<> websocket::impl::write(std::shared_ptr<impl> self, std::string_view data, bool binary, std::size_t frame_bytes) {
  const auto turn = co_await self->writing.acquire();
  self->require_open();
  const auto state = co_await asio::this_coro::cancellation_state;
  self->stream.binary(binary);
  const std::size_t all = data.size();
  bool last = false;
  while (!last) {
    const std::size_t part = frame_bytes == 0 ? data.size() : std::min(frame_bytes, data.size());
    last = part == data.size();
    const abort_on_cancel guard(state, [self] { self->abort(); });
    const auto [failed, bytes] =
        co_await self->stream.async_write_some(last, asio::buffer(data.data(), part), uncancelled());
    static_cast<void>(bytes);
    if (failed) self->fail(failed, is_cancelled(state), "writing to");
    data.remove_prefix(part);
  }
  ++self->count.messages_written;
  self->count.bytes_written += all;
}

task<> websocket::write_text(std::string_view data) { return impl::write(impl_, data, false, 0); }
task<> websocket::write_binary(std::string_view data) { return impl::write(impl_, data, true, 0); }
task<> websocket::write_fragmented(std::string_view data, bool binary, std::size_t frame_bytes) {
  return impl::write(impl_, data, binary, frame_bytes);
}

task<> websocket::ping() {
  const auto self = impl_;
  const auto turn = co_await self->writing.acquire();
  self->require_open();
  const auto state = co_await asio::this_coro::cancellation_state;
  const abort_on_cancel guard(state, [self] { self->abort(); });
  const auto [failed] = co_await self->stream.async_ping({}, uncancelled());
  if (failed) self->fail(failed, is_cancelled(state), "writing to");
}

task<> websocket::write_raw(std::string_view bytes) {
  const auto self = impl_;
  const auto turn = co_await self->writing.acquire();
  self->require_open();
  const auto state = co_await asio::this_coro::cancellation_state;
  const abort_on_cancel guard(state, [self] { self->abort(); });
  const auto [failed, written] = co_await asio::async_write(
      self->stream.next_layer(), asio::const_buffers_1(bytes.data(), bytes.size()), uncancelled());
  static_cast<void>(written);
  if (failed) self->fail(failed, is_cancelled(state), "writing to");
}

task<> websocket::impl::close_handshake(std::shared_ptr<impl> self, ws::close_reason reason, error_code& failed) {
  const auto state = co_await asio::this_coro::cancellation_state;
  const abort_on_cancel guard(state, [self] { self->abort(); });
  const auto [error] = co_await self->stream.async_close(reason, uncancelled());
  failed = error;
}

task<> websocket::close(std::uint16_t code, std::string reason, duration limit) {
  const auto self = impl_;
  if (!self->open) co_return;
  struct aborted {  // however this ends
    impl& socket;
    ~aborted() { socket.abort(); }
  };
  const aborted afterwards{*self};
  self->closing = true;  // from here on the stream reads
  ws::close_reason frame;
  if (code != 0) {
    frame.code = static_cast<ws::close_code>(code);
    reason.resize(std::min<std::size_t>(reason.size(), 123));  // what a control frame can hold
    frame.reason.assign(reason.data(), reason.size());
  }
  error_code failed;  // whatever the peer does, the connection is gone afterwards
  const bool in_time =
      co_await run_before(*self->time, self->time->now() + limit, impl::close_handshake(self, frame, failed));
  if (in_time && !failed) self->close_frame_came = true;
  self->note_end();
  const auto state = co_await asio::this_coro::cancellation_state;
  if (is_cancelled(state)) throw error(errc::cancelled, "closing the websocket was cancelled");
}

void websocket::abort() noexcept { impl_->abort(); }

void websocket::reset() noexcept {
  impl_->transport().reset();
  impl_->abort();
}

void websocket::rest() noexcept { impl_->transport().rest(); }

bool websocket::is_open() const noexcept { return impl_->open; }
const websocket_end& websocket::end() const noexcept { return impl_->end; }
asio::any_io_executor websocket::executor() const { return impl_->executor; }
std::string websocket::peer() const { return impl_->transport().peer(); }
const websocket::counters& websocket::count() const noexcept { return impl_->count; }

void websocket::stall_reading(bool on) {
  if (!impl_->valve) throw error(errc::invalid_argument, "only the server's side of a websocket can be stalled");
  impl_->valve->stall_reading(on);
}

void websocket::stall_writing(bool on) {
  if (!impl_->valve) throw error(errc::invalid_argument, "only the server's side of a websocket can be stalled");
  impl_->valve->stall_writing(on);
}

task<> websocket::impl::open_client(std::shared_ptr<impl> self, const url& where, const websocket_options& options,
                                    http::response<http::string_body>& answer, error_code& failed) {
  const auto state = co_await asio::this_coro::cancellation_state;
  const abort_on_cancel guard(state, [self] { self->abort(); });
  self->stream.set_option(ws::stream_base::decorator([&options](ws::request_type& request) {
    if (!options.user_agent.empty()) request.set(http::field::user_agent, options.user_agent);
    for (const auto& [name, value] : options.headers) request.set(name, value);
  }));
  const auto [error] = co_await self->stream.async_handshake(answer, where.authority(), where.target(), uncancelled());
  self->stream.set_option(ws::stream_base::decorator([](ws::request_type&) {}));  // it refers to `options`
  failed = error;
}

task<std::unique_ptr<websocket>> connect_websocket(asio::any_io_executor executor, url where,
                                                   const websocket_options& options) {
  where.require_encryption_unless(options.allow_plain);
  if (!options.transport || !options.clock) throw error(errc::invalid_argument, "a websocket needs a transport and a clock");
  clock& time = *options.clock;
  auto transport = co_await options.transport->connect(executor, where.host(), where.port(), time,
                                                       time.now() + options.connect_timeout);
  if (where.encrypted()) {
    transport = co_await tls_connect(std::move(transport), options.tls, where.host(), time,
                                     time.now() + options.tls_timeout, tls_buffers::kept);
  }
  auto reader = std::make_unique<read_ahead>(std::move(transport), options.max_message_bytes);
  read_ahead* const direct = reader.get();
  const auto made = std::make_shared<websocket::impl>(std::move(reader), options.clock, options.max_message_bytes);
  http::response<http::string_body> answer;
  error_code failed;
  const bool in_time = co_await run_before(time, time.now() + options.handshake_timeout,
                                           websocket::impl::open_client(made, where, options, answer, failed));
  if (!in_time) throw error(errc::timeout, "the websocket handshake with " + where.authority() + " took too long");
  if (failed) {
    made->abort();
    const auto state = co_await asio::this_coro::cancellation_state;
    if (is_cancelled(state)) throw error(errc::cancelled, "connecting to " + where.authority() + " was cancelled");
    if (failed == ws::error::upgrade_declined) {
      throw upgrade_error(static_cast<int>(answer.result_int()), std::string(answer[http::field::retry_after]));
    }
    throw error(meaning(failed), "the websocket handshake with " + where.authority() + " failed: " + failed.message());
  }
  direct->begin_frames();
  made->ahead = direct;
  made->open = true;
  co_return std::make_unique<websocket>(made);
}

namespace {

task<> accept_handshake(std::shared_ptr<websocket::impl> self, const http::request<http::string_body>& request,
                        error_code& failed) {
  const auto state = co_await asio::this_coro::cancellation_state;
  const abort_on_cancel guard(state, [self] { self->abort(); });
  const auto [error] = co_await self->stream.async_accept(request, uncancelled());
  failed = error;
}

}  // namespace

task<std::unique_ptr<websocket>> accept_websocket(std::unique_ptr<byte_stream> stream, const http_request& request,
                                                  std::shared_ptr<monochord::clock> clock, duration handshake_timeout,
                                                  std::size_t max_message_bytes) {
  http::request<http::string_body> upgrade(http::verb::get, request.target, 11);
  for (const auto& [name, value] : request.headers) upgrade.insert(name, value);
  auto valve = std::make_unique<valve_stream>(std::move(stream));
  valve_stream* const direct = valve.get();
  const auto made = std::make_shared<websocket::impl>(std::move(valve), clock, max_message_bytes);
  made->valve = direct;
  error_code failed;
  const bool in_time =
      co_await run_before(*clock, clock->now() + handshake_timeout, accept_handshake(made, upgrade, failed));
  if (!in_time) throw error(errc::timeout, "a websocket handshake took too long");
  if (failed) {
    made->abort();
    const auto state = co_await asio::this_coro::cancellation_state;
    if (is_cancelled(state)) throw error(errc::cancelled, "a websocket handshake was cancelled");
    throw error(meaning(failed), "a websocket handshake failed: " + failed.message());
  }
  made->open = true;
  co_return std::make_unique<websocket>(made);
}

bool is_websocket_upgrade(const http_request& request) noexcept {
  return request.method == "GET" && request.headers.has_token("Connection", "upgrade") &&
         request.headers.has_token("Upgrade", "websocket");
}

}  // namespace monochord::net
