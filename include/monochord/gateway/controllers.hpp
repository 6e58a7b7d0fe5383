// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <monochord/core/clock.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/gateway/initial_presence.hpp>
#include <monochord/gateway/sharding.hpp>
#include <string_view>

namespace monochord {

/// What is known when a client decides which shards it runs.
struct start_figures {
  shard_plan configured;    ///< `client_options::shards`
  int recommended = 1;      ///< shards, as Discord says now
  int max_concurrency = 1;  ///< how many may IDENTIFY in 5 seconds
  /// Session starts that are left of the day, and how many a day has; 0 of 0 where Discord does not tell.
  /// https://docs.discord.com/developers/events/gateway#session-start-limit-object
  int starts_left = 0;
  int starts_total = 0;
};

/// A command of `client::gateway()` that looks for its shard.
struct command_route {
  guild_id guild;      ///< what it is about; empty where it is about no guild: the presence of the whole bot
  shard_range shards;  ///< those that serve in this process, and how many the bot has
};
/// To all shards of this process: for commands without a guild.
inline constexpr int every_shard = -1;

/// A shard that is to say how the bot appears on it.
struct presence_request {
  int shard_id = 0;
  int shard_count = 1;  ///< of the whole bot
  /// What it says unless it is told otherwise: `client_options::presence`, or what `gateway_commands::update_presence`
  /// has set since.
  const initial_presence& current;
};

/// Discord has closed a shard's connection with a code that forbids reconnecting: 4004 and 4010 to 4014.
/// https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
struct fatal_close {
  int shard_id = 0;
  int shard_count = 1;    ///< of the whole bot
  int code = 0;           ///< Discord's close code
  std::string_view text;  ///< what it means and what to do about it; valid during the call
  int times = 1;          ///< that this has happened to the shard since it was up last, this time included
};

/// What is done about a `fatal_close`. A small value.
class fatal_decision {
 public:
  /// `client::run()` throws `gateway_error` with the code, once the other shards are closed.
  static fatal_decision stop_bot() noexcept { return {}; }
  /// The others go on without this shard; it is `shard_status::ended`, and nothing waits for its guilds. When no shard
  /// is left the bot ends as by `stop_bot`. While a resharding brings up new shards, one of these that is closed so
  /// ends the resharding instead, and nobody is asked.
  static fatal_decision give_up_shard() noexcept { return {action::give_up_shard, {}}; }
  /// The shard connects once more, by IDENTIFY, not before 5 seconds and after a day at the latest. Discord forbids it:
  /// it is for what somebody mends meanwhile (a switch in the developer portal), and each try may use up one of the
  /// day's session starts.
  static fatal_decision try_again(duration after) noexcept { return {action::try_again, after}; }

  enum class action : unsigned char { stop_bot, give_up_shard, try_again };
  action what() const noexcept { return what_; }
  duration after() const noexcept { return after_; }  ///< of `try_again`

 private:
  fatal_decision() noexcept = default;
  fatal_decision(action what, duration after) noexcept : what_(what), after_(after) {}
  action what_ = action::stop_bot;
  duration after_{0};
};

/// What is decided where nothing else is said; for functions that decide a part and leave the rest.
shard_plan default_shards(const start_figures& now);       ///< `now.configured`
int default_route(const command_route& command) noexcept;  ///< `(guild >> 22) % total`, `every_shard` without a guild
initial_presence default_presence(const presence_request& request);  ///< `request.current`
fatal_decision default_fatal(const fatal_close& end) noexcept;       ///< `stop_bot`

/// The decisions of a client's shards that are functions: `client_options::controllers`. Each member holds its default,
/// and an empty one means it too. The other decisions have places of their own in `client_options`: how many shards,
/// and which run here, `shards`; when to IDENTIFY, `identify_queue`; when to reshard, `resharding.decide`; where events
/// come from, `event_source`.
///
/// They are called in the middle of the client's work, from its threads, and several at a time where it has several
/// shards. So they must be quick, must not block, and must not call the client or what belongs to it.
class controllers {
 public:
  controllers();
  // Not inline: whoever only makes a client need not compile them.
  controllers(const controllers&);
  controllers(controllers&&) noexcept;
  controllers& operator=(const controllers&);
  controllers& operator=(controllers&&) noexcept;
  ~controllers();

  /// Which shards run in this process, and how many there are. Asked once, when `run()` has heard from Discord. What it
  /// throws is thrown by `run()`, as `error` with `errc::controller_failed` where it is no `error`.
  std::function<shard_plan(const start_figures& now)> shards;

  /// To which shard a command goes: the number of one that this process runs, or `every_shard` where there is no guild.
  /// Asked for each payload, perhaps several times, so the answer to the same question must be the same. What it throws
  /// is thrown by the command, as `error` with `errc::controller_failed` where it is no `error`; a shard that is not
  /// run here as `errc::invalid_argument`. It moves commands only: events come on Discord's shards whatever it says.
  std::function<int(const command_route& command)> route;

  /// How the bot appears on a shard: asked at each IDENTIFY, and where a session that an earlier process began is
  /// resumed, since that one may have said something else. An empty one sends nothing. What
  /// `gateway_commands::update_presence` says meanwhile is sent as it is. What it throws is told to `client::on_error`
  /// as `error` with `errc::controller_failed`, and the default is taken.
  std::function<initial_presence(const presence_request& request)> presence;

  /// What to do about a close that forbids reconnecting. What it throws is told to `client::on_error` as `error` with
  /// `errc::controller_failed`, and the default is taken: the bot ends.
  std::function<fatal_decision(const fatal_close& end)> fatal;
};

}  // namespace monochord
