// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

#include <monochord/core/clock.hpp>

namespace monochord::protocol {

struct circuit_options {
  int failures = 10;  ///< in a row, without a single success between them; 0: never opens
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
    if (opened_ == 0) return now;
    if (now < until_) return until_;
    return probing_ ? time_point::max() : now;
  }
  /// Called for what goes; true when it is the probe.
  bool sent() {
    if (opened_ == 0) return false;
    probing_ = true;
    return true;
  }
  void succeeded() { row_ = opened_ = 0; }
  void failed(bool was_probe, time_point now) {
    if (options_.failures == 0 || (opened_ > 0 && !was_probe)) return;
    if (++row_ < options_.failures && !was_probe) return;
    auto pause = options_.first;
    for (int i = 0; i < opened_ && pause < options_.cap; ++i) pause *= 2;
    until_ = now + std::min(pause, options_.cap);
    ++opened_;
    ++openings_;
  }
  /// The probe has ended, whichever way.
  void probe_over() { probing_ = false; }

  bool open() const noexcept { return opened_ > 0; }
  std::uint64_t openings() const noexcept { return openings_; }

 private:
  circuit_options options_;
  int row_ = 0;
  int opened_ = 0;  // pauses in a row
  bool probing_ = false;
  time_point until_{};
  std::uint64_t openings_ = 0;
};

}  // namespace monochord::protocol
