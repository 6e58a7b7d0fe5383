// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

namespace monochord {

/// What the dispatcher knows about a type of event; one object per type, inside the library.
struct event_type {
  std::string_view name;  ///< on the wire, like "MESSAGE_CREATE"
  std::shared_ptr<const void> (*decode)(std::string_view json);  ///< throws decode_error
};

/// The event type of `E`, one of the structs of `monochord/model/events.hpp`. A link error "event_type_of<X>" means
/// that `X` is no event.
template <class E>
const event_type& event_type_of() noexcept;

}  // namespace monochord
