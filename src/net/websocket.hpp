// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include "net/http_message.hpp"
#include "net/network.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"

namespace monochord::net {

/// How a websocket is opened.
struct websocket_options {
  std::shared_ptr<network> transport;        ///< required
  std::shared_ptr<monochord::clock> clock;   ///< required; every deadline runs on it
  std::shared_ptr<const tls_context> tls;    ///< required for wss
  bool allow_plain = false;                  ///< ws:// to hosts that are not loopback
  std::string user_agent;
  http_headers headers;                      ///< more fields of the upgrade request
  duration connect_timeout = std::chrono::seconds{10};  ///< resolving and TCP
  duration tls_timeout = std::chrono::seconds{10};
  duration handshake_timeout = std::chrono::seconds{10};
  std::size_t max_message_bytes = 16U << 20U;
};

/// One message. `data` is valid until the next `read()`, `take()` or `close()` of the same websocket.
struct websocket_message {
  bool binary = false;
  std::string_view data;
};

/// The upgrade was answered with another status than 101.
class upgrade_error : public error {
 public:
  upgrade_error(int status, std::string retry_after);
  int status() const noexcept { return status_; }
  /// The Retry-After header as it came, empty when there was none.
  const std::string& retry_after() const noexcept { return retry_after_; }

 private:
  int status_;
  std::string retry_after_;
};

/// How a connection ended.
struct websocket_end {
  std::uint16_t code = 0;  ///< the peer's close code; 1005 when its frame had none, 0 when no close frame came
  std::string reason;
};

/// An open websocket, client or server side. Beast does the work in websocket.cpp; permessage-deflate is off, pings are
/// answered while a `read()` waits.
///
/// Every member is called from the executor (a strand) that it was made on. One `read()` at a time; any number of
/// writes, which go out in order, and one `close()` beside them. Cancelling any of these ends the connection at once
/// (a frame may be half written), and the call throws `errc::cancelled`. The destructor does as `abort()`.
class websocket {
 public:
  websocket(const websocket&) = delete;
  websocket& operator=(const websocket&) = delete;
  ~websocket();

  /// The next whole message. Throws `error`: `errc::closed` when the connection ended (`end()` says how; Beast has
  /// answered a close frame by then), `errc::websocket_malformed`, `errc::message_too_large`, `errc::cancelled`.
  task<websocket_message> read();
  /// A message that was read ahead, without waiting: as `read()` would give it. False: `read()` must be called, as it must when
  /// this is not.
  bool take(websocket_message& out);
  /// Sends one message; returns when it is handed to the transport. `data` must live until then. Throws `error` with
  /// `errc::closed` or `errc::cancelled`.
  task<> write_text(std::string_view data);
  task<> write_binary(std::string_view data);
  task<> ping();
  /// Sends a close frame and waits for the peer's, at most `limit`; then the connection is gone either way. Never
  /// throws for what the peer does. `code` 0 sends a frame without a code. A `read()` that waits meanwhile ends with
  /// `errc::closed`.
  task<> close(std::uint16_t code, std::string reason = {}, duration limit = std::chrono::seconds{2});
  /// Ends the connection now, without a close frame; everything that waits ends with `errc::closed`. Idempotent.
  void abort() noexcept;

  /// Nothing comes or goes for now: gives back the memory that is only there for that, until something does.
  void rest() noexcept;

  bool is_open() const noexcept;
  /// How it ended, as far as is known.
  const websocket_end& end() const noexcept;
  boost::asio::any_io_executor executor() const;
  std::string peer() const;
  /// Bytes read and written on the transport below the frames (above TLS), and frames.
  struct counters {
    std::uint64_t messages_read = 0;
    std::uint64_t messages_written = 0;
    std::uint64_t bytes_read = 0;     ///< of messages
    std::uint64_t bytes_written = 0;  ///< of messages
  };
  const counters& count() const noexcept;

  // --- for a server that plays faults ---
  /// Ends the connection so that the peer sees a TCP reset.
  void reset() noexcept;
  /// Writes bytes as they are below the framing, after the writes that were started before.
  task<> write_raw(std::string_view bytes);
  /// Sends one message in frames of at most `frame_bytes`.
  task<> write_fragmented(std::string_view data, bool binary, std::size_t frame_bytes);
  /// While on, nothing more is taken from the transport (a `read()` waits, a close frame is not answered).
  void stall_reading(bool on);
  /// While on, nothing more goes to the transport: writes wait.
  void stall_writing(bool on);

  struct impl;
  explicit websocket(std::shared_ptr<impl> what) noexcept;

 private:
  std::shared_ptr<impl> impl_;
};

/// Opens a websocket; it belongs to `executor`, on which this must be awaited. Throws `error`: `errc::plain_refused`,
/// `errc::resolve_failed`, `errc::connect_failed`, `errc::certificate_refused`, `errc::tls_failed`, `errc::timeout`,
/// `errc::cancelled`, `errc::http_malformed`, `errc::websocket_malformed`; `upgrade_error` for a status other than 101.
task<std::unique_ptr<websocket>> connect_websocket(boost::asio::any_io_executor executor, url where,
                                                   const websocket_options& options);

/// The server's side: answers the upgrade request that was read from `stream`. Throws as above.
task<std::unique_ptr<websocket>> accept_websocket(std::unique_ptr<byte_stream> stream, const http_request& request,
                                                  std::shared_ptr<monochord::clock> clock, duration handshake_timeout,
                                                  std::size_t max_message_bytes);

/// Whether a request asks for a websocket.
bool is_websocket_upgrade(const http_request& request) noexcept;

}  // namespace monochord::net
