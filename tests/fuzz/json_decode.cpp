// SPDX-License-Identifier: MIT
// Any bytes become an object or an error; what became one survives encoding.
#include <cstdint>
#include <cstdlib>

#include <monochord/json/codec.hpp>
#include <monochord/model/events.hpp>
#include <monochord/model/gateway.hpp>

namespace {

template <class T>
void round(std::string_view text) {
  T value{};
  monochord::json::failure why;
  if (!monochord::json::decode_into(value, text, why)) {
    if (why.path.empty() || why.reason.empty()) std::abort();
    return;
  }
  const std::string once = monochord::json::encode(value);
  T again{};
  if (!monochord::json::decode_into(again, std::string_view(once), why)) std::abort();
  if (monochord::json::encode(again) != once) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0: round<monochord::message_create>(text); break;
    case 1: round<monochord::interaction_create>(text); break;
    case 2: round<monochord::guild_create>(text); break;
    case 3: round<monochord::presence_update>(text); break;
    case 4: round<monochord::ready>(text); break;
    case 5: round<monochord::gateway_bot_info>(text); break;
    case 6: round<monochord::application>(text); break;
    default: round<monochord::guild_members_chunk>(text);
  }
  return 0;
}
