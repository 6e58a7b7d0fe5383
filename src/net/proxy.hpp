// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <monochord/core/proxy.hpp>
#include "net/network.hpp"
#include "net/tls.hpp"

namespace monochord::net {

/// `below`, but connections go through tunnels of a proxy. Without a proxy it is `below` itself. `tls` is for https
/// proxies. Listening is not changed. Besides what `network::connect` throws, connecting throws `error` with
/// `errc::proxy_refused` when the proxy answers with another status than 2xx.
///
/// Throws `error`: `errc::bad_url` for an address that cannot be used, `errc::invalid_argument` for a user name or an
/// exception that cannot. No text repeats the address's user name or password.
std::shared_ptr<network> through_proxy(std::shared_ptr<network> below, const proxy_settings& proxy,
                                       std::shared_ptr<const tls_context> tls);

}  // namespace monochord::net
