// SPDX-License-Identifier: MIT
// Any bytes are a report of a process, an answer to one, or neither; what is one says the same when it is written again.
// Reports are told to a meeting place, which must bound what it keeps whatever comes, and whose answers can be read. The
// input is messages, each after its size in two bytes.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/reshard_meeting.hpp"

namespace {

using namespace monochord;
using namespace monochord::protocol;

void expect(bool good) {
  if (!good) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  meeting_options options;
  options.max_events = 50;
  reshard_meeting place(options);
  time_point now{std::chrono::hours{1000}};
  for (std::uint64_t fresh = 1; rest.size() >= 2 && fresh < 64; ++fresh) {
    const auto low = static_cast<unsigned char>(rest[0]), high = static_cast<unsigned char>(rest[1]);
    const std::size_t length = std::min<std::size_t>(low + 256U * high, rest.size() - 2);
    const auto message = rest.substr(2, length);
    rest.remove_prefix(2 + length);
    if (const auto answer = parse_meeting_answer(message)) expect(to_bytes(*answer) == message);
    const auto report = parse_member_report(message);
    if (!report) continue;
    expect(to_bytes(*report) == message);
    now += std::chrono::milliseconds{1 + 977 * (length % 64)};
    const auto bytes = to_bytes(place.hear(*report, now, fresh));
    const auto read = parse_meeting_answer(bytes);
    expect(read && to_bytes(*read) == bytes);
    expect(place.waiting_events() <= options.max_events);
  }
  return 0;
}
