// SPDX-License-Identifier: MIT
// Any bytes as the data of an event whose filters ask where it happened: ids are found where they stand plainly, and
// nothing else.
#include "dispatch/event_ids.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "json/member.hpp"

using namespace monochord;

/// The first byte says which event, the rest is its data.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::string_view names[] = {"MESSAGE_CREATE", "GUILD_CREATE", "CHANNEL_UPDATE", "USER_UPDATE",
                                        "INTERACTION_CREATE"};
  const auto name = names[data[0] % 5];
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto ids = dispatch::read_event_ids(name, text);
  const auto plain = [&](std::string_view key) {
    auto value = json::member_of(text, key);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return any_id::parse(value).value();
  };
  if (name == "MESSAGE_CREATE") {
    if (ids.guild.value() != plain("guild_id") || ids.channel.value() != plain("channel_id")) std::abort();
    if (plain("user_id") != 0 && ids.user.value() != plain("user_id")) std::abort();
  } else if (name == "GUILD_CREATE") {
    if (ids.guild.value() != plain("id") || ids.channel || ids.user) std::abort();
  } else if (name == "CHANNEL_UPDATE") {
    if (ids.channel.value() != plain("id")) std::abort();
  }
  return 0;
}
