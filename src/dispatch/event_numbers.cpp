// SPDX-License-Identifier: MIT
#include "dispatch/event_numbers.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace monochord::dispatch {

namespace {

/// Up to eight characters from `text`.
constexpr std::uint64_t characters(const char* text, std::size_t count) noexcept {
  std::uint64_t out = 0;
  if (std::endian::native == std::endian::little && count == 8 && !std::is_constant_evaluated()) {
    std::memcpy(&out, text, 8);  // the same, which compilers do not find out
    return out;
  }
  for (std::size_t i = 0; i < count; ++i)
    out |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i])) << (8 * i);
  return out;
}

/// Finds an event's number by its first and last eight characters and its length, which no two events share, and one
/// comparison: it is done for every event.
class event_finder {
 public:
  constexpr event_finder() {
    while (!fill()) factor_ = factor_ * 6364136223846793005U + 1442695040888963407U;
  }
  constexpr std::size_t find(std::string_view name) const noexcept {
    const std::size_t number = slots_[slot_of(name)];
    return number < event_count && event_names[number] == name ? number : unknown_event;
  }

 private:
  static constexpr unsigned bits = 11;

  constexpr std::size_t slot_of(std::string_view name) const noexcept {
    std::uint64_t first = 0, last = 0;
    if (name.size() >= 8) {
      first = characters(name.data(), 8);
      last = characters(name.data() + name.size() - 8, 8);
    } else {
      first = characters(name.data(), name.size());
    }
    return static_cast<std::size_t>(((first ^ (last * factor_)) + name.size()) * (factor_ | 1U) >> (64U - bits));
  }
  constexpr bool fill() {
    for (auto& slot : slots_) slot = static_cast<std::uint8_t>(unknown_event);
    for (std::size_t i = 0; i < event_count; ++i) {
      auto& slot = slots_[slot_of(event_names[i])];
      if (slot != unknown_event) return false;
      slot = static_cast<std::uint8_t>(i);
    }
    return true;
  }

  std::uint64_t factor_ = 0x9E3779B97F4A7C15U;
  std::array<std::uint8_t, std::size_t{1} << bits> slots_{};
};

constexpr event_finder event_numbers;
static_assert(event_count < 255);

}  // namespace

std::size_t event_number(std::string_view name) noexcept { return event_numbers.find(name); }

}  // namespace monochord::dispatch
