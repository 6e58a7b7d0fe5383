// SPDX-License-Identifier: MIT
// Any bytes as the data of the events that tell of guilds, one after the other: the tracker's lists stay parts of each
// other.
#include "protocol/guild_tracker.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace monochord;

/// Lines: the first character says which event, the rest is its data.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view left(reinterpret_cast<const char*>(data), size);
  protocol::guild_tracker guilds;
  while (!left.empty()) {
    const auto line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(line.size() + 1, left.size()));
    if (line.empty()) continue;
    constexpr std::string_view types[] = {"READY", "RESUMED", "GUILD_CREATE", "GUILD_DELETE", "GUILD_UPDATE"};
    const auto which = static_cast<unsigned char>(line.front());
    const std::string text(line.substr(1));
    const auto event =
        protocol::read_guild_event(types[which % 5], json::padded_text(text.data(), text.size(), text.size()));
    if (!event) continue;
    const auto news = guilds.take(*event, (which & 32U) != 0, timestamp{});
    if (event->what == protocol::guild_event::kind::created && event->id && !guilds.contains(event->id)) std::abort();
    if (news == protocol::guild_news::left && guilds.contains(event->id)) std::abort();
    if (guilds.awaited() + guilds.unavailable() > guilds.known()) std::abort();
    if (guilds.count() && *guilds.count() != guilds.known()) std::abort();
  }
  return 0;
}
