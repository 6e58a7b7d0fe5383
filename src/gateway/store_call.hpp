// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include <monochord/core/clock.hpp>
#include <monochord/core/error.hpp>
#include <monochord/core/task.hpp>
#include "net/deadline.hpp"

namespace monochord::gateway {

/// What a call of the user's session store gets; no bot stands still for longer because of it.
inline constexpr duration store_limit = std::chrono::seconds{10};

/// A call of the user's session store; cancels it and throws `error` with `errc::timeout` when it takes too long.
inline task<> within_limit(clock& time, task<> call) {
  const bool in_time = co_await net::run_before(time, time.now() + store_limit, std::move(call));
  if (!in_time) throw error(errc::timeout, "the session store does not answer");
}

template <class T>
task<T> within_limit(clock& time, task<T> call) {
  const auto take = [](task<T> from, std::optional<T>& into) -> task<> { into.emplace(co_await std::move(from)); };
  std::optional<T> out;
  co_await within_limit(time, take(std::move(call), out));
  co_return std::move(*out);
}

}  // namespace monochord::gateway
