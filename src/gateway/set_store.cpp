// SPDX-License-Identifier: MIT
#include "gateway/set_store.hpp"

#include <exception>
#include <functional>
#include <utility>

#include "gateway/store_call.hpp"

namespace monochord::gateway {

class set_store::under_way {
 public:
  /// Only what serves has the store. The mutex is held.
  explicit under_way(set_store& of) : of_(of) { ++of_.under_way_; }
  under_way(const under_way&) = delete;
  under_way& operator=(const under_way&) = delete;
  ~under_way() {
    std::vector<std::shared_ptr<net::parked>> waiting;
    const std::lock_guard lock(of_.mutex_);
    if (--of_.under_way_ == 0) waiting.swap(of_.quiet_);
    for (const auto& one : waiting) one->complete();
  }

 private:
  set_store& of_;
};

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
  std::optional<under_way> call;
  {
    const std::lock_guard lock(mutex_);
    if (role_ == role::waits) waiting_.insert_or_assign(shard_id, session);
    if (role_ != role::serves) co_return;
    call.emplace(*this);
  }
  co_await inner_->save(shard_id, session);
}

task<> set_store::erase(int shard_id) {
  std::optional<under_way> call;
  {
    const std::lock_guard lock(mutex_);
    if (role_ == role::waits) waiting_.insert_or_assign(shard_id, std::nullopt);
    if (role_ != role::serves) co_return;
    call.emplace(*this);
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

task<> set_store::until_quiet(std::shared_ptr<clock> time) {
  const auto wait = [](set_store* self) -> task<> {
    std::function<void(std::shared_ptr<net::parked>)> start = [self](std::shared_ptr<net::parked> waiting) {
      const std::lock_guard lock(self->mutex_);
      if (self->under_way_ == 0) waiting->complete();
      else self->quiet_.push_back(std::move(waiting));
    };
    const auto woken = co_await net::park(std::move(start));
    static_cast<void>(woken);
  };
  const bool in_time = co_await net::run_before(*time, after(time->now(), store_limit), wait(this));
  static_cast<void>(in_time);
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
