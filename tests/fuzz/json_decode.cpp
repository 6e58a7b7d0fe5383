// SPDX-License-Identifier: MIT
// Any bytes become an object or an error; what became one survives encoding. White space changes nothing, and lists of
// members are told of as by way of models.
#include <cstdint>
#include <cstdlib>

#include "json/listed_members.hpp"
#include "support/spaced.hpp"
#include <monochord/json/codec.hpp>
#include <monochord/model/events.hpp>
#include <monochord/model/gateway.hpp>

namespace {

template <class T>
void round(std::string_view text) {
  T value{}, with_space{};
  monochord::json::failure why, other;
  const bool good = monochord::json::decode_into(value, text, why);
  if (monochord::json::decode_into(with_space, std::string_view(monochord::tests::spaced(text)), other) != good) std::abort();
  if (why.unexpected_nulls != other.unexpected_nulls) std::abort();
  if (!good) {
    if (why.path.empty() || why.reason.empty()) std::abort();
    if (why.code != other.code || why.path != other.path || why.reason != other.reason) std::abort();
    return;
  }
  const std::string once = monochord::json::encode(value);
  if (monochord::tests::unspaced(monochord::json::encode(with_space)) != monochord::tests::unspaced(once)) std::abort();
  T again{};
  if (!monochord::json::decode_into(again, std::string_view(once), why)) std::abort();
  if (monochord::json::encode(again) != once) std::abort();
}

template <class T>
void list(std::string_view text) {
  T model;
  monochord::json::listed<T> listed;
  monochord::json::failure one, other;
  std::string room;
  const bool good = monochord::json::decode_into(model, text, one);
  const monochord::json::padded_text data(text.data(), text.size(), text.size());
  if (monochord::json::decode_into(listed, data, room, other) != good) std::abort();
  if (one.unexpected_nulls != other.unexpected_nulls) std::abort();
  if (!good) {
    if (one.code != other.code || one.path != other.path || one.reason != other.reason) std::abort();
    return;
  }
  if (listed.members.size() != model.members.size()) std::abort();
  for (std::size_t i = 0; i < model.members.size(); ++i) {
    const monochord::member& m = model.members[i];
    if (listed.members.id(i) != (m.user ? m.user->id : monochord::user_id{})) std::abort();
    listed.members.visit(i, [&](const auto& got) {
      if (got.roles.size() != m.roles.size() || got.joined_at != m.joined_at || got.mute != m.mute) std::abort();
      if (got.nick.has_value() != m.nick.has_value() || (m.nick && *got.nick != *m.nick)) std::abort();
      if (m.user && got.user->username != m.user->username) std::abort();
    });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0: round<monochord::message_create>(text); break;
    case 1: round<monochord::interaction_create>(text); break;
    case 2: round<monochord::guild_create>(text), list<monochord::guild_create>(text); break;
    case 3: round<monochord::presence_update>(text); break;
    case 4: round<monochord::ready>(text); break;
    case 5: round<monochord::gateway_bot_info>(text); break;
    case 6: round<monochord::application>(text); break;
    default: round<monochord::guild_members_chunk>(text), list<monochord::guild_members_chunk>(text);
  }
  return 0;
}
