// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// Somebody who may not join.
/// https://docs.discord.com/developers/resources/guild#ban-object-ban-structure
struct ban {
  maybe<std::string> reason;
  monochord::user user;
};

/// Who of many was banned.
/// https://docs.discord.com/developers/resources/guild#bulk-guild-ban-bulk-ban-response
struct bulk_ban_result {
  std::vector<user_id> banned_users;
  std::vector<user_id> failed_users;
};

/// How many would be, or were, removed for not being there; null when that was not to be counted.
/// https://docs.discord.com/developers/resources/guild#get-guild-prune-count
struct prune_result {
  maybe<int> pruned;
};

}  // namespace monochord
