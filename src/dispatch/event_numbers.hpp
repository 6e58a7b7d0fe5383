// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>

namespace monochord::dispatch {

/// What events are called, each at its number: those of the wire, and those that are told from others.
inline constexpr std::string_view event_names[] = {
#define MONOCHORD_EVENT(type, wire, intents) wire,
#include <monochord/gateway/events.def>
#undef MONOCHORD_EVENT
#define MONOCHORD_DERIVED_EVENT(type, base, intents) #type,
#include <monochord/gateway/derived_events.def>
#undef MONOCHORD_DERIVED_EVENT
    "all_ready",
};
inline constexpr std::size_t event_count = std::size(event_names);
/// The number of every other event.
inline constexpr std::size_t unknown_event = event_count;

/// The name at a number, "other" for `unknown_event`.
constexpr std::string_view event_name(std::size_t number) noexcept {
  return number < event_count ? event_names[number] : "other";
}

/// The number of the event that is called so. It is asked for several times for every event: from one place, for the caches.
std::size_t event_number(std::string_view name) noexcept;

}  // namespace monochord::dispatch
