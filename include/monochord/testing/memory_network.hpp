// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <monochord/fwd.hpp>

namespace monochord::testing {

/// A network inside the process: listeners are found by host and port, connections are bounded pipes with
/// back-pressure. Any host name can be listened on, so a test can be `discord.com`. Thread-safe.
class memory_network {
 public:
  /// `buffer_bytes` is what each direction of a connection holds before its writer waits.
  explicit memory_network(std::size_t buffer_bytes = 64U << 10U);
  ~memory_network();
  memory_network(const memory_network&) = delete;
  memory_network& operator=(const memory_network&) = delete;

  /// What `client_options::transport` takes.
  std::shared_ptr<net::network> transport() const;

  // --- what goes wrong; `host` and `port` are those that a client connected to; an empty host and port 0 mean any ---
  /// Connections that are open on both ends.
  std::size_t open_connections(const std::string& host = {}, std::uint16_t port = 0) const;
  /// Connections made since the start, and tries that failed.
  std::uint64_t connects() const;
  std::uint64_t failed_connects() const;
  /// Both ends see the connection end (FIN) after what was already written.
  void close_all(const std::string& host = {}, std::uint16_t port = 0);
  /// Both ends see a connection reset at once.
  void reset_all(const std::string& host = {}, std::uint16_t port = 0);
  /// The cable is cut: what is written from now on goes nowhere, nothing comes, nothing ends (half-open TCP).
  void stall_all(const std::string& host = {}, std::uint16_t port = 0);
  /// The next connects to `host` are refused (`errc::connect_failed`) while on.
  void refuse(const std::string& host, bool on);
  /// Connects to `host` never complete while on.
  void black_hole(const std::string& host, bool on);
  /// `host` cannot be resolved while on.
  void unresolvable(const std::string& host, bool on);
  /// What servers send to `host` on connections made while on is garbled: TLS fails.
  void garble(const std::string& host, bool on);
  /// What is on its way to the client of each connection that is open now, and what its server still sends, arrives only with
  /// `release_all`, up to the size of the buffer; a connection that ends meanwhile does not get it.
  void hold_all(const std::string& host = {}, std::uint16_t port = 0);
  void release_all(const std::string& host = {}, std::uint16_t port = 0);
  /// Cuts each connection that is open now (reset) once its client has read exactly this many more bytes than are on
  /// their way already.
  void cut_after(std::uint64_t bytes, const std::string& host = {}, std::uint16_t port = 0);

  struct impl;

 private:
  std::shared_ptr<impl> impl_;
};

}  // namespace monochord::testing
