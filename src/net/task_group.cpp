// SPDX-License-Identifier: MIT
#include "net/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/defer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <monochord/core/error.hpp>

namespace monochord::net {

namespace asio = boost::asio;

struct task_group::member {
  member(const asio::any_io_executor& executor, std::shared_ptr<place_holder> holder)
      : strand(net::make_strand(executor, std::move(holder))) {}
  asio::any_io_executor strand;
  // On the strand only.
  asio::cancellation_signal signal;
  bool cancelled = false;
};

task_group::task_group(asio::any_io_executor executor, error_handler on_error)
    : executor_(std::move(executor)), on_error_(std::move(on_error)) {}

bool task_group::spawn(task<> work, std::shared_ptr<place_holder> holder) {
  std::shared_ptr<member> added;
  std::list<std::shared_ptr<member>>::iterator place;
  const bool is_held = holder != nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    added = std::make_shared<member>(executor_, std::move(holder));
    place = members_.insert(members_.end(), added);
  }
  // From the strand: co_spawn writes to the signal, which cancel() may already be about to emit there.
  auto begin = [self = shared_from_this(), added, place, work = std::move(work)]() mutable {
    if (added->cancelled) return self->ended(place, nullptr);
    asio::co_spawn(added->strand, std::move(work),
                   asio::bind_cancellation_slot(added->signal.slot(), [self, added, place](std::exception_ptr error) {
                     self->ended(place, std::move(error));
                   }));
  };
  if (is_held) asio::defer(added->strand, std::move(begin));
  else asio::post(added->strand, std::move(begin));
  return true;
}

void task_group::ended(std::list<std::shared_ptr<member>>::iterator place, std::exception_ptr error) {
  std::function<void()> on_empty;
  bool report = false;
  {
    const std::lock_guard lock(mutex_);
    report = error && !(cancelled_ && is_cancellation(error));
  }
  if (report && on_error_) on_error_(std::move(error));
  {
    const std::lock_guard lock(mutex_);
    members_.erase(place);
    if (members_.empty()) on_empty = std::exchange(on_empty_, nullptr);
  }
  if (on_empty) on_empty();
}

void task_group::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void task_group::cancel() {
  std::list<std::shared_ptr<member>> all;
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    all = members_;
  }
  for (auto& one : all) {
    asio::post(one->strand, [one] {
      one->cancelled = true;
      one->signal.emit(asio::cancellation_type::terminal);
    });
  }
}

task<bool> task_group::join(clock& time, time_point deadline) {
  const auto here = co_await asio::this_coro::executor;
  const std::shared_ptr<timer> wait = time.make_timer(here);
  {
    const std::lock_guard lock(mutex_);
    if (members_.empty()) co_return true;
    on_empty_ = [here, wait] { asio::post(here, [wait] { wait->cancel(); }); };
  }
  co_await wait->wait_until(deadline);
  const std::lock_guard lock(mutex_);
  on_empty_ = nullptr;
  co_return members_.empty();
}

std::size_t task_group::running() const {
  const std::lock_guard lock(mutex_);
  return members_.size();
}

}  // namespace monochord::net
