// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include <monochord/core/error.hpp>
#include <monochord/core/task.hpp>
#include "net/lasting_executor.hpp"
#include "net/queued_function.hpp"

namespace monochord::net {

/// An operation that waits until somebody completes it: what timers, pipes, queues and locks of ours are made of.
/// Completed at most once, from any thread, by a post to the handler's executor; it keeps that executor's context
/// running meanwhile. When the context is destroyed first, the handler is dropped, as Asio does with its own.
class parked final : public std::enable_shared_from_this<parked>, private queued_function {
 public:
  using handler = boost::asio::any_completion_handler<void(error_code, std::size_t)>;

  /// Cancelling the operation completes it with `operation_aborted` and then calls `on_cancel`. `runs_there` says that
  /// `fallback` is the handler's own executor, which spares a second post; `soon` that whoever completes it has nothing else to
  /// do then, so that no other thread is woken for it.
  static std::shared_ptr<parked> make(handler done, const boost::asio::any_io_executor& fallback,
                                      std::function<void()> on_cancel = {}, bool runs_there = false, bool soon = false);
  /// False when it was complete already.
  bool complete(error_code error = {}, std::size_t bytes = 0);
  bool done() const noexcept { return done_.load(std::memory_order_acquire); }

  /// How many are waiting in a context.
  static std::size_t count(boost::asio::execution_context& context);

  class registry;
  struct waiters;
  parked(handler done, const boost::asio::any_io_executor& fallback, bool runs_there, bool soon);
  /// Whoever drops it without completing it destroys the coroutine that waits.
  ~parked();

 private:
  friend class registry;
  void call() override;
  void drop() noexcept override;

  std::atomic<bool> done_{false};  // written with the mutex of `among_` held, once it is in no list
  handler handler_;
  std::optional<lasting_executor> executor_;
  const bool runs_there_;
  const std::shared_ptr<waiters> among_;
  // Once it is complete and waits for its turn in a queue.
  std::shared_ptr<parked> self_;
  error_code error_;
  std::size_t bytes_ = 0;
  parked* next_ = nullptr;  // in its list
  parked* previous_ = nullptr;
};

/// Suspends the calling coroutine; `start` gets what wakes it. Gives the error it was completed with,
/// `operation_aborted` when the coroutine is cancelled.
task<error_code> park(std::function<void(std::shared_ptr<parked>)> start, std::function<void()> on_cancel = {});

}  // namespace monochord::net
