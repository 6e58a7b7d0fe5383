// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

namespace monochord {

/// Marks an `enum class` of single bits as combinable: `template <> inline constexpr bool is_flags<intent> = true;`
template <class E>
inline constexpr bool is_flags = false;

/// Marks flags of 64 bits that are a number on the wire; others are decimal text there, like permissions.
template <class E>
inline constexpr bool is_number_flags = false;

/// A set of bits of `E`. Bits that `E` does not name are kept, so what Discord adds survives a round trip.
template <class E>
class flags {
 public:
  using underlying = std::underlying_type_t<E>;

  constexpr flags() noexcept = default;
  constexpr flags(E bit) noexcept : bits_(static_cast<underlying>(bit)) {}
  constexpr explicit flags(underlying bits) noexcept : bits_(bits) {}

  constexpr underlying bits() const noexcept { return bits_; }
  constexpr bool empty() const noexcept { return bits_ == 0; }
  /// True when every bit of `other` is set.
  constexpr bool has(flags other) const noexcept { return (bits_ & other.bits_) == other.bits_; }
  /// True when at least one bit of `other` is set.
  constexpr bool any_of(flags other) const noexcept { return (bits_ & other.bits_) != 0; }

  constexpr flags& operator|=(flags other) noexcept { return *this = *this | other; }
  constexpr flags& operator&=(flags other) noexcept { return *this = *this & other; }
  constexpr flags operator~() const noexcept { return flags(static_cast<underlying>(~bits_)); }
  friend constexpr flags operator|(flags a, flags b) noexcept { return flags(static_cast<underlying>(a.bits_ | b.bits_)); }
  friend constexpr flags operator&(flags a, flags b) noexcept { return flags(static_cast<underlying>(a.bits_ & b.bits_)); }
  friend constexpr bool operator==(flags, flags) noexcept = default;

 private:
  underlying bits_ = 0;
};

template <class E>
  requires is_flags<E>
constexpr flags<E> operator|(E a, E b) noexcept {
  return flags<E>(a) | flags<E>(b);
}

}  // namespace monochord
