// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/flags.hpp>
#include <monochord/core/open_enum.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>

namespace monochord {

/// What a message of the voice gateway is.
/// https://docs.discord.com/developers/topics/opcodes-and-status-codes#voice-voice-opcodes
enum class voice_opcode : std::int32_t {
  identify = 0,
  select_protocol = 1,
  ready = 2,
  heartbeat = 3,
  session_description = 4,
  speaking = 5,
  heartbeat_ack = 6,
  resume = 7,
  hello = 8,
  resumed = 9,
  clients_connect = 11,
  client_disconnect = 13,
  dave_prepare_transition = 21,
  dave_execute_transition = 22,
  dave_transition_ready = 23,
  dave_prepare_epoch = 24,
  dave_mls_external_sender = 25,
  dave_mls_key_package = 26,
  dave_mls_proposals = 27,
  dave_mls_commit_welcome = 28,
  dave_mls_announce_commit_transition = 29,
  dave_mls_welcome = 30,
  dave_mls_invalid_commit_welcome = 31,
};

/// Why Discord closed a voice connection.
/// https://docs.discord.com/developers/topics/opcodes-and-status-codes#voice-voice-close-event-codes
enum class voice_close_code : std::int32_t {
  unknown_opcode = 4001,
  failed_to_decode_payload = 4002,
  not_authenticated = 4003,
  authentication_failed = 4004,
  already_authenticated = 4005,
  session_no_longer_valid = 4006,
  session_timeout = 4009,
  server_not_found = 4011,
  unknown_protocol = 4012,
  disconnected = 4014,
  voice_server_crashed = 4015,
  unknown_encryption_mode = 4016,
  e2ee_dave_protocol_required = 4017,
  bad_request = 4020,
  disconnected_rate_limited = 4021,
  disconnected_call_terminated = 4022,
};

/// What is being sent.
/// https://docs.discord.com/developers/topics/voice-connections#speaking
enum class speaking_flag : std::uint32_t {
  microphone = 1U << 0,
  soundshare = 1U << 1,
  priority = 1U << 2,
};
template <>
inline constexpr bool is_flags<speaking_flag> = true;

/// How audio is encrypted. Discord refuses the deprecated ones; aead_xchacha20_poly1305_rtpsize always works.
/// https://docs.discord.com/developers/topics/voice-connections#transport-encryption-modes
struct voice_encryption_mode_names {
  static constexpr std::string_view aead_aes256_gcm_rtpsize = "aead_aes256_gcm_rtpsize";
  static constexpr std::string_view aead_xchacha20_poly1305_rtpsize = "aead_xchacha20_poly1305_rtpsize";
  static constexpr std::string_view xsalsa20_poly1305_lite_rtpsize = "xsalsa20_poly1305_lite_rtpsize";
  static constexpr std::string_view aead_aes256_gcm = "aead_aes256_gcm";
  static constexpr std::string_view xsalsa20_poly1305 = "xsalsa20_poly1305";
  static constexpr std::string_view xsalsa20_poly1305_suffix = "xsalsa20_poly1305_suffix";
  static constexpr std::string_view xsalsa20_poly1305_lite = "xsalsa20_poly1305_lite";
};
using voice_encryption_mode = open_string<voice_encryption_mode_names>;

/// Opcode 0: begin a voice session. `token` is a secret.
/// https://docs.discord.com/developers/topics/voice-connections#establishing-a-voice-websocket-connection
struct voice_identify {
  any_id server_id;  ///< of the guild; of the channel in private calls
  monochord::user_id user_id;
  std::string session_id;
  std::string token;
  optional<int> max_dave_protocol_version;
};

/// Where the UDP packets go, as this side sees itself.
struct voice_protocol_data {
  std::string address;
  int port = 0;
  voice_encryption_mode mode;
};

/// Opcode 1: how audio will be sent.
/// https://docs.discord.com/developers/topics/voice-connections#establishing-a-voice-udp-connection
struct voice_select_protocol {
  std::string protocol;
  voice_protocol_data data;
};

/// Opcode 2: where to send audio.
/// https://docs.discord.com/developers/topics/voice-connections#establishing-a-voice-websocket-connection
struct voice_ready {
  optional<std::uint32_t> ssrc;
  optional<std::string> ip;
  optional<int> port;
  std::vector<voice_encryption_mode> modes;
  optional<double> heartbeat_interval;  ///< wrong: the right one comes with voice_hello
};

/// Opcodes 3 and 6 since version 8. `seq_ack` is the last sequence number, -1 when there was none.
/// https://docs.discord.com/developers/topics/voice-connections#heartbeating
struct voice_heartbeat {
  std::uint64_t t = 0;
  optional<int> seq_ack;
};

/// Opcode 4: how audio is encrypted. `secret_key` is a secret.
/// https://docs.discord.com/developers/topics/voice-connections#transport-encryption-modes
struct voice_session_description {
  voice_encryption_mode mode;
  std::vector<int> secret_key;
  optional<int> dave_protocol_version;
};

/// Opcode 5: who is speaking.
/// https://docs.discord.com/developers/topics/voice-connections#speaking
struct voice_speaking {
  flags<speaking_flag> speaking;
  optional<int> delay;
  std::uint32_t ssrc = 0;
  optional<monochord::user_id> user_id;
};

/// Opcode 7: go on with a voice session. `token` is a secret.
/// https://docs.discord.com/developers/topics/voice-connections#resuming-voice-connection
struct voice_resume {
  any_id server_id;
  std::string session_id;
  std::string token;
  optional<int> seq_ack;
};

/// Opcode 8: how often to send heartbeats, in milliseconds.
/// https://docs.discord.com/developers/topics/voice-connections#heartbeating
struct voice_hello {
  double heartbeat_interval = 0;
  optional<int> v;
};

}  // namespace monochord
