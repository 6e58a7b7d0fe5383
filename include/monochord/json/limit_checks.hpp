// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace monochord {

/// Which of Discord's limits a request body is held to before it is sent.
enum class limit_checks : std::uint8_t {
  strict,  ///< all; where Discord's documentation and its specification disagree, the smaller figure
  wide,    ///< where they disagree the larger one, e.g. 4,000 characters of content instead of 2,000
  off,     ///< none: Discord answers 400 to what it does not take
};

}  // namespace monochord
