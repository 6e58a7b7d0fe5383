// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <monochord/core/error.hpp>
#include <monochord/core/task.hpp>
#include <mutex>
#include <utility>

#include "net/parked.hpp"

namespace monochord::net {

/// So many at a time, in the order of their coming. Thread-safe; shared by all who hold or want a slot.
class slots : public std::enable_shared_from_this<slots> {
 public:
  class holder {
   public:
    explicit holder(std::shared_ptr<slots> of) noexcept : of_(std::move(of)) {}
    holder(holder&& other) noexcept = default;
    holder& operator=(holder&&) = delete;
    ~holder() {
      if (of_) of_->give_back();
    }

   private:
    std::shared_ptr<slots> of_;
  };

  explicit slots(std::size_t count) : free_(count) {}

  /// Throws `error` with `errc::cancelled`.
  task<holder> take() {
    const auto self = shared_from_this();
    const auto mine = std::make_shared<claim>();
    // Whoever waits may be destroyed with the context that it waits in, or be cancelled just when it is its turn.
    struct unless_taken {
      slots& of;
      claim& what;
      ~unless_taken() {
        if (of.withdraw(what)) of.give_back();
      }
    } const gone{*self, *mine};
    std::function<void(std::shared_ptr<parked>)> start = [self, mine](std::shared_ptr<parked> wait) {
      self->wait_or_take(mine, std::move(wait));
    };
    const auto woken = co_await park(std::move(start));
    static_cast<void>(woken);
    if (!self->withdraw(*mine)) throw error(errc::cancelled, "cancelled while others were first");
    co_return holder(self);
  }

 private:
  struct claim {
    std::shared_ptr<parked> wait;
    bool granted = false;
  };

  void wait_or_take(const std::shared_ptr<claim>& mine, std::shared_ptr<parked> wait) {
    const std::lock_guard lock(mutex_);
    if (free_ != 0) {
      mine->granted = wait->complete();
      if (mine->granted) --free_;
      return;
    }
    std::erase_if(waiting_, [](const auto& one) { return one->wait->done(); });
    mine->wait = std::move(wait);
    waiting_.push_back(mine);
  }
  /// Whether it had a slot; it has none any more.
  bool withdraw(claim& which) {
    const std::lock_guard lock(mutex_);
    return std::exchange(which.granted, false);
  }
  void give_back() {
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty()) {
      const auto next = std::move(waiting_.front());
      waiting_.pop_front();
      if (!next->wait->complete()) continue;  // it has given up
      next->granted = true;                   // read with the mutex held
      return;
    }
    ++free_;
  }

  std::mutex mutex_;  // guards what follows
  std::size_t free_;
  std::deque<std::shared_ptr<claim>> waiting_;
};

}  // namespace monochord::net
