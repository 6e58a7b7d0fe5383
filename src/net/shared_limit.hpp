// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>

#include "net/queue_executor.hpp"

namespace monochord::net {

/// What all copies of one limited executor share. While functions wait, at least one turn is queued on the pool. Belongs to
/// the pool's context, as long as which it lives.
class alignas(8) shared_limit {
 public:
  static constexpr bool counts_executors = false;  // it lives as long as anybody may use them

  /// One for `pool`, made when it is asked for.
  static shared_limit& make(boost::asio::any_io_executor pool, std::size_t limit);

  shared_limit(boost::asio::any_io_executor pool, std::size_t limit);
  shared_limit(const shared_limit&) = delete;
  shared_limit& operator=(const shared_limit&) = delete;
  ~shared_limit() { waiting_.drop(); }

  boost::asio::execution_context& context() const noexcept { return context_; }
  /// It is called or dropped, never within this call. `soon`: whoever submits it is about to return to the pool, so that no
  /// other thread need be woken.
  void submit(queued_function& work, bool soon);
  bool runs_here() const noexcept { return false; }  // nothing, at once
  /// While work is under way the pool's context runs.
  void work_started();
  void work_finished() noexcept;

 private:
  /// One of at most `limit_` rights to occupy a thread.
  struct turn final : queued_function {
    explicit turn(shared_limit& whose) noexcept : of(whose) {}
    void call() override { of.run_some(); }
    void drop() noexcept override { of.abandon(); }
    shared_limit& of;
  };
  /// One that needs no place in the pool's queue.
  struct next_turn final : queued_function {
    explicit next_turn(shared_limit& whose) noexcept : of(whose) {}
    void call() override;
    void drop() noexcept override;
    shared_limit& of;
    std::atomic<bool> waits{false};
  };
  void begin_turn(bool soon);
  void post_turn(bool soon);
  void run_some();
  queued_function* take(std::optional<std::chrono::steady_clock::time_point> until);
  void end_turn();
  void abandon() noexcept;

  const boost::asio::any_io_executor pool_;
  boost::asio::execution_context& context_;
  const boost::asio::any_io_executor posts_, posts_soon_;  // the same, as each turn needs it
  const std::size_t limit_;
  turn turn_;  // as often as one is queued on the pool
  next_turn next_;
  std::mutex mutex_;  // guards what follows
  function_queue waiting_;
  std::size_t turns_ = 0;
  std::atomic<std::size_t> work_{0};
  std::mutex tracker_mutex_;
  boost::asio::any_io_executor tracker_;  // keeps the context running; empty while no work is under way
};

using limited_executor = queue_executor<shared_limit>;

}  // namespace monochord::net
