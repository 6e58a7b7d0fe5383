// SPDX-License-Identifier: MIT
#include "client/handler_intents.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <monochord/core/error.hpp>

namespace monochord {
namespace {

struct row {
  std::string_view event;
  flags<intent> intents;  // one of these must be asked for; none: it always comes
};

constexpr flags<intent> no_intent{};
constexpr row rows[] = {
#define MONOCHORD_EVENT(type, wire, intents) {wire, intents},
#include <monochord/gateway/events.def>
#undef MONOCHORD_EVENT
#define MONOCHORD_DERIVED_EVENT(type, base, intents) {#type, intents},
#include <monochord/gateway/derived_events.def>
#undef MONOCHORD_DERIVED_EVENT
};

/// As they are written in C++, in Discord's order.
constexpr std::array<std::string_view, 26> names{
    "guilds", "guild_members", "guild_moderation", "guild_expressions", "guild_integrations", "guild_webhooks", "guild_invites",
    "guild_voice_states", "guild_presences", "guild_messages", "guild_message_reactions", "guild_message_typing",
    "direct_messages", "direct_message_reactions", "direct_message_typing", "message_content", "guild_scheduled_events", "", "",
    "", "auto_moderation_configuration", "auto_moderation_execution", "", "", "guild_message_polls", "direct_message_polls"};

std::string list_of(flags<intent> some) {
  std::string out;
  for (std::size_t bit = 0; bit < names.size(); ++bit) {
    if ((some.bits() >> bit & 1U) == 0) continue;
    if (!out.empty()) out += " or ";
    out += names[bit];
  }
  return out;
}

}  // namespace

void check_handler_intents(const std::vector<std::string>& events, flags<intent> asked) {
  for (const auto& event : events) {
    const auto* const found = std::ranges::find(rows, event, &row::event);
    if (found == std::end(rows) || found->intents.bits() == 0 || (found->intents & asked).bits() != 0) continue;
    throw error(errc::invalid_argument, "the handler of " + event + " would never be called: that event comes with the intent " +
                                            list_of(found->intents) + ", which client_options::intents does not hold");
  }
}

}  // namespace monochord
