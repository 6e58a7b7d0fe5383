// SPDX-License-Identifier: MIT
#pragma once

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace monochord::tests {

/// Fails for each thing that the mock saw the bot do against Discord's rules.
inline void no_violations(simulated_world& w) {
  for (const auto& v : w.discord().violations()) FAIL_CHECK(v.kind << ": " << v.text);
}

}  // namespace monochord::tests
