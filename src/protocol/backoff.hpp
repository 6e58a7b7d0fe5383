// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/core/clock.hpp>

namespace monochord::protocol {

struct backoff_options {
  duration first = std::chrono::seconds{1};
  duration cap = std::chrono::seconds{60};
};

/// Capped exponential back-off with jitter: the n-th wait in a row is drawn from the upper half of
/// min(cap, first * 2^(n-1)), so that many clients that failed together do not come back together.
class backoff {
 public:
  explicit backoff(backoff_options options = {}) noexcept : options_(options) {}

  /// The next wait. `random` is drawn from [0, 1).
  duration next(double random) noexcept;
  /// After a success: the next wait is the first one again.
  void reset() noexcept { failures_ = 0; }
  /// Waits since the last reset.
  int failures() const noexcept { return failures_; }

 private:
  backoff_options options_;
  int failures_ = 0;
};

}  // namespace monochord::protocol
