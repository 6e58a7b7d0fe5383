// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

#include <monochord/core/clock.hpp>

namespace monochord::protocol {

struct circuit_options {
  int failures = 10;  ///< in a row, without a single success between them; 0: never opens
  int routes = 3;     ///< that these come from, at least, before calls of all routes stop
  duration first = std::chrono::seconds{1};
  duration cap = std::chrono::seconds{30};
};

/// Stops calls while nothing but 5xx and lost connections comes back. Each pause is twice the last; after it one probe
/// goes alone, and what becomes of it decides. Any success closes the circuit.
class circuit {
 public:
  explicit circuit(circuit_options options = {}) : options_(options) {}

  /// When one more may go; time_point::max() while the probe's end has to be seen.
  time_point next(time_point now) const {
    if (opened_ == 0) [[likely]] return now;
    if (now < until_) return until_;
    return probing_ ? time_point::max() : now;
  }
  /// Called for what goes; what it gives is 0, or names the probe to the calls below.
  std::uint64_t sent() {
    if (opened_ == 0) [[likely]] return 0;
    probing_ = true;
    return opening_;
  }
  /// False as well for a probe of an opening that is over.
  bool is_probe(std::uint64_t probe) const { return opened_ > 0 && probe == opening_; }
  void succeeded() {
    row_ = opened_ = 0;
    probing_ = false;
    ++opening_;
  }
  /// True when it opens, or stays open for longer. It opens only if it `may`.
  bool failed(std::uint64_t probe, time_point now, bool may = true) {
    const bool decides = is_probe(probe);
    if (options_.failures == 0 || (opened_ > 0 && !decides)) return false;
    if (!decides && (++row_ < options_.failures || !may)) return false;
    auto pause = options_.first;
    for (int i = 0; i < opened_ && pause < options_.cap; ++i) pause *= 2;
    until_ = now + std::min(pause, options_.cap);
    ++opened_;
    ++opening_;
    return true;
  }
  /// The probe has ended, whichever way.
  void probe_over(std::uint64_t probe) {
    if (is_probe(probe)) probing_ = false;
  }
  /// Opens it without a failure of its own, or keeps it open.
  void open_until(time_point until) {
    opened_ = std::max(opened_, 1);
    until_ = std::max(until_, until);
  }
  time_point until() const noexcept { return until_; }

 private:
  circuit_options options_;
  int row_ = 0;
  int opened_ = 0;  // pauses in a row
  bool probing_ = false;
  time_point until_{};
  std::uint64_t opening_ = 1;
};

}  // namespace monochord::protocol
