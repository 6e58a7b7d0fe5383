// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <monochord/core/clock.hpp>
#include <monochord/core/log.hpp>
#include <monochord/core/task.hpp>
#include <monochord/fwd.hpp>
#include <monochord/metrics/metrics.hpp>
#include <string>

namespace monochord {

struct metrics_server_options {
  /// Where to listen: `127.0.0.1:9464`, `[::1]:9464`, or a port alone, which is taken on 127.0.0.1; port 0 is any free
  /// one. Whoever reaches another address, like `0.0.0.0:9464`, may read the figures; the log says so.
  std::string listen = "127.0.0.1:9464";
  /// More connections than these end the oldest that has not asked for anything.
  std::size_t max_connections = 16;
  log_level log = log_level::info;
  log_sink log_to = {};                          ///< default stderr
  std::shared_ptr<monochord::clock> clock = {};  ///< default `system_clock()`
  std::shared_ptr<net::network> transport = {};  ///< default TCP
  /// Where the server runs; a manual clock needs it. By default a thread of its own.
  boost::asio::any_io_executor executor = {};
};

/// Answers `GET /metrics` with Prometheus's text, over HTTP without TLS, and nothing else. A client has one itself with
/// `client_options::metrics_listen`; this one is for figures that outlive clients, or for one page of several. Requests
/// are small and bounded in time, and so are connections in number. `start` and `stop` are for one thread at a time.
/// https://prometheus.io/docs/instrumenting/exposition_formats/
class metrics_server {
 public:
  /// Throws `error` with `errc::invalid_argument` for an address that is none. Listens not yet.
  explicit metrics_server(metrics of, metrics_server_options options = {});
  metrics_server(const metrics_server&) = delete;
  metrics_server& operator=(const metrics_server&) = delete;
  /// Stops.
  ~metrics_server();

  /// Listens. Throws `error` with `errc::connect_failed` when the port is taken, with `errc::invalid_argument` the
  /// second time.
  void start();
  /// Ends every connection; idempotent. With an executor of the caller's, what still runs on it ends with its next
  /// turns.
  void stop() noexcept;
  /// The same, completing when all has ended: for a server on an executor of the caller's.
  task<> async_stop();

  /// 0 before `start`.
  std::uint16_t port() const noexcept;
  /// Like `http://127.0.0.1:9464/metrics`.
  std::string url() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace monochord
