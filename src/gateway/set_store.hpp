// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <monochord/core/clock.hpp>
#include <monochord/gateway/session_store.hpp>
#include "net/parked.hpp"

namespace monochord::gateway {

/// What one set of shards sees of the bot's session store. While two sets run, whose shards have the same numbers, one has the
/// store and the other waits for it. Thread-safe.
class set_store final : public session_store {
 public:
  enum class role { serves, waits, retired };
  set_store(std::shared_ptr<session_store> inner, role as);

  task<std::optional<stored_session>> load(int shard_id) override;
  task<> save(int shard_id, const stored_session& session) override;
  task<> erase(int shard_id) override;
  task<std::optional<stored_budget>> load_budget() override;
  task<> save_budget(const stored_budget& budget) override;
  bool is_durable() const noexcept override { return inner_->is_durable(); }

  /// From now on nothing of this set is stored, but what is being stored just now: until that is done, or has taken too long.
  void retire();
  task<> until_quiet(std::shared_ptr<clock> time);
  /// Stores what waited, and from then on whatever comes; forgets the shards of the old set that this one has not. Throws what
  /// the store throws first, or `errc::timeout`; what comes later is stored all the same.
  task<> take_over(std::shared_ptr<clock> time, std::vector<int> old_shards);

 private:
  /// A call of the store that is under way.
  class under_way;
  role now() const;
  /// Of what waits the first; nothing, and from now on this set serves, when nothing does.
  std::optional<std::pair<int, std::optional<stored_session>>> next();
  task<> store(int shard_id, std::optional<stored_session> session);

  const std::shared_ptr<session_store> inner_;
  mutable std::mutex mutex_;
  role role_;
  std::map<int, std::optional<stored_session>> waiting_;  // nothing: it is to be erased
  std::size_t under_way_ = 0;
  std::vector<std::shared_ptr<net::parked>> quiet_;
};

}  // namespace monochord::gateway
