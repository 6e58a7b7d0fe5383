// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <monochord/core/error.hpp>
#include <monochord/core/task.hpp>

namespace monochord {

/// A value, or the error that stood in its way: what `as_result` gives. `result<void>` has no value to take.
template <class T>
class result {
  struct nothing {};
  using stored = std::conditional_t<std::is_void_v<T>, nothing, T>;

 public:
  result() requires std::is_void_v<T> : value_(nothing{}) {}
  result(stored value) requires(!std::is_void_v<T>) : value_(std::move(value)) {}
  explicit result(std::exception_ptr error) : error_(std::move(error)) {}

  bool has_value() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }

  /// The value; throws the error itself when there is none.
  stored& value() & requires(!std::is_void_v<T>) { return check(), *value_; }
  const stored& value() const& requires(!std::is_void_v<T>) { return check(), *value_; }
  stored&& value() && requires(!std::is_void_v<T>) { return check(), std::move(*value_); }
  void value() const& requires std::is_void_v<T> { check(); }
  stored& operator*() noexcept requires(!std::is_void_v<T>) { return *value_; }
  const stored& operator*() const noexcept requires(!std::is_void_v<T>) { return *value_; }
  stored* operator->() noexcept requires(!std::is_void_v<T>) { return &*value_; }
  const stored* operator->() const noexcept requires(!std::is_void_v<T>) { return &*value_; }

  /// The error; null when there is a value.
  std::exception_ptr error() const noexcept { return error_; }

  /// The error as a `E`, null when it is of another kind or there is none. Lives as long as this result.
  template <class E = rest_error>
  const E* error_as() const noexcept {
    if (!error_) return nullptr;
    try {
      std::rethrow_exception(error_);
    } catch (const E& e) {
      return &e;  // error_ keeps it alive
    } catch (...) {
      return nullptr;  // another kind: the caller asks again, or takes error()
    }
  }

  /// The error's text, empty when there is a value.
  std::string error_text() const {
    if (!error_) return {};
    try {
      std::rethrow_exception(error_);
    } catch (const std::exception& e) {
      return e.what();
    } catch (...) {
      return "an exception that is not a std::exception";
    }
  }

 private:
  void check() const {
    if (error_) std::rethrow_exception(error_);
  }

  std::optional<stored> value_;
  std::exception_ptr error_;
};

/// Awaits `call` and gives its value or its exception as a value:
/// `auto sent = co_await mc::as_result(bot.rest().create_message(id, {.content = "hi"}));`
template <class T>
task<result<T>> as_result(task<T> call) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(call);
      co_return result<T>();
    } else {
      co_return result<T>(co_await std::move(call));
    }
  } catch (...) {
    co_return result<T>(std::current_exception());
  }
}

}  // namespace monochord
