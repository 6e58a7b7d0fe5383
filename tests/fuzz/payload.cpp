// SPDX-License-Identifier: MIT
// Any bytes are a payload or an error; whatever the head's views show lies within the bytes.
#include <cstdint>
#include <cstdlib>

#include <monochord/json/payload.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto within = [text](std::string_view part) {
    return part.empty() || (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
  };
  monochord::json::payload_head head;
  monochord::json::failure why;
  if (!monochord::json::peek(text, head, why)) {
    if (why.path.empty() || why.reason.empty()) std::abort();
    return 0;
  }
  if (head.op < 0 || !within(head.t) || !within(head.d)) std::abort();
  return 0;
}
