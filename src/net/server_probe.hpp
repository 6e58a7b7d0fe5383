// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include <mutex>
#include <optional>

#include "net/network.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"

namespace monochord::net {

/// Tells whether an HTTP server still lives that may take hours to answer, without asking it for anything: it might
/// take any request for another one of those. What is sent is no HTTP, which a server refuses at once, or ends the
/// connection. Thread-safe.
class server_probe {
 public:
  static constexpr duration limit = std::chrono::seconds{10};
  static constexpr duration interval = std::chrono::minutes{1};

  server_probe(url where, std::shared_ptr<network> transport, std::shared_ptr<const tls_context> tls,
               std::shared_ptr<clock> time);

  /// Completes without an error when nothing has answered since `from`, looking now and then; with one when cancelled.
  /// From a strand.
  static task<error_code> until_dead(std::shared_ptr<server_probe> self, time_point from);

 private:
  /// Nothing: somebody else is just looking.
  task<std::optional<bool>> looks_alive();
  task<> knock(bool& answered, time_point deadline);

  const url where_;
  const std::shared_ptr<network> transport_;
  const std::shared_ptr<const tls_context> tls_;
  const std::shared_ptr<clock> time_;

  std::mutex mutex_;  // guards what follows
  bool looking_ = false;
  std::optional<time_point> looked_at_;
  bool alive_ = false;
};

}  // namespace monochord::net
