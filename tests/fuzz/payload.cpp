// SPDX-License-Identifier: MIT
// Any bytes are a payload or an error; whatever the head's views show lies within the bytes. White space in front, with
// which a payload is never read the usual way, changes nothing.
#include <cstdint>
#include <cstdlib>
#include <monochord/json/payload.hpp>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto within = [text](std::string_view part) {
    return part.empty() || (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
  };
  monochord::json::payload_head head, spaced;
  monochord::json::failure why, spaced_why;
  const bool good = monochord::json::peek(text, head, why);
  const std::string behind_space = " " + std::string(text);
  if (monochord::json::peek(behind_space, spaced, spaced_why) != good) std::abort();
  if (!good) {
    if (why.code != spaced_why.code || why.path != spaced_why.path || why.reason != spaced_why.reason) std::abort();
    if (why.path.empty() || why.reason.empty()) std::abort();
    return 0;
  }
  if (head.op != spaced.op || head.s != spaced.s || head.t != spaced.t || head.d != spaced.d) std::abort();
  if (head.op < 0 || !within(head.t) || !within(head.d)) std::abort();
  return 0;
}
