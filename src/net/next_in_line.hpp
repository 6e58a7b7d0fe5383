// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <monochord/core/task.hpp>
#include <mutex>
#include <utility>

#include "net/queued_function.hpp"

namespace monochord::net {

/// What a thread that works alone on a context runs itself as soon as it is done with what a socket brought: the
/// handlers of an event, a call whose answer came. Through the context's queue it would look at all sockets first, and
/// queue and find each of them with memory and locks. Little at a time: the rest goes through the queue, behind what
/// waits there.
class next_in_line : public std::enable_shared_from_this<next_in_line> {
 public:
  explicit next_in_line(boost::asio::io_context& of) : context_(of) {}
  next_in_line(const next_in_line&) = delete;
  next_in_line& operator=(const next_in_line&) = delete;
  /// What has not been run is dropped.
  ~next_in_line() { waiting_.drop(); }

  /// While this lives, which is no longer than the line, it is the calling thread's.
  class of_thread {
   public:
    explicit of_thread(next_in_line& its) noexcept : before_(std::exchange(mine_, &its)) {}
    of_thread(const of_thread&) = delete;
    of_thread& operator=(const of_thread&) = delete;
    ~of_thread() { mine_ = before_; }

   private:
    next_in_line* const before_;
  };

  /// From a function that the context runs, which holds no strand and is about to return: calls `what`, which runs
  /// nothing of a user's, and then what was handed to `take` meanwhile. Throws what these throw.
  template <class What>
  static void around(const boost::asio::execution_context& of, What&& what) {
    next_in_line* const its = mine_;
    if (!its || &its->context_ != &of) return std::forward<What>(what)();
    const span now(*its);
    std::forward<What>(what)();
    its->run();
  }
  /// Whether the calling thread will call or drop `one`; if not, nothing is done with it. It does so only on its way
  /// out of `around`, and where it is with a user's function then only what is `soon`: whoever hands it over is about
  /// to return.
  static bool take(const boost::asio::execution_context& of, queued_function& one, bool soon) noexcept;

  /// Whether `take` would, as it seems now.
  static bool takes(const boost::asio::execution_context& of) noexcept {
    return mine_ && &mine_->context_ == &of && mine_->now_ == phase::reading &&
           mine_->others_.load(std::memory_order_relaxed) == 0;
  }

  /// Whether the calling thread is within `around`, or with a user's functions. What it hands to the context then must
  /// not be a continuation: that stays with the thread until it returns, and it may not do so for long.
  static bool is_at_it(const boost::asio::execution_context& of) noexcept {
    return with_users_ || (mine_ && &mine_->context_ == &of && mine_->now_ != phase::outside);
  }
  /// While this lives the calling thread is with functions of a user's, on whichever context.
  class users_turn {
   public:
    users_turn() noexcept : before_(std::exchange(with_users_, true)) {}
    users_turn(const users_turn&) = delete;
    users_turn& operator=(const users_turn&) = delete;
    ~users_turn() { with_users_ = before_; }

   private:
    const bool before_;
  };

  /// Others work on the context too, who can run what comes: all of it goes through the queue. Thread-safe, as is
  /// `alone`, which comes once for each of these.
  void shared();
  void alone() noexcept;

 private:
  static constexpr int most = 4;  // at a time

  enum class phase { outside, reading, running };
  /// From when something came until the thread goes back to the context.
  class span {
   public:
    explicit span(next_in_line& of) noexcept : of_(of), before_(std::exchange(of.now_, phase::reading)) {}
    span(const span&) = delete;
    span& operator=(const span&) = delete;
    ~span() {
      of_.now_ = before_;
      of_.hand_over();
    }

   private:
    next_in_line& of_;
    const phase before_;
  };

  class rest;
  void run();
  /// What waits is queued on the context. Where there is no memory for that it waits for what comes next.
  void hand_over() noexcept;
  queued_function* pop() noexcept;
  queued_function* first() noexcept;  // null when there is none; with `mutex_`
  /// False only when nothing waits: to whoever puts things there, and to whoever had `mutex_` since that was last done.
  bool may_wait() const noexcept { return any_wait_.load(std::memory_order_relaxed); }

  static inline constinit thread_local next_in_line* mine_ = nullptr;
  static inline constinit thread_local bool with_users_ = false;

  boost::asio::io_context& context_;
  phase now_ = phase::outside;  // of its thread
  std::atomic<bool> any_wait_{false};
  std::mutex mutex_;  // guards what follows
  function_queue waiting_;
  bool queued_ = false;  // a `rest` is on its way through the context
  std::atomic<int> others_{0};
};

/// Suspends the calling coroutine until what was begun before has had its turn on the context of `below`, an executor
/// over which the coroutine's strand lies: whatever else that is for may run meanwhile.
task<> step_back(boost::asio::any_io_executor below);

}  // namespace monochord::net
