// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <type_traits>
#include <utility>

namespace monochord::net {

/// Something to run, which knows whoever comes behind it: who waits needs no memory but its own. In one queue at a
/// time.
class queued_function {
 public:
  queued_function() = default;
  queued_function(const queued_function&) = delete;
  queued_function& operator=(const queued_function&) = delete;
  virtual void call() = 0;           ///< at most once; it may be gone then
  virtual void drop() noexcept = 0;  ///< instead, likewise

 protected:
  ~queued_function() = default;

 private:
  friend class function_queue;
  friend class function_stack;
  queued_function* behind_ = nullptr;
};

/// One as a function object, for a queue that is none of these: called, or dropped with it.
class queued_call {
 public:
  explicit queued_call(queued_function& what) noexcept : what_(&what) {}
  queued_call(queued_call&& other) noexcept : what_(std::exchange(other.what_, nullptr)) {}
  queued_call& operator=(queued_call&&) = delete;
  ~queued_call() {
    if (what_) what_->drop();
  }
  void operator()() { std::exchange(what_, nullptr)->call(); }

 private:
  queued_function* what_;
};

/// Those that wait, in their order.
class function_queue {
 public:
  bool empty() const noexcept { return !first_; }
  void push(queued_function& one) noexcept {
    (last_ ? last_->behind_ : first_) = &one;
    last_ = &one;
  }
  /// Null when nobody waits.
  queued_function* pop() noexcept {
    queued_function* const one = first_;
    if (!one) return nullptr;
    first_ = std::exchange(one->behind_, nullptr);
    if (!first_) last_ = nullptr;
    return one;
  }
  void drop() noexcept {
    while (queued_function* const one = pop()) one->drop();
  }

 private:
  friend class function_stack;
  queued_function* first_ = nullptr;
  queued_function* last_ = nullptr;
};

/// Those that wait for somebody who takes all of them at a time, and whether there is such a one. Lock-free.
class function_stack {
 public:
  function_stack() = default;
  function_stack(const function_stack&) = delete;
  function_stack& operator=(const function_stack&) = delete;

  /// True when nobody was there: now somebody is, and has to `take`.
  bool push(queued_function& one) noexcept {
    queued_function* before = last_.load(std::memory_order_relaxed);
    do {
      one.behind_ = before == nobody() ? nullptr : before;
    } while (!last_.compare_exchange_weak(before, &one, std::memory_order_acq_rel, std::memory_order_relaxed));
    return before == nobody();
  }
  /// True when nobody was there, as now the caller is, and has nothing to take yet.
  bool enter() noexcept {
    queued_function* before = nobody();
    return last_.compare_exchange_strong(before, nullptr, std::memory_order_acq_rel, std::memory_order_relaxed);
  }
  /// For the one who is there: those who have come, in their order.
  function_queue take() noexcept {
    function_queue out;
    queued_function* one = last_.exchange(nullptr, std::memory_order_acquire);
    out.last_ = one;
    while (one) {
      queued_function* const before = std::exchange(one->behind_, out.first_);
      out.first_ = std::exchange(one, before);
    }
    return out;
  }
  /// For him too: he goes. False when somebody has come.
  bool leave() noexcept {
    queued_function* none = nullptr;
    return last_.compare_exchange_strong(none, nobody(), std::memory_order_acq_rel, std::memory_order_relaxed);
  }

 private:
  /// Instead of a function.
  queued_function* nobody() noexcept { return reinterpret_cast<queued_function*>(this); }

  std::atomic<queued_function*> last_{nobody()};  // each has the one before it behind it
};

/// A function object in a queue, gone once it is called or dropped.
template <class F>
class function_of final : public queued_function {
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

}  // namespace monochord::net
