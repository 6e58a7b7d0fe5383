// SPDX-License-Identifier: MIT
// One event_type for each row of gateway/events.def and derived_events.def: the only place where all events are instantiated.
#include <monochord/dispatch/event_type.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/events.hpp>

#include "dispatch/event_memory.hpp"

namespace monochord {
namespace {

/// `E` decoded as its base class, which is `E` itself but for derived ones.
template <class E, class Base = E>
std::shared_ptr<const void> decode_event(const json::padded_text& data) {
  auto event = std::allocate_shared<E>(dispatch::event_allocator<E>());
  json::failure why;
  if (!json::decode_into(static_cast<Base&>(*event), data, why)) why.raise();
  return event;
}

template <class E, class Base>
const void* base_of(const void* event) {
  return static_cast<const Base*>(static_cast<const E*>(event));
}

}  // namespace

#define MONOCHORD_EVENT(type, wire, intents)                      \
  template <>                                                     \
  const event_type& event_type_of<type>() noexcept {              \
    static constexpr event_type entry{wire, &decode_event<type>}; \
    return entry;                                                 \
  }
#include <monochord/gateway/events.def>
#undef MONOCHORD_EVENT

#define MONOCHORD_DERIVED_EVENT(type, base, intents)                                                                  \
  template <>                                                                                                         \
  const event_type& event_type_of<type>() noexcept {                                                                  \
    static const event_type entry{#type, &decode_event<type, base>, true, &event_type_of<base>(), &base_of<type, base>}; \
    return entry;                                                                                                     \
  }
#include <monochord/gateway/derived_events.def>
#undef MONOCHORD_DERIVED_EVENT

template <>
const event_type& event_type_of<all_ready>() noexcept {
  static constexpr event_type entry{"all_ready", nullptr, true};
  return entry;
}

}  // namespace monochord
