// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include <monochord/gateway/identify_queue.hpp>

namespace monochord::gateway {

/// Tells of each shard that it is about to start a session, before it can.
class watched_queue final : public identify_queue {
 public:
  using teller = std::function<void(int shard_id)>;
  /// `tell` is called on the shard's executor and must not throw.
  watched_queue(std::shared_ptr<identify_queue> inner, teller tell) : inner_(std::move(inner)), tell_(std::move(tell)) {}

  task<std::unique_ptr<identify_permit>> request(int shard_id) override {
    auto permit = co_await inner_->request(shard_id);
    if (permit) tell_(shard_id);
    co_return permit;
  }
  void expect(const std::vector<int>& shard_ids) override { inner_->expect(shard_ids); }
  void arrived(int shard_id) override { inner_->arrived(shard_id); }
  std::optional<identify_budget> budget() const override { return inner_->budget(); }

 private:
  const std::shared_ptr<identify_queue> inner_;
  const teller tell_;
};

}  // namespace monochord::gateway
