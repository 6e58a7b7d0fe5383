// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

namespace monochord {

/// A value on the heap that copies like a value: for objects that contain their own kind (the message that a message
/// replies to), and for rare large fields. Empty by default; a moved-from box is empty.
template <class T>
class box {
 public:
  box() noexcept = default;
  box(const T& value) : value_(new T(value)) {}
  box(T&& value) : value_(new T(std::move(value))) {}
  box(const box& other) : value_(other.value_ ? new T(*other.value_) : nullptr) {}
  box(box&& other) noexcept : value_(other.release()) {}
  box& operator=(box other) noexcept {
    T* const old = value_;
    value_ = other.value_;
    other.value_ = old;
    return *this;
  }
  ~box() { delete value_; }

  bool has_value() const noexcept { return value_ != nullptr; }
  explicit operator bool() const noexcept { return has_value(); }
  T& operator*() noexcept { return *value_; }
  const T& operator*() const noexcept { return *value_; }
  T* operator->() noexcept { return value_; }
  const T* operator->() const noexcept { return value_; }
  /// A fresh `T`, instead of the old one.
  T& emplace() {
    T* const fresh = new T();
    delete value_;
    value_ = fresh;
    return *value_;
  }
  void reset() noexcept { delete release(); }

  friend bool operator==(const box& a, const box& b) {
    return a.value_ && b.value_ ? *a.value_ == *b.value_ : !a.value_ && !b.value_;
  }

 private:
  T* release() noexcept {
    T* const held = value_;
    value_ = nullptr;
    return held;
  }
  T* value_ = nullptr;  // not a unique_ptr, whose tuple costs every user 15 ms of compile time a field
};

}  // namespace monochord
