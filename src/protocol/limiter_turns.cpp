// SPDX-License-Identifier: MIT
// Who goes next, and who waits for what.
#include <algorithm>
#include <utility>

#include "protocol/limiter_state.hpp"

namespace monochord::protocol {

void rate_limiter::state::enqueue(ticket t, entry& e, time_point now) {
  ++waiting;
  e.queued = true;
  lane& l = *e.where;
  if (e.not_before > now && !l.order) {  // has no order to keep: nobody waits behind it
    resting.emplace(e.not_before, t);
    ++l.resting;
    return;
  }
  l.waiting.insert({e.urgency, e.order, t});
  // Until it is ready its time has not begun to count.
  if (e.ready && e.deadline != time_point::max()) l.deadlines.emplace(e.deadline, t);
  touch(l);
}

void rate_limiter::state::unqueue(ticket t, entry& e) {
  if (!std::exchange(e.queued, false)) return;
  --waiting;
  lane& l = *e.where;
  if (resting.erase({e.not_before, t}) != 0) {
    --l.resting;
  } else {
    l.waiting.erase({e.urgency, e.order, t});
    l.deadlines.erase({e.deadline, t});
    touch(l);
  }
}

/// Sends it again not before `then`; the next poll refuses what may not take so long.
void rate_limiter::state::rest_until(time_point then, ticket t, entry& e, time_point now) {
  e.not_before = then;
  enqueue(t, e, now);
  if (then > e.deadline) hopeless.push_back(t);
}

void rate_limiter::state::set_taken_back(ticket t, entry& e, time_point at) {
  e.taken_back = at;
  if (e.alarm.empty()) {
    deadlines.emplace(at, t);
  } else {
    e.alarm.value() = {at, t};
    deadlines.insert(std::move(e.alarm));
  }
}

void rate_limiter::state::unset_taken_back(ticket t, entry& e) { e.alarm = deadlines.extract({e.taken_back, t}); }

/// It does not wait any more. First what may throw.
void rate_limiter::state::send(ticket t, entry& e, time_point now) {
  lane& l = *e.where;
  const auto grace = e.deadline == time_point::max() ? now : e.deadline + limiter::owner_grace;
  set_taken_back(t, e, std::max(now + options.answer_deadline, grace));
  if (l.from) {
    l.from->window.granted();
    e.route_probe = l.route->breaker.sent();
    e.probe = breaker.sent();
  }
  l.of->home->sent();
  ++l.of->in_flight;
  ++l.in_flight;
  ++in_flight;
  if (e.over) ++e.over->in_flight;
  if (l.order) l.order->holder = t;
  e.in_flight = true;
  e.started = false;
  e.counted_as_waiting = false;
  e.sent_at = now;
  ++counters.sent;
}

void rate_limiter::state::release(ticket t, entry& e) {
  if (!e.in_flight) return;
  lane& l = *e.where;
  e.in_flight = false;
  unset_taken_back(t, e);
  --l.of->home->in_flight;
  --l.of->in_flight;
  --l.in_flight;
  --in_flight;
  changed(*l.of->home);
  let_go(guarded);
  if (e.over) {
    --e.over->in_flight;
    let_go(e.over->busy);
  }
  if (!l.from) return;
  if (!e.started) l.from->window.given_back();
  let_go(l.from->full);
  l.route->breaker.probe_over(e.route_probe);
  breaker.probe_over(e.probe);
  let_go(l.route->broken);
  let_go(broken);
}

void rate_limiter::state::end(ticket t, entry& e) {
  release(t, e);
  unqueue(t, e);
  if (!e.ready) no_longer_unready(t, e);
  if (e.where->order && e.where->order->holder == t) free(*e.where->order);
  if (e.over) --e.over->tickets;
  tickets.erase(t);
}

void rate_limiter::state::refuse(ticket t, entry& e, refused_request why) {
  why.client = e.client;
  refused.push_back(why);
  ++counters.refused;
  end(t, e);
}

/// Slots whose owners were never heard of again.
void rate_limiter::state::take_back(time_point now) {
  while (!deadlines.empty() && deadlines.begin()->first <= now) {
    const auto t = deadlines.begin()->second;
    ++counters.expired;
    end(t, tickets.at(t));
  }
}

void rate_limiter::state::wake_resting(time_point now) {
  while (!resting.empty() && resting.begin()->first <= now) {
    const auto t = resting.begin()->second;
    entry& e = tickets.at(t);
    unqueue(t, e);
    enqueue(t, e, now);
  }
}

void rate_limiter::state::refuse_hopeless() {
  for (const auto t : std::exchange(hopeless, {})) {
    entry* const found = tickets.find(t);
    if (found) refuse(t, *found, {t, refused_request::cause::late, wait_reason::backoff, found->not_before});
  }
}

void rate_limiter::state::look_at_the_clock(time_point now) {
  while (!lane_alarms.empty() && lane_alarms.begin()->first <= now) touch(*lane_alarms.begin()->second);
  while (!cause_alarms.empty() && cause_alarms.begin()->first <= now) {
    cause& by = *cause_alarms.begin()->second;
    set_alarm(by, time_point::max());
    let_go(by);
  }
}

std::optional<time_point> rate_limiter::state::next_look() const {
  auto at = time_point::max();
  const auto sooner = [&at](const auto& times) {
    if (!times.empty()) at = std::min(at, times.begin()->first);
  };
  sooner(resting);
  sooner(deadlines);
  sooner(lane_alarms);
  sooner(cause_alarms);
  return at == time_point::max() ? std::nullopt : std::optional(at);
}

std::vector<rate_limiter::ticket> rate_limiter::state::take_turns(time_point now) {
  std::vector<ticket> out;
  for (;;) {
    // First whoever may belong to a line, so that the first of all lines is the first of all.
    if (!to_look_at.empty()) {
      for (lane* l : std::exchange(to_look_at, {})) look_at(*l, now);
    } else if (line* n = nothing.lines.first()) {
      if (const auto sent = look_at(*n, now)) out.push_back(*sent);
    } else {
      return out;
    }
  }
}

void rate_limiter::state::touch(lane& l) {
  leave(l);
  if (l.to_look_at || l.waiting.empty()) return;
  l.to_look_at = true;
  to_look_at.push_back(&l);
}

void rate_limiter::state::touch(quota& q) {
  for (lane* l : q.lanes) touch(*l);
}

void rate_limiter::state::changed(bucket& b) {
  for (quota* q : b.users)
    for (lane* l : q->lanes)
      if (l->held_by == wait_reason::bucket || l->held_by == wait_reason::learning) touch(*l);
}

/// Its files were looked at, or it is given up: who keeps behind it is looked at.
void rate_limiter::state::no_longer_unready(ticket t, entry& e) {
  unset_taken_back(t, e);
  if (e.where->order) let_go(*e.where->order);
}

void rate_limiter::state::free(limiter::domain& d) {
  d.holder = 0;
  let_go(d);
}

void rate_limiter::state::let_go(limiter::domain& d) {
  for (lane* l : d.lanes)
    if (l->held_by == wait_reason::order) touch(*l);
}

/// Looks at the first of its lines, then at the next if that one is not held by it again, and so on.
void rate_limiter::state::let_go(cause& by) {
  line* n = by.lines.first();
  if (!n) return;
  n->let_go_by = &by;
  regroup(*n);
}

/// Nobody goes before, and who cannot wait so long hears of it.
void rate_limiter::state::block_until(time_point until) {
  blocked = std::max(blocked, until);
  for (auto& [key, n] : lines)
    if (!n.lanes.empty()) regroup(n);
}

void rate_limiter::state::set_alarm(cause& of, time_point at) {
  if (of.opens == at) return;
  if (of.opens != time_point::max()) cause_alarms.erase({of.opens, &of});
  of.opens = at;
  if (at != time_point::max()) cause_alarms.emplace(at, &of);
}

void rate_limiter::state::stand(line& n, cause& at) {
  if (n.at) {
    n.at->lines.remove(n);
    if (n.at->lines.empty()) set_alarm(*n.at, time_point::max());
    n.at = nullptr;
  }
  if (n.lanes.empty()) {
    if (cause* by = std::exchange(n.let_go_by, nullptr)) let_go(*by);
    return;
  }
  n.stands = n.lanes.first()->stands;
  const lane* hasty = n.lanes.least_patient();
  n.patience = hasty ? hasty->patience : time_point::max();
  at.lines.add(n);
  n.at = &at;
}

/// To be looked at, since its lanes or what holds them have changed.
void rate_limiter::state::regroup(line& n) { stand(n, nothing); }

void rate_limiter::state::leave(lane& l) {
  if (line* was = std::exchange(l.in, nullptr)) {
    was->lanes.remove(l);
    regroup(*was);
  }
  if (l.looks_again != time_point::max()) lane_alarms.erase({l.looks_again, &l});
  l.looks_again = time_point::max();
  l.held_by = wait_reason::none;
}

limiter::place rate_limiter::state::front_of(const lane& l) const {
  if (l.order && l.order->holder != 0) {
    const entry& e = tickets.at(l.order->holder);
    if (e.where == &l && !e.in_flight) return {e.urgency, e.order, l.order->holder};
  }
  return *l.waiting.begin();
}

std::optional<refused_request::cause> rate_limiter::state::remembered_refusal_of(const lane& l) const {
  if (!gone.empty() && !l.key.webhook.empty()) {
    const auto& webhook = l.key.webhook;
    if (gone.holds(webhook) || gone.holds(webhook.substr(0, webhook.find('/')))) return refused_request::cause::webhook_gone;
  }
  if (!rejected.empty() && l.key.carries_token && rejected.holds(l.key.sender)) return refused_request::cause::token_rejected;
  return std::nullopt;
}

/// Whether something that came before, to the same place by another route, cannot go yet because its files are looked at.
bool rate_limiter::state::waits_for_files_before(const lane& l, const limiter::place& mine) const {
  return std::ranges::any_of(l.order->lanes, [&](const lane* other) {
    if (other == &l || other->waiting.empty()) return false;
    const auto& first = *other->waiting.begin();
    return first < mine && !tickets.at(limiter::ticket_of(first)).ready;
  });
}

/// What keeps a lane whose front is `t`, apart from its line.
rate_limiter::state::hold rate_limiter::state::hold_of(const lane& l, ticket t, const entry& e, time_point now) {
  if (l.order && l.order->holder != 0 && l.order->holder != t) return {time_point::max(), wait_reason::order};
  if (l.order && waits_for_files_before(l, {e.urgency, e.order, t})) return {time_point::max(), wait_reason::order};
  if (!e.ready) return {time_point::max(), wait_reason::files};
  if (e.not_before > now) return {e.not_before, wait_reason::backoff};
  if (l.of->paused_until > now) return {l.of->paused_until, wait_reason::route};
  if (options.none) return {now, wait_reason::none};
  const auto open = l.of->home->next(now);
  return {open, open == time_point::max() ? wait_reason::learning : open > now ? wait_reason::bucket : wait_reason::none};
}

void rate_limiter::state::look_at(lane& l, time_point now) {
  ++counters.looks;
  l.to_look_at = false;
  if (l.waiting.empty()) return;
  const auto front = front_of(l);
  const auto t = limiter::ticket_of(front);
  entry& e = tickets.at(t);
  if (const auto why = refusal_of(l)) return refuse(t, e, {t, *why, wait_reason::none, now});  // touches it again
  if (const auto held = hold_of(l, t, e, now); held.until > now) return hold_back(l, e, held);
  l.stands = front;
  l.patience = l.deadlines.empty() ? time_point::max() : l.deadlines.begin()->first;
  l.joined = polls;
  l.in = &line_for(l, e);
  l.in->lanes.add(l);
  regroup(*l.in);
}

/// Gives the ticket that is sent now, if one is.
std::optional<rate_limiter::ticket> rate_limiter::state::look_at(line& n, time_point now) {
  ++counters.looks;
  std::optional<ticket> sent;
  cause* by = std::exchange(n.let_go_by, nullptr);
  const auto held = hold_of(*n.route, n.from, n.over, now);
  if (held.until > now) {
    n.held_by = held.why;
    entry& first = tickets.at(limiter::ticket_of(n.stands));  // the others are counted when their turn comes
    if (!std::exchange(first.counted_as_waiting, true)) ++counter_of(held.why);
    stand(n, *held.by);
    // Nobody is refused for what ends sooner where those under way are answered well.
    set_alarm(*held.by, held.by == &guarded ? std::min(held.until, guard.next_by_time(in_flight)) : held.until);
    // It holds all of its lines as long.
    if (held.until != time_point::max())
      while (line* hasty = held.by->lines.least_patient()) {
        if (hasty->patience >= held.until) break;
        refuse_late(*hasty->lanes.least_patient(), held);
      }
  } else {
    lane& l = *n.lanes.first();
    const auto t = limiter::ticket_of(l.stands);
    entry& e = tickets.at(t);
    leave(l);
    if (const auto why = refusal_of(l)) {
      refuse(t, e, {t, *why, wait_reason::none, now});
    } else if (const auto own = hold_of(l, t, e, now); own.until > now) {
      hold_back(l, e, own);
    } else {
      if (l.joined != polls && !e.counted_as_waiting) ++counter_of(n.held_by);
      unqueue(t, e);
      send(t, e, now);
      sent = t;
    }
  }
  if (by && n.at != by) let_go(*by);
  return sent;
}

void rate_limiter::state::hold_back(lane& l, entry& e, const hold& held) {
  l.held_by = held.why;
  if (!std::exchange(e.counted_as_waiting, true)) ++counter_of(held.why);
  if (held.until == time_point::max()) return;
  l.looks_again = held.until;
  lane_alarms.emplace(held.until, &l);
  refuse_late(l, held);
}

/// Refuses everybody in a lane who cannot wait so long.
void rate_limiter::state::refuse_late(lane& l, const hold& held) {
  while (!l.deadlines.empty() && l.deadlines.begin()->first < held.until) {
    const auto t = l.deadlines.begin()->second;
    refuse(t, tickets.at(t), {t, refused_request::cause::late, held.why, held.until});
  }
}

std::uint64_t& rate_limiter::state::counter_of(wait_reason why) {
  switch (why) {
    case wait_reason::order: return counters.waits_order;
    case wait_reason::files: return counters.waits_files;
    case wait_reason::learning: return counters.waits_learning;
    case wait_reason::global: return counters.waits_global;
    case wait_reason::blocked: return counters.waits_blocked;
    case wait_reason::guard: return counters.waits_guard;
    case wait_reason::circuit: return counters.waits_circuit;
    case wait_reason::backoff: return counters.waits_backoff;
    case wait_reason::connection: return counters.waits_connection;
    case wait_reason::none:
    case wait_reason::bucket:
    case wait_reason::route: break;
  }
  return counters.waits_bucket;
}

}  // namespace monochord::protocol
