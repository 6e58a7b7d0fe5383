// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <utility>

namespace monochord {

/// A value on the heap that copies like a value: for objects that contain their own kind (the message that a message
/// replies to), and for rare large fields. Empty by default; a moved-from box is empty.
template <class T>
class box {
 public:
  box() noexcept = default;
  box(const T& value) : value_(std::make_unique<T>(value)) {}
  box(T&& value) : value_(std::make_unique<T>(std::move(value))) {}
  box(const box& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  box(box&&) noexcept = default;
  box& operator=(const box& other) {
    if (this != &other) value_ = other.value_ ? std::make_unique<T>(*other.value_) : nullptr;
    return *this;
  }
  box& operator=(box&&) noexcept = default;
  ~box() = default;

  bool has_value() const noexcept { return value_ != nullptr; }
  explicit operator bool() const noexcept { return has_value(); }
  T& operator*() noexcept { return *value_; }
  const T& operator*() const noexcept { return *value_; }
  T* operator->() noexcept { return value_.get(); }
  const T* operator->() const noexcept { return value_.get(); }
  T& emplace() {
    value_ = std::make_unique<T>();
    return *value_;
  }
  void reset() noexcept { value_.reset(); }

  friend bool operator==(const box& a, const box& b) {
    return a.value_ && b.value_ ? *a.value_ == *b.value_ : !a.value_ && !b.value_;
  }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace monochord
