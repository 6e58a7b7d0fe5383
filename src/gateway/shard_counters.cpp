// SPDX-License-Identifier: MIT
#include "gateway/shard_counters.hpp"

namespace monochord::gateway {

shard_counters& shard_counters::operator+=(const shard_counters& other) noexcept {
  session += other.session;
  inflate += other.inflate;
  payloads_sent += other.payloads_sent;
  bytes_sent += other.bytes_sent;
  user_payloads += other.user_payloads;
  user_waits += other.user_waits;
  pauses += other.pauses;
  store_errors += other.store_errors;
  late_events += other.late_events;
  return *this;
}

}  // namespace monochord::gateway
