// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <memory>
#include <utility>

#include <monochord/core/error.hpp>
#include <monochord/core/task.hpp>
#include "net/parked.hpp"

namespace monochord::net {

/// A lock whose waiters are coroutines, served in their order. From one strand only. Held through a `holder`, which
/// must not outlive it.
class async_lock {
 public:
  class holder {
   public:
    explicit holder(async_lock& lock) : lock_(&lock) {}
    holder(holder&& other) noexcept : lock_(std::exchange(other.lock_, nullptr)) {}
    holder& operator=(holder&&) = delete;
    ~holder() {
      if (lock_) lock_->release();
    }

   private:
    async_lock* lock_;
  };

  /// Throws `error` with `errc::cancelled`.
  task<holder> acquire() {
    while (held_) {
      const error_code woken = co_await park([this](std::shared_ptr<parked> wait) { waiting_.push_back(std::move(wait)); });
      if (woken) throw error(errc::cancelled, "cancelled while waiting for a turn to write");
      if (std::exchange(handed_over_, false)) break;
    }
    held_ = true;
    co_return holder(*this);
  }

 private:
  void release() noexcept {
    while (!waiting_.empty()) {
      const auto next = std::move(waiting_.front());
      waiting_.pop_front();
      if (next->complete()) {
        handed_over_ = true;  // still held: nobody gets in between
        return;
      }
    }
    held_ = false;
  }

  std::deque<std::shared_ptr<parked>> waiting_;
  bool held_ = false;
  bool handed_over_ = false;
};

}  // namespace monochord::net
