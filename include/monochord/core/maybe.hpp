// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>
#include <utility>

#include <monochord/core/optional.hpp>

namespace monochord {

/// JSON's null, for fields of type `maybe<T>`: `{.topic = null}` clears the topic.
struct null_t {
  explicit constexpr null_t(int) noexcept {}
  friend constexpr bool operator==(null_t, null_t) noexcept { return true; }
};
inline constexpr null_t null{0};

/// A field of one of three states: absent (the default), null, or a value. In a PATCH body absent means "leave it",
/// null means "clear it". Trivially destructible when `T` is trivially copyable.
/// https://docs.discord.com/developers/reference#nullable-and-optional-resource-fields
template <class T>
class maybe {
 public:
  constexpr maybe() noexcept = default;
  constexpr maybe(null_t) noexcept : null_(true) {}
  constexpr maybe(std::nullopt_t) = delete;  // say `null`, or leave the field out
  template <class U = T>
    requires(!std::is_same_v<std::remove_cvref_t<U>, maybe> && !std::is_same_v<std::remove_cvref_t<U>, null_t> && becomes<U, T>)
  constexpr maybe(U&& value) : value_(std::forward<U>(value)) {}

  constexpr bool is_absent() const noexcept { return !value_ && !null_; }
  constexpr bool is_null() const noexcept { return null_; }
  constexpr bool has_value() const noexcept { return value_.has_value(); }
  constexpr explicit operator bool() const noexcept { return has_value(); }

  /// The value; throws std::bad_optional_access when there is none.
  constexpr T& value() & { return value_.value(); }
  constexpr const T& value() const& { return value_.value(); }
  constexpr T&& value() && { return std::move(value_).value(); }
  /// The value; undefined when there is none.
  constexpr T& operator*() noexcept { return *value_; }
  constexpr const T& operator*() const noexcept { return *value_; }
  constexpr T* operator->() noexcept { return &*value_; }
  constexpr const T* operator->() const noexcept { return &*value_; }
  template <class U>
  constexpr T value_or(U&& other) const {
    return value_ ? *value_ : static_cast<T>(std::forward<U>(other));
  }

  template <class... A>
  constexpr T& emplace(A&&... args) {
    null_ = false;
    return value_.emplace(std::forward<A>(args)...);
  }
  /// Back to absent.
  constexpr void reset() noexcept {
    value_.reset();
    null_ = false;
  }

  friend constexpr bool operator==(const maybe&, const maybe&) = default;

 private:
  optional<T> value_;
  bool null_ = false;
};

}  // namespace monochord
