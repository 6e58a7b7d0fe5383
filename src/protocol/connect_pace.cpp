// SPDX-License-Identifier: MIT
#include "protocol/connect_pace.hpp"

#include <algorithm>

namespace monochord::protocol {

connect_pace::connect_pace(connect_pace_options options) noexcept
    : place_(duration{std::chrono::seconds{1}} / std::max(options.per_second, 1)),
      tolerance_(place_ * (std::max(options.at_once, 1) - 1)) {}

time_point connect_pace::turn(time_point now, double random) noexcept {
  const time_point free = used_ ? std::max(free_, now) : now;
  used_ = true;
  free_ = free + place_;
  const time_point begins = free - tolerance_;
  if (begins <= now) return now;
  return begins + std::chrono::duration_cast<duration>(place_ * std::clamp(random, 0.0, 1.0));
}

}  // namespace monochord::protocol
