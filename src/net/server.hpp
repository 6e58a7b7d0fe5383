// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <monochord/core/clock.hpp>
#include <monochord/core/log.hpp>
#include <monochord/core/task.hpp>
#include "net/http_message.hpp"
#include "net/network.hpp"
#include "net/tls.hpp"
#include "net/websocket.hpp"

namespace monochord::net {

/// Who is at the other end.
struct peer_info {
  std::string address;
  std::uint64_t connection = 0;  ///< counts up from 1
  bool encrypted = false;
};

/// An answer, and how it is cut short when a fault is played.
class server_reply {
 public:
  enum class fault {
    none,
    close,  ///< after `fault_after` bytes of the answer the connection ends
    reset,  ///< the same with a TCP reset
    stall,  ///< after `fault_after` bytes nothing more comes, until the peer goes away
  };
  server_reply() = default;
  server_reply(http_response answer) : response(std::move(answer)) {}

  http_response response;
  /// Sent instead of `response` as it is, when not empty; the connection is closed afterwards.
  std::string raw;
  fault play = fault::none;
  std::size_t fault_after = 0;
  /// Answer, then close the connection (`Connection: close`).
  bool close_after = false;
  /// Called once, on the connection's strand: whether the whole answer was given to the connection. Must not throw.
  std::function<void(bool)> on_written;
};

/// What a server does with requests. Each is called on the connection's strand, one at a time for one connection; an
/// exception becomes status 500 and is logged. All of them are cancelled by `stop`.
struct server_handlers {
  std::function<task<server_reply>(const http_request&, const peer_info&)> on_request;
  /// Whether an upgrade is taken; an answer refuses it. Not set: taken when `on_websocket` is set.
  std::function<task<std::optional<server_reply>>(const http_request&, const peer_info&)> on_upgrade;
  /// Owns the websocket; it is closed when the task ends.
  std::function<task<>(std::unique_ptr<websocket>, const http_request&, const peer_info&)> on_websocket;
  /// Called first for each connection, before TLS; false ends it at once. May be empty.
  std::function<bool(const peer_info&)> on_connection;
};

struct server_options {
  std::shared_ptr<network> transport;       ///< required
  std::shared_ptr<monochord::clock> clock;  ///< required
  std::shared_ptr<const tls_context> tls;   ///< null: no TLS
  std::size_t max_connections = 4096;       ///< more are closed at once
  std::size_t max_header_bytes = 64U << 10U;
  std::size_t max_body_bytes = 64U << 20U;
  /// Less than `max_body_bytes` for some requests, by what stands before the body. May be empty.
  std::function<std::size_t(const http_request& head)> body_bytes_of;
  std::size_t max_message_bytes = 16U << 20U;            ///< of websocket messages
  http_headers refusal_headers;             ///< of the answer to what is no request
  /// The system ends a connection of whose other side nothing is heard for about so long, see `byte_stream::notice_silence`; 0: it
  /// looks when it likes.
  duration silence_limit{0};
  /// When there are `max_connections`: ends the oldest one that has not asked for anything yet, or is being closed, for a newcomer,
  /// rather than to close that. For servers that close after refusing somebody; up to `ending_connections` more may be there while they end.
  bool prefer_newcomers = false;
  static constexpr std::size_t ending_connections = 64;
  duration tls_timeout = std::chrono::seconds{10};
  duration first_timeout = std::chrono::seconds{75};     ///< from the start, TLS included, to the last byte of the first request
  duration request_timeout = std::chrono::seconds{30};   ///< from the first byte of a request to its last
  duration idle_timeout = std::chrono::seconds{75};      ///< between two requests
  duration write_timeout = std::chrono::seconds{30};
  /// Cancels the handler of a request whose peer ends the connection before it is answered. A peer that sends its next
  /// request meanwhile is not watched for the rest of this one.
  bool notice_departure = false;
  logger log;
};

struct server_counters {
  std::uint64_t connections = 0;
  std::uint64_t connections_refused = 0;  ///< over the limit, or by `on_connection`
  std::uint64_t connections_evicted = 0;  ///< for newcomers
  std::uint64_t tls_failures = 0;
  std::uint64_t requests = 0;
  std::uint64_t requests_malformed = 0;
  std::uint64_t upgrades = 0;
  std::uint64_t handler_errors = 0;
  std::uint64_t timeouts = 0;
};

/// A small HTTP/1.1 and websocket server. Thread-safe.
class server {
 public:
  /// Each connection gets a strand over `executor`.
  server(boost::asio::any_io_executor executor, server_options options, server_handlers handlers);
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  /// Stops listening and ends every connection without waiting; what runs keeps its own state alive until it ends.
  ~server();

  /// Starts to listen; port 0 takes a free one. Throws `error` when that cannot be had.
  void listen(const std::string& address, std::uint16_t port);
  std::uint16_t port() const noexcept;

  /// Stops listening, ends idle connections, gives running handlers `grace` on the clock, then cancels them, and
  /// returns when all are gone.
  task<> stop(duration grace = std::chrono::seconds{0});
  /// Starts the same without waiting.
  void close() noexcept;

  server_counters counters() const;
  std::size_t open_connections() const;

  struct impl;

 private:
  std::shared_ptr<impl> impl_;
};

}  // namespace monochord::net
