// SPDX-License-Identifier: MIT
// One event_type for each row of gateway/events.def: the only place where all events are instantiated.
#include <monochord/dispatch/event_type.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/events.hpp>

namespace monochord {
namespace {

template <class E>
std::shared_ptr<const void> decode_event(const json::padded_text& data) {
  auto event = std::make_shared<E>();
  json::failure why;
  if (!json::decode_into(*event, data, why)) why.raise();
  return event;
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

}  // namespace monochord
