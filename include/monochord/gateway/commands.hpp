// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <string_view>
#include <type_traits>
#include <vector>

namespace monochord {

struct channel_info;
struct guild_members;
struct guild_members_chunk;
struct soundboard_sounds;
struct update_presence_body;
struct update_voice_state_body;
class guild_member_stream;

namespace gateway {
class command_desk;
}

/// How a command goes about its work.
struct command_options {
  /// How long it may take in all, waiting for a connection and for Discord's limits included; `milliseconds::max()`:
  /// for ever.
  std::chrono::milliseconds timeout{60'000};
};

/// Which members of a guild: with `user_ids` those; otherwise those whose name begins with `query`, `limit` of them (1
/// to 100, without it 100); with neither all.
/// https://docs.discord.com/developers/events/gateway-events#request-guild-members-request-guild-members-structure
struct guild_members_request {
  maybe<std::string_view> query{};
  maybe<int> limit{};
  maybe<list<user_id>> user_ids{};  ///< any number: more than 100 are asked for in several payloads
  bool presences = false;           ///< with their presences; needs the intent guild_presences
  /// What the events of the answer carry, at most 32 bytes; by default something that no other request has. No two
  /// requests at a time may have the same.
  std::string_view nonce{};
  std::chrono::milliseconds timeout{60'000};  ///< as `command_options::timeout`
  /// What is given has no members and no presences, which are decoded for the cache and handlers alone: for who wants to know only
  /// that they have come.
  bool for_cache = false;
};
static_assert(std::is_trivially_destructible_v<guild_members_request>);

/// What a bot tells Discord on the gateway, `client::gateway()`. A command goes out on the shard that it is for, when
/// that is connected and Discord's limit (120 payloads in 60 seconds, of which 5 are kept for the session) has room, in
/// the order of the calls; one that a lost connection may have swallowed before it was answered is sent again. What
/// answers it is taken at reading time, before handlers; handlers get the same events.
///
/// Every member may be called from any thread; what it is given is copied before it returns its task. Cancelling a task
/// withdraws what is not sent. All throw `error` with
/// * `errc::cancelled` when the client stops, or the task is cancelled,
/// * `errc::timeout` when the time of the options is over, `errc::rate_limited` when Discord's limit lasts for longer
/// than it,
/// * `errc::invalid_argument` before the client knows its shards, for a guild or shard that this process does not run,
/// and
///   for what can never be sent: more than 4,096 bytes, text that is not UTF-8.
/// https://docs.discord.com/developers/events/gateway-events#send-events
class gateway_commands {
 public:
  explicit gateway_commands(std::shared_ptr<gateway::command_desk> desk) noexcept;  // for client
  ~gateway_commands();
  gateway_commands(const gateway_commands&) = delete;
  gateway_commands& operator=(const gateway_commands&) = delete;

  /// How the bot appears, on all shards of this process or on one; sessions that begin later have it too. Completes
  /// when Discord was told; a shard that has no session yet tells it when it gets one, and is not waited for. A
  /// presence has at most 3,500 bytes of JSON. After a timeout or a cancellation it is told all the same
  /// once it can be, unless another one was set meanwhile.
  /// https://docs.discord.com/developers/events/gateway-events#update-presence
  task<> update_presence(const update_presence_body& body, const command_options& options = {});
  task<> update_presence(int shard, const update_presence_body& body, const command_options& options = {});

  /// Joins a voice channel, moves to another one, leaves. Completes when it was sent; Discord answers with the events
  /// `voice_state_update` and `voice_server_update`, or not at all where the bot may not connect. There is no sound in
  /// this library: whoever has it needs no more than these.
  /// https://docs.discord.com/developers/events/gateway-events#update-voice-state
  task<> update_voice_state(guild_id guild, const update_voice_state_body& body, const command_options& options = {});

  /// Members of a guild, gathered into one answer; its type is in `<monochord/gateway/guild_members.hpp>`. All of them
  /// need the intent guild_members, and may be asked for once in 30 seconds: a request that is too early waits. When the
  /// session is lost meanwhile it begins anew. Throws `gateway_error` with `errc::invalid_argument`, naming the intent, before
  /// anything is sent where one is missing; `limit_error` for a `limit` or `nonce` over Discord's; `decode_error` for an
  /// answer that cannot be read.
  /// https://docs.discord.com/developers/events/gateway-events#request-guild-members
  task<guild_members> request_guild_members(guild_id guild, const guild_members_request& request = {});
  /// The same chunk by chunk, for guilds whose members need not be in memory all at a time.
  guild_member_stream stream_guild_members(guild_id guild, const guild_members_request& request = {});

  /// The soundboard sounds of guilds, in their order, whatever shards they are on. Discord does not answer for a guild
  /// that the bot is not in. https://docs.discord.com/developers/events/gateway-events#request-soundboard-sounds
  task<std::vector<soundboard_sounds>> request_soundboard_sounds(const list<guild_id>& guilds,
                                                                 const command_options& options = {});

  /// What the voice channels of a guild have besides: their status, and since when somebody has been in them.
  /// https://docs.discord.com/developers/events/gateway-events#request-channel-info
  task<channel_info> request_channel_info(guild_id guild, const command_options& options = {});

 private:
  std::shared_ptr<gateway::command_desk> desk_;
};

}  // namespace monochord
