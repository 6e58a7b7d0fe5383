// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/presence_status.hpp>
#include <monochord/model/raw_json.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// What somebody does.
/// https://docs.discord.com/developers/events/gateway-events#activity-object-activity-types
enum class activity_type : std::int32_t {
  playing = 0,
  streaming = 1,
  listening = 2,
  watching = 3,
  custom = 4,
  competing = 5,
};

/// Which field is shown in the member list.
/// https://docs.discord.com/developers/events/gateway-events#activity-object-status-display-types
enum class status_display_type : std::int32_t {
  name = 0,
  state = 1,
  details = 2,
};

/// What an activity offers.
/// https://docs.discord.com/developers/events/gateway-events#activity-object-activity-flags
enum class activity_flag : std::uint32_t {
  instance = 1U << 0,
  join = 1U << 1,
  spectate = 1U << 2,
  join_request = 1U << 3,
  sync = 1U << 4,
  play = 1U << 5,
  party_privacy_friends = 1U << 6,
  party_privacy_voice_channel = 1U << 7,
  embedded = 1U << 8,
};
template <>
inline constexpr bool is_flags<activity_flag> = true;

/// When it started and ends, in milliseconds since 1970.
/// https://docs.discord.com/developers/events/gateway-events#activity-object-activity-timestamps
struct activity_timestamps {
  optional<std::int64_t> start;
  optional<std::int64_t> end;
};

/// The emoji of a custom status.
/// https://docs.discord.com/developers/events/gateway-events#activity-object-activity-emoji
struct activity_emoji {
  std::string name;
  optional<emoji_id> id;
  optional_bool animated;
};

/// The group that plays together; `size` is the current and the greatest size.
/// https://docs.discord.com/developers/events/gateway-events#activity-object-activity-party
struct activity_party {
  optional<std::string> id;
  optional<std::vector<int>> size;
};

/// The pictures of an activity.
/// https://docs.discord.com/developers/events/gateway-events#activity-object-activity-assets
struct activity_assets {
  optional<std::string> large_image;
  optional<std::string> large_text;
  optional<std::string> large_url;
  optional<std::string> small_image;
  optional<std::string> small_text;
  optional<std::string> small_url;
  optional<std::string> invite_cover_image;
};

/// What is needed to join.
/// https://docs.discord.com/developers/events/gateway-events#activity-object-activity-secrets
struct activity_secrets {
  optional<std::string> join;
  optional<std::string> spectate;
  optional<std::string> match;
};

/// A button of an activity.
/// https://docs.discord.com/developers/events/gateway-events#activity-object-activity-buttons
struct activity_button {
  std::string label;
  std::string url;
};

/// What somebody does. A bot sends only `name`, `type`, `state` and `url`. Of `buttons` the gateway sends only the
/// labels.
/// https://docs.discord.com/developers/events/gateway-events#activity-object-activity-structure
struct activity {
  // Compiled once, in the library.
  activity();
  activity(const activity&);
  activity(activity&&) noexcept;
  activity& operator=(const activity&);
  activity& operator=(activity&&) noexcept;
  ~activity();

  std::string name;
  activity_type type{};
  maybe<std::string> url;
  optional<std::int64_t> created_at;
  box<activity_timestamps> timestamps;
  optional<monochord::application_id> application_id;
  maybe<monochord::status_display_type> status_display_type;
  maybe<std::string> details;
  maybe<std::string> details_url;
  maybe<std::string> state;
  maybe<std::string> state_url;
  maybe<box<activity_emoji>> emoji;
  box<activity_party> party;
  box<activity_assets> assets;
  box<activity_secrets> secrets;
  optional_bool instance;
  optional<monochord::flags<activity_flag>> flags;
  optional<raw_json> buttons;
};

/// On which devices somebody is there.
/// https://docs.discord.com/developers/events/gateway-events#client-status-object
struct client_status {
  optional<presence_status> desktop;
  optional<presence_status> mobile;
  optional<presence_status> web;
  optional<presence_status> vr;
};

/// Whether somebody is there, and what they do.
/// https://docs.discord.com/developers/events/gateway-events#presence-update-presence-update-event-fields
struct presence {
  partial_user user;
  optional<monochord::guild_id> guild_id;
  presence_status status;
  std::vector<activity> activities;
  monochord::client_status client_status;
};

}  // namespace monochord
