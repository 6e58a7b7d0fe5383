// SPDX-License-Identifier: MIT
// Who need not wait at all, as most need not.
#include <algorithm>

#include "protocol/limiter_state.hpp"

namespace monochord::protocol {

/// Whether a poll would find anything, but for what is to be forgotten.
inline bool rate_limiter::state::must_look(time_point now) const {
  const auto due = [now](const auto& times) { return !times.empty() && times.begin()->first <= now; };
  return !to_look_at.empty() || !nothing.lines.empty() || !hopeless.empty() || !refused.empty() ||
         due(lane_alarms) || due(cause_alarms) || due(resting) || due(deadlines);
}

/// Whether the next of a lane goes at once, while nobody is to be looked at: then whoever waits is held by something that lasts.
/// False also where it only may be that it does not.
inline bool rate_limiter::state::may_go(const lane& l, limiter::pool* over, time_point now) {
  const auto waits = [](const lane* one) { return !one->waiting.empty(); };
  if (waits(&l) || refusal_of(l) || l.of->paused_until > now) [[unlikely]] return false;
  if (l.order && (l.order->holder != 0 || std::ranges::any_of(l.order->lanes, waits))) [[unlikely]] return false;
  if (!options.none && l.of->home->next(now) > now) [[unlikely]] return false;
  return hold_of(*l.route, l.from, l.key.exempt_from_global ? nullptr : over, now).until <= now;
}

std::optional<rate_limiter::ticket> rate_limiter::state::go_at_once(lane& l, time_point now, priority urgency,
                                                                    time_point deadline, std::uint64_t order,
                                                                    const connections& over, bool starts) {
  if (must_look(now) || polls + 1 >= sweeps_at) [[unlikely]] return std::nullopt;
  limiter::pool* const p = pool_for(over);
  if (!may_go(l, p, now)) [[unlikely]] return std::nullopt;
  const auto [t, e] = make_ticket(l, p, now, order);
  e.client = over.of;
  e.urgency = urgency;
  e.deadline = deadline;
  ++polls;
  try {
    send(t, e, now);
    if (starts) start(e, now);  // nobody waits for that: else whoever does would go before
  } catch (...) {
    end(t, e);
    throw;
  }
  wakeup = std::min(wakeup.value_or(time_point::max()), e.taken_back);
  return t;
}

std::optional<rate_limiter::ticket> rate_limiter::acquire_at_once(const route_key& key, time_point now, priority urgency,
                                                                  time_point deadline, std::uint64_t order,
                                                                  const connections& over, bool starts) {
  limiter::lane* const l = state_->known_lane(key);
  return l ? state_->go_at_once(*l, now, urgency, deadline, order, over, starts) : std::nullopt;
}

std::optional<rate_limiter::ticket> rate_limiter::acquire_at_once(std::string_view name, time_point now, priority urgency,
                                                                  time_point deadline, std::uint64_t order,
                                                                  const connections& over, bool starts) {
  limiter::lane* const l = state_->named_lane(name);
  return l ? state_->go_at_once(*l, now, urgency, deadline, order, over, starts) : std::nullopt;
}

bool rate_limiter::must_poll(time_point now) const { return state_->must_look(now); }

}  // namespace monochord::protocol
