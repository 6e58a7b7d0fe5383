// SPDX-License-Identifier: MIT
#include <algorithm>
#include <monochord/core/error.hpp>
#include <monochord/gateway/event_source.hpp>
#include <monochord/json/payload.hpp>

namespace monochord {

bool event_source::stop(stop_mode) { return false; }

void event_source::handled(int, std::uint64_t, std::int64_t) {}

task<> event_source::keep_positions() { co_return; }

shard_range event_source::shards() const { return {}; }

bool event_source::takes_commands() const { return false; }

task<> event_source::send(int, std::string) { throw error(errc::unsupported, "this event source takes no commands"); }

source_event event_of_payload(int shard_id, const json::padded_text& payload) {
  const auto head = json::peek(payload.text());
  if (head.op != 0)
    throw error(errc::invalid_argument, "a payload with op " + std::to_string(head.op) + " is no event");
  source_event out;
  out.shard_id = shard_id;
  out.sequence = static_cast<std::int64_t>(std::min<std::uint64_t>(head.s.value_or(0), INT64_MAX));
  out.name = head.t;
  out.data = payload.part(head.d);
  return out;
}

}  // namespace monochord
