// SPDX-License-Identifier: MIT
// Plays arbitrary inputs, payload texts among them, against a session, and checks what must hold after each of them.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "protocol/payload_input.hpp"

namespace {

using namespace monochord;
using namespace monochord::protocol;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  session_options options;
  options.gateway_url = "wss://gateway.discord.gg";
  session s(options);
  moment at{time_point{std::chrono::hours{1000}}, 0.5};
  bool ended = false;
  s.start(at);
  for (std::size_t i = 0; i + 1 < size;) {
    const auto what = data[i] % 12;
    const auto argument = data[i + 1];
    i += 2;
    // Every 16th input or so belongs to a connection that is no more.
    const auto generation = s.generation() - (argument % 16 == 15 ? 1 : 0);
    at.random = argument / 256.0;
    at.now += std::chrono::milliseconds{argument};
    actions todo;
    switch (what) {
      case 0: todo = s.opened(generation, at); break;
      case 1: todo = s.closed(generation, argument < 32 ? 3990 + argument : 0, at, {.again = i % 4 == 0, .after = std::chrono::seconds{argument}});
        break;
      case 2: todo = s.hello(generation, std::chrono::seconds{argument}, at); break;
      case 3: todo = s.permit_granted(generation, at); break;
      case 4: todo = s.ready(generation, argument, "session", "wss://resume.discord.gg", at); break;
      case 5: todo = s.dispatch(generation, argument, argument % 4 == 0 ? "RESUMED" : "TYPING_START", at); break;
      case 6: todo = s.heartbeat_acked(generation, at); break;
      case 7: todo = s.heartbeat_requested(generation, at); break;
      case 8: todo = s.invalid_session(generation, argument % 2 != 0, at); break;
      case 9:
        if (s.wakeup() && *s.wakeup() > at.now) at.now = *s.wakeup();
        todo = s.timer(at);
        break;
      case 10:
        if (argument % 4 < 2) s.reading_paused(argument % 2 != 0, at);
        else todo = s.restart(argument % 2 != 0, at);
        break;
      default: {
        const std::size_t length = std::min<std::size_t>(argument, size - i);
        std::string text(reinterpret_cast<const char*>(data) + i, length);
        i += length;
        text.reserve(length + json::padding_bytes);
        json::payload_head head;
        todo = feed_payload(s, generation, json::padded_text(text.data(), text.size(), text.capacity()), at, head);
        break;
      }
    }
    require(!ended || todo.empty());  // nothing follows the end
    ended = s.status() == session_status::ended;
    require(ended == !s.wakeup().has_value());  // alive means that something is due
    require(!todo.has(action::kind::deliver) || s.status() >= session_status::resuming);
    require(s.snapshot().has_value() == !s.session_id().empty());
    require(s.counters().resumed <= s.counters().resumes && s.counters().readies <= s.counters().identifies);
  }
  return 0;
}
