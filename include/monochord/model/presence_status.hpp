// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <monochord/core/open_enum.hpp>

namespace monochord {

/// Whether somebody is there: `online`, `dnd`, `idle`, `invisible` (only ever sent), `offline`. Compare it with text.
/// https://docs.discord.com/developers/events/gateway-events#update-presence-status-types
using presence_status = open_string<struct presence_status_tag>;

}  // namespace monochord
