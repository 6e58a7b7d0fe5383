// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/json/codec.hpp>

namespace monochord::protocol {

/// The guilds that a bot is in on one shard, from the shard's events: READY names all of them, GUILD_CREATE adds one,
/// GUILD_DELETE takes one away unless it tells of an outage. Of each only the fields are read that this needs; a broken
/// event changes nothing. https://docs.discord.com/developers/events/gateway-events#guilds
class guild_tracker {
 public:
  /// Takes an event in; false, when it is none of those three: a comparison of lengths tells of nearly all.
  bool event(std::string_view type, const json::padded_text& data) {
    if (type.size() != guild_event_size && type.size() != ready_size) return false;
    return look_at(type, data);
  }
  /// Nothing before READY: a session that was begun elsewhere is resumed without one.
  std::optional<std::size_t> count() const noexcept {
    return known_ ? std::optional<std::size_t>(ids_.size()) : std::nullopt;
  }
  bool contains(guild_id id) const noexcept;

 private:
  static constexpr std::size_t ready_size = 5;         // READY
  static constexpr std::size_t guild_event_size = 12;  // GUILD_CREATE, GUILD_DELETE

  bool look_at(std::string_view type, const json::padded_text& data);

  std::vector<guild_id> ids_;  // ascending
  bool known_ = false;
};

}  // namespace monochord::protocol
