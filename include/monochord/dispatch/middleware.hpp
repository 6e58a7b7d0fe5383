// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <monochord/core/task.hpp>
#include <monochord/dispatch/handler.hpp>
#include <source_location>
#include <type_traits>
#include <utility>

namespace monochord {

/// A handler that is about to be called with an event, for middleware.
class handler_call {
 public:
  handler_call(const raw_event& sent, const event_ids& ids, const event_type* type, const void* event,
               const std::source_location& where) noexcept  // for client
      : sent_(sent), ids_(ids), type_(type), event_(event), where_(where) {}
  handler_call(const handler_call&) = delete;
  handler_call& operator=(const handler_call&) = delete;

  /// How the event was sent. Its `data` is there for raw handlers only.
  const raw_event& sent() const noexcept { return sent_; }
  /// Where it happened and who did it.
  const event_ids& ids() const noexcept { return ids_; }
  /// The event, if it is an `E`; null otherwise, and for raw handlers.
  template <class E>
  const E* event() const noexcept {
    return type_ == &event_type_of<E>() ? static_cast<const E*>(event_) : nullptr;
  }
  /// Where the handler was registered.
  const std::source_location& where() const noexcept { return where_; }

 private:
  const raw_event& sent_;
  const event_ids& ids_;
  const event_type* const type_;
  const void* const event_;
  const std::source_location& where_;
};

namespace detail {
class handler_chain;
}

/// What is inside: the next middleware, or the handler. Lives as long as the middleware that was given it runs.
class inner_handler {
 public:
  inner_handler(detail::handler_chain& chain, std::size_t next) noexcept : chain_(&chain), next_(next) {}  // for client
  /// Calls it; throws what it throws. Not to be called is to skip the handler.
  task<> operator()() const;

 private:
  detail::handler_chain* chain_;
  std::size_t next_;
};

namespace detail {

/// A user's middleware with its type erased.
class middleware {
 public:
  virtual ~middleware() = default;
  virtual task<> call(const handler_call& what, inner_handler inner) = 0;
};

template <class F>
concept is_middleware = std::is_same_v<std::invoke_result_t<F&, const handler_call&, inner_handler>, task<>>;

template <class F>
class typed_middleware final : public middleware {
 public:
  explicit typed_middleware(F f) : f_(std::move(f)) {}
  task<> call(const handler_call& what, inner_handler inner) override { return f_(what, inner); }

 private:
  F f_;
};

}  // namespace detail

}  // namespace monochord
