// SPDX-License-Identifier: MIT
#include "net/parked.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <mutex>
#include <vector>

#include "net/worker_threads.hpp"

namespace monochord::net {

namespace asio = boost::asio;

/// Who waits in an execution context. The mutex also guards each of them: whoever completes one does it before the context has
/// begun to be destroyed, or not at all.
struct parked::waiters {
  std::mutex mutex;
  bool open = true;
  parked* first = nullptr;
  std::size_t count = 0;

  void add(parked& one) noexcept {
    one.next_ = first;
    if (first) first->previous_ = &one;
    first = &one;
    ++count;
  }
  void remove(parked& one) noexcept {
    if (one.next_) one.next_->previous_ = one.previous_;
    if (one.previous_) one.previous_->next_ = one.next_;
    if (first == &one) first = one.next_;
    --count;
  }
};

/// Belongs to an execution context, so that nothing that waits outlives it.
class parked::registry final : public asio::execution_context::service {
 public:
  using key_type = registry;
  inline static asio::execution_context::id id;

  explicit registry(asio::execution_context& context) : service(context) {}
  ~registry() override { ++gone_; }

  /// `use_service` looks through all services of the context, by name: so each thread remembers what it found last.
  static const std::shared_ptr<waiters>& of(const asio::any_io_executor& executor) {
    struct memory {
      asio::execution_context* context = nullptr;
      registry* found = nullptr;
      std::uint64_t gone = 0;
    };
    thread_local memory last;
    asio::execution_context& context = asio::query(executor, asio::execution::context);
    const std::uint64_t gone = gone_.load();
    if (last.context != &context || last.gone != gone) [[unlikely]] {
      // Services end in the reverse order of their making: strands must still take what is completed until this one has ended.
      static_cast<void>(asio::strand<asio::any_io_executor>(executor));
      last = {&context, &asio::use_service<registry>(context), gone};
    }
    return last.found->all_;
  }

  std::size_t count() const {
    const std::lock_guard lock(all_->mutex);
    return all_->count;
  }

  void shutdown() override {
    std::vector<handler> dropped;  // the coroutines that wait are destroyed with them, once the mutex is free
    std::vector<std::optional<lasting_executor>> executors;
    const std::unique_lock lock(all_->mutex);
    all_->open = false;
    dropped.reserve(all_->count);
    executors.reserve(all_->count);
    while (parked* const one = all_->first) {
      all_->remove(*one);
      dropped.push_back(std::move(one->handler_));
      executors.push_back(std::exchange(one->executor_, std::nullopt));
      one->done_ = true;  // last: it may go now
    }
  }

 private:
  inline static std::atomic<std::uint64_t> gone_{0};  // a context at the same place may be another one

  const std::shared_ptr<waiters> all_ = std::make_shared<waiters>();
};

parked::parked(handler done, const asio::any_io_executor& fallback, bool runs_there, bool soon)
    : handler_(std::move(done)), executor_(std::in_place, fallback, soon), runs_there_(runs_there), among_(registry::of(fallback)) {}

parked::~parked() {
  if (done()) return;  // nobody has it in a list
  const std::lock_guard lock(among_->mutex);
  if (!done_) among_->remove(*this);
}

std::shared_ptr<parked> parked::make(handler done, const asio::any_io_executor& fallback,
                                     std::function<void()> on_cancel, bool runs_there, bool soon) {
  const auto slot = asio::get_associated_cancellation_slot(done);
  auto made = std::make_shared<parked>(std::move(done), fallback, runs_there, soon);
  handler late;  // what waits where everything ends is dropped like the rest, once the mutex is free
  {
    const std::lock_guard lock(made->among_->mutex);
    if (made->among_->open) [[likely]] {
      made->among_->add(*made);
    } else {
      made->done_ = true;
      late = std::move(made->handler_);
      made->executor_.reset();
    }
  }
  if (slot.is_connected()) {
    asio::cancellation_slot(slot).assign(
        [weak = std::weak_ptr(made), on_cancel = std::move(on_cancel)](asio::cancellation_type) {
          const auto self = weak.lock();
          if (self && self->complete(asio::error::operation_aborted) && on_cancel) on_cancel();
        });
  }
  return made;
}

bool parked::complete(error_code error, std::size_t bytes) {
  const std::lock_guard lock(among_->mutex);
  if (done_) return false;
  among_->remove(*this);
  done_ = true;
  // Queued in any case: whoever completes this may hold a lock, or be the coroutine itself.
  if (runs_there_) {
    self_ = shared_from_this();
    error_ = error;
    bytes_ = bytes;
    if (executor_->enqueue(static_cast<queued_function&>(*this))) return true;
    self_.reset();
  }
  const auto executor = *std::exchange(executor_, std::nullopt);
  if (runs_there_) {
    executor.enqueue([done = std::move(handler_), error, bytes]() mutable {
      const worker_threads::working now;
      std::move(done)(error, bytes);
    });
  } else {
    auto own = asio::get_associated_executor(handler_, executor.erased());
    executor.enqueue([own = std::move(own), done = std::move(handler_), error, bytes]() mutable {
      own.execute([done = std::move(done), error, bytes]() mutable {
        const worker_threads::working now;
        std::move(done)(error, bytes);
      });
    });
  }
  return true;
}

void parked::call() {
  const auto self = std::move(self_);
  const auto kept = std::exchange(executor_, std::nullopt);
  const worker_threads::working now;
  std::move(handler_)(error_, bytes_);
}

void parked::drop() noexcept {
  const auto self = std::move(self_);
  const handler gone = std::move(handler_);
  executor_.reset();
}

std::size_t parked::count(asio::execution_context& context) {
  return asio::has_service<registry>(context) ? asio::use_service<registry>(context).count() : 0;
}

task<error_code> park(std::function<void(std::shared_ptr<parked>)> start, std::function<void()> on_cancel) {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  const auto token = asio::as_tuple(asio::use_awaitable);
  const auto [error, bytes] = co_await asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
      [&](auto done) {
        // Not from the coroutine's frame: without a strand another thread may end the coroutine while this still runs.
        const auto begin = std::move(start);
        begin(parked::make(parked::handler(std::move(done)), here, std::move(on_cancel), true));
      },
      token);
  static_cast<void>(bytes);
  co_return error;
}

}  // namespace monochord::net
