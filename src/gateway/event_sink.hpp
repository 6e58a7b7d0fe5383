// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include <monochord/core/claim.hpp>
#include <monochord/core/task.hpp>
#include <monochord/json/codec.hpp>
#include "protocol/guild_tracker.hpp"

namespace monochord::gateway {

/// One dispatched event. The views are valid until `on_event` returns.
struct shard_event {
  int shard_id = 0;
  std::int64_t seq = 0;
  std::string_view type;    ///< like MESSAGE_CREATE
  json::padded_text data;   ///< the event's `d`, in a buffer that a parser needs no copy of
  /// For whoever works on it after `on_event` has returned; an event that nobody claims meanwhile is handled. Never null.
  const detail::claim_source* claim = nullptr;
  protocol::guild_news guilds = protocol::guild_news::none;  ///< of GUILD_CREATE and GUILD_DELETE: what it means
  std::uint64_t source = 0;  ///< `shard::serial`: while one set of shards takes over from another both have the same numbers
};

/// Where shards put their events. Called on the strands of the shards, so from several threads when there are several.
class event_sink {
 public:
  virtual ~event_sink() = default;

  /// What a shard has just read, whether it will be delivered, later or not at all: for whoever knows that shard. Otherwise as
  /// `on_event`, which comes next.
  virtual void on_read(const shard_event&) {}

  /// The GUILD_CREATE of a guild that comes to this process from another one while shards change: no news, but for whoever keeps
  /// a picture of guilds. Its events follow by `on_event`. Otherwise as that.
  virtual void on_gained(const shard_event&) {}

  /// An event, in the order of its shard. Must not block and not throw. False when there is no room for another one:
  /// the shard then stops reading (heartbeats go on, missing ACKs do not count) until `room(source)` completes.
  virtual bool on_event(const shard_event& event) = 0;
  /// Completes when there is room again for events of that shard. Cancelled when the connection is over.
  virtual task<> room(std::uint64_t source) = 0;
};

}  // namespace monochord::gateway
