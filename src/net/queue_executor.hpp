// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "net/queued_function.hpp"

namespace monochord::net {

/// An executor over a `Queue` of functions, which may count those who hold it: as small as that of an `io_context`, so
/// that Asio keeps it, and a strand over it, without an allocation. Work is tracked on the queue when asked for. It
/// says "possibly blocking" unless it is told otherwise, also where the queue runs nothing within `execute`, since a
/// strand around it that hears "never" also queues what it is asked to dispatch from within itself; and Boost 1.81
/// dispatches cancellation by a pointer to the task, which may have ended before its turn comes.
template <class Queue>
class queue_executor {
 public:
  explicit queue_executor(Queue& queue) noexcept : queue_executor(&queue, 0) {}
  queue_executor(const queue_executor& other) noexcept : queue_executor(&other.queue(), other.how()) {}
  queue_executor(queue_executor&& other) noexcept
      : state_(std::exchange(other.state_, Queue::counts_executors ? 0 : other.state_ & ~tracks)) {}
  queue_executor& operator=(const queue_executor& other) noexcept {
    queue_executor copy(other);
    std::swap(state_, copy.state_);
    return *this;
  }
  ~queue_executor() {
    if (state_ & tracks) queue().work_finished();
    if constexpr (Queue::counts_executors)
      if (state_ != 0) queue().release();
  }

  Queue& queue() const noexcept { return *reinterpret_cast<Queue*>(state_ & ~all); }
  template <class F>
  void execute(F&& work) const {
    using function = std::decay_t<F>;
    if ((state_ & never_blocks) == 0) {
      if (queue().runs_here()) {
        function now(std::forward<F>(work));  // whoever holds it may go meanwhile
        return std::move(now)();
      }
      if constexpr (requires { queue().enter(); }) {
        if (queue().enter()) {
          const typename Queue::run there(queue());
          function now(std::forward<F>(work));
          return std::move(now)();
        }
      }
    }
    submit(*new function_of<function>(std::forward<F>(work)));
  }
  /// The same of what needs no memory any more.
  void submit(queued_function& work) const { queue().submit(work, (state_ & continues) != 0); }

  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept { return queue().context(); }
  boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept {
    if (state_ & never_blocks) return boost::asio::execution::blocking.never;
    return boost::asio::execution::blocking.possibly;
  }
  boost::asio::execution::outstanding_work_t query(boost::asio::execution::outstanding_work_t) const noexcept {
    if (state_ & tracks) return boost::asio::execution::outstanding_work.tracked;
    return boost::asio::execution::outstanding_work.untracked;
  }
  boost::asio::execution::relationship_t query(boost::asio::execution::relationship_t) const noexcept {
    if (state_ & continues) return boost::asio::execution::relationship.continuation;
    return boost::asio::execution::relationship.fork;
  }
  queue_executor require(boost::asio::execution::blocking_t::never_t) const noexcept { return with(never_blocks); }
  queue_executor require(boost::asio::execution::blocking_t::possibly_t) const noexcept {
    return without(never_blocks);
  }
  queue_executor require(boost::asio::execution::outstanding_work_t::tracked_t) const noexcept { return with(tracks); }
  queue_executor require(boost::asio::execution::outstanding_work_t::untracked_t) const noexcept {
    return without(tracks);
  }
  queue_executor require(boost::asio::execution::relationship_t::continuation_t) const noexcept {
    return with(continues);
  }
  queue_executor require(boost::asio::execution::relationship_t::fork_t) const noexcept { return without(continues); }
  bool operator==(const queue_executor& other) const noexcept { return state_ == other.state_; }
  bool operator!=(const queue_executor& other) const noexcept { return state_ != other.state_; }

 private:
  // In the low bits of a pointer.
  static constexpr std::uintptr_t never_blocks = 1, continues = 2, tracks = 4, all = 7;

  queue_executor(Queue* queue, std::uintptr_t how) noexcept : state_(reinterpret_cast<std::uintptr_t>(queue) | how) {
    static_assert(alignof(Queue) > all);
    if constexpr (Queue::counts_executors) queue->hold();
    if (how & tracks) queue->work_started();
  }
  std::uintptr_t how() const noexcept { return state_ & all; }
  queue_executor with(std::uintptr_t more) const noexcept { return {&queue(), how() | more}; }
  queue_executor without(std::uintptr_t less) const noexcept { return {&queue(), how() & ~less}; }

  std::uintptr_t state_;
};

}  // namespace monochord::net
