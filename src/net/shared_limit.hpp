// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <type_traits>
#include <utility>

namespace monochord::net {

/// What all copies of one limited executor share. While functions wait, at least one turn is queued on the pool. Belongs to
/// the pool's context, as long as which it lives.
class shared_limit {
 public:
  /// Something to run, which knows whoever comes behind it: who waits needs no memory but its own.
  class function {
   public:
    function() = default;
    function(const function&) = delete;
    function& operator=(const function&) = delete;
    virtual void call() = 0;  ///< at most once; it may be gone then
    virtual void drop() noexcept = 0;  ///< instead, likewise

   protected:
    ~function() = default;

   private:
    friend class shared_limit;
    function* behind_ = nullptr;
  };

  /// One for `pool`, made when it is asked for.
  static shared_limit& make(boost::asio::any_io_executor pool, std::size_t limit);

  shared_limit(boost::asio::any_io_executor pool, std::size_t limit);
  shared_limit(const shared_limit&) = delete;
  shared_limit& operator=(const shared_limit&) = delete;
  ~shared_limit() { drop(waiting_); }

  boost::asio::execution_context& context() const noexcept {
    return boost::asio::query(pool_, boost::asio::execution::context);
  }
  /// It is called or dropped, never within this call. `soon`: whoever submits it is about to return to the pool, so that no
  /// other thread need be woken.
  void submit(function& work, bool soon);
  /// While work is under way the pool's context runs.
  void work_started();
  void work_finished() noexcept;

 private:
  class turn;
  struct queue {
    function* first = nullptr;
    function* last = nullptr;
    void push(function& one) noexcept {
      (last ? last->behind_ : first) = &one;
      last = &one;
    }
    /// Null when nobody waits.
    function* pop() noexcept {
      function* const one = first;
      if (!one) return nullptr;
      first = std::exchange(one->behind_, nullptr);
      if (!first) last = nullptr;
      return one;
    }
  };
  static void drop(queue& all) noexcept {
    while (function* const one = all.pop()) one->drop();
  }
  void post_turn(bool soon);
  void run_some();
  function* take();
  void end_turn();
  void abandon() noexcept;

  const boost::asio::any_io_executor pool_;
  const boost::asio::any_io_executor posts_, posts_soon_;  // the same, as each turn needs it
  const std::size_t limit_;
  std::mutex mutex_;  // guards what follows
  queue waiting_;
  std::size_t turns_ = 0;
  std::atomic<std::size_t> work_{0};
  std::mutex tracker_mutex_;
  boost::asio::any_io_executor tracker_;  // keeps the context running; empty while no work is under way
};

/// The executor itself: as small as that of an `io_context`, so that Asio keeps it, and a strand over it, without an
/// allocation. It never runs a function within `execute`, work is tracked on the pool when asked for. It says "possibly
/// blocking" all the same unless it is told otherwise, since a strand around it that hears "never" also queues what it is
/// asked to dispatch from within itself; and Boost 1.81 dispatches cancellation by a pointer to the task, which may have
/// ended before its turn comes.
class limited_executor {
 public:
  explicit limited_executor(shared_limit& limit) noexcept : limited_executor(&limit, 0) {}
  limited_executor(const limited_executor& other) noexcept : limited_executor(&other.limit(), other.how()) {}
  limited_executor(limited_executor&& other) noexcept : state_(std::exchange(other.state_, other.state_ & ~tracks)) {}
  limited_executor& operator=(const limited_executor& other) noexcept {
    limited_executor copy(other);
    std::swap(state_, copy.state_);
    return *this;
  }
  ~limited_executor() {
    if (state_ & tracks) limit().work_finished();
  }

  template <class F>
  void execute(F&& work) const {
    submit(*new function_of<std::decay_t<F>>(std::forward<F>(work)));
  }
  /// The same of what needs no memory any more.
  void submit(shared_limit::function& work) const { limit().submit(work, (state_ & continues) != 0); }

  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept { return limit().context(); }
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
  limited_executor require(boost::asio::execution::blocking_t::never_t) const noexcept { return with(never_blocks); }
  limited_executor require(boost::asio::execution::blocking_t::possibly_t) const noexcept { return without(never_blocks); }
  limited_executor require(boost::asio::execution::outstanding_work_t::tracked_t) const noexcept { return with(tracks); }
  limited_executor require(boost::asio::execution::outstanding_work_t::untracked_t) const noexcept { return without(tracks); }
  limited_executor require(boost::asio::execution::relationship_t::continuation_t) const noexcept { return with(continues); }
  limited_executor require(boost::asio::execution::relationship_t::fork_t) const noexcept { return without(continues); }
  bool operator==(const limited_executor& other) const noexcept { return state_ == other.state_; }
  bool operator!=(const limited_executor& other) const noexcept { return state_ != other.state_; }

 private:
  template <class F>
  class function_of final : public shared_limit::function {
   public:
    explicit function_of(F what) : what_(std::move(what)) {}
    void call() override {
      F what(std::move(what_));
      delete this;  // first: it may be needed for what comes
      std::move(what)();
    }
    void drop() noexcept override { delete this; }

   private:
    F what_;
  };

  // In the low bits of a pointer.
  static constexpr std::uintptr_t never_blocks = 1, continues = 2, tracks = 4, all = 7;
  static_assert(alignof(shared_limit) > all);

  limited_executor(shared_limit* limit, std::uintptr_t how) noexcept : state_(reinterpret_cast<std::uintptr_t>(limit) | how) {
    if (how & tracks) limit->work_started();
  }
  shared_limit& limit() const noexcept { return *reinterpret_cast<shared_limit*>(state_ & ~all); }
  std::uintptr_t how() const noexcept { return state_ & all; }
  limited_executor with(std::uintptr_t more) const noexcept { return {&limit(), how() | more}; }
  limited_executor without(std::uintptr_t less) const noexcept { return {&limit(), how() & ~less}; }

  std::uintptr_t state_;
};

}  // namespace monochord::net
