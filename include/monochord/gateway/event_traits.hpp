// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <monochord/gateway/intents.hpp>

namespace monochord {

#define MONOCHORD_EVENT(type, wire_name, intents) struct type;
#include <monochord/gateway/events.def>
#undef MONOCHORD_EVENT
#define MONOCHORD_DERIVED_EVENT(type, base, intents) struct type;
#include <monochord/gateway/derived_events.def>
#undef MONOCHORD_DERIVED_EVENT
struct all_ready;

/// What is known of an event without its struct: `name`, on the wire or, of one that is told from others, as in C++; and
/// `intents`, of which one must be asked for to receive it (empty: it always comes). Exists for the events of
/// `monochord/gateway/events.def` and `derived_events.def`, and for `all_ready`.
template <class E>
struct event_traits;

#define MONOCHORD_EVENT(type, wire_name, intents_)                                 \
  template <>                                                                      \
  struct event_traits<type> {                                                      \
    static constexpr std::string_view name = wire_name;                            \
    static constexpr flags<intent> no_intent{};                                    \
    static constexpr flags<intent> intents = intents_;                             \
  };
#define MONOCHORD_DERIVED_EVENT(type, base, intents_) MONOCHORD_EVENT(type, #type, intents_)
#include <monochord/gateway/events.def>
#include <monochord/gateway/derived_events.def>
MONOCHORD_EVENT(all_ready, "all_ready", no_intent)
#undef MONOCHORD_DERIVED_EVENT
#undef MONOCHORD_EVENT

/// `E` is an event of this library.
template <class E>
concept gateway_event = requires { event_traits<E>::name; };

}  // namespace monochord
