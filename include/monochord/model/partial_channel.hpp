// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// What invites, webhooks and widgets tell of a channel.
/// https://docs.discord.com/developers/resources/channel#channel-object
struct partial_channel {
  channel_id id;
  optional<channel_type> type;
  maybe<std::string> name;
  optional<int> position;
  maybe<std::string> icon;
  optional<std::vector<partial_user>> recipients;
};

}  // namespace monochord
