// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "testing/state.hpp"

namespace monochord::testing {

/// Whether this is what a bot may say of its presence.
bool good_presence(const json& presence);

/// Discord's side of the gateway: pure logic over `mock_state`, called under its lock, time from the state's clock.
/// https://docs.discord.com/developers/events/gateway
class gateway {
 public:
  explicit gateway(mock_state& state) : state_(state) {}

  /// The path in READY's `resume_gateway_url`. At Discord that is another host; a mock on a socket has only one.
  static constexpr std::string_view resume_path = "/resume";
  /// Whether the gateway is served at this path: the root or, for those who resume, `resume_path`.
  static bool serves(std::string_view path) { return path.empty() || path == "/" || is_resume_path(path); }
  static bool is_resume_path(std::string_view path) {
    return path.starts_with(resume_path) && (path.size() == resume_path.size() || path.substr(resume_path.size()) == "/");
  }

  /// A websocket was opened at this path with this query string (`v=10&encoding=json`); HELLO is in its `out` already.
  std::shared_ptr<gateway_link> open(std::string_view path, std::string_view query, std::function<void()> wake);
  /// One message of the client.
  void receive(gateway_link& link, std::string_view text);
  /// The connection is gone; `code` is that of the client's close frame, 0 when none came.
  void closed(gateway_link& link, std::uint16_t code);
  /// What time brings: a held READY, a heartbeat that never came.
  void tick(gateway_link& link);
  /// When `tick` is due next.
  time_point due(const gateway_link& link) const;
  /// The next things to carry out on a connection, counted and cut by faults; empty when there is nothing.
  std::vector<outgoing> take(gateway_link& link, std::size_t most);

  /// Sends an event to every session that should see it. `guild` 0: a direct channel, or nothing of a guild.
  void event(std::string_view name, snowflake guild, const json& data);
  /// GUILD_CREATE to every session that should see it, with the members that it may see.
  void guild_create(const guild_record& guild);
  /// A MESSAGE_CREATE or MESSAGE_UPDATE, without content for sessions that may not read it.
  void message_event(std::string_view name, snowflake guild, const json& data);
  /// An event to every session, whatever its intents.
  void event_to_all(std::string_view name, std::string_view data);

  /// Sessions that nobody can resume any more are gone.
  void forget_abandoned();
  void disconnect(disconnect_how how, std::uint16_t code, std::optional<int> shard);
  void stall(bool on, std::optional<int> shard = {});
  /// Somebody is in this voice channel from now on, 0: in none.
  void move_voice(snowflake guild, snowflake user, const voice_record& to);
  void send_op(int op, const json& data, std::optional<int> shard = {});
  void send_raw(std::string_view bytes, bool binary, std::optional<int> shard = {});
  void send_bytes(std::string_view bytes, std::optional<int> shard = {});
  void forget_sessions(std::optional<int> shard = {});
  std::shared_ptr<gateway_session> connected_session(int shard) const;
  /// IDENTIFYs left today, and how long until all of the day's are forgotten; zero when there were none.
  int identifies_left(duration& reset_after);

 private:
  void identify(gateway_link& link, const json& d);
  void accept_identify(gateway_link& link, const json& d, int shard, int count, std::uint32_t intents);
  void resume(gateway_link& link, const json& d);
  void heartbeat(gateway_link& link, const json& d);
  void judge_heartbeat(const gateway_link& link, const json& d);
  void command(gateway_link& link, int op, const json& d);
  void send_sounds(gateway_link& link, const json& d);
  void send_channel_info(gateway_link& link, const json& d);
  void request_members(gateway_link& link, const json& d);
  void update_voice(gateway_link& link, const json& d);
  void ready(gateway_link& link);
  /// The session is gone and its connection stays.
  static void leave_session(gateway_link& link);
  bool check_token(gateway_link& link, const json& d);
  bool too_early(int shard);
  void budget_overdrawn();

  void send(gateway_link& link, const json& payload, outgoing::kind what = outgoing::kind::payload);
  void close(gateway_link& link, std::uint16_t code, std::string_view reason);
  /// The same, with what the client did wrong.
  void refuse(gateway_link& link, std::uint16_t code, std::string_view reason, std::string kind, std::string text);
  void drop(gateway_link& link);
  void push(gateway_session& session, std::string_view name, std::string_view data);
  void push_guild(gateway_session& session, const guild_record& guild);
  static void forget_up_to(gateway_session& session, std::uint64_t seq);
  void detach(gateway_session& session);
  /// The session has ended: whatever it still remembers is lost, but for what its client says that it has.
  void end_session(const std::shared_ptr<gateway_session>& session);
  void note_lost(std::string_view session, std::uint64_t seq, std::string_view text);
  void queue_raw(outgoing::kind kind, std::string_view bytes, std::optional<int> shard);
  static bool concerns(const gateway_link& link, std::optional<int> shard);
  time_point silent_at(const gateway_link& link) const;
  bool in_shard(const gateway_session& session, snowflake guild) const;
  bool wants(const gateway_session& session, std::string_view name, snowflake guild) const;
  void after_session_start(gateway_link& link);
  gateway_link* link_of(const gateway_session& session) const;

  mock_state& state_;
};

}  // namespace monochord::testing
