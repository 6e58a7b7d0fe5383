// SPDX-License-Identifier: MIT
#include "gateway/set_store.hpp"

#include <exception>
#include <utility>

#include "gateway/store_call.hpp"

namespace monochord::gateway {

set_store::set_store(std::shared_ptr<session_store> inner, role as) : inner_(std::move(inner)), role_(as) {}

set_store::role set_store::now() const {
  const std::lock_guard lock(mutex_);
  return role_;
}

task<std::optional<stored_session>> set_store::load(int shard_id) {
  if (now() != role::serves) co_return std::nullopt;
  co_return co_await inner_->load(shard_id);
}

task<> set_store::save(int shard_id, const stored_session& session) {
  {
    const std::lock_guard lock(mutex_);
    if (role_ == role::waits) waiting_.insert_or_assign(shard_id, session);
    if (role_ != role::serves) co_return;
  }
  co_await inner_->save(shard_id, session);
}

task<> set_store::erase(int shard_id) {
  {
    const std::lock_guard lock(mutex_);
    if (role_ == role::waits) waiting_.insert_or_assign(shard_id, std::nullopt);
    if (role_ != role::serves) co_return;
  }
  co_await inner_->erase(shard_id);
}

task<std::optional<stored_budget>> set_store::load_budget() { co_return co_await inner_->load_budget(); }

// The day's starts are the bot's, whichever set uses them up.
task<> set_store::save_budget(const stored_budget& budget) { co_await inner_->save_budget(budget); }

void set_store::retire() {
  const std::lock_guard lock(mutex_);
  role_ = role::retired;
  waiting_.clear();
}

std::optional<std::pair<int, std::optional<stored_session>>> set_store::next() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) {
    role_ = role::serves;
    return std::nullopt;
  }
  auto node = waiting_.extract(waiting_.begin());
  return std::pair(node.key(), std::move(node.mapped()));
}

task<> set_store::store(int shard_id, std::optional<stored_session> session) {
  if (session) co_await inner_->save(shard_id, *session);
  else co_await inner_->erase(shard_id);
}

task<> set_store::take_over(std::shared_ptr<clock> time, std::vector<int> old_shards) {
  {
    const std::lock_guard lock(mutex_);
    for (const int old : old_shards) waiting_.try_emplace(old, std::nullopt);
  }
  // What is saved meanwhile waits too, and is newer.
  std::exception_ptr failed;
  while (auto one = next()) {
    if (failed) continue;  // a store that does not answer is not asked as often as there are shards
    try {
      co_await within_limit(*time, store(one->first, std::move(one->second)));
    } catch (...) {
      failed = std::current_exception();
    }
  }
  if (failed) std::rethrow_exception(failed);
}

}  // namespace monochord::gateway
