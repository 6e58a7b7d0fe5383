// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/dispatch/filter.hpp>
#include <string_view>

namespace monochord::dispatch {

/// Where an event happened and who did it, read from the JSON text of its `d` by brackets alone. `name` as on the wire.
/// What is broken, or written in a way that Discord does not write, is not found. Thread-safe; allocates nothing unless
/// the text is broken.
event_ids read_event_ids(std::string_view name, std::string_view data);

}  // namespace monochord::dispatch
