// SPDX-License-Identifier: MIT
#include "protocol/identify_queue.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <map>
#include <mutex>
#include <utility>

#include <monochord/core/error.hpp>
#include <monochord/gateway/identify_queue.hpp>

namespace monochord {

namespace asio = boost::asio;

void identify_queue::expect(const std::vector<int>&) {}
void identify_queue::arrived(int) {}
std::optional<identify_budget> identify_queue::budget() const { return std::nullopt; }

namespace {

using pure_queue = protocol::identify_queue;

/// Discord counts from when an IDENTIFY reaches it, and one that comes too early is refused and spent: so much later may the one
/// before it have come than it was given to its connection.
constexpr std::chrono::milliseconds travel_margin{100};

/// The state machine of protocol/identify_queue.hpp behind a lock. Nobody runs it: whoever waits longest keeps the timer.
class local_queue final : public identify_queue, public std::enable_shared_from_this<local_queue> {
 public:
  local_queue(std::shared_ptr<clock> time, const protocol::identify_queue_options& options)
      : time_(std::move(time)), pure_(options, time_->now()) {}

  task<std::unique_ptr<identify_permit>> request(int shard_id) override;

  void expect(const std::vector<int>& shard_ids) override {
    const std::lock_guard lock(mutex_);
    pure_.expect(shard_ids);
  }
  void arrived(int shard_id) override {
    const std::lock_guard lock(mutex_);
    pure_.arrived(shard_id);
    turn();
  }
  std::optional<identify_budget> budget() const override {
    const std::lock_guard lock(mutex_);
    identify_budget out;
    out.remaining = pure_.remaining();
    out.total = total_;
    out.reset_after = pure_.reset_at() - time_->now();
    return out;
  }
  void total(int sessions) { total_ = sessions; }

  void sent(pure_queue::ticket t) noexcept {
    const std::lock_guard lock(mutex_);
    pure_.sent(t, after(time_->now(), travel_margin));
    turn();
  }
  void done(pure_queue::ticket t, bool identified) noexcept {
    const std::lock_guard lock(mutex_);
    pure_.done(t, identified ? pure_queue::outcome::identified : pure_queue::outcome::failed, time_->now());
    turn();
  }
  /// Of a permit that goes, or of a request that nobody waits for any more.
  void withdraw(pure_queue::ticket t) noexcept {
    const std::lock_guard lock(mutex_);
    waiters_.erase(t);
    pure_.cancel(t, time_->now());
    turn();
  }

 private:
  struct waiter {
    asio::any_io_executor executor;
    std::unique_ptr<timer> wait;  // touched on `executor` only
    std::optional<pure_queue::decision> decided;
  };
  class withdrawal;

  /// Decides what can be decided, and wakes those whom it concerns. With the lock held.
  void decide() {
    for (const auto& decision : pure_.poll(time_->now())) {
      const auto found = waiters_.find(decision.id);
      if (found == waiters_.end()) continue;
      found->second->decided = decision;
      poke(found->second);
    }
  }
  /// The same after something changed: whoever keeps the timer has to set it anew.
  void turn() {
    decide();
    if (!waiters_.empty()) poke(waiters_.begin()->second);
  }
  static void poke(const std::shared_ptr<waiter>& who) {
    asio::post(who->executor, [who] { who->wait->cancel(); });
  }

  const std::shared_ptr<clock> time_;
  int total_ = 0;
  mutable std::mutex mutex_;  // guards what follows
  pure_queue pure_;
  std::map<pure_queue::ticket, std::shared_ptr<waiter>> waiters_;
};

/// Takes a request back unless it was decided, however the coroutine that waits for it ends.
class local_queue::withdrawal {
 public:
  withdrawal(std::shared_ptr<local_queue> queue, pure_queue::ticket t) : queue_(std::move(queue)), ticket_(t) {}
  withdrawal(const withdrawal&) = delete;
  withdrawal& operator=(const withdrawal&) = delete;
  ~withdrawal() {
    if (queue_) queue_->withdraw(ticket_);
  }
  void dismiss() { queue_.reset(); }

 private:
  std::shared_ptr<local_queue> queue_;
  pure_queue::ticket ticket_;
};

class local_permit final : public identify_permit {
 public:
  local_permit(std::shared_ptr<local_queue> queue, pure_queue::ticket t) : queue_(std::move(queue)), ticket_(t) {}
  ~local_permit() override { queue_->withdraw(ticket_); }
  void sent() noexcept override { queue_->sent(ticket_); }
  void done(bool identified) noexcept override { queue_->done(ticket_, identified); }

 private:
  std::shared_ptr<local_queue> queue_;
  pure_queue::ticket ticket_;
};

task<std::unique_ptr<identify_permit>> local_queue::request(int shard_id) {
  constexpr duration long_time = std::chrono::hours{1};  // for those who keep no timer: they are woken
  const auto self = shared_from_this();
  const auto mine = std::make_shared<waiter>();
  mine->executor = co_await asio::this_coro::executor;
  mine->wait = time_->make_timer(mine->executor);
  pure_queue::ticket t = 0;
  {
    const std::lock_guard lock(mutex_);
    t = pure_.request(shard_id, time_->now());
    waiters_.emplace(t, mine);
    turn();
  }
  withdrawal guard(self, t);
  for (;;) {
    time_point until = time_->now() + long_time;
    {
      const std::lock_guard lock(mutex_);
      if (mine->decided) {
        waiters_.erase(t);
        if (!waiters_.empty()) poke(waiters_.begin()->second);
        break;
      }
      if (waiters_.begin()->first == t) until = std::min(until, pure_.next_wakeup().value_or(until));
    }
    co_await mine->wait->wait_until(until);
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      throw error(errc::cancelled, "waiting for the turn to IDENTIFY was cancelled");
    const std::lock_guard lock(mutex_);
    decide();
  }
  guard.dismiss();
  if (mine->decided->refused)
    throw error(mine->decided->refused, "shard " + std::to_string(shard_id) + ": no session start is left for today");
  co_return std::make_unique<local_permit>(self, t);
}

}  // namespace

std::shared_ptr<identify_queue> make_identify_queue(std::shared_ptr<clock> time, identify_queue_options options) {
  protocol::identify_queue_options pure;
  pure.max_concurrency = options.max_concurrency;
  pure.remaining = options.remaining;
  pure.total = options.total;
  pure.reset_after = options.reset_after;
  pure.wait_for_budget = options.wait_for_budget;
  const auto queue = std::make_shared<local_queue>(std::move(time), pure);
  queue->total(options.total);
  return queue;
}

}  // namespace monochord
