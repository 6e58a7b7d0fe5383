// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <memory>
#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include <mutex>
#include <optional>
#include <string>

#include "net/network.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"

namespace monochord::net {

/// Tells whether an HTTP server still lives that may take hours to answer, without asking it for anything: it might
/// take any request for another one of those. What is sent is no HTTP, which a server refuses at once, or ends the
/// connection. A server that takes no hours says so by a header of its refusal (`server_options::refusal_headers`).
/// Thread-safe.
class server_probe {
 public:
  static constexpr duration limit = std::chrono::seconds{10};
  static constexpr duration interval = std::chrono::minutes{1};

  /// `mark` is the name of that header.
  server_probe(url where, std::shared_ptr<network> transport, std::shared_ptr<const tls_context> tls,
               std::shared_ptr<clock> time, std::string mark);

  /// For whoever waits for an answer: looks now and then from `from` on, and completes without an error once that answer
  /// will not come: nothing lives there, or a server with the mark, which would have answered by `from`. With an error
  /// when cancelled. From a strand.
  static task<error_code> until_lost(std::shared_ptr<server_probe> self, time_point from);
  /// Whether the server bore the mark when it was last looked at.
  bool saw_mark() const;

 private:
  enum class sight : std::uint8_t { nothing, somebody, marked };
  /// Nothing: somebody else is just looking.
  task<std::optional<sight>> look();
  task<> knock(sight& seen, time_point deadline);

  const url where_;
  const std::shared_ptr<network> transport_;
  const std::shared_ptr<const tls_context> tls_;
  const std::shared_ptr<clock> time_;
  const std::string mark_;

  mutable std::mutex mutex_;  // guards what follows
  bool looking_ = false;
  std::optional<time_point> looked_at_;
  sight last_ = sight::nothing;
};

}  // namespace monochord::net
