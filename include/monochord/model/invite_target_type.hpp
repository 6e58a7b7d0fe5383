// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace monochord {

/// What an invite shows of a voice channel.
/// https://docs.discord.com/developers/resources/invite#invite-object-invite-target-types
enum class invite_target_type : std::int32_t {
  stream = 1,
  embedded_application = 2,
  role_subscriptions_purchase = 3,
};

}  // namespace monochord
