// SPDX-License-Identifier: MIT
#include "testing/brain.hpp"

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "net/deadline.hpp"
#include "net/strand.hpp"

namespace monochord::testing {

namespace asio = boost::asio;

/// Somebody who waits. Its timer is touched on its strand only.
struct brain::waiter {
  waiter(asio::any_io_executor on, std::unique_ptr<timer> with) : executor(std::move(on)), alarm(std::move(with)) {}
  asio::any_io_executor executor;
  std::unique_ptr<timer> alarm;
  std::atomic<bool> rung{false};
};

void brain::ring() {
  const std::lock_guard guard(waiting_mutex_);
  ++changes_;
  changed_.notify_all();
  std::erase_if(waiters_, [](const auto& weak) { return weak.expired(); });
  for (const auto& weak : waiters_) {
    const auto who = weak.lock();
    if (!who || who->rung.exchange(true)) continue;
    asio::post(who->executor, [who] { who->alarm->cancel(); });
  }
}

task<bool> brain::until(std::shared_ptr<brain> self, std::function<bool()> check, duration timeout) {
  // A strand of its own: the caller's executor may be a pool, and the alarm is for one thread at a time.
  const asio::any_io_executor strand = net::make_strand(co_await asio::this_coro::executor);
  bool met = false;
  co_await net::run_on(strand, watch_into(std::move(self), std::move(check), timeout, met));
  co_return met;
}

task<> brain::watch_into(std::shared_ptr<brain> self, std::function<bool()> check, duration timeout, bool& met) {
  co_await asio::this_coro::throw_if_cancelled(false);
  const auto executor = co_await asio::this_coro::executor;
  const auto state = co_await asio::this_coro::cancellation_state;
  const auto me = std::make_shared<waiter>(executor, self->time()->make_timer(executor));
  {
    const std::lock_guard guard(self->waiting_mutex_);
    self->waiters_.push_back(me);
  }
  const auto deadline = self->time()->now() + timeout;
  for (;;) {
    me->rung = false;  // before the check: a change after it rings again, and its post runs once this waits
    met = check();
    if (met || net::is_cancelled(state) || self->time()->now() >= deadline) co_return;
    co_await me->alarm->wait_until(deadline);
  }
}

bool brain::wait(const std::function<bool()>& check, duration timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::unique_lock lock(waiting_mutex_);
  for (;;) {
    const auto seen = changes_;
    lock.unlock();
    if (check()) return true;
    lock.lock();
    if (!changed_.wait_until(lock, deadline, [&] { return changes_ != seen; })) {
      lock.unlock();
      return check();
    }
  }
}

}  // namespace monochord::testing
