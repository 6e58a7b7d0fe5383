// SPDX-License-Identifier: MIT
#include "net/next_in_line.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/defer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>

namespace monochord::net {

namespace asio = boost::asio;

/// One of those that wait, as a function of the context. It keeps the line, which may be gone otherwise when its turn
/// comes.
class next_in_line::rest {
 public:
  explicit rest(next_in_line& of) : of_(of.shared_from_this()) {}
  void operator()() {
    queued_function* one = nullptr;
    {
      const std::lock_guard lock(of_->mutex_);
      of_->queued_ = false;
      one = of_->first();
    }
    of_->hand_over();  // first: it may take its time, and nobody else looks after those behind it
    if (one) one->call();
  }

 private:
  std::shared_ptr<next_in_line> of_;
};

bool next_in_line::take(const asio::execution_context& of, queued_function& one, bool soon) noexcept {
  next_in_line* const its = mine_;
  if (!its || &its->context_ != &of) return false;
  if (its->now_ != phase::reading && !(soon && its->now_ == phase::running)) return false;
  const std::lock_guard lock(its->mutex_);
  if (its->others_ != 0) return false;
  its->waiting_.push(one);
  its->any_wait_.store(true, std::memory_order_relaxed);
  return true;
}

void next_in_line::run() {
  now_ = phase::running;
  for (int i = 0; i < most; ++i) {
    queued_function* const one = pop();
    if (!one) return;
    one->call();
  }
}

/// Null also once the context is stopped, which runs nothing that has not begun.
queued_function* next_in_line::pop() noexcept {
  if (!may_wait() || context_.stopped()) return nullptr;
  const std::lock_guard lock(mutex_);
  return first();
}

queued_function* next_in_line::first() noexcept {
  queued_function* const one = waiting_.pop();
  any_wait_.store(!waiting_.empty(), std::memory_order_relaxed);
  return one;
}

void next_in_line::shared() {
  {
    const std::lock_guard lock(mutex_);
    ++others_;
  }
  hand_over();
}

void next_in_line::alone() noexcept {
  const std::lock_guard lock(mutex_);
  --others_;
}

void next_in_line::hand_over() noexcept {
  if (!may_wait()) return;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty() || queued_) return;
    queued_ = true;
  }
  try {
    asio::post(context_, rest(*this));
  } catch (const std::exception&) {
    const std::lock_guard lock(mutex_);
    queued_ = false;
  }
}

task<> step_back(asio::any_io_executor below) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [below = std::move(below)](auto handler) {
        auto goes_on = [handler = std::move(handler)]() mutable { asio::dispatch(std::move(handler)); };
        auto next = std::make_unique<function_of<decltype(goes_on)>>(std::move(goes_on));
        auto& context = asio::query(below, asio::execution::context);
        if (next_in_line::take(context, *next, true)) return static_cast<void>(next.release());
        auto later = [next = std::move(next)]() mutable { next.release()->call(); };
        if (next_in_line::is_at_it(context))
          asio::post(below, std::move(later));
        else
          asio::defer(below, std::move(later));
      },
      asio::use_awaitable);
}

}  // namespace monochord::net
