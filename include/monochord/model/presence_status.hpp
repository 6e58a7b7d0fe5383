// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <monochord/core/open_enum.hpp>

namespace monochord {

/// Whether somebody is there; `invisible` is only ever sent.
/// https://docs.discord.com/developers/events/gateway-events#update-presence-status-types
struct presence_status_names {
  static constexpr std::string_view online = "online";
  static constexpr std::string_view dnd = "dnd";
  static constexpr std::string_view idle = "idle";
  static constexpr std::string_view invisible = "invisible";
  static constexpr std::string_view offline = "offline";
};
using presence_status = open_string<presence_status_names>;

}  // namespace monochord
