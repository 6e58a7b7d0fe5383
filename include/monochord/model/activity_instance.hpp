// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/maybe.hpp>
#include <monochord/core/open_enum.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>

namespace monochord {

/// Where an activity runs: in a guild's channel, a private one, or a party.
/// https://docs.discord.com/developers/resources/application#get-application-activity-instance-activity-location-kind-enum
struct activity_location_kind_names {
  static constexpr std::string_view guild_channel = "gc";
  static constexpr std::string_view private_channel = "pc";
  static constexpr std::string_view party = "party";
};
using activity_location_kind = open_string<activity_location_kind_names>;

/// The place of an activity.
/// https://docs.discord.com/developers/resources/application#get-application-activity-instance-activity-location-object
struct activity_location {
  std::string id;
  activity_location_kind kind;
  optional<monochord::channel_id> channel_id;
  maybe<monochord::guild_id> guild_id;
};

/// An activity that is running.
/// https://docs.discord.com/developers/resources/application#get-application-activity-instance-activity-instance-object
struct activity_instance {
  monochord::application_id application_id;
  std::string instance_id;
  std::string launch_id;
  activity_location location;
  std::vector<user_id> users;
};

}  // namespace monochord
