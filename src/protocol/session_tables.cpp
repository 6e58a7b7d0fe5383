// SPDX-License-Identifier: MIT
// What a session's reasons are called, what close codes permit, and sums of counters.
#include "protocol/session.hpp"

#include <iterator>

namespace monochord::protocol {

std::string_view name(reconnect_reason why) noexcept {
  switch (why) {
    case reconnect_reason::asked: return "asked to reconnect";
    case reconnect_reason::invalid_session: return "invalid session";
    case reconnect_reason::zombie: return "no heartbeat ACK";
    case reconnect_reason::suspended: return "process was suspended";
    case reconnect_reason::closed: return "connection closed";
    case reconnect_reason::connect_failed: return "connect failed";
    case reconnect_reason::hello_timeout: return "no HELLO";
    case reconnect_reason::ready_timeout: return "no READY or RESUMED";
    case reconnect_reason::malformed: return "malformed data";
    case reconnect_reason::restarted: return "restart asked for";
    case reconnect_reason::count_: break;
  }
  return "unknown";
}

close_verdict after_close(int code) noexcept {
  switch (code) {
    case 4004:  // authentication failed
    case 4010:  // invalid shard
    case 4011:  // sharding required
    case 4012:  // invalid API version
    case 4013:  // invalid intents
    case 4014:  // disallowed intents
      return close_verdict::fatal;
    case 4003:  // not authenticated: the session may be gone
    case 4006:  // session no longer valid (undocumented, still seen)
    case 4007:  // invalid seq
    case 4009:  // session timed out
      return close_verdict::new_session;
    default: return close_verdict::resume;
  }
}

session_counters& session_counters::operator+=(const session_counters& other) noexcept {
  frames += other.frames;
  events += other.events;
  duplicates += other.duplicates;
  gaps += other.gaps;
  stale += other.stale;
  unknown_ops += other.unknown_ops;
  connects += other.connects;
  opened += other.opened;
  identifies += other.identifies;
  readies += other.readies;
  resumes += other.resumes;
  resumed += other.resumed;
  failed_resumes += other.failed_resumes;
  sessions_lost += other.sessions_lost;
  heartbeats += other.heartbeats;
  acks += other.acks;
  heartbeats_held_back += other.heartbeats_held_back;
  zombies += other.zombies;
  malformed += other.malformed;
  for (std::size_t i = 0; i < std::size(reconnects); ++i) reconnects[i] += other.reconnects[i];
  return *this;
}

}  // namespace monochord::protocol
