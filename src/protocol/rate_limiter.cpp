// SPDX-License-Identifier: MIT
#include "protocol/rate_limiter.hpp"

#include <algorithm>
#include <utility>

#include "protocol/limiter_state.hpp"

namespace monochord::protocol {
namespace {

using limiter::bucket;
using limiter::entry;
using limiter::lane;

constexpr std::uint64_t polls_between_sweeps = 256;
/// More templates than Discord has: then what nobody uses is forgotten.
constexpr std::size_t many_routes = 2000;
/// A 429 that says neither how long nor why.
constexpr duration unexplained_pause = std::chrono::seconds{1};
/// On top of what a 429 says, from the third in a row for one request: growing, so that nothing ever spins.
constexpr duration first_strike = std::chrono::milliseconds{250};
constexpr duration worst_strike = std::chrono::seconds{30};

constexpr std::int64_t unknown_webhook = 10015;
constexpr std::int64_t invalid_token = 50014;

std::string joined(const std::string& a, const std::string& b) { return a + '\n' + b; }

/// Errors of Discord's edge, and of what stands before it, tell nothing about a route.
bool is_from_route(const response_info& info) {
  return info.status < 400 || ((info.status == 400 || info.status == 404) && info.code);
}

}  // namespace

std::string_view name(wait_reason why) noexcept {
  switch (why) {
    case wait_reason::none: return "nothing";
    case wait_reason::order: return "an earlier write to the same place";
    case wait_reason::files: return "a look at the files that go along";
    case wait_reason::learning: return "the answer that tells the route's limit";
    case wait_reason::bucket: return "the limit of its bucket";
    case wait_reason::route: return "a limit of its route";
    case wait_reason::global: return "the global limit";
    case wait_reason::blocked: return "the end of a block of this address";
    case wait_reason::guard: return "the guard against too many invalid requests";
    case wait_reason::circuit: return "Discord, which only fails at the moment";
    case wait_reason::backoff: return "its own pause after a failure";
    case wait_reason::connection: return "a free connection";
  }
  return "nothing";
}

rate_limiter::state::state(const rate_limiter_options& o)
    : options(o),
      address(o),
      guard(o.invalid_limit == 0 ? 0 : std::max<std::size_t>(o.invalid_limit - std::min(o.invalid_reserve, o.invalid_limit), 1),
            o.invalid_window),
      breaker(o.circuit),
      gone(o.remembered_refusals),
      rejected(o.remembered_refusals) {}

/// Finds a quota's bucket by its hash.
void rate_limiter::state::settle(quota& q) {
  bucket& wanted = buckets[joined(q.hash.empty() ? joined("?", q.key) : q.hash, q.owner)];
  bucket* const before = std::exchange(q.home, &wanted);
  if (before == &wanted) return;
  wanted.users.push_back(&q);
  if (!before) return;
  std::erase(before->users, &q);
  // What is under way is counted where it will be answered, and who knows whether Discord counts there already.
  before->in_flight -= q.in_flight;
  wanted.in_flight += q.in_flight;
  wanted.remaining = std::max(wanted.remaining - q.in_flight, 0);
  if (wanted.how == bucket::mode::learning && before->how == bucket::mode::limited && before->remaining == 0)
    wanted.reset_at = before->reset_at;
  for (const lane* l : q.lanes) counters.moved += l->waiting.size();
  touch(q);
}

/// Of its lane.
const std::string& rate_limiter::state::name_of(const route_key& wanted) {
  key.clear();
  for (const std::string* part : {&wanted.sender, &wanted.route, &wanted.major, &wanted.domain}) key.append(*part) += '\n';
  return key;
}

limiter::lane* rate_limiter::state::known_lane(const route_key& wanted) {
  const auto found = lanes.find(name_of(wanted));
  return found == lanes.end() ? nullptr : &found->second;
}

limiter::lane& rate_limiter::state::lane_for(const route_key& wanted) {
  const auto [found, fresh] = lanes.try_emplace(name_of(wanted));
  lane& l = found->second;
  if (!fresh) return l;
  l.key = wanted;
  l.route = &routes.try_emplace(wanted.route, options.circuit).first->second;
  ++l.route->lanes;
  if (!wanted.exempt_from_global && !options.none) {
    l.from = wanted.by_address ? &address : &accounts.try_emplace(wanted.sender, options).first->second;
    ++l.from->lanes;
  }
  if (!wanted.domain.empty()) {
    l.order = &domains[joined(wanted.sender, wanted.domain)];
    l.order->lanes.push_back(&l);
  }
  const auto owner = joined(wanted.sender, wanted.major);
  const std::string shared_by = wanted.trusts_headers ? wanted.route : "emojis";
  quota& q = quotas[joined(shared_by, owner)];
  l.of = &q;
  q.lanes.push_back(&l);
  if (q.home) return l;
  q.key = shared_by;
  q.owner = owner;
  if (wanted.trusts_headers) q.hash = l.route->hash;
  settle(q);
  return l;
}

limiter::line& rate_limiter::state::line_for(const lane& l, const entry& e) {
  limiter::pool* over = l.key.exempt_from_global ? nullptr : e.over;
  line& n = lines[{l.route, l.from, over}];
  n.route = l.route;
  n.from = l.from;
  n.over = over;
  return n;
}

/// Takes in what an answer's headers say. The answered request holds no slot any more.
void rate_limiter::state::learn(lane& l, const response_info& info, time_point sent_at, time_point now) {
  quota& q = *l.of;
  const bool named = info.bucket && !info.bucket->empty();
  const bool has_numbers = info.limit && info.remaining && info.reset_after;
  // Other major parameters keep their buckets until they are answered themselves: these may differ, say for guilds and
  // private channels, and would else be moved to and fro.
  if (l.key.trusts_headers && named && l.route->hash != *info.bucket) l.route->hash = *info.bucket;
  if (l.key.trusts_headers && named && q.hash != *info.bucket) {
    q.hash = *info.bucket;
    settle(q);
  }
  if (l.key.trusts_headers && named && has_numbers)
    q.home->learn(*info.limit, *info.remaining, *info.reset_after, sent_at, now);
  else if (!l.key.trusts_headers || named || !has_numbers)
    q.home->learn_nothing(is_from_route(info));
  changed(*q.home);
}

/// A 429 of Discord's own, or of a proxy.
void rate_limiter::state::limited(entry& e, const response_info& info, time_point now) {
  lane& l = *e.where;
  quota& q = *l.of;
  auto pause = std::max(info.retry_after.value_or(info.reset_after.value_or(unexplained_pause)), duration::zero());
  if (++e.strikes > 2) {
    auto more = first_strike;
    for (int i = 3; i < e.strikes && more < worst_strike; ++i) more *= 2;
    pause += std::min(more, worst_strike);
  }
  const auto until = now + pause;
  const auto pause_route = [&] {
    q.paused_until = std::max(q.paused_until, until);
    touch(q);
  };
  if (options.none) {
    ++counters.limited_user;
    pause_route();
    return;
  }
  if (info.global || info.scope == limit_scope::global) {
    ++counters.limited_global;
    if (!l.from) return pause_route();
    l.from->window.pause_until(until);
    let_go(l.from->full);
    return;
  }
  learn(l, info, e.sent_at, now);
  const bool shared = info.scope == limit_scope::shared;
  ++(shared ? counters.limited_shared : counters.limited_user);
  pause_route();  // whatever bucket a late answer of another hash moves it to meanwhile
  // A shared limit, or a refusal although some are left, is about this route alone, not about its bucket.
  if (shared || !l.key.trusts_headers || info.remaining.value_or(0) > 0 || q.home->how != bucket::mode::limited) return;
  q.home->close_until(until);
  changed(*q.home);
}

/// What an answer, or the lack of one, says about whether Discord works.
void rate_limiter::state::judge(const entry& e, bool success, time_point now) {
  limiter::route_info& r = *e.where->route;
  if (success) {
    r.breaker.succeeded();
    breaker.succeeded();
    ++row;
    routes_in_row = 0;
  } else {
    if (std::exchange(r.failed_in, row) != row) ++routes_in_row;
    const bool was_probe = breaker.is_probe(e.probe);
    counters.circuit_openings += r.breaker.failed(e.route_probe, now) ? 1 : 0;
    counters.circuit_openings += breaker.failed(e.probe, now, routes_in_row >= options.circuit.routes) ? 1 : 0;
    // It may be this route alone: another asks next, if there is one.
    if (was_probe) r.breaker.open_until(breaker.until() + options.circuit.first);
  }
  let_go(r.broken);
  let_go(broken);
}

bool rate_limiter::state::may_be_forgotten(const lane& l, time_point now) const {
  if (!l.waiting.empty() || l.in_flight != 0 || l.resting != 0) return false;
  // What is known of it lasts a while yet.
  return now >= l.of->paused_until && (!l.of->home->reset_at || now >= *l.of->home->reset_at);
}

void rate_limiter::state::sweep(time_point now) {
  std::erase_if(names, [&](const auto& item) { return may_be_forgotten(*item.second, now); });
  std::erase_if(lanes, [&](const auto& item) {
    const lane& l = item.second;
    if (!may_be_forgotten(l, now)) return false;
    std::erase(l.of->lanes, &l);
    if (l.order) std::erase(l.order->lanes, &l);
    if (l.from) --l.from->lanes;
    --l.route->lanes;
    return true;
  });
  std::erase_if(lines, [](const auto& item) { return item.second.lanes.empty(); });
  std::erase_if(quotas, [](const auto& item) {
    const quota& q = item.second;
    if (!q.lanes.empty()) return false;
    // A bucket that is known to be unlimited, or not learnt, costs one more learning request; that is all.
    std::erase(q.home->users, &q);
    return true;
  });
  std::erase_if(buckets, [](const auto& item) { return item.second.users.empty(); });
  std::erase_if(domains, [](const auto& item) { return item.second.lanes.empty(); });
  std::erase_if(accounts, [&](const auto& item) { return item.second.lanes == 0 && item.second.window.idle(now); });
  std::erase_if(pools, [](const auto& item) { return item.second.tickets == 0; });
  if (routes.size() > many_routes) std::erase_if(routes, [](const auto& item) { return item.second.lanes == 0; });
}

rate_limiter::rate_limiter(rate_limiter_options options) : state_(std::make_unique<state>(options)) {}
rate_limiter::~rate_limiter() = default;

rate_limiter::ticket rate_limiter::acquire(const route_key& key, time_point now, priority urgency, time_point deadline,
                                           std::uint64_t order, const connections& over, bool is_ready) {
  auto& s = *state_;
  const auto [t, e] = s.make_ticket(s.lane_for(key), s.pool_for(over), now, order);
  e.client = over.of;
  e.urgency = urgency;
  e.deadline = deadline;
  e.ready = is_ready;
  if (!is_ready && deadline != time_point::max()) {  // whoever looks at its files may never be heard of again
    s.set_taken_back(t, e, deadline + limiter::owner_grace);
  }
  s.enqueue(t, e, now);
  return t;
}

void rate_limiter::name_key(std::string_view name, const route_key& key) {
  if (!state_->named_lane(name)) state_->names.emplace(name, &state_->lane_for(key));
}

void rate_limiter::ready(ticket t, time_point deadline) {
  auto& s = *state_;
  entry* const found = s.tickets.find(t);
  if (!found || found->in_flight) return;
  entry& e = *found;
  lane& l = *e.where;
  const bool listed = l.waiting.contains({e.urgency, e.order, t});
  if (!e.ready) s.no_longer_unready(t, e);
  if (listed) l.deadlines.erase({e.deadline, t});
  e.ready = true;
  e.deadline = deadline;
  if (listed && deadline != time_point::max()) l.deadlines.emplace(deadline, t);
  s.touch(l);
}

std::vector<rate_limiter::ticket> rate_limiter::poll(time_point now) {
  auto& s = *state_;
  ++s.polls;
  s.take_back(now);
  s.refuse_hopeless();
  s.wake_resting(now);
  s.look_at_the_clock(now);
  auto out = s.take_turns(now);
  if (s.polls >= s.sweeps_at) {
    s.sweep(now);
    // As rarely as there is much to look through.
    s.sweeps_at = s.polls + std::max<std::uint64_t>(polls_between_sweeps, s.lanes.size());
  }
  s.wakeup = s.next_look();
  return out;
}

const void* rate_limiter::client_of(ticket t) const { return state_->tickets.at(t).client; }

std::vector<refused_request> rate_limiter::take_refused() { return std::exchange(state_->refused, {}); }

bool rate_limiter::started(ticket t, time_point now) {
  auto& s = *state_;
  entry* const found = s.tickets.find(t);
  if (!found || !found->in_flight) return false;
  s.start(*found, now);
  limiter::account* from = found->where->from;
  if (!from) return false;
  const bool awaited = !from->full.lines.empty();
  s.let_go(from->full);
  return awaited;
}

void rate_limiter::put_off(ticket t) {
  entry* const found = state_->tickets.find(t);
  if (!found || !found->in_flight || !std::exchange(found->started, false)) return;
  if (found->where->from) found->where->from->window.put_off(found->sent_at);
}

std::optional<time_point> rate_limiter::next_wakeup() const { return state_->wakeup; }

rate_limiter::verdict rate_limiter::answered(ticket t, const response_info& info, time_point now,
                                             std::optional<duration> again_in) {
  auto& s = *state_;
  entry* const found = s.tickets.find(t);
  if (!found || !found->in_flight) return verdict::finished;
  entry& e = *found;
  lane& l = *e.where;
  ++s.counters.answered;
  // Without `started` nobody knows more than that it was sent between its grant and now.
  if (l.from && e.started) l.from->window.answered(e.sent_at, now);
  else if (l.from) l.from->window.arrived(now);
  e.started = true;
  s.release(t, e);
  // A 429 says that whoever counts is alive, not that the rest is.
  if (info.status != 429) s.judge(e, info.status < 500, now);
  if (info.status == 401 || info.status == 403 || (info.status == 429 && info.scope != limit_scope::shared))
    s.guard.count(now);

  if (info.status == 429) {
    if (!info.from_discord && !s.options.none) {
      ++s.counters.limited_blocked;
      s.block_until(now + std::max(info.retry_after.value_or(duration::zero()), s.options.blocked_for));
      s.end(t, e);
      return verdict::blocked;
    }
    s.limited(e, info, now);
    // Nothing has happened: whom another limit lets go may overtake it, as if it had not been its turn.
    if (l.order && !e.uncertain) s.free(*l.order);
    s.enqueue(t, e, now);
    return verdict::again;
  }

  if (info.status == 404 && info.code == unknown_webhook && !l.key.webhook.empty()) s.gone.add(l.key.webhook);
  // 50027 and 40001, say, are about this call, not about the token.
  if (info.status == 401 && l.key.carries_token && (info.code == 0 || info.code == invalid_token))
    s.rejected.add(l.key.sender);
  s.learn(l, info, e.sent_at, now);
  e.strikes = 0;
  if (!again_in) {
    s.end(t, e);
    return verdict::finished;
  }
  e.uncertain = true;
  s.rest_until(now + *again_in, t, e, now);
  return verdict::again;
}

rate_limiter::verdict rate_limiter::failed(ticket t, time_point now, std::optional<duration> again_in) {
  auto& s = *state_;
  entry* const found = s.tickets.find(t);
  if (!found) return verdict::finished;
  entry& e = *found;
  ++s.counters.failed;
  if (e.in_flight) {
    s.release(t, e);
    s.judge(e, false, now);
  }
  if (!again_in) {
    s.end(t, e);
    return verdict::finished;
  }
  e.uncertain = true;
  s.unqueue(t, e);
  s.rest_until(now + *again_in, t, e, now);
  return verdict::again;
}

void rate_limiter::cancel(ticket t, time_point) {
  auto& s = *state_;
  entry* const found = s.tickets.find(t);
  if (!found) return;
  ++s.counters.cancelled;
  s.end(t, *found);
}

std::optional<time_point> rate_limiter::blocked_until(time_point now) const noexcept {
  if (state_->blocked > now) return state_->blocked;
  return std::nullopt;
}

std::size_t rate_limiter::invalid_requests(time_point now) { return state_->guard.seen(now); }
std::size_t rate_limiter::waiting() const noexcept { return state_->waiting; }
std::size_t rate_limiter::in_flight() const noexcept { return state_->in_flight; }
std::size_t rate_limiter::buckets() const noexcept { return state_->buckets.size(); }
rate_limiter_counters rate_limiter::counters() const noexcept { return state_->counters; }

std::vector<queue_figure> rate_limiter::figures(time_point now) const {
  const auto& s = *state_;
  std::unordered_map<const lane*, time_point> oldest_resting;
  for (const auto& [then, t] : s.resting) {
    const entry& e = s.tickets.at(t);
    auto& oldest = oldest_resting.try_emplace(e.where, e.since).first->second;
    oldest = std::min(oldest, e.since);
  }
  std::vector<queue_figure> out;
  for (const auto& [key, l] : s.lanes) {
    if (l.waiting.empty() && l.resting == 0) continue;
    const auto resting = oldest_resting.find(&l);
    time_point since = resting == oldest_resting.end() ? now : resting->second;
    // Of those that are equally urgent the first has waited longest.
    for (auto at = l.waiting.begin(); at != l.waiting.end();) {
      since = std::min(since, s.tickets.at(limiter::ticket_of(*at)).since);
      const auto urgency = static_cast<int>(std::get<priority>(*at));
      at = l.waiting.lower_bound({static_cast<priority>(urgency + 1), 0, 0});
    }
    const auto why = l.waiting.empty() ? wait_reason::backoff : l.in ? l.in->held_by : l.held_by;
    out.push_back({label(l.key), l.of->hash, l.waiting.size() + static_cast<std::size_t>(l.resting),
                   l.in_flight, now - since, why});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.oldest > b.oldest; });
  return out;
}

}  // namespace monochord::protocol
