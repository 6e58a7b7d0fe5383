// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

namespace monochord {

namespace json {
class padded_text;
}

/// What the dispatcher knows about a type of event; one object per type, inside the library.
struct event_type {
  std::string_view name;  ///< on the wire, like "MESSAGE_CREATE"; of one that is told from others as in C++, like "guild_join"
  /// Of `d`; throws decode_error. Null for an event that never comes from the wire.
  std::shared_ptr<const void> (*decode)(const json::padded_text& data);
  bool derived = false;                                ///< told from others: never called so on the wire
  const event_type* base = nullptr;                    ///< its base class, when that is an event
  const void* (*as_base)(const void* event) = nullptr;  ///< its base class's part, when there is one
};

/// The event type of `E`, one of the structs of `monochord/model/events.hpp`. A link error "event_type_of<X>" means
/// that `X` is no event.
template <class E>
const event_type& event_type_of() noexcept;

}  // namespace monochord
