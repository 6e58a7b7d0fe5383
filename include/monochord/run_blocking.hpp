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

template <class F>
task<std::invoke_result_t<F&>> run_blocking(F work) {
  using value = std::invoke_result_t<F&>;
  if constexpr (std::is_void_v<value>) {
    const std::function<void()> call = std::ref(work);
    co_await run_on_blocking_pool(call);
  } else {
    std::optional<value> result;
    const std::function<void()> call = [&result, &work] { result.emplace(work()); };
    co_await run_on_blocking_pool(call);
    co_return std::move(*result);
  }
}

/// g++ 12 and 13 destroy a temporary lambda in a co_await expression twice; that harms only what owns something.
template <class F>
inline constexpr bool survives_co_await =
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 14
    std::is_lvalue_reference_v<F> || std::is_trivially_destructible_v<F>;
#else
    true;
#endif

}  // namespace detail

/// Runs `work()` on a small bounded pool of threads of its own and resumes the caller with its value, so that a handler
/// may read a file or ask a database without holding up others: `auto text = co_await mc::run_blocking([&] { ... });`
/// At most 8 such calls run at a time, later ones wait in order. What `work` throws is thrown here. Once started, it is
/// always waited for: cancellation takes effect when it has returned, so captured references stay safe.
/// Capture by reference, or name the lambda and pass its name: see the assertion.
template <class F>
auto run_blocking(F&& work) {
  static_assert(detail::survives_co_await<F>,
                "g++ before 14 destroys a temporary lambda in a co_await expression twice: capture by reference, or give "
                "the lambda a name first (auto work = [text] { ... }; co_await mc::run_blocking(work);)");
  return detail::run_blocking<std::decay_t<F>>(std::forward<F>(work));
}

}  // namespace monochord
