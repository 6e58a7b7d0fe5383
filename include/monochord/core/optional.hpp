// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace monochord {

// What std::is_convertible and std::is_trivially_copyable say, without the dozen classes that each costs a compiler: models
// have hundreds of optional fields, and every bot compiles them.

/// Whether a `From` becomes a `To` without a cast.
template <class From, class To>
concept becomes = requires(void (&take)(To), From&& from) { take(static_cast<From&&>(from)); };

/// Whether a `T` is copied as bytes, and has nothing to do when it ends.
template <class T>
concept copied_as_bytes = __is_trivially_copyable(T);

/// A field that may be absent: what std::optional is, with the part of its interface that models need. It exists because
/// a model has dozens of such fields and std::optional costs ten times the compile time of this one. Trivially
/// copyable and destructible when `T` is trivially copyable.
template <class T>
class optional {
 public:
  using value_type = T;

  constexpr optional() noexcept : nothing_() {}
  constexpr optional(std::nullopt_t) noexcept : nothing_() {}
  constexpr optional(const T& value) : value_(value), has_(true) {}
  constexpr optional(T&& value) : value_(std::move(value)), has_(true) {}
  template <class U>
    requires(!std::is_same_v<U, T> && !std::is_same_v<U, optional> && becomes<const U&, T>)
  constexpr optional(const U& value) : value_(value), has_(true) {}

  constexpr optional(const optional&) requires copied_as_bytes<T> = default;
  constexpr optional(const optional& other) : nothing_() {
    if (other.has_) emplace(other.value_);
  }
  constexpr optional(optional&&) requires copied_as_bytes<T> = default;
  constexpr optional(optional&& other) noexcept : nothing_() {
    if (other.has_) emplace(std::move(other.value_));
  }
  constexpr optional& operator=(const optional&) requires copied_as_bytes<T> = default;
  constexpr optional& operator=(const optional& other) {
    if (this == &other) return *this;
    if (!other.has_) reset();
    else if (has_) value_ = other.value_;
    else emplace(other.value_);
    return *this;
  }
  constexpr optional& operator=(optional&&) requires copied_as_bytes<T> = default;
  constexpr optional& operator=(optional&& other) noexcept {
    if (this == &other) return *this;
    if (!other.has_) reset();
    else if (has_) value_ = std::move(other.value_);
    else emplace(std::move(other.value_));
    return *this;
  }
  constexpr ~optional() requires copied_as_bytes<T> = default;
  constexpr ~optional() {
    if (has_) value_.~T();
  }

  constexpr bool has_value() const noexcept { return has_; }
  constexpr explicit operator bool() const noexcept { return has_; }
  /// The value; throws std::bad_optional_access when there is none.
  constexpr T& value() & { return check(), value_; }
  constexpr const T& value() const& { return check(), value_; }
  constexpr T&& value() && { return check(), std::move(value_); }
  /// The value; undefined when there is none.
  constexpr T& operator*() & noexcept { return value_; }
  constexpr const T& operator*() const& noexcept { return value_; }
  constexpr T&& operator*() && noexcept { return std::move(value_); }
  constexpr T* operator->() noexcept { return &value_; }
  constexpr const T* operator->() const noexcept { return &value_; }
  template <class U>
  constexpr T value_or(U&& other) const {
    return has_ ? value_ : static_cast<T>(std::forward<U>(other));
  }

  template <class... A>
  constexpr T& emplace(A&&... args) {
    reset();
    std::construct_at(std::addressof(value_), std::forward<A>(args)...);
    has_ = true;
    return value_;
  }
  constexpr void reset() noexcept {
    if (has_) value_.~T();
    has_ = false;
  }

  friend constexpr bool operator==(const optional& a, const optional& b) {
    return a.has_ == b.has_ && (!a.has_ || a.value_ == b.value_);
  }
  friend constexpr bool operator==(const optional& a, const T& b) { return a.has_ && a.value_ == b; }
  friend constexpr bool operator==(const optional& a, std::nullopt_t) noexcept { return !a.has_; }

 private:
  constexpr void check() const {
    if (!has_) throw std::bad_optional_access();
  }

  union {
    char nothing_;
    T value_;
  };
  bool has_ = false;
};

}  // namespace monochord
