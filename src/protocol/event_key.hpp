// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <monochord/core/snowflake.hpp>
#include <string_view>

namespace monochord::protocol {

/// By what the copies of one event, which came on shards of two sets, are known to be the same.
struct event_key {
  enum class kind : std::uint8_t {
    counted,  ///< by type and content, or by an identity that may come again: two equal ones are two events
    unique,   ///< by an identity that comes once: where it stands is certain
    own,      ///< of one connection alone: no other set has it
  };
  kind what = kind::own;
  std::uint64_t high = 0, low = 0;  ///< 128 bits of type and identity, or of type and content
  guild_id guild;                   ///< 0: none; such an event may come on every shard of a set

  bool is_own() const noexcept { return what == kind::own; }
  friend bool operator==(const event_key& a, const event_key& b) noexcept { return a.high == b.high && a.low == b.low; }
};

struct event_key_hash {
  std::size_t operator()(const event_key& key) const noexcept { return static_cast<std::size_t>(key.low); }
};

/// The key of a dispatched event, from its name and its `d`. Reads no more of it than that needs, and allocates
/// nothing. With another `seed` keys are others: whoever writes messages cannot choose two with one key.
/// https://docs.discord.com/developers/events/gateway-events#receive-events
event_key key_of(std::string_view type, std::string_view data, std::uint64_t seed) noexcept;

}  // namespace monochord::protocol
