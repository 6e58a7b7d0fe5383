// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <monochord/gateway/intents.hpp>

namespace monochord {

/// Throws `error` with `errc::invalid_argument` when one of the events, named as `event_type::name`, never comes with the intents that
/// were asked for: its handler would wait for ever.
void check_handler_intents(const std::vector<std::string>& events, flags<intent> asked);

}  // namespace monochord
