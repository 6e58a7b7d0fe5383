// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <monochord/core/task.hpp>
#include "net/network.hpp"
#include "net/side_threads.hpp"

namespace monochord::net {

/// Turns host names into addresses on threads of its own, since the system's lookup blocks and cannot be stopped: a lookup
/// that nobody wants any more ends alone. Thread-safe.
class resolver {
 public:
  /// The addresses of a host, IPv6 and IPv4 in turns; of `localhost` those of this machine, without asking anybody. Throws
  /// `error` with `errc::resolve_failed` or, at once when it is cancelled, `errc::cancelled`.
  task<std::vector<boost::asio::ip::tcp::endpoint>> resolve(std::string host, std::uint16_t port);

 private:
  side_threads threads_{4};  // so that one dead name server does not hold up every other name
};

/// The system's TCP with another way to look names up.
using address_lookup = std::function<task<std::vector<boost::asio::ip::tcp::endpoint>>(std::string host, std::uint16_t port)>;
std::shared_ptr<network> tcp_network(address_lookup names);

}  // namespace monochord::net
