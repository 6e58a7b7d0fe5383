// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <monochord/gateway/identify_queue.hpp>
#include <monochord/gateway/session_store.hpp>

#include "gateway/store_call.hpp"

namespace monochord::gateway {

/// Lowers what is left of the day to what the store remembers, if that is less. Throws what the store throws.
inline task<> limit_by_stored(identify_queue_options& limits, session_store& store, clock& time) {
  const auto stored = co_await within_limit(time, store.load_budget());
  const auto now = time.utc_now();
  // A budget is a day's; what says otherwise comes from a clock that was wrong, or from a damaged file.
  const bool sane = stored && stored->remaining >= 0 && stored->remaining <= stored->total && stored->reset_at > now &&
                    stored->reset_at - now <= std::chrono::hours{24};
  if (!sane || stored->remaining >= limits.remaining) co_return;
  limits.remaining = stored->remaining;
  limits.reset_after = std::chrono::duration_cast<duration>(stored->reset_at - now);
}

inline stored_budget to_stored(const identify_budget& left, const clock& time) {
  stored_budget out;
  out.remaining = left.remaining;
  out.total = left.total;
  out.reset_at = time.utc_now() + std::chrono::duration_cast<timestamp::duration>(left.reset_after);
  return out;
}

}  // namespace monochord::gateway
