// SPDX-License-Identifier: MIT
#include "protocol/backoff.hpp"

#include <algorithm>

namespace monochord::protocol {

duration backoff::next(double random) noexcept {
  auto most = options_.first;
  for (int i = 0; i < failures_ && most < options_.cap; ++i) most *= 2;
  most = std::min(most, options_.cap);
  if (failures_ < 64) ++failures_;
  const auto half = most / 2;
  const double share = std::clamp(random, 0.0, 1.0);
  return half + std::chrono::duration_cast<duration>((most - half) * share);
}

}  // namespace monochord::protocol
