// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <type_traits>

namespace monochord {

/// A view of a row of values for request bodies: made from a std::vector, std::array, std::span or, for values that own
/// nothing, a braced list (g++ 12 does not compile a nested braced list inside a `co_await` expression: name it before). It does not own them: they must live until the call has returned its task, which a
/// temporary in the same expression does. Trivially destructible.
template <class T>
class list {
 public:
  using value_type = T;

  constexpr list() noexcept = default;
  constexpr list(const T* first, std::size_t count) noexcept : first_(first), count_(count) {}
  /// The braced list lives to the end of the full expression.
  constexpr list(std::initializer_list<T> values) noexcept {
    first_ = values.begin();
    count_ = values.size();
    static_assert(std::is_trivially_destructible_v<T>, "values that own something stand in a vector or array of their own");
  }
  template <class Range>
    requires(!std::is_same_v<Range, list> && !std::is_same_v<Range, std::initializer_list<T>> &&
             requires(const Range& r) {
               { std::data(r) } -> std::convertible_to<const T*>;
               { std::size(r) } -> std::convertible_to<std::size_t>;
             })
  constexpr list(const Range& values) noexcept : first_(std::data(values)), count_(std::size(values)) {}

  constexpr const T* data() const noexcept { return first_; }
  constexpr std::size_t size() const noexcept { return count_; }
  constexpr bool empty() const noexcept { return count_ == 0; }
  constexpr const T* begin() const noexcept { return first_; }
  constexpr const T* end() const noexcept { return first_ + count_; }
  constexpr const T& operator[](std::size_t i) const noexcept { return first_[i]; }

 private:
  const T* first_ = nullptr;
  std::size_t count_ = 0;
};

/// A list that a query string holds as one value, its items separated by commas.
template <class T>
class comma_list : public list<T> {
 public:
  using list<T>::list;
};

}  // namespace monochord
