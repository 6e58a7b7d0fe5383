// SPDX-License-Identifier: MIT
#include "net/side_threads.hpp"

#include <boost/asio/this_coro.hpp>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <monochord/core/error.hpp>
#include "core/blocking.hpp"
#include "net/parked.hpp"

namespace monochord::net {

namespace {

struct job {
  std::function<void()> work;
  std::exception_ptr failure;
  std::shared_ptr<parked> waiter;
  std::shared_ptr<monochord::detail::blocking_gate> gate;  // of the waiter's context
};

}  // namespace

struct side_threads::state {
  explicit state(std::size_t most) : most(most) {}

  const std::size_t most;
  std::mutex mutex;
  std::deque<std::shared_ptr<job>> queue;
  std::size_t threads = 0;

  /// A thread's whole life: it works until nothing is queued, and holds nothing but this state.
  static void live(const std::shared_ptr<state>& self) {
    for (;;) {
      std::shared_ptr<job> next;
      {
        const std::lock_guard lock(self->mutex);
        if (self->queue.empty()) {
          --self->threads;
          return;
        }
        next = std::move(self->queue.front());
        self->queue.pop_front();
      }
      if (next->waiter->done()) continue;  // given up before its turn
      try {
        next->work();
      } catch (...) {
        next->failure = std::current_exception();  // rethrown in the coroutine that waits
      }
      next->work = nullptr;
      const std::lock_guard lock(next->gate->mutex);
      if (next->gate->open) next->waiter->complete();
    }
  }

  void submit(const std::shared_ptr<state>& self, std::shared_ptr<job> what) {
    const std::lock_guard lock(mutex);
    if (threads < most) {
      try {
        std::thread(&state::live, self).detach();
        ++threads;
      } catch (const std::system_error&) {
        // no new thread can be had: one that runs takes it
        if (threads == 0) throw error(errc::resource, "no thread could be started for a call that blocks");
      }
    }
    queue.push_back(std::move(what));
  }
};

side_threads::side_threads(std::size_t most) : state_(std::make_shared<state>(most)) {}
side_threads::~side_threads() = default;

task<> side_threads::run(std::function<void()> work) {
  const auto shared = state_;
  const auto what = std::make_shared<job>();
  what->work = std::move(work);
  const boost::asio::any_io_executor here = co_await boost::asio::this_coro::executor;
  const monochord::detail::blocking_call counted(boost::asio::query(here, boost::asio::execution::context));
  what->gate = counted.gate;
  const error_code woken = co_await park([&](std::shared_ptr<parked> waiter) {
    what->waiter = std::move(waiter);
    shared->submit(shared, what);
  });
  if (woken) throw error(errc::cancelled, "cancelled while a call on another thread was under way");
  if (what->failure) std::rethrow_exception(std::exchange(what->failure, nullptr));
}

}  // namespace monochord::net
