// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include <monochord/core/task.hpp>

namespace monochord {

namespace detail {
/// Runs `work` on the blocking pool of the caller's execution context; rethrows what it throws.
task<> run_on_blocking_pool(std::function<void()> work);
}  // namespace detail

/// Runs `work()` on a small bounded pool of threads of its own and resumes the caller with its value, so that a handler
/// may read a file or ask a database without holding up others: `auto text = co_await mc::run_blocking([&] { ... });`
/// At most 8 such calls run at a time, later ones wait in order. What `work` throws is thrown here. Once started, it is
/// always waited for: cancellation takes effect when it has returned, so captured references stay safe.
template <class F>
task<std::invoke_result_t<F&>> run_blocking(F work) {
  using value = std::invoke_result_t<F&>;
  if constexpr (std::is_void_v<value>) {
    co_await detail::run_on_blocking_pool(std::ref(work));
  } else {
    std::optional<value> result;
    const std::function<void()> store = [&] { result.emplace(work()); };
    co_await detail::run_on_blocking_pool(store);
    co_return std::move(*result);
  }
}

}  // namespace monochord
