// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>

namespace monochord {

/// Who can see a stage.
/// https://docs.discord.com/developers/resources/stage-instance#stage-instance-object-privacy-level
enum class stage_privacy_level : std::int32_t {
  public_ = 1,  ///< deprecated
  guild_only = 2,
};

/// A live stage.
/// https://docs.discord.com/developers/resources/stage-instance#stage-instance-object-stage-instance-structure
struct stage_instance {
  stage_instance_id id;
  monochord::guild_id guild_id;
  monochord::channel_id channel_id;
  std::string topic;
  stage_privacy_level privacy_level{};
  bool discoverable_disabled = false;  ///< deprecated
  maybe<scheduled_event_id> guild_scheduled_event_id;
};

}  // namespace monochord
