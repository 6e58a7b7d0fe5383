// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include "net/http_message.hpp"
#include "net/network.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"

namespace monochord::net {

class http_connection;

struct http_options {
  std::shared_ptr<network> transport;       ///< required
  std::shared_ptr<monochord::clock> clock;  ///< required; every deadline runs on it
  std::shared_ptr<const tls_context> tls;   ///< required for https
  bool allow_plain = false;                 ///< http:// to hosts that are not loopback
  std::string user_agent;                   ///< for requests that bring none
  duration connect_timeout = std::chrono::seconds{10};  ///< resolving and TCP
  duration tls_timeout = std::chrono::seconds{10};
  bool accept_gzip = true;                  ///< for requests that bring no Accept-Encoding
  duration response_timeout = std::chrono::seconds{30};  ///< from the first byte sent to the last byte of the answer
  /// A request's body adds the time that it takes at this rate to the response timeout; 0: none.
  std::size_t slowest_upload_bytes_per_second = 64U << 10U;
  duration idle_timeout = std::chrono::seconds{30};      ///< an idle connection is closed after that
  /// As `server_options::silence_limit`: for answers that may take long.
  duration silence_limit{0};
  std::size_t max_connections = 16;
  std::size_t max_header_bytes = 64U << 10U;
  std::size_t max_body_bytes = 64U << 20U;  ///< of an answer, also once it is unpacked
};

struct http_counters {
  std::uint64_t requests = 0;            ///< calls of `send`
  std::uint64_t responses = 0;
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_reused = 0;  ///< requests that went out on a connection that had served one before
  std::uint64_t tls_handshakes = 0;
  std::uint64_t tls_resumed = 0;         ///< of these, those that went on from an earlier connection
  std::uint64_t idle_closes = 0;         ///< connections closed after `idle_timeout`
  std::uint64_t stale_connections = 0;   ///< idle connections that turned out to be closed by the peer
  std::uint64_t resent = 0;              ///< requests sent a second time because of that
  std::uint64_t waits = 0;               ///< requests that waited for one of `max_connections`
  std::uint64_t timeouts = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t failures = 0;            ///< every other error
};

/// A request without an answer. `code()` is `errc::timeout`, `closed`, `http_malformed`, `cancelled`, ... ; the text
/// names method, origin and step, never the target or a header, which may hold secrets.
class http_error : public error {
 public:
  http_error(error_code code, const std::string& what, bool written) : error(code, what), written_(written) {}
  /// Whether the request, or a part of it, may have reached the peer: then it may have been carried out.
  bool request_written() const noexcept { return written_; }

 private:
  bool written_;
};

/// Whether a request is written at once, from a copy. Another one is read where its caller keeps it, until `send` has ended.
bool in_one_piece(const http_request& request) noexcept;

/// Keep-alive connections to one origin. Thread-safe: `send` may be awaited from any executor; each connection lives on
/// a strand of its own.
class http_pool {
 public:
  /// `base` gives scheme, host and port. Throws `error` with `errc::plain_refused` or `errc::invalid_argument`.
  http_pool(boost::asio::any_io_executor executor, url base, http_options options);
  http_pool(const http_pool&) = delete;
  http_pool& operator=(const http_pool&) = delete;
  /// Closes; calls that are under way end with `errc::cancelled`.
  ~http_pool();

  /// Sends a request and reads the whole answer, whatever its status; a gzip body that was asked for is unpacked.
  /// `request` must live until this returns; its `source` is opened before a connection is taken, and its errors end the
  /// connection and become an `http_error`, or stay an `upload_error` when they are one. On a
  /// kept connection that the peer had closed, it is sent once more on a new one if nothing of it can have been carried
  /// out (nothing was written), or if its method is safe or idempotent and nothing of an answer was read; in either case
  /// only if its `source`, when it has one, can be read again. Throws
  /// `http_error`; cancellation ends the connection and throws `errc::cancelled`.
  task<http_response> send(const http_request& request);
  /// The same with another limit than `http_options::response_timeout`, to which nothing is added, and until `deadline`
  /// for all of it: waiting for a connection, opening one, sending again.
  task<http_response> send(const http_request& request, duration response_timeout, time_point deadline = time_point::max());

  /// The limit that `send` takes when it is given none.
  duration time_for(const http_request& request) const;

  /// What `send` does for a request that can go at once, for a coroutine that needs no other one for it then.
  class direct;
  /// After a `direct` that came to nothing: `send`, which knows what has been tried.
  task<http_response> send_again(const http_request& request, duration response_timeout, time_point deadline,
                                 const direct& before);

  /// No more requests; ends what is under way, closes every connection and waits until all of it is gone: for as long as it takes
  /// whoever awaits `send` to notice.
  task<> close();

  http_counters counters() const;
  std::size_t open_connections() const;
  const url& base() const noexcept;

  struct impl;

 private:
  std::shared_ptr<impl> impl_;
};

/// A request `in_one_piece` on its way over a connection that was open. The pool lives on while there is one.
class http_pool::direct {
 public:
  /// Takes an idle connection, if there is one; else this is not `begun`, and `send` is what to do. Nobody calls the request's
  /// `on_start`.
  direct(const http_pool& pool, const http_request& request, duration response_timeout, time_point deadline, time_point now);
  direct(const direct&) = delete;
  direct& operator=(const direct&) = delete;
  ~direct();

  bool begun() const noexcept { return connection_ != nullptr; }
  /// Writes it down for the connection, which is of no further use from here on unless it is sent. Throws as `send`.
  void prepare();
  /// Sends it: mostly it is out when this returns, before there is anything to wait with.
  void send();
  /// `done` is called, where it wants to be, when there is an answer or none will come, also if it was there before: nothing but
  /// `end` ends it earlier.
  void wait(boost::asio::any_completion_handler<void(error_code, std::size_t)> done, const boost::asio::any_io_executor& where);
  /// Ends it, from any thread, also when this is gone.
  struct end {
    std::shared_ptr<http_connection> of;
    void operator()() const;
  };
  end ending() const { return {connection_}; }
  /// What came of it: throws as `send`. False: `send_again` is what to do.
  bool finish(bool cancelled, http_response& into);
  /// When it did.
  time_point finished_at() const noexcept { return finished_at_; }

 private:
  friend class http_pool;
  void leave(time_point now);

  std::shared_ptr<impl> pool_;
  const http_request& request_;
  const time_point until_;
  time_point finished_at_{};
  std::shared_ptr<http_connection> connection_;
  bool answered_ = false;
  bool written_ = false;
};

}  // namespace monochord::net
