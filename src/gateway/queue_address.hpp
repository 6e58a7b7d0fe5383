// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <monochord/core/clock.hpp>
#include <monochord/gateway/network_identify_queue.hpp>
#include "net/http_client.hpp"

namespace monochord::gateway {

/// A connection of whose other side nothing is heard for so long is dead, however long the answer takes: both look.
inline constexpr duration silence_limit = std::chrono::seconds{45};
/// In every answer of a server of ours, also to what is no request.
inline constexpr std::string_view queue_mark = "Monochord-Queue";

/// Where the server of an identify queue is, and how it is spoken to.
class queue_address {
 public:
  /// Throws `error` with `errc::bad_url` or `errc::invalid_argument`.
  explicit queue_address(const network_identify_queue_options& options);

  /// Throws `error` with `errc::tls_failed`.
  net::http_options http(std::size_t connections) const;
  /// With the secret, if there is one.
  net::http_request request(std::string_view method, const std::string& target) const;
  /// For people.
  std::string name() const { return "the identify queue at " + base.origin(); }

  const std::shared_ptr<clock> time;
  const net::url base;

 private:
  const network_identify_queue_options options_;
  const std::string prefix_;  // of targets
};

}  // namespace monochord::gateway
