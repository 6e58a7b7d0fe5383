// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace monochord {

/// How `client::stop` leaves Discord.
enum class stop_mode : std::uint8_t {
  keep_sessions,     ///< sessions stay resumable for a few minutes: with a session store that outlives the process, a
                     ///< restart loses no event
  discard_sessions,  ///< close code 1000: the bot goes offline at once
};

}  // namespace monochord
