// SPDX-License-Identifier: MIT
#include "net/parked.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <mutex>
#include <vector>

namespace monochord::net {

namespace asio = boost::asio;

/// Belongs to an execution context and knows what waits there, so that nothing outlives it.
class parked::registry final : public asio::execution_context::service {
 public:
  using key_type = registry;
  inline static asio::execution_context::id id;

  explicit registry(asio::execution_context& context) : service(context) {}
  ~registry() override { ++gone_; }

  /// `use_service` looks through all services of the context, by name: so each thread remembers what it found last.
  static registry& of(asio::execution_context& context) {
    struct memory {
      asio::execution_context* context = nullptr;
      registry* found = nullptr;
      std::uint64_t gone = 0;
    };
    thread_local memory last;
    const std::uint64_t gone = gone_.load();
    if (last.context != &context || last.gone != gone) last = {&context, &asio::use_service<registry>(context), gone};
    return *last.found;
  }

  void add(parked& one) {
    const std::lock_guard lock(mutex_);
    one.next_ = first_;
    if (first_) first_->previous_ = &one;
    first_ = &one;
    ++count_;
  }
  void remove(parked& one) {
    const std::lock_guard lock(mutex_);
    if (one.next_) one.next_->previous_ = one.previous_;
    if (one.previous_) one.previous_->next_ = one.next_;
    if (first_ == &one) first_ = one.next_;
    --count_;
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }

  void shutdown() override {
    std::vector<std::shared_ptr<parked>> all;
    {
      const std::lock_guard lock(mutex_);
      for (auto* one = first_; one != nullptr; one = one->next_) {
        if (auto held = one->weak_from_this().lock()) all.push_back(std::move(held));
      }
    }
    for (auto& one : all) one->drop();
  }

 private:
  inline static std::atomic<std::uint64_t> gone_{0};  // a context at the same place may be another one

  mutable std::mutex mutex_;
  parked* first_ = nullptr;
  std::size_t count_ = 0;
};

parked::parked(handler done, const asio::any_io_executor& fallback, bool runs_there)
    : handler_(std::move(done)),
      executor_(fallback),
      runs_there_(runs_there) {}

parked::~parked() {
  if (!done_.load(std::memory_order_acquire) && registry_) registry_->remove(*this);
}

std::shared_ptr<parked> parked::make(handler done, const asio::any_io_executor& fallback,
                                     std::function<void()> on_cancel, bool runs_there) {
  const auto slot = asio::get_associated_cancellation_slot(done);
  auto made = std::make_shared<parked>(std::move(done), fallback, runs_there);
  made->registry_ = &registry::of(asio::query(fallback, asio::execution::context));
  made->registry_->add(*made);
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
  if (done_.exchange(true, std::memory_order_acq_rel)) return false;
  registry_->remove(*this);
  const auto executor = *std::exchange(executor_, std::nullopt);
  // Queued in any case: whoever completes this may hold a lock, or be the coroutine itself.
  if (runs_there_) {
    executor.enqueue([done = std::move(handler_), error, bytes]() mutable { std::move(done)(error, bytes); });
  } else {
    auto own = asio::get_associated_executor(handler_, executor.erased());
    executor.enqueue([own = std::move(own), done = std::move(handler_), error, bytes]() mutable {
      own.execute([done = std::move(done), error, bytes]() mutable { std::move(done)(error, bytes); });
    });
  }
  return true;
}

void parked::drop() noexcept {
  if (done_.exchange(true, std::memory_order_acq_rel)) return;
  registry_->remove(*this);
  const auto dropped = std::move(handler_);  // destroys the coroutine that waits
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
