// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>
#include <cstddef>
#include <memory>
#include <utility>

#include "net/next_in_line.hpp"
#include "net/queue_executor.hpp"
#include "net/queued_function.hpp"
#include "net/shared_limit.hpp"
#include "net/strand.hpp"

namespace monochord::net {

/// A strand over `Below`, which may be somebody's. As Asio's own it runs functions one at a time and those that it has
/// when its turn comes, but it is a function itself: it waits below without memory, lock or service. What is dispatched
/// to it where it may run at once needs none either. Lives as long as an executor for it, or a function in it.
template <class Below>
class alignas(8) own_strand final : public queued_function {
 public:
  static constexpr bool counts_executors = true;
  using executor_type = queue_executor<own_strand>;

  static executor_type make(Below on, std::shared_ptr<place_holder> holder = nullptr) {
    return executor_type(*new own_strand(on, std::move(holder)));
  }
  const std::shared_ptr<place_holder>& holder() const noexcept { return holder_; }
  const Below& below() const noexcept { return on_; }

  // For its executors.
  void submit(queued_function& one, bool soon) {
    if (!waiting_.push(one)) return;
    hold();  // until `leave`
    on_.submit(*this, soon);
  }
  bool runs_here() const noexcept {
    for (const run* one = here; one; one = one->outer)
      if (one->of == this) return true;
    return false;
  }
  /// True when the calling thread has it now, for a `run`.
  bool enter() noexcept {
    if (!on_.runs_here() || !waiting_.enter()) return false;
    hold();
    return true;
  }
  boost::asio::execution_context& context() const noexcept { return on_.context(); }
  void work_started() { on_.work_started(); }
  void work_finished() noexcept { on_.work_finished(); }
  void hold() noexcept { holders_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  // For what is below.
  void call() override {
    const run now(*this, true);  // also when a function throws
    for (int i = 0; i < Below::rounds; ++i) {
      if (taken_.empty()) taken_ = waiting_.take();
      while (queued_function* const one = taken_.pop()) one->call();
    }
  }
  void drop() noexcept override {
    do {
      taken_.drop();
      taken_ = waiting_.take();
    } while (!leave());
    release();
  }

  /// While it runs. `soon`: whoever runs it is about to return to what is below.
  struct run {
    explicit run(own_strand& what, bool soon = false) noexcept
        : of(&what), outer(std::exchange(here, this)), soon(soon) {}
    ~run() {
      here = outer;
      if (of->leave())
        of->release();
      else
        of->on_.submit(*of, soon);
    }
    run(const run&) = delete;
    run& operator=(const run&) = delete;
    own_strand* const of;
    const run* const outer;
    const bool soon;
  };

 private:
  static inline constinit thread_local const run* here = nullptr;  // on this thread, the innermost

  own_strand(Below on, std::shared_ptr<place_holder> holder) noexcept : on_(on), holder_(std::move(holder)) {}
  ~own_strand() = default;
  /// False when there is more to run.
  bool leave() noexcept { return taken_.empty() && waiting_.leave(); }

  const Below on_;
  const std::shared_ptr<place_holder> holder_;
  std::atomic<std::size_t> holders_{0};
  function_stack waiting_;
  function_queue taken_;  // of whoever runs it
};

/// The limited executor of a user's functions, below a strand.
class in_limit {
 public:
  /// How often a turn takes what has come: what a handler that waited for nothing leaves to be done, which is its own end, comes
  /// in the same one.
  static constexpr int rounds = 2;
  explicit in_limit(shared_limit& which) noexcept : which_(&which) {}
  void submit(queued_function& one, bool soon) const { which_->submit(one, soon); }
  bool runs_here() const noexcept { return false; }
  boost::asio::execution_context& context() const noexcept { return which_->context(); }
  void work_started() const { which_->work_started(); }
  void work_finished() const noexcept { which_->work_finished(); }

 private:
  shared_limit* which_;
};

/// A context itself, below a strand.
class on_context {
 public:
  static constexpr int rounds = 1;
  using executor_type = boost::asio::io_context::executor_type;

  explicit on_context(const executor_type& which) noexcept : which_(which) {}
  void submit(queued_function& one, bool soon) const {
    if (next_in_line::take(context(), one, soon)) return;
    const auto queued = boost::asio::require(which_, boost::asio::execution::blocking.never);
    if (soon && !next_in_line::is_at_it(context()))
      boost::asio::prefer(queued, boost::asio::execution::relationship.continuation).execute(queued_call(one));
    else
      queued.execute(queued_call(one));
  }
  bool runs_here() const noexcept { return which_.running_in_this_thread(); }
  boost::asio::execution_context& context() const noexcept { return which_.context(); }
  void work_started() const noexcept { which_.on_work_started(); }
  void work_finished() const noexcept { which_.on_work_finished(); }
  const executor_type& executor() const noexcept { return which_; }

 private:
  executor_type which_;
};

using limited_strand = own_strand<in_limit>;
using context_strand = own_strand<on_context>;

}  // namespace monochord::net
