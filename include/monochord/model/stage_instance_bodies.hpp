// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/stage_instance.hpp>

namespace monochord {

/// POST /stage-instances.
/// https://docs.discord.com/developers/resources/stage-instance#create-stage-instance
struct create_stage_instance_body {
  monochord::channel_id channel_id{};
  std::string_view topic{};
  maybe<stage_privacy_level> privacy_level{};
  maybe<bool> send_start_notification{};  ///< needs MENTION_EVERYONE
  maybe<scheduled_event_id> guild_scheduled_event_id{};
};

/// PATCH /stage-instances/{channel_id}. Absent is left as it is.
/// https://docs.discord.com/developers/resources/stage-instance#modify-stage-instance
struct modify_stage_instance_body {
  maybe<std::string_view> topic{};
  maybe<stage_privacy_level> privacy_level{};
};

static_assert(std::is_trivially_destructible_v<create_stage_instance_body>);
static_assert(std::is_trivially_destructible_v<modify_stage_instance_body>);

}  // namespace monochord
