// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/presence.hpp>
#include <string_view>
#include <type_traits>

// What a bot says on the gateway: views for designated initialisers, as those of `model/bodies.hpp`.
namespace monochord {

/// What a bot does: the fields of an activity that Discord takes of one. `url` is for `activity_type::streaming`; a
/// custom status is `{.name = "Custom Status", .type = mc::activity_type::custom, .state = "its text"}`.
/// https://docs.discord.com/developers/events/gateway-events#activity-object
struct activity_body {
  std::string_view name{};
  activity_type type{};
  maybe<std::string_view> state{};
  maybe<std::string_view> url{};
};

/// How a bot appears; `status` is one of `presence_status`. `since` is when it went idle, in milliseconds since 1970.
/// https://docs.discord.com/developers/events/gateway-events#update-presence-gateway-presence-update-structure
struct update_presence_body {
  std::string_view status = presence_status::online;
  list<activity_body> activities{};
  optional<std::int64_t> since{};
  bool afk = false;
};

/// Into which voice channel; without `channel_id` out of the one that the bot is in.
/// https://docs.discord.com/developers/events/gateway-events#update-voice-state-gateway-voice-state-update-structure
struct update_voice_state_body {
  optional<monochord::channel_id> channel_id{};
  bool self_mute = false;
  bool self_deaf = false;
};

static_assert(std::is_trivially_destructible_v<activity_body>);
static_assert(std::is_trivially_destructible_v<update_presence_body>);
static_assert(std::is_trivially_destructible_v<update_voice_state_body>);

}  // namespace monochord
