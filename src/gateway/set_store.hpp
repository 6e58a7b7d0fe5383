// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include <monochord/gateway/session_store.hpp>

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

  /// From now on nothing of this set is stored.
  void retire();
  /// Stores what waited, and from now on whatever comes; forgets the shards of the old set that this one has not. Throws what
  /// the store throws; what comes later is stored all the same.
  task<> take_over(std::vector<int> old_shards);

 private:
  role now() const;

  const std::shared_ptr<session_store> inner_;
  mutable std::mutex mutex_;
  role role_;
  std::map<int, stored_session> waiting_;
};

}  // namespace monochord::gateway
