// SPDX-License-Identifier: MIT
#include "gateway/fleet_source.hpp"

#include <mutex>
#include <utility>

#include "gateway/source_feed.hpp"

namespace monochord::gateway {

/// From shards to whoever runs the source: an event is no more than named otherwise on the way.
class fleet_source::forwarding_sink final : public event_sink {
 public:
  forwarding_sink(event_receiver& to, std::shared_ptr<event_sink> reads) : to_(to), reads_(std::move(reads)) {}
  void on_read(const shard_event& event) override { reads_->on_read(event); }
  void on_gained(const shard_event& event) override { reads_->on_gained(event); }
  bool on_event(const shard_event& event) override {
    const detail::own_facts known{event.claim, event.guilds, event.source};
    source_event out;
    out.shard_id = event.shard_id;
    out.sequence = event.seq;
    out.name = event.type;
    out.data = event.data;
    out.own = &known;
    return to_.take(out);
  }
  task<> room(std::uint64_t source) override { return reads_->room(source); }

 private:
  event_receiver& to_;  // outlives every shard: `run` ends after them
  const std::shared_ptr<event_sink> reads_;
};

/// The set that serves.
struct fleet_source::present {
  std::mutex mutex;
  std::shared_ptr<shard_manager> manager;
};

fleet_source::fleet_source(shard_manager_options first, std::shared_ptr<event_sink> reads, fleet::hooks tell,
                           std::function<void(std::shared_ptr<fleet>)> made)
    : first_(std::move(first)),
      reads_(std::move(reads)),
      tell_(std::move(tell)),
      made_(std::move(made)),
      range_(first_.plan.shards(first_.info.shards)),
      serving_(std::make_shared<present>()) {
  tell_.serving = [next = std::move(tell_.serving), to = serving_](std::shared_ptr<shard_manager> manager) {
    {
      const std::lock_guard lock(to->mutex);
      to->manager = manager;
    }
    next(std::move(manager));
  };
}

fleet_source::~fleet_source() = default;

task<> fleet_source::run(event_receiver& to) {
  fleet_ = std::make_shared<fleet>(std::move(first_), std::make_shared<forwarding_sink>(to, reads_), std::move(tell_));
  made_(fleet_);
  co_await fleet_->run();
}

bool fleet_source::stop(monochord::stop_mode mode) {
  if (fleet_)
    fleet_->stop(mode == monochord::stop_mode::discard_sessions ? stop_mode::discard_session : stop_mode::keep_session);
  return true;
}

task<> fleet_source::keep_positions() {
  if (fleet_) co_await fleet_->keep_positions();
}

task<> fleet_source::send(int shard_id, std::string payload) {
  std::shared_ptr<shard> to;
  {
    const std::lock_guard lock(serving_->mutex);
    if (!serving_->manager)
      throw error(errc::invalid_argument, "the shards are not known before run() has reached Discord");
    to = serving_->manager->at(shard_id);
  }
  co_await to->send(std::move(payload));
}

}  // namespace monochord::gateway
