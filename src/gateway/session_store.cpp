// SPDX-License-Identifier: MIT
#include <map>
#include <mutex>

#include <monochord/gateway/session_store.hpp>

namespace monochord {
namespace {

class memory_session_store final : public session_store {
 public:
  task<std::optional<stored_session>> load(int shard_id) override {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(shard_id);
    co_return found == sessions_.end() ? std::nullopt : std::optional<stored_session>(found->second);
  }
  task<> save(int shard_id, const stored_session& session) override {
    const std::lock_guard lock(mutex_);
    sessions_[shard_id] = session;
    co_return;
  }
  task<> erase(int shard_id) override {
    const std::lock_guard lock(mutex_);
    sessions_.erase(shard_id);
    co_return;
  }
  task<std::optional<stored_budget>> load_budget() override {
    const std::lock_guard lock(mutex_);
    co_return budget_;
  }
  task<> save_budget(const stored_budget& budget) override {
    const std::lock_guard lock(mutex_);
    budget_ = budget;
    co_return;
  }
  bool is_durable() const noexcept override { return false; }

 private:
  std::mutex mutex_;  // guards what follows; never held over a suspension
  std::map<int, stored_session> sessions_;
  std::optional<stored_budget> budget_;
};

}  // namespace

std::shared_ptr<session_store> make_memory_session_store() { return std::make_shared<memory_session_store>(); }

}  // namespace monochord
