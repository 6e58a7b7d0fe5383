// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/model/interaction.hpp>

namespace monochord {

/// Somebody used a command, a component or a modal.
/// https://docs.discord.com/developers/events/gateway-events#interaction-create
struct interaction_create {
  monochord::interaction interaction;
};

}  // namespace monochord
