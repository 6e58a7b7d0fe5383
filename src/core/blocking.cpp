// SPDX-License-Identifier: MIT
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

#include "core/blocking.hpp"
#include <monochord/run_blocking.hpp>

namespace monochord {

namespace asio = boost::asio;

namespace {

constexpr std::size_t blocking_threads = 8;

/// Belongs to an execution context: made by the first call, joined when the context is destroyed, before any
/// coroutine frame that a running call refers to.
class blocking_pool final : public asio::execution_context::service {
 public:
  using key_type = blocking_pool;
  inline static asio::execution_context::id id;

  explicit blocking_pool(asio::execution_context& context) : service(context) {}
  void shutdown() override { pool_.join(); }

  template <class Work>
  void submit(Work work) {
    asio::post(pool_, std::move(work));
  }

 private:
  asio::thread_pool pool_{blocking_threads};
};

/// Belongs to an execution context and closes its gate before any of its services is gone.
class gate_keeper final : public asio::execution_context::service {
 public:
  using key_type = gate_keeper;
  inline static asio::execution_context::id id;

  explicit gate_keeper(asio::execution_context& context) : service(context) {}
  void shutdown() override {
    const std::lock_guard lock(gate->mutex);
    gate->open = false;
  }
  const std::shared_ptr<detail::blocking_gate> gate = std::make_shared<detail::blocking_gate>();
};

}  // namespace

namespace detail {

blocking_call::blocking_call(asio::execution_context& context) : gate(asio::use_service<gate_keeper>(context).gate) {
  gate->pending.fetch_add(1);
}

task<> run_on_blocking_pool(std::function<void()> work) {
  const auto executor = co_await asio::this_coro::executor;
  asio::execution_context& context = asio::query(executor, asio::execution::context);
  auto& pool = asio::use_service<blocking_pool>(context);
  const blocking_call counted(context);
  // Named, not a temporary: g++ 12 destroys a lambda that owns something twice in a co_await expression.
  auto start = [&pool, &work, executor](auto handler) {
    pool.submit([&work, guard = asio::make_work_guard(executor), handler = std::move(handler)]() mutable {
      std::exception_ptr error;
      try {
        work();
      } catch (...) {
        error = std::current_exception();  // rethrown in the awaiting coroutine
      }
      const auto target = guard.get_executor();
      asio::post(target, [handler = std::move(handler), error = std::move(error)]() mutable {
        std::move(handler)(std::move(error));
      });
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(start, asio::use_awaitable);
}

std::size_t blocking_calls_pending(asio::execution_context& context) {
  return asio::has_service<gate_keeper>(context) ? asio::use_service<gate_keeper>(context).gate->pending.load() : 0;
}

}  // namespace detail
}  // namespace monochord
