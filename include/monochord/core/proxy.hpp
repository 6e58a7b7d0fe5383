// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <monochord/core/token.hpp>

namespace monochord {

/// A proxy that opens tunnels (HTTP CONNECT), for REST and gateway alike. Inside the tunnel TLS goes on to Discord, so the
/// proxy sees host names only. Hosts of this machine (localhost, 127.0.0.0/8, ::1) are always reached directly.
struct proxy_settings {
  /// `http://host:3128`, or `https://` when the way to the proxy itself is TLS, with the same trust as Discord's; empty:
  /// no proxy. `http://user:password@host` is understood too, with percent-encoding.
  std::string url = {};
  /// For proxies that ask for them (Basic). Over `http://` they travel to the proxy in the clear.
  std::string user = {};
  token password = {};
  /// Hosts that are reached directly, separated by commas: `internal.example` with all below it, `10.1.2.3`, `10.0.0.0/8`,
  /// `host:8443`, `*`.
  std::string except = {};
};

/// What HTTPS_PROXY and NO_PROXY, or the same in lower case, say.
proxy_settings proxy_from_env();

}  // namespace monochord
