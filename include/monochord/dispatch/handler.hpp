// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <source_location>
#include <string_view>
#include <type_traits>
#include <utility>

#include <monochord/core/claim.hpp>
#include <monochord/core/task.hpp>
#include <monochord/dispatch/event_type.hpp>
#include <monochord/dispatch/filter.hpp>

namespace monochord {

/// An event as Discord sent it. The views live as long as the handler that was given it runs.
struct raw_event {
  int shard_id = 0;
  std::uint64_t sequence = 0;
  std::string_view name;  ///< `t`, like "MESSAGE_CREATE"
  std::string_view data;  ///< `d`, JSON text; empty where an event's struct stands beside it

  /// The event is dealt with, whatever its handlers still do: a process that ends now, and its follower that resumes, will not
  /// be given it again. Without this call that is so when all of its handlers have ended. Only notes it: nothing is logged or called
  /// meanwhile, whatever locks the caller holds. Thread-safe.
  void acknowledge() const noexcept {
    if (claim) claim->acknowledge();
  }
  detail::claim* claim = nullptr;  ///< for `acknowledge`
};

namespace detail {

/// A user's handler with its type erased: one virtual call, no std::variant of events.
class handler {
 public:
  virtual ~handler() = default;
  /// `event` is an `E` or a raw_event; it, `sent` and this object live until the task ends.
  virtual task<> call(const void* event, const raw_event& sent) = 0;
  /// Whether it is a plain function: then `run` calls it without a coroutine around it.
  virtual bool is_plain() const noexcept { return false; }
  virtual void run(const void*, const raw_event&) {}
};

/// Takes the event alone, or also how it was sent.
template <class F, class E>
concept event_handler = std::is_invocable_v<F&, const E&> || std::is_invocable_v<F&, const E&, const raw_event&>;

template <class E, class F>
class typed_handler final : public handler {
  static decltype(auto) invoke(F& f, const E& event, const raw_event& sent) {
    if constexpr (std::is_invocable_v<F&, const E&>) return f(event);
    else return f(event, sent);
  }
  using result = decltype(invoke(std::declval<F&>(), std::declval<const E&>(), std::declval<const raw_event&>()));
  static_assert(std::is_same_v<result, task<>> || std::is_void_v<result>,
                "a handler returns task<> (a coroutine) or void: another awaitable would never be run");

 public:
  explicit typed_handler(F f) : f_(std::move(f)) {}
  task<> call(const void* event, const raw_event& sent) override {
    if constexpr (std::is_void_v<result>) return call_plain(event, sent);
    else return invoke(f_, *static_cast<const E*>(event), sent);
  }
  bool is_plain() const noexcept override { return std::is_void_v<result>; }
  void run(const void* event, const raw_event& sent) override {
    if constexpr (std::is_void_v<result>) invoke(f_, *static_cast<const E*>(event), sent);
  }

 private:
  task<> call_plain(const void* event, const raw_event& sent) {
    invoke(f_, *static_cast<const E*>(event), sent);
    co_return;
  }
  F f_;
};

/// How a handler was registered.
struct registration {
  condition when;     ///< which events it is for
  bool once = false;  ///< the first of them only
  std::source_location where;
};

}  // namespace detail

/// Names a handler, so that `client::off` can take it away again. Handlers stay when this is dropped.
struct handler_id {
  std::uint64_t id = 0;
};

}  // namespace monochord
