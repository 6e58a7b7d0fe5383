// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/presence.hpp>
#include <monochord/model/presence_status.hpp>

namespace monochord {

/// How often a bot may still identify; `reset_after` is in milliseconds.
/// https://docs.discord.com/developers/events/gateway#session-start-limit-object-session-start-limit-structure
struct session_start_limit {
  int total = 0;
  int remaining = 0;
  std::int64_t reset_after = 0;
  int max_concurrency = 0;
};

/// The answer to GET /gateway.
/// https://docs.discord.com/developers/events/gateway#get-gateway
struct gateway_info {
  std::string url;
};

/// The answer to GET /gateway/bot.
/// https://docs.discord.com/developers/events/gateway#get-gateway-bot-json-response
struct gateway_bot_info {
  std::string url;
  int shards = 0;
  monochord::session_start_limit session_start_limit;
};

/// Opcode 10: how often to send heartbeats, in milliseconds.
/// https://docs.discord.com/developers/events/gateway-events#hello-hello-structure
struct hello {
  std::int64_t heartbeat_interval = 0;
};

/// What the bot runs on.
/// https://docs.discord.com/developers/events/gateway-events#identify-identify-connection-properties
struct identify_properties {
  std::string os;
  std::string browser;
  std::string device;
};

/// Opcode 3: how the bot appears; `since` in milliseconds since 1970.
/// https://docs.discord.com/developers/events/gateway-events#update-presence-gateway-presence-update-structure
struct gateway_presence_update {
  maybe<std::int64_t> since;
  std::vector<activity> activities;
  presence_status status;
  bool afk = false;
};

/// Opcode 2: a new session. `token` is a secret; `shard` is the shard and the number of shards.
/// https://docs.discord.com/developers/events/gateway-events#identify-identify-structure
struct identify {
  std::string token;
  identify_properties properties;
  optional_bool compress;
  optional<int> large_threshold;
  optional<std::vector<int>> shard;
  box<gateway_presence_update> presence;
  std::uint32_t intents;
};

/// Opcode 6: go on with a session. `token` is a secret.
/// https://docs.discord.com/developers/events/gateway-events#resume-resume-structure
struct resume {
  std::string token;
  std::string session_id;
  std::uint64_t seq = 0;
};

/// Opcode 8: members, sent as GUILD_MEMBERS_CHUNK.
/// https://docs.discord.com/developers/events/gateway-events#request-guild-members-request-guild-members-structure
struct request_guild_members {
  monochord::guild_id guild_id;
  optional<std::string> query;
  optional<int> limit;
  optional_bool presences;
  optional<std::vector<user_id>> user_ids;
  optional<std::string> nonce;
};

/// Opcode 31: sounds, sent as SOUNDBOARD_SOUNDS.
/// https://docs.discord.com/developers/events/gateway-events#request-soundboard-sounds-request-soundboard-sounds-structure
struct request_soundboard_sounds {
  std::vector<guild_id> guild_ids;
};

/// Opcode 43: live information of channels, sent as CHANNEL_INFO.
/// https://docs.discord.com/developers/events/gateway-events#request-channel-info-request-channel-info-structure
struct request_channel_info {
  monochord::guild_id guild_id;
  std::vector<std::string> fields;
};

/// Opcode 4: join, move within or leave (channel null) voice.
/// https://docs.discord.com/developers/events/gateway-events#update-voice-state-gateway-voice-state-update-structure
struct voice_state_update_request {
  monochord::guild_id guild_id;
  maybe<monochord::channel_id> channel_id;
  bool self_mute = false;
  bool self_deaf = false;
};

}  // namespace monochord
