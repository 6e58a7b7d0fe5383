// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

#include <monochord/core/maybe.hpp>

namespace monochord {

/// Whether an answer is answered.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response
struct create_interaction_response_query {
  maybe<bool> with_response{};
};

static_assert(std::is_trivially_destructible_v<create_interaction_response_query>);

}  // namespace monochord
