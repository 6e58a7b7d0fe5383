// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <monochord/core/snowflake.hpp>

namespace monochord {

/// Why a call to the Discord client on the same machine failed.
/// https://docs.discord.com/developers/topics/opcodes-and-status-codes#rpc-rpc-error-codes
enum class rpc_error_code : std::int32_t {
  unknown_error = 1000,
  invalid_payload = 4000,
  invalid_command = 4002,
  invalid_guild = 4003,
  invalid_event = 4004,
  invalid_channel = 4005,
  invalid_permissions = 4006,
  invalid_client_id = 4007,
  invalid_origin = 4008,
  invalid_token = 4009,
  invalid_user = 4010,
  oauth2_error = 5000,
  select_channel_timed_out = 5001,
  get_guild_timed_out = 5002,
  select_voice_force_required = 5003,
  capture_shortcut_already_listening = 5004,
};

/// Why the Discord client on the same machine closed the connection.
/// https://docs.discord.com/developers/topics/opcodes-and-status-codes#rpc-rpc-close-event-codes
enum class rpc_close_code : std::int32_t {
  invalid_client_id = 4000,
  invalid_origin = 4001,
  rate_limited = 4002,
  token_revoked = 4003,
  invalid_version = 4004,
  invalid_encoding = 4005,
};

}  // namespace monochord
