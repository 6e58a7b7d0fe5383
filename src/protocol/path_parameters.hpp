// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <monochord/core/error.hpp>
#include <ranges>
#include <span>
#include <string>
#include <string_view>

namespace monochord::protocol {

/// The values of a path's parameters, in the order of its template, not yet encoded. All of them stand in one text,
/// which needs no memory of its own while it is short, as that of ids is. No route has as many parameters as there is
/// room for: more are refused with `errc::invalid_argument`.
class path_parameters {
 public:
  static constexpr std::size_t most = 8;

  path_parameters() = default;
  path_parameters(std::initializer_list<std::string_view> texts) {
    for (const auto text : texts) add(text);
  }
  template <std::ranges::input_range Texts>
    requires(std::convertible_to<std::ranges::range_reference_t<Texts>, std::string_view>)
  explicit path_parameters(const Texts& texts) {
    for (const auto& text : texts) add(text);
  }

  void add(std::string_view text) {
    append(text);
    only_numbers_ = false;
  }
  template <std::integral T>
  void add_number(T number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    append({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }

  bool empty() const noexcept { return count_ == 0; }
  std::size_t size() const noexcept { return count_; }
  /// Which stand in a path as they are.
  bool only_numbers() const noexcept { return only_numbers_; }
  std::string_view operator[](std::size_t at) const noexcept {
    const std::size_t from = at == 0 ? 0 : ends_[at - 1];
    return {(far_.empty() ? near_.data() : far_.data()) + from, ends_[at] - from};
  }
  std::string_view front() const noexcept { return (*this)[0]; }

 private:
  std::size_t size_of_all() const noexcept { return count_ == 0 ? 0 : ends_[count_ - 1]; }
  void append(std::string_view text) {
    if (count_ == most) throw error(errc::invalid_argument, "a path has too many parameters");
    const std::size_t before = size_of_all();
    if (text.size() > UINT32_MAX - before) throw error(errc::invalid_argument, "a parameter of a path has gigabytes");
    if (far_.empty() && before + text.size() <= near_.size()) [[likely]] {
      if (!text.empty()) std::memcpy(near_.data() + before, text.data(), text.size());
    } else {
      if (far_.empty()) far_.assign(near_.data(), before);
      far_ += text;
    }
    ends_[count_++] = static_cast<std::uint32_t>(before + text.size());
  }

  std::string far_;  // all of them, once they are too long
  std::array<std::uint32_t, most> ends_{};
  std::uint32_t count_ = 0;
  bool only_numbers_ = true;
  std::array<char, 59> near_;
};

/// The same as functions of routes take them. They are made in one place for all who call those.
class parameter_views {
 public:
  [[gnu::noinline]] explicit parameter_views(const path_parameters& of) noexcept : count_(of.size()) {
    for (std::size_t i = 0; i < count_; ++i) all_[i] = of[i];
  }
  operator std::span<const std::string_view>() const noexcept { return {all_.data(), count_}; }

 private:
  std::array<std::string_view, path_parameters::most> all_;
  std::size_t count_;
};

}  // namespace monochord::protocol
