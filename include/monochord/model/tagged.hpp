// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <monochord/model/raw_json.hpp>

namespace monochord {

namespace detail {
struct boxed_ops {
  void* (*clone)(const void*);
  void (*destroy)(void*) noexcept;
};
/// Exists for every alternative of a `tagged` (defined where it is encoded), so that including one costs nothing.
template <class T>
const boxed_ops& boxed_ops_of() noexcept;
struct tagged_access;
}  // namespace detail

/// An object of one of several shapes, told apart by a number that Discord sends with it. The alternatives are structs
/// with `using family = Family`; one that this library does not know keeps its JSON text and writes it back. Copies
/// copy the value. Empty by default and when moved from.
template <class Family>
class tagged {
 public:
  using type_enum = typename Family::type_enum;

  tagged() noexcept = default;
  template <class T>
    requires std::same_as<typename T::family, Family>
  tagged(T value) : type_(T::kind), ops_(&detail::boxed_ops_of<T>()), value_(new T(std::move(value))) {}
  tagged(const tagged& other)
      : type_(other.type_), ops_(other.ops_), value_(other.value_ ? other.ops_->clone(other.value_) : nullptr) {}
  tagged(tagged&& other) noexcept : type_(other.type_), ops_(other.ops_), value_(std::exchange(other.value_, nullptr)) {}
  tagged& operator=(tagged other) noexcept {
    std::swap(type_, other.type_);
    std::swap(ops_, other.ops_);
    std::swap(value_, other.value_);
    return *this;
  }
  ~tagged() {
    if (value_) ops_->destroy(value_);
  }

  bool empty() const noexcept { return value_ == nullptr; }
  type_enum type() const noexcept { return type_; }
  template <class T>
  bool is() const noexcept {
    return value_ && ops_ == &detail::boxed_ops_of<T>();
  }
  /// The value when it has the shape `T`, otherwise null.
  template <class T>
  const T* get_if() const noexcept {
    return is<T>() ? static_cast<const T*>(value_) : nullptr;
  }
  template <class T>
  T* get_if() noexcept {
    return is<T>() ? static_cast<T*>(value_) : nullptr;
  }
  /// The whole object as text when its kind is unknown, otherwise null.
  const raw_json* unknown() const noexcept { return is<raw_json>() ? static_cast<const raw_json*>(value_) : nullptr; }

 private:
  friend detail::tagged_access;
  type_enum type_{};
  const detail::boxed_ops* ops_ = nullptr;
  void* value_ = nullptr;
};

}  // namespace monochord
