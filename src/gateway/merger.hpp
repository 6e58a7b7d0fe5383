// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <monochord/core/claim.hpp>
#include <monochord/core/clock.hpp>
#include "gateway/event_sink.hpp"
#include "protocol/reshard_merge.hpp"

namespace monochord::gateway {

/// Stands between two sets of shards and whoever takes their events, while both are read. An event of which one copy was
/// cancelled is handled on both of its shards once the handlers of the other copy have ended. Thread-safe.
class merger {
 public:
  using side = protocol::reshard_merge::side;

  /// `seed`: of the keys, the same for all processes that tell each other what they deliver; by chance otherwise.
  merger(std::shared_ptr<event_sink> to, std::shared_ptr<clock> time, protocol::merge_options options,
         protocol::shard_part old_set, protocol::shard_part new_set, std::optional<std::uint64_t> seed = {});
  ~merger();

  /// As `event_sink::on_event`.
  bool on_event(side from, const shard_event& event);
  void session_begins(side which, int shard);

  void shard_is_up(side which, int shard, bool up);
  /// Lets go what has waited long enough. Call it some times a second.
  void tick();
  bool new_set_is_ready() const;
  time_point balanced_since() const;
  void finish();
  void roll_back();
  bool is_done() const;
  /// Delivered copies whose twins are expected.
  std::size_t expected() const;
  protocol::merge_counters counters() const;

  // Guilds that move between processes, as `reshard_merge` has them.
  std::vector<protocol::moved_event> take_moved();
  /// What other processes have delivered. `slack`: by how much their times may be wrong.
  void hear(const std::vector<protocol::moved_event>& told, duration slack);
  /// Gives what remains to be told.
  std::vector<protocol::moved_event> freeze();
  bool is_overfull() const;

 private:
  class link;
  using ticket = protocol::reshard_merge::ticket;

  /// An event that outlives the call that brought it.
  struct held_event {
    int shard_id = 0;
    std::uint64_t source = 0;
    std::int64_t seq = 0;
    std::string type = {};
    std::string data = {};  // with what a parser needs behind it
    std::size_t size = 0;
    detail::claim claim;
    protocol::guild_news guilds = protocol::guild_news::none;
  };

  bool deliver(const shard_event& event, ticket name, bool expects_twin, const std::shared_ptr<link>& shared);
  bool deliver_held(const std::vector<ticket>& names, bool expect_twins);
  void forget();

  const std::shared_ptr<event_sink> to_;
  const std::shared_ptr<clock> time_;
  const std::uint64_t seed_;

  mutable std::mutex mutex_;  // guards what follows; held while an event is handed on, so that its guild keeps its order
  protocol::reshard_merge merge_;
  ticket last_ = 0;
  std::unordered_map<ticket, held_event> held_;
  std::unordered_map<ticket, std::shared_ptr<link>> delivered_;  // whose handlers work, and whose twins may come
};

/// Where the shards of one set put their events: straight on, or through a merger.
class set_sink final : public event_sink {
 public:
  explicit set_sink(std::shared_ptr<event_sink> to) : to_(std::move(to)) {}

  bool on_event(const shard_event& event) override;
  task<> room(std::uint64_t source) override { return to_->room(source); }
  void session_begins(int shard);

  void merge(std::shared_ptr<merger> by, merger::side as);
  void pass();

 private:
  std::shared_ptr<merger> current(merger::side& as) const;

  const std::shared_ptr<event_sink> to_;
  std::atomic<bool> merges_{false};
  mutable std::mutex mutex_;
  std::shared_ptr<merger> merger_;
  merger::side side_ = merger::side::old_set;
};

}  // namespace monochord::gateway
