// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/json/codec.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace monochord::protocol {

/// What READY, RESUMED, GUILD_CREATE and GUILD_DELETE say of the guilds of a shard, read from the few fields that tell.
/// https://docs.discord.com/developers/events/gateway-events#guilds
struct guild_event {
  enum class kind : std::uint8_t { ready, resumed, created, deleted };
  kind what = kind::created;
  std::optional<std::vector<guild_id>> listed;  ///< of READY, ascending; nothing when the list cannot be read
  guild_id id;                                  ///< of the other two; 0 when it cannot be read
  bool unavailable = false;
  std::optional<timestamp> joined_at;  ///< of GUILD_CREATE: when the bot came into the guild, by Discord's clock
};

namespace detail {
std::optional<guild_event> read_guild_event(std::string_view type, const json::padded_text& data);
}

/// Nothing for any other event: a comparison of lengths tells of nearly all.
inline std::optional<guild_event> read_guild_event(std::string_view type, const json::padded_text& data) {
  constexpr std::size_t ready = 5, resumed = 7, guild = 12;  // READY, RESUMED, GUILD_CREATE and GUILD_DELETE
  if (type.size() != ready && type.size() != resumed && type.size() != guild) return std::nullopt;
  return detail::read_guild_event(type, data);
}

/// What GUILD_CREATE or GUILD_DELETE means to a bot.
enum class guild_news : std::uint8_t {
  none,         ///< what was told before, or what cannot be read
  joined,       ///< the bot was added
  available,    ///< at the start of a session, or after an outage
  unavailable,  ///< an outage
  left,         ///< the bot was removed, or the guild deleted
};

/// The guilds of one shard, from its events. Holds ids only: 8 bytes a guild, and as much again for those that have not
/// come after READY and those with an outage.
///
/// A guild that READY lists becomes available; one that is not known is joined. A session that an earlier process began
/// is resumed without READY: then a guild that is not known is joined if the bot came into it within `join_window`.
class guild_tracker {
 public:
  /// What lies between a join and its event: for as long as Discord keeps a session nobody may be there to receive it,
  /// and its clock need not be ours. An outage that ends within this time of a join is taken for the join.
  static constexpr std::chrono::minutes join_window{10};

  /// `guilds_follow`: whether GUILD_CREATE comes for what READY lists, i.e. intent::guilds was asked for.
  explicit guild_tracker(bool guilds_follow = true) noexcept : guilds_follow_(guilds_follow) {}

  /// Takes an event in. `known_elsewhere`: another shard of the bot has the guild. `now` is wall-clock time.
  guild_news take(const guild_event& event, bool known_elsewhere, timestamp now);
  /// Nothing is known until the next READY.
  void session_lost() noexcept { *this = guild_tracker(guilds_follow_); }

  /// The session has begun, or goes on.
  bool is_up() const noexcept { return up_; }
  /// Guilds that the bot is in, those with an outage included. Nothing before READY: a session that was begun elsewhere
  /// is resumed without one.
  std::optional<std::size_t> count() const noexcept {
    return complete_ ? std::optional<std::size_t>(ids_.size()) : std::nullopt;
  }
  bool contains(guild_id id) const noexcept;
  /// How many are known: `count()`, but also without READY.
  std::size_t known() const noexcept { return ids_.size(); }
  /// Of these, that READY lists and that neither came nor told of an outage since.
  std::size_t awaited() const noexcept { return awaited_.size(); }
  /// Of these, that have an outage.
  std::size_t unavailable() const noexcept { return unavailable_.size(); }

 private:
  using ids = std::vector<guild_id>;  // ascending

  guild_news created(const guild_event& event, bool known_elsewhere, timestamp now);
  guild_news deleted(const guild_event& event);

  bool guilds_follow_;
  bool up_ = false;
  bool complete_ = false;  // READY has told of all
  ids ids_;
  ids awaited_;      // of ids_
  ids unavailable_;  // of ids_
  ids joining_;      // of unavailable_: not known before their outage was told of
};

}  // namespace monochord::protocol
