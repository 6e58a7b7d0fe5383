// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace monochord {

/// What a message of the gateway is.
/// https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-opcodes
enum class gateway_opcode : std::int32_t {
  dispatch = 0,
  heartbeat = 1,
  identify = 2,
  presence_update = 3,
  voice_state_update = 4,
  resume = 6,
  reconnect = 7,
  request_guild_members = 8,
  invalid_session = 9,
  hello = 10,
  heartbeat_ack = 11,
  request_soundboard_sounds = 31,
  request_channel_info = 43,
};

/// Why Discord closed a connection to the gateway.
/// https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
enum class gateway_close_code : std::int32_t {
  unknown_error = 4000,
  unknown_opcode = 4001,
  decode_error = 4002,
  not_authenticated = 4003,
  authentication_failed = 4004,
  already_authenticated = 4005,
  invalid_seq = 4007,
  rate_limited = 4008,
  session_timed_out = 4009,
  invalid_shard = 4010,
  sharding_required = 4011,
  invalid_api_version = 4012,
  invalid_intents = 4013,
  disallowed_intents = 4014,
};

}  // namespace monochord
