// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <monochord/core/clock.hpp>
#include <monochord/gateway/network_identify_queue.hpp>
#include "net/http_client.hpp"

namespace monochord::gateway {

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
