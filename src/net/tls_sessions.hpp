// SPDX-License-Identifier: MIT
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace monochord::net {

/// What servers gave a client to resume TLS with, by host: TLS 1.2 sessions and TLS 1.3 tickets. Bounded; thread-safe.
/// A ticket is used once (RFC 8446, appendix C.4: nobody on the way shall see that two connections are of one client).
class tls_sessions {
 public:
  tls_sessions() = default;
  tls_sessions(const tls_sessions&) = delete;
  tls_sessions& operator=(const tls_sessions&) = delete;

  struct free_session {
    void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
  };
  using session_ptr = std::unique_ptr<SSL_SESSION, free_session>;

  /// Makes a client context hand every session it gets to the cache and host that `attach` named.
  static void watch(SSL_CTX* context);
  /// Where what `connection` is given goes; both must outlive it. Offers the newest session of that host.
  void attach(SSL* connection, const std::string& host);

 private:
  static int on_new_session(SSL* connection, SSL_SESSION* session);
  void keep(const std::string& host, session_ptr session);
  session_ptr take(const std::string& host);

  static constexpr std::size_t max_hosts = 64;
  static constexpr std::size_t max_per_host = 32;  // servers give two a connection, a pool may open 16 at a time

  std::mutex mutex_;
  std::map<std::string, std::deque<session_ptr>, std::less<>> hosts_;
};

}  // namespace monochord::net
