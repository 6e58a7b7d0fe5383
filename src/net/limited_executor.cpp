// SPDX-License-Identifier: MIT
#include "net/limited_executor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>
#include <chrono>
#include <list>

#include "net/next_in_line.hpp"
#include "net/shared_limit.hpp"
#include "net/worker_threads.hpp"

namespace monochord::net {

namespace asio = boost::asio;

namespace {

/// What has run for so long has had its turn: less than a function that blocks, more than many that do not.
constexpr std::chrono::microseconds while_short{200};

/// Those of one context.
class limits final : public asio::execution_context::service {
 public:
  using key_type = limits;
  inline static asio::execution_context::id id;

  explicit limits(asio::execution_context& context) : service(context) {}

  shared_limit& add(asio::any_io_executor pool, std::size_t limit) {
    const std::lock_guard lock(mutex_);
    return all_.emplace_back(std::move(pool), limit);
  }

 private:
  void shutdown() override {}  // what waits goes with the turns that are queued on the pool

  std::mutex mutex_;
  std::list<shared_limit> all_;
};

}  // namespace

shared_limit& shared_limit::make(asio::any_io_executor pool, std::size_t limit) {
  auto& context = asio::query(pool, asio::execution::context);
  return asio::use_service<limits>(context).add(std::move(pool), limit);
}

void shared_limit::submit(queued_function& work, bool soon) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push(work);
    if (turns_ == limit_) return;
    ++turns_;
  }
  begin_turn(soon);
}

shared_limit::shared_limit(asio::any_io_executor pool, std::size_t limit)
    : pool_(std::move(pool)),
      context_(asio::query(pool_, asio::execution::context)),
      posts_(asio::require(pool_, asio::execution::blocking.never)),
      posts_soon_(asio::prefer(posts_, asio::execution::relationship.continuation)),
      limit_(limit),
      turn_(*this),
      next_(*this) {}

/// On this thread right after what it is with, if that may be.
void shared_limit::begin_turn(bool soon) {
  if (!next_.waits.exchange(true)) {
    if (next_in_line::take(context(), next_, soon)) return;
    next_.waits = false;
  }
  post_turn(soon);
}

void shared_limit::next_turn::call() {
  waits = false;
  of.run_some();
}

void shared_limit::next_turn::drop() noexcept {
  waits = false;
  of.abandon();
}

void shared_limit::post_turn(bool soon) {
  const auto& on = soon && !next_in_line::is_at_it(context()) ? posts_soon_ : posts_;
  // Erased, an executor makes a function of its own of each that it is given.
  if (const auto* const plain = on.target<asio::io_context::executor_type>()) plain->execute(queued_call(turn_));
  else on.execute(queued_call(turn_));
}

/// For `while_short`; then it queues itself again, so that others of the pool get their turn. When the pool is destroyed with it,
/// the waiting functions go too.
void shared_limit::run_some() {
  const worker_threads::working now;
  const next_in_line::users_turn users;
  struct thrown {  // by a function: that ends in the pool's run()
    shared_limit* owner;
    ~thrown() {
      if (owner) owner->end_turn();
    }
  } at_end{nullptr};
  std::optional<std::chrono::steady_clock::time_point> until;  // the first one has its turn in any case
  for (;;) {
    at_end.owner = nullptr;  // the turn is over with what `take` throws
    queued_function* const work = take(until);
    if (!work) return;
    at_end.owner = this;
    if (!until) until = std::chrono::steady_clock::now() + while_short;
    work->call();
  }
}

/// Null when the turn has ended.
queued_function* shared_limit::take(std::optional<std::chrono::steady_clock::time_point> until) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      --turns_;
      return nullptr;
    }
    if (!until || std::chrono::steady_clock::now() < *until) return waiting_.pop();
  }
  post_turn(true);
  return nullptr;
}

void shared_limit::end_turn() {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      --turns_;
      return;
    }
  }
  post_turn(true);
}

void shared_limit::abandon() noexcept {
  function_queue dropped;
  {
    const std::lock_guard lock(mutex_);
    --turns_;
    if (turns_ == 0) std::swap(dropped, waiting_);
  }
  dropped.drop();  // with the lock open: it may submit more
}

// Whoever is the first sees to it that there is a tracker, and whoever is the last that there is none: each looks again with the
// mutex held, for the next first may have come before the last.

void shared_limit::work_started() {
  if (work_.fetch_add(1) != 0) return;
  const std::lock_guard lock(tracker_mutex_);
  if (!tracker_ && work_.load() != 0) tracker_ = asio::prefer(pool_, asio::execution::outstanding_work.tracked);
}

void shared_limit::work_finished() noexcept {
  if (work_.fetch_sub(1) != 1) return;
  asio::any_io_executor last;  // gone once the mutex is free: then perhaps the context stops
  const std::lock_guard lock(tracker_mutex_);
  if (work_.load() == 0) std::swap(last, tracker_);
}

asio::any_io_executor make_limited_executor(asio::any_io_executor pool, std::size_t limit) {
  return limited_executor(shared_limit::make(std::move(pool), limit == 0 ? 1 : limit));
}

}  // namespace monochord::net
