// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <monochord/core/clock.hpp>

namespace monochord::protocol {

/// Says when a connection may be tried: what all sessions of a process ask, so that shards that lost their connections
/// together do not come back together.
class connect_gate {
 public:
  virtual ~connect_gate() = default;
  /// Takes a turn, not before `now`. `random` is drawn from [0, 1).
  virtual time_point turn(time_point now, double random) = 0;
};

struct connect_pace_options {
  int at_once = 16;      ///< turns that need no waiting, when there were none for a while; at least 1
  int per_second = 100;  ///< of those behind them; at least 1
};

/// The first few turns are immediate, so that a shard that is cut alone resumes at once; those behind them follow each
/// other at a steady rate, each somewhere within a place of its own. A thousand that ask together take more than six
/// seconds.
class connect_pace {
 public:
  explicit connect_pace(connect_pace_options options = {}) noexcept;

  /// As `connect_gate::turn`.
  time_point turn(time_point now, double random) noexcept;

 private:
  duration place_;      // what a turn takes up
  duration tolerance_;  // how far ahead of the steady rate turns may be
  time_point free_{};   // from when on nobody is ahead
  bool used_ = false;
};

}  // namespace monochord::protocol
