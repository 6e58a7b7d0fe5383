// SPDX-License-Identifier: MIT
#include "net/limited_executor.hpp"

#include <boost/asio/execution.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace monochord::net {
namespace {

namespace asio = boost::asio;

class function {
 public:
  virtual ~function() = default;
  virtual void call() = 0;
};

template <class F>
class function_of final : public function {
 public:
  explicit function_of(F what) : what_(std::move(what)) {}
  void call() override { std::move(what_)(); }

 private:
  F what_;
};

/// What the copies of one limited executor share. While functions wait, at least one turn is queued on the pool.
class shared_limit : public std::enable_shared_from_this<shared_limit> {
 public:
  shared_limit(asio::any_io_executor pool, std::size_t limit) : pool_(std::move(pool)), limit_(limit) {}

  const asio::any_io_executor& pool() const noexcept { return pool_; }

  /// `soon`: whoever submits it is about to return to the pool, so that no other thread need be woken.
  void submit(std::unique_ptr<function> work, bool soon) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(work));
      if (turns_ == limit_) return;
      ++turns_;
    }
    post_turn(soon);
  }

 private:
  /// One of at most `limit_` rights to occupy a thread. It runs one function and queues itself again, so that others
  /// of the pool get their turn; when the pool is destroyed with it, the waiting functions go too.
  class turn {
   public:
    explicit turn(std::shared_ptr<shared_limit> owner) : owner_(std::move(owner)) {}
    turn(turn&&) noexcept = default;
    turn& operator=(turn&&) = delete;
    ~turn() {
      if (owner_) owner_->abandon();
    }
    void operator()() {
      const auto owner = std::move(owner_);
      owner->run_one();
    }

   private:
    std::shared_ptr<shared_limit> owner_;
  };

  void post_turn(bool soon) {
    auto to = asio::require(pool_, asio::execution::blocking.never);
    if (soon) to = asio::prefer(to, asio::execution::relationship.continuation);
    to.execute(turn(shared_from_this()));
  }

  void run_one() {
    struct next_turn {  // also when the function throws, which then ends in the pool's run()
      shared_limit& owner;
      ~next_turn() { owner.end_turn(); }
    };
    std::unique_ptr<function> work;
    {
      const std::lock_guard lock(mutex_);
      if (!waiting_.empty()) {
        work = std::move(waiting_.front());
        waiting_.pop_front();
      }
    }
    const next_turn next{*this};
    if (work) work->call();
  }

  void end_turn() {
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.empty()) {
        --turns_;
        return;
      }
    }
    post_turn(true);
  }

  void abandon() noexcept {
    std::deque<std::unique_ptr<function>> dropped;  // destroyed outside the lock: it may submit more
    const std::lock_guard lock(mutex_);
    --turns_;
    if (turns_ == 0) dropped.swap(waiting_);
  }

  const asio::any_io_executor pool_;
  const std::size_t limit_;
  std::mutex mutex_;  // guards what follows
  std::deque<std::unique_ptr<function>> waiting_;
  std::size_t turns_ = 0;
};

/// The executor itself: it never runs a function within `execute`, work is tracked on the pool when asked for. It says
/// "possibly blocking" all the same unless it is told otherwise, since a strand around it that hears "never" also queues
/// what it is asked to dispatch from within itself; and Boost 1.81 dispatches cancellation by a pointer to the task,
/// which may have ended before its turn comes.
class limited_executor {
 public:
  limited_executor(std::shared_ptr<shared_limit> limit, asio::any_io_executor tracker, bool never_blocks = false, bool continues = false)
      : limit_(std::move(limit)), tracker_(std::move(tracker)), never_blocks_(never_blocks), continues_(continues) {}

  template <class F>
  void execute(F&& work) const {
    limit_->submit(std::make_unique<function_of<std::decay_t<F>>>(std::forward<F>(work)), continues_);
  }

  asio::execution_context& query(asio::execution::context_t) const noexcept {
    return asio::query(limit_->pool(), asio::execution::context);
  }
  asio::execution::blocking_t query(asio::execution::blocking_t) const noexcept {
    if (never_blocks_) return asio::execution::blocking.never;
    return asio::execution::blocking.possibly;
  }
  asio::execution::outstanding_work_t query(asio::execution::outstanding_work_t) const noexcept {
    if (tracker_) return asio::execution::outstanding_work.tracked;
    return asio::execution::outstanding_work.untracked;
  }
  asio::execution::relationship_t query(asio::execution::relationship_t) const noexcept {
    if (continues_) return asio::execution::relationship.continuation;
    return asio::execution::relationship.fork;
  }
  limited_executor require(asio::execution::blocking_t::never_t) const {
    return limited_executor(limit_, tracker_, true, continues_);
  }
  limited_executor require(asio::execution::blocking_t::possibly_t) const {
    return limited_executor(limit_, tracker_, false, continues_);
  }
  limited_executor require(asio::execution::outstanding_work_t::tracked_t) const {
    return limited_executor(limit_, asio::prefer(limit_->pool(), asio::execution::outstanding_work.tracked), never_blocks_, continues_);
  }
  limited_executor require(asio::execution::outstanding_work_t::untracked_t) const {
    return limited_executor(limit_, asio::any_io_executor(), never_blocks_, continues_);
  }
  limited_executor require(asio::execution::relationship_t::continuation_t) const {
    return limited_executor(limit_, tracker_, never_blocks_, true);
  }
  limited_executor require(asio::execution::relationship_t::fork_t) const {
    return limited_executor(limit_, tracker_, never_blocks_, false);
  }
  bool operator==(const limited_executor& other) const noexcept {
    return limit_ == other.limit_ && never_blocks_ == other.never_blocks_ && continues_ == other.continues_ &&
           static_cast<bool>(tracker_) == static_cast<bool>(other.tracker_);
  }
  bool operator!=(const limited_executor& other) const noexcept { return !(*this == other); }

 private:
  std::shared_ptr<shared_limit> limit_;
  asio::any_io_executor tracker_;  // keeps the pool running while tracked work exists; empty otherwise
  bool never_blocks_;
  bool continues_;
};

}  // namespace

asio::any_io_executor make_limited_executor(asio::any_io_executor pool, std::size_t limit) {
  return limited_executor(std::make_shared<shared_limit>(std::move(pool), limit == 0 ? 1 : limit),
                          asio::any_io_executor());
}

}  // namespace monochord::net
