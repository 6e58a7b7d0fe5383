// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include "net/byte_stream.hpp"

namespace monochord::net {

/// Where connections come in. From one executor only.
class listener {
 public:
  virtual ~listener() = default;
  /// The next connection, made for `executor` (a strand of its own). Throws `error` with `errc::closed` after `close()`,
  /// `errc::resource` when descriptors ran out (try again later), `errc::cancelled` when cancelled.
  virtual task<std::unique_ptr<byte_stream>> accept(boost::asio::any_io_executor executor) = 0;
  virtual std::uint16_t port() const = 0;
  virtual void close() noexcept = 0;
};

/// Where connections come from: the system's TCP, or one in memory (`testing::memory_network`). Thread-safe.
class network {
 public:
  virtual ~network() = default;
  /// Connects to one of the addresses of `host`, trying each in turn, and gives up at `deadline`. Throws `error` with
  /// `errc::resolve_failed`, `errc::connect_failed`, `errc::timeout` or `errc::cancelled`. Resolving never blocks the
  /// executor. Cancellation abandons it at once.
  virtual task<std::unique_ptr<byte_stream>> connect(boost::asio::any_io_executor executor, std::string host,
                                                     std::uint16_t port, clock& time, time_point deadline) = 0;
  /// Listens on `address` (an IP address, or a name that resolves to one); port 0 takes a free one. Throws `error` with
  /// `errc::connect_failed` when that cannot be had.
  virtual std::unique_ptr<listener> listen(boost::asio::any_io_executor executor, const std::string& address,
                                           std::uint16_t port) = 0;
};

/// The system's TCP.
std::shared_ptr<network> tcp_network();

}  // namespace monochord::net
