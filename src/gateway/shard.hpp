// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <monochord/core/clock.hpp>
#include <monochord/core/log.hpp>
#include <monochord/core/task.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/token.hpp>
#include <monochord/gateway/identify_queue.hpp>
#include <monochord/gateway/session_store.hpp>
#include "gateway/command_port.hpp"
#include "gateway/decisions.hpp"
#include "gateway/event_sink.hpp"
#include "gateway/guild_registry.hpp"
#include "gateway/shard_counters.hpp"
#include "net/network.hpp"
#include "net/tls.hpp"
#include "protocol/inflate.hpp"
#include "protocol/session.hpp"

namespace monochord::gateway {

/// What all shards of a bot share.
struct shard_options {
  monochord::token token;
  user_id bot_id;               ///< as the token says, 0 when it does not
  std::uint64_t intents = 0;
  int shard_count = 1;
  int large_threshold = 0;      ///< 0: Discord's default
  std::string presence_json;    ///< presence until `update_presence`; "" for Discord's default
  std::string gateway_url;
  std::string gateway_url_override;  ///< not empty: used instead, and as host of every resume
  protocol::compression compression = protocol::compression::zlib_stream;
  protocol::inflate_limits inflate;
  std::chrono::milliseconds ack_after{30'000};  ///< an event that is worked on for longer counts as handled
  std::string user_agent;
  bool allow_plain = false;
  std::shared_ptr<net::network> transport;           ///< required
  std::shared_ptr<const net::tls_context> tls;       ///< required for wss
  std::shared_ptr<monochord::clock> clock;           ///< required
  std::function<double()> jitter;                    ///< as `client_options::jitter`
  boost::asio::any_io_executor executor;             ///< required; each shard makes a strand of its own on it
  logger log;
  std::shared_ptr<monochord::identify_queue> queue;  ///< required
  std::shared_ptr<monochord::session_store> store;   ///< null: sessions are not kept
  /// Up to which event of a session Discord may be told to forget what was handled, called on the shard's strand; empty: all.
  std::function<std::int64_t(int shard_id, std::string_view session_id)> may_acknowledge;
  std::shared_ptr<guild_registry> guilds;            ///< required
  std::shared_ptr<const decisions> decides;          ///< null: the defaults
  /// While it says true a fatal close is fatal, whatever `decides` says: other shards serve. Null: never.
  std::shared_ptr<const std::atomic<bool>> on_trial;
  std::shared_ptr<protocol::connect_gate> gate;      ///< null: whoever wants to connect does so at once
  std::shared_ptr<shard_ledger> ledger;              ///< null: each shard counts for itself alone
};

/// Whether a session that was kept is one that this bot would start today.
inline bool fits(const stored_session& kept, const shard_options& today) noexcept {
  const bool same_bot = !kept.bot_id || !today.bot_id || kept.bot_id == today.bot_id;
  return same_bot && kept.shard_count == today.shard_count && kept.intents == today.intents && kept.large_threshold == today.large_threshold;
}

using stop_mode = protocol::session::stop_mode;

/// A session, and up to which event it was delivered.
struct session_position {
  int shard_id = 0;
  int shard_count = 1;
  std::string session_id;
  std::int64_t seq = 0;
};

/// One shard: carries the actions of a protocol::session out over a websocket. Everything of it runs on its own strand,
/// as children of `run()`, which completes only when none of them runs any more.
class shard final : public command_port {
 public:
  shard(int id, std::shared_ptr<const shard_options> options, std::shared_ptr<event_sink> sink);
  ~shard() override;
  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;

  /// Lives until `stop()`. Throws gateway_error when Discord refuses the shard for good (token, intents, shard numbers,
  /// no IDENTIFY left), also where it is given up for that (`is_given_up`), and `error` when the address can never be used. Once only. Await it anywhere. Cancelling it is
  /// `stop(keep_session)`.
  task<> run();
  /// Ends it, within about 3 seconds even when the peer does not answer. Thread-safe, idempotent; may be called before
  /// and after run(). `discard_session` after `keep_session`, while run() still closes the connection, erases the stored
  /// session; the close code has been sent by then, so Discord keeps the session until it times out.
  void stop(stop_mode mode) noexcept;

  /// Sends a payload of the user (op 3, 4, 8, 31, 43) when the shard is ready and the send limit has room, in the order
  /// of calls; completes when the socket has taken it. One that the socket did not take because the connection ended goes
  /// on the next one. Throws `error` with `errc::cancelled` when the shard ends first, `errc::invalid_argument` for more
  /// than 4096 bytes. Cancelling withdraws it, unless the socket is taking it just then. Thread-safe.
  /// https://docs.discord.com/developers/events/gateway#sending-events
  task<> send(std::string payload);
  /// The same without a coroutine: `done` is called on the strand, once, without an error or with `errc::cancelled`; it must
  /// not throw. What is returned withdraws the payload. Both are thread-safe.
  std::function<void()> send(std::string payload, std::function<void(error_code)> done) override;
  /// How the bot appears on this shard, as JSON: sent as op 3 like any payload of the user, and with every later IDENTIFY. A
  /// shard without a session has it with its IDENTIFY alone, and is done at once. `done` and what is returned as in `send`, but the presence that
  /// was set last is told even when it was withdrawn.
  /// https://docs.discord.com/developers/events/gateway-events#update-presence
  std::function<void()> update_presence(std::string presence_json, std::function<void(error_code)> done) override;

  /// Has the store know what was handled since `run()` ended, or forget the session if it was discarded meanwhile. Call it once
  /// whoever works on events has come to an end.
  task<> keep_position();

  int id() const noexcept override;
  std::uint64_t serial() const noexcept override;
  /// It ended by a fatal close, and the others are to go on without it. Thread-safe.
  bool is_given_up() const noexcept;
  /// Thread-safe.
  protocol::session_status status() const noexcept;
  /// Between the last heartbeat and its ACK; nothing when there is none on this connection. Thread-safe.
  std::optional<duration> latency() const noexcept;
  /// How many guilds the bot is in on this shard; nothing before READY, which a session begun elsewhere does not have.
  /// Thread-safe.
  std::optional<std::size_t> guild_count() const noexcept;
  /// As `shard_info::lag` and `shard_info::zombies`. Thread-safe.
  duration lag() const noexcept;
  std::uint64_t zombies() const noexcept;
  /// It does not read, since there is no room for its events. Thread-safe.
  bool is_paused() const noexcept;
  /// `session::restart`. Thread-safe; nothing happens before run() and after the end.
  void restart(bool fresh) noexcept;
  /// Thread-safe.
  shard_counters counters() const noexcept;
  /// The present session, or the last one after the end; nothing where there was none.
  task<std::optional<session_position>> position() const;

  /// Called on the strand once: when the shard first is up, first fails, or ends. Set it before run().
  void on_settled(std::function<void(int shard_id)> call);
  /// Called on the strand once: when the shard first is up. Whoever is called tells the log of it. Set it before run().
  void on_first_up(std::function<void(int shard_id, bool resumed)> call);

  struct impl;

 private:
  std::shared_ptr<impl> impl_;
};

}  // namespace monochord::gateway
