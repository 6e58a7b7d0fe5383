// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <monochord/core/clock.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/gateway/resharding.hpp>

namespace monochord {

/// What a shard is doing.
/// https://docs.discord.com/developers/events/gateway#connection-lifecycle
enum class shard_status : std::uint8_t {
  idle,         ///< not started: its turn has not come
  waiting,      ///< for the time of the next attempt
  connecting,
  hello,        ///< connected, waiting for Discord's HELLO
  queued,       ///< waiting for its turn to IDENTIFY
  identifying,  ///< IDENTIFY sent, waiting for READY
  resuming,     ///< RESUME sent, waiting for what it missed
  ready,
  ended,        ///< stopped, or failed for good
};
/// The enumerator's name, like "ready".
std::string_view to_string(shard_status status) noexcept;

/// One shard, as it was when it was asked.
struct shard_info {
  int id = 0;
  shard_status status = shard_status::idle;
  /// Between the last heartbeat and its answer; nothing before there was one on this connection.
  std::optional<duration> latency;
  /// The guilds that the bot is in on this shard, those with an outage included. Nothing while they are not known:
  /// before READY, and with a session that an earlier process began.
  std::optional<std::size_t> guilds;
  /// How far the handlers are behind: for how long the oldest event has been here that does not count as handled yet
  /// (`client_options::ack_after`), or reading has stood still because `client_options::max_running_handlers` work, whichever is
  /// longer. 0 when everything that came is handled.
  duration lag{0};
  /// Connections that were given up because nothing answered any more, without having been closed. A network that often lets
  /// go of connections has many.
  std::uint64_t zombies = 0;
};

/// How `shard_set::restart` goes on.
enum class restart_mode : std::uint8_t {
  resume,       ///< with the same session: no event is lost, no IDENTIFY is used up
  new_session,  ///< by IDENTIFY, once its turn in the queue comes; events meanwhile are lost
};

/// How far the start is. Sent when a shard of this process is up for the first time.
struct start_progress {
  int shard_id = 0;      ///< the one that is up
  bool resumed = false;  ///< it goes on with a stored session
  int ready = 0;         ///< shards of this process that have been up by now
  int shards = 0;        ///< shards of this process, without those that were given up before they were up
  duration elapsed{0};   ///< since the start
  duration left{0};      ///< a guess at the rest
  /// True once in a client's life, with the last shard.
  bool all_ready() const noexcept { return ready == shards; }
};

/// The shards of a client, `client::shards()`. What they are is known once Discord has said how many it recommends: a
/// moment after `run()` has begun, and until the client is destroyed. After a resharding they are the new ones. Before that there are none: `total()` is 0, lists are
/// empty, and what names a shard or a guild throws `error` with `errc::invalid_argument`, as it does later for a shard that
/// this process does not run. Every member may be called from any thread; none waits.
/// A client with a `client_options::event_source` runs no shards: it knows their number and `shard_for`, and throws `error` with
/// `errc::unsupported` for the rest.
class shard_set {
 public:
  struct source;
  explicit shard_set(std::shared_ptr<source> from) noexcept;  // for client
  ~shard_set();
  shard_set(const shard_set&) = delete;
  shard_set& operator=(const shard_set&) = delete;

  /// Of the whole bot, wherever they run.
  int total() const noexcept;
  /// The shards of this process, ascending.
  std::vector<int> ids() const;
  /// The shard that a guild's events come on, in this process or elsewhere.
  /// https://docs.discord.com/developers/events/gateway#sharding
  int shard_for(guild_id guild) const;

  shard_status status(int id) const;
  /// As `shard_info::latency`.
  std::optional<duration> latency(int id) const;
  /// As `shard_info::guilds`. Without `intent::guilds` the number stays as READY has it.
  std::optional<std::size_t> guild_count(int id) const;
  /// All shards of this process, by number.
  std::vector<shard_info> info() const;
  /// True while every shard of this process is ready; false while there are none.
  bool all_ready() const noexcept;

  /// Closes the shard's connection, so that it comes up on a new one. Returns at once. A shard that is on its way up
  /// goes on as it is, but for `new_session` where it would resume; an ended one stays ended.
  void restart(int id, restart_mode mode = restart_mode::resume);

  /// Has `total` shards take over from the present ones, while these serve: no event is lost or comes twice, and guilds keep
  /// their order. The new shards come up through the same identify queue; then commands, and every question asked here, go to
  /// them; the old ones are closed once both have brought the same for a while. Completes after that.
  /// `total` 0 is Discord's recommendation. The processes of a cluster do it together where they have a
  /// `client_options::resharding.exchange`: call it in all of them. Without one each does it for its part by itself.
  ///
  /// Whatever fails before the old shards are closed, and cancelling it, goes back to them; then it throws `error` with
  /// `errc::timeout`, `errc::resource` or `errc::cancelled`, or what a new shard failed with. It throws at once, with
  /// `errc::invalid_argument`, where there are `total` shards already, while another resharding is under way, and before the
  /// client's shards run; `gateway_error` with `errc::identify_budget_spent` when too few session starts are left for today;
  /// `reshard_exchange_error` where the processes of a cluster did not come to do it together;
  /// `descriptor_error` when this process may not have the sockets of both sets; `rest_error` when Discord does not
  /// tell. https://docs.discord.com/developers/events/gateway#sharding
  task<reshard_report> reshard(int total, reshard_options how = {});

 private:
  std::shared_ptr<source> source_;
};

}  // namespace monochord
