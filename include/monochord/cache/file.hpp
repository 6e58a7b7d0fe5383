// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <string>
#include <vector>

namespace monochord {

/// What the guilds of one shard in a file are true for: a position of a session. To be taken *before* `cache::save` is
/// called. A guild may be saved a moment later and so hold some events that came after it; all events after `seq` are
/// to be applied again to what is restored, which leaves the same state: RESUME with `seq` brings them. `session_id` is
/// as secret as a token.
struct cache_mark {
  int shard_id = 0;
  int shard_count = 1;
  std::string session_id;
  std::int64_t seq = 0;
};

struct cache_restore_options {
  /// Whose file it must be; 0: anybody's.
  user_id bot_id{};
  /// Whether the guilds of that mark's shard are wanted, as they are when its session is going to be resumed; called
  /// once for each mark. A guild is of the shard `(id >> 22) % shard_count`, what belongs to no guild of shard 0.
  /// Empty: everything is restored, what no mark covers too.
  std::function<bool(const cache_mark&)> keep{};
};

/// What stood in a file.
struct cache_file {
  user_id bot_id{};  ///< 0 when it was saved before the first READY
  timestamp saved_at{};
  std::vector<cache_mark> marks;  ///< all of them
  std::size_t restored = 0;       ///< guilds
  std::size_t left_out = 0;       ///< guilds that were not wanted
};

}  // namespace monochord
