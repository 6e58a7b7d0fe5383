// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <monochord/core/timestamp.hpp>
#include <monochord/model/message.hpp>

namespace monochord {

/// A message that was pinned.
/// https://docs.discord.com/developers/resources/message#message-pin-object-message-pin-object-structure
struct message_pin {
  timestamp pinned_at;
  monochord::message message;
};

/// A page of the pinned messages of a channel, newest first.
/// https://docs.discord.com/developers/resources/message#get-channel-pins-response-structure
struct channel_pins {
  std::vector<message_pin> items;
  bool has_more = false;
};

}  // namespace monochord
