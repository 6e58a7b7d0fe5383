// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <monochord/gateway/event_traits.hpp>
#include <monochord/model/derived_events.hpp>
#include <utility>

#include "client/cache_feed.hpp"
#include "client/cache_keeper.hpp"
#include "dispatch/dispatcher.hpp"
#include "dispatch/event_tally.hpp"
#include "gateway/command_desk.hpp"
#include "gateway/event_sink.hpp"

namespace monochord {

/// Carries events to the commands that they answer, and to the dispatcher.
class dispatching_sink final : public gateway::event_sink {
 public:
  /// `keeper` may be null.
  dispatching_sink(std::shared_ptr<dispatch::dispatcher> to, std::shared_ptr<gateway::command_desk> desk,
                   std::shared_ptr<dispatch::event_tally> events, std::shared_ptr<cache_feed> cached,
                   std::shared_ptr<cache_keeper> keeper)
      : to_(std::move(to)),
        desk_(std::move(desk)),
        events_(std::move(events)),
        cached_(std::move(cached)),
        keeper_(std::move(keeper)) {}
  void on_read(const gateway::shard_event& event) override {
    desk_->on_event(event.source, event.type, event.data);  // first: handlers may all be waiting for this
  }
  void on_gained(const gateway::shard_event& event) override {
    to_->show_again({event.shard_id, static_cast<std::uint64_t>(event.seq), event.type, event.data.text()}, event.data);
  }
  bool on_event(const gateway::shard_event& event) override {
    events_->count(event.type);
    const raw_event sent{event.shard_id, static_cast<std::uint64_t>(event.seq), event.type, event.data.text()};
    if (keeper_ && keeper_->is_old(event.source, event.shard_id, event.seq, event.type)) {
      to_->show_again(sent, event.data);
      return desk_->has_room(event.source);
    }
    const bool room = to_->deliver(sent, event.data, event.claim, meaning(event.guilds));
    cached_->after_handlers();
    return room && desk_->has_room(event.source);
  }
  task<> room(std::uint64_t source) override {
    do {
      co_await desk_->room(source);
      co_await to_->room();
    } while (!desk_->has_room(source));
  }

 private:
  static const event_type* meaning(protocol::guild_news news) noexcept {
    switch (news) {
      case protocol::guild_news::joined:
        return &event_type_of<guild_join>();
      case protocol::guild_news::available:
        return &event_type_of<guild_available>();
      case protocol::guild_news::unavailable:
        return &event_type_of<guild_unavailable>();
      case protocol::guild_news::left:
        return &event_type_of<guild_leave>();
      case protocol::guild_news::none:
        break;
    }
    return nullptr;
  }
  const std::shared_ptr<dispatch::dispatcher> to_;
  const std::shared_ptr<gateway::command_desk> desk_;
  const std::shared_ptr<dispatch::event_tally> events_;
  const std::shared_ptr<cache_feed> cached_;
  const std::shared_ptr<cache_keeper> keeper_;
};

}  // namespace monochord
