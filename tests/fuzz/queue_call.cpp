// SPDX-License-Identifier: MIT
// Any method and target is a call of the identify queue or a refusal, and a call says the same when it is written
// again. What is a call is played against a desk, which must hold together whatever comes. The input is "METHOD
// TARGET", once or in lines.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/identify_desk.hpp"

namespace {

using namespace monochord;
using namespace monochord::protocol;

constexpr std::size_t most_waiting = 8;

void expect(bool good) {
  if (!good) std::abort();
}

void check_refusal(const queue_call_refusal& refusal) {
  expect(refusal.status == 400 || refusal.status == 404 || refusal.status == 405);
  expect(!refusal.text.empty());
}

void check_call(const queue_call& call) {
  expect(call.shard >= 0 && call.shard <= highest_shard && call.owner.size() <= longest_owner &&
         call.run.size() <= longest_run);
  const auto again = parse_queue_call(method_of(call), target_of(call));
  expect(std::holds_alternative<queue_call>(again) && std::get<queue_call>(again) == call);
  expect(most_body_bytes(call) == (call.what == queue_call::kind::reshard ? most_report_bytes : 4096));
}

/// What any line does to a desk: the number of its bytes decides how the visit that it makes goes on.
struct played {
  played() : desk(options(), now) {}
  static identify_desk_options options() {
    identify_desk_options out;
    out.queue.max_concurrency = 2;
    out.queue.remaining = 5;
    out.max_waiting = most_waiting;
    return out;
  }

  void play(const queue_call& call, std::size_t chance) {
    now += std::chrono::milliseconds{chance * 97};
    if (call.what == queue_call::kind::ask) {
      if (const auto who = desk.come(call, now)) visits.push_back(*who);
    } else {
      desk.hear(call, now);
    }
    desk.poll(now);
    if (!visits.empty() && chance % 3 != 0) {
      const auto who = visits[chance % visits.size()];
      const auto stands = desk.look(who);
      if (chance % 3 == 1)
        desk.leave(who, now);
      else if (stands == identify_desk::standing::granted)
        desk.told(who, now);
      else
        desk.told_to_ask_again(who, now);
      desk.poll(now);
    }
    expect(desk.queue().waiting() <= most_waiting);
    expect(desk.queue().remaining() >= 0 && desk.queue().remaining() <= 1000);
    const auto& c = desk.queue().counters();
    expect(c.identified + c.failed + c.untold + c.unused + c.expired <= c.granted && c.granted <= c.requested);
    expect(desk.queue().waiting() == 0 || desk.next_wakeup().has_value() || c.granted != 0);
  }

  time_point now{std::chrono::hours{1000}};
  identify_desk desk;
  std::vector<identify_desk::visit> visits;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  played on;
  for (int lines = 0; !rest.empty() && lines < 64; ++lines) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto space = std::min(line.find(' '), line.size());
    const auto parsed = parse_queue_call(line.substr(0, space), line.substr(std::min(space + 1, line.size())));
    if (const auto* const refusal = std::get_if<queue_call_refusal>(&parsed)) {
      check_refusal(*refusal);
      continue;
    }
    check_call(std::get<queue_call>(parsed));
    on.play(std::get<queue_call>(parsed), line.size());
  }
  return 0;
}
