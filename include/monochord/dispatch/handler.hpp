// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include <monochord/core/task.hpp>
#include <monochord/dispatch/event_type.hpp>

namespace monochord {

/// An event as Discord sent it. The views live as long as the handler that was given it runs.
struct raw_event {
  int shard_id = 0;
  std::uint64_t sequence = 0;
  std::string_view name;  ///< `t`, like "MESSAGE_CREATE"
  std::string_view data;  ///< `d`, JSON text
};

namespace detail {

/// A user's handler with its type erased: one virtual call, no std::variant of events.
class handler {
 public:
  virtual ~handler() = default;
  /// `event` is an `E` or a raw_event; it and this object live until the task ends.
  virtual task<> call(const void* event) = 0;
};

template <class F, class E>
inline constexpr bool is_coroutine_handler = std::is_same_v<std::invoke_result_t<F&, const E&>, task<>>;
template <class F, class E>
inline constexpr bool is_plain_handler = std::is_void_v<std::invoke_result_t<F&, const E&>>;

template <class E, class F>
class typed_handler final : public handler {
  static_assert(is_coroutine_handler<F, E> || is_plain_handler<F, E>,
                "a handler returns task<> (a coroutine) or void: another awaitable would never be run");

 public:
  explicit typed_handler(F f) : f_(std::move(f)) {}
  task<> call(const void* event) override {
    if constexpr (is_coroutine_handler<F, E>) return f_(*static_cast<const E*>(event));
    else return call_plain(event);
  }

 private:
  task<> call_plain(const void* event) {
    f_(*static_cast<const E*>(event));
    co_return;
  }
  F f_;
};

}  // namespace detail

/// Names a handler, so that `client::off` can take it away again. Handlers stay when this is dropped.
struct handler_id {
  std::uint64_t id = 0;
};

}  // namespace monochord
