// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <monochord/gateway/event_source.hpp>

#include "gateway/fleet.hpp"

namespace monochord::gateway {

/// The event source that a client has by default: its own shards.
class fleet_source final : public event_source {
 public:
  /// As the constructor of `fleet`; `made` is called when there is one, which is made by `run`. `reads` is told what is
  /// read, and says when there is room; what is delivered goes to whoever runs the source.
  fleet_source(shard_manager_options first, std::shared_ptr<event_sink> reads, fleet::hooks tell,
               std::function<void(std::shared_ptr<fleet>)> made);

  ~fleet_source() override;

  task<> run(event_receiver& to) override;
  bool stop(monochord::stop_mode mode) override;
  task<> keep_positions() override;
  shard_range shards() const override { return range_; }
  bool takes_commands() const override { return true; }
  task<> send(int shard_id, std::string payload) override;

 private:
  class forwarding_sink;
  struct present;

  shard_manager_options first_;
  const std::shared_ptr<event_sink> reads_;
  fleet::hooks tell_;
  const std::function<void(std::shared_ptr<fleet>)> made_;
  const shard_range range_;
  std::shared_ptr<fleet> fleet_;
  const std::shared_ptr<present> serving_;
};

}  // namespace monochord::gateway
