// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include "net/queue_executor.hpp"
#include "net/queued_function.hpp"
#include "net/shared_limit.hpp"
#include "net/strand.hpp"

namespace monochord::net {

/// A strand over a limited executor, which is somebody's. As Asio's own it runs functions one at a time and those that
/// it has when its turn comes, but it is a function of the limit itself: it waits there without memory, lock or
/// service. Lives as long as an executor for it, or a function in it.
class alignas(8) limited_strand final : public queued_function {
 public:
  static constexpr bool counts_executors = true;

  static queue_executor<limited_strand> make(shared_limit& on, std::shared_ptr<place_holder> holder) {
    return queue_executor<limited_strand>(*new limited_strand(on, std::move(holder)));
  }
  const std::shared_ptr<place_holder>& holder() const noexcept { return holder_; }

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
  boost::asio::execution_context& context() const noexcept { return on_.context(); }
  void work_started() { on_.work_started(); }
  void work_finished() noexcept { on_.work_finished(); }
  void hold() noexcept { holders_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  // For the limit.
  void call() override {
    const run now(*this);  // also when a function throws
    if (taken_.empty()) taken_ = waiting_.take();
    while (queued_function* const one = taken_.pop()) one->call();
  }
  void drop() noexcept override {
    do {
      taken_.drop();
      taken_ = waiting_.take();
    } while (!leave());
    release();
  }

 private:
  /// While it runs.
  struct run {
    explicit run(limited_strand& what) noexcept : of(&what), outer(std::exchange(here, this)) {}
    ~run() {
      here = outer;
      if (of->leave())
        of->release();
      else
        of->on_.submit(*of, true);
    }
    run(const run&) = delete;
    run& operator=(const run&) = delete;
    limited_strand* const of;
    const run* const outer;
  };
  static inline constinit thread_local const run* here = nullptr;  // on this thread, the innermost

  limited_strand(shared_limit& on, std::shared_ptr<place_holder> holder) noexcept
      : on_(on), holder_(std::move(holder)) {}
  ~limited_strand() = default;
  /// False when there is more to run.
  bool leave() noexcept { return taken_.empty() && waiting_.leave(); }

  shared_limit& on_;
  const std::shared_ptr<place_holder> holder_;
  std::atomic<std::size_t> holders_{0};
  function_stack waiting_;
  function_queue taken_;  // of whoever runs it
};

}  // namespace monochord::net
