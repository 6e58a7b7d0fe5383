// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include "net/byte_stream.hpp"

namespace monochord::net {

/// Settings of one side of TLS 1.2 and 1.3: whom a client trusts, or which certificate a server shows. Immutable,
/// shared by any number of connections and threads. A client's remembers, by host, what servers gave to resume with, so
/// that the next connection needs no full handshake.
class tls_context {
 public:
  /// A client that trusts the system's store. Throws `error` with `errc::tls_failed` when that cannot be read.
  static std::shared_ptr<const tls_context> client();
  /// A client that trusts only the certificates in this PEM text. Throws `error` with `errc::tls_failed` when there is none.
  static std::shared_ptr<const tls_context> client_trusting_pem(std::string_view pem);
  /// The same from a file. Throws `error` with `errc::tls_failed` naming the file.
  static std::shared_ptr<const tls_context> client_trusting_file(const std::string& path);
  /// A server with its certificate chain (leaf first) and private key. Throws `error` with `errc::tls_failed`.
  static std::shared_ptr<const tls_context> server(std::string_view chain_pem, std::string_view key_pem);

  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;
  ~tls_context();

  struct impl;
  explicit tls_context(std::unique_ptr<impl> what);
  const impl& get() const noexcept { return *impl_; }

 private:
  std::unique_ptr<impl> impl_;
};

/// What an idle connection does with OpenSSL's buffers, some 34 kB.
enum class tls_buffers {
  released,  ///< made anew for each record: for many connections that are mostly idle
  kept,      ///< until `rest`: for few and busy ones, and for those that are told to rest
};

/// The client's handshake over `below`, with SNI, checking the certificate and that it is for `host` (a name or an IP
/// address). Throws `error`: `errc::certificate_refused` (the text says wrong host, unknown authority or expired),
/// `errc::tls_failed`, `errc::timeout` at `deadline`, `errc::cancelled`; `below` is closed then.
task<std::unique_ptr<byte_stream>> tls_connect(std::unique_ptr<byte_stream> below, std::shared_ptr<const tls_context> context,
                                               std::string host, clock& time, time_point deadline,
                                               tls_buffers buffers = tls_buffers::released);

/// The server's handshake. Throws as `tls_connect` does.
task<std::unique_ptr<byte_stream>> tls_accept(std::unique_ptr<byte_stream> below, std::shared_ptr<const tls_context> context,
                                              clock& time, time_point deadline);

}  // namespace monochord::net
