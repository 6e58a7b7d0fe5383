// SPDX-License-Identifier: MIT
#pragma once

#include "json/listed_members.hpp"
#include <monochord/cache/cache.hpp>

namespace monochord::cached {

/// Events with many members go into a cache without becoming models on the way. The cache is afterwards as if `cache::apply` had
/// been given the same event.
struct bulk {
  static void apply(cache& to, const json::listed<guild_create>& event);
  static void apply(cache& to, const json::listed<guild_members_chunk>& event);
};

}  // namespace monochord::cached
