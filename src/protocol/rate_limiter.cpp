// SPDX-License-Identifier: MIT
#include "protocol/rate_limiter.hpp"

#include <algorithm>
#include <deque>
#include <queue>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "protocol/invalid_guard.hpp"
#include "protocol/rate_bucket.hpp"
#include "protocol/sliding_window.hpp"

namespace monochord::protocol {
namespace {

using ticket = rate_limiter::ticket;
using bucket = rate_bucket;

constexpr int polls_between_sweeps = 256;
/// More templates than Discord has: then what nobody uses is forgotten.
constexpr std::size_t many_routes = 2000;
/// A 429 that says neither how long nor why.
constexpr duration unexplained_pause = std::chrono::seconds{1};
/// On top of what a 429 says, from the third in a row for one request: growing, so that nothing ever spins.
constexpr duration first_strike = std::chrono::milliseconds{250};
constexpr duration worst_strike = std::chrono::seconds{30};
/// An owner with a long deadline may hold its slot until then, and this long.
constexpr duration owner_grace = std::chrono::seconds{30};

constexpr std::int64_t unknown_webhook = 10015;
constexpr std::int64_t invalid_token = 50014;

struct route_info {
  std::string bucket_hash;  // empty: not known
  int lanes = 0;
};

/// Writes that go one after the other.
struct domain {
  int in_flight = 0;
  int lanes = 0;
  time_point paused_until = time_point::min();
};

using place = std::tuple<priority, std::uint64_t, ticket>;
constexpr std::size_t ticket_index = 2;

/// The requests of one route with the same major parameters, in order.
struct lane {
  route_key key;
  std::string quota;  // sender, route and major, as the bucket of a route that is not learnt
  route_info* route = nullptr;
  bucket* home = nullptr;
  domain* order = nullptr;
  std::set<place> waiting;
  int in_flight = 0;
  time_point paused_until = time_point::min();  // sub-limits and shared limits
  wait_reason held_by = wait_reason::none;      // its front, at the last poll
};

struct entry {
  lane* where = nullptr;
  priority urgency = priority::normal;
  std::uint64_t order = 0;
  bool in_flight = false;
  bool probes = false;
  bool counted_as_waiting = false;
  int strikes = 0;            // 429s in a row
  time_point since{};
  time_point sent_at{};
  time_point not_before = time_point::min();
  time_point deadline{};      // the caller's
  time_point taken_back{};    // in flight: when its slot is
};

std::string joined(const std::string& a, const std::string& b) { return a + '\n' + b; }

/// The last `limit` texts that were put in.
class bounded_set {
 public:
  explicit bounded_set(std::size_t limit) : limit_(limit) {}
  bool empty() const noexcept { return known_.empty(); }
  bool holds(const std::string& text) const { return known_.contains(text); }
  void add(const std::string& text) {
    if (limit_ == 0 || !known_.insert(text).second) return;
    order_.push_back(text);
    if (order_.size() <= limit_) return;
    known_.erase(order_.front());
    order_.pop_front();
  }

 private:
  std::size_t limit_;
  std::unordered_set<std::string> known_;
  std::deque<std::string> order_;
};

}  // namespace

std::string_view name(wait_reason why) noexcept {
  switch (why) {
    case wait_reason::none: return "nothing";
    case wait_reason::order: return "an earlier write to the same place";
    case wait_reason::learning: return "the answer that tells the route's limit";
    case wait_reason::bucket: return "the limit of its bucket";
    case wait_reason::route: return "a limit of its route";
    case wait_reason::global: return "the global limit";
    case wait_reason::blocked: return "the end of a block of this address";
    case wait_reason::guard: return "the guard against too many invalid requests";
    case wait_reason::circuit: return "Discord, which only fails at the moment";
    case wait_reason::backoff: return "its own pause after a failure";
  }
  return "nothing";
}

struct rate_limiter::state {
  explicit state(rate_limiter_options o)
      : options(o),
        address(o.global_limit, o.global_window),
        guard(o.invalid_limit == 0 ? 0 : std::max<std::size_t>(o.invalid_limit - std::min(o.invalid_reserve, o.invalid_limit), 1),
              o.invalid_window),
        breaker(o.circuit),
        gone(o.remembered_refusals),
        rejected(o.remembered_refusals) {}

  bucket& bucket_at(const std::string& key) {
    auto& slot = buckets[key];
    if (!slot) {
      slot = std::make_unique<bucket>();
      slot->key = key;
    }
    return *slot;
  }

  void settle(lane& l) {
    const auto& hash = l.route->bucket_hash;
    bucket& wanted = bucket_at(hash.empty() ? joined("?", l.quota) : joined(joined(hash, l.key.sender), l.key.major));
    if (l.home == &wanted) return;
    if (l.home) {
      --l.home->lanes;
      counters.moved += l.waiting.size();
      // What is under way is counted where it will be answered.
      l.home->in_flight -= l.in_flight;
      wanted.in_flight += l.in_flight;
      wanted.remaining = std::max(wanted.remaining - l.in_flight, 0);
    }
    l.home = &wanted;
    ++wanted.lanes;
  }

  lane& lane_for(const route_key& key) {
    const auto quota = joined(joined(key.sender, key.route), key.major);
    auto& slot = lanes[joined(quota, key.domain)];
    if (!slot) {
      slot = std::make_unique<lane>();
      slot->key = key;
      slot->quota = quota;
      slot->route = &routes[key.route];
      ++slot->route->lanes;
      if (!key.domain.empty()) {
        slot->order = &domains[joined(key.sender, key.domain)];
        ++slot->order->lanes;
      }
      settle(*slot);
    }
    return *slot;
  }

  sliding_window* window_of(const lane& l) {
    if (l.key.exempt_from_global || options.none) return nullptr;
    if (l.key.by_address) return &address;
    return &windows.try_emplace(l.key.sender, options.global_limit, options.global_window).first->second;
  }

  std::optional<refused_request::cause> refusal_of(const lane& l) const {
    if (!gone.empty() && !l.key.webhook.empty()) {
      const auto& webhook = l.key.webhook;
      if (gone.holds(webhook) || gone.holds(webhook.substr(0, webhook.find('/')))) return refused_request::cause::webhook_gone;
    }
    if (!rejected.empty() && l.key.carries_token && rejected.holds(l.key.sender))
      return refused_request::cause::token_rejected;
    return std::nullopt;
  }

  struct hold {
    time_point until;
    wait_reason why;
  };

  /// What keeps the front of a lane, the first of all reasons that last.
  hold hold_of(lane& l, const entry& e, time_point now) {
    if (e.not_before > now) return {e.not_before, wait_reason::backoff};
    if (l.order && l.order->in_flight > 0) return {time_point::max(), wait_reason::order};
    if (l.paused_until > now) return {l.paused_until, wait_reason::route};
    if (l.order && l.order->paused_until > now) return {l.order->paused_until, wait_reason::route};
    if (options.none) return {now, wait_reason::none};
    if (blocked > now) return {blocked, wait_reason::blocked};
    const auto quota = l.home->next(now);
    if (quota == time_point::max()) return {quota, wait_reason::learning};
    if (quota > now) return {quota, wait_reason::bucket};
    if (l.key.exempt_from_global) return {now, wait_reason::none};
    if (const auto at = guard.next(in_flight, now); at > now) return {at, wait_reason::guard};
    if (const auto at = breaker.next(now); at > now) return {at, wait_reason::circuit};
    if (const auto at = window_of(l)->next(now); at > now) return {at, wait_reason::global};
    return {now, wait_reason::none};
  }

  std::uint64_t& counter_of(wait_reason why) {
    switch (why) {
      case wait_reason::order: return counters.waits_order;
      case wait_reason::learning: return counters.waits_learning;
      case wait_reason::global: return counters.waits_global;
      case wait_reason::blocked: return counters.waits_blocked;
      case wait_reason::guard: return counters.waits_guard;
      case wait_reason::circuit: return counters.waits_circuit;
      case wait_reason::backoff: return counters.waits_backoff;
      case wait_reason::none:
      case wait_reason::bucket:
      case wait_reason::route: break;
    }
    return counters.waits_bucket;
  }

  void send(ticket t, entry& e, time_point now) {
    lane& l = *e.where;
    if (auto* window = window_of(l)) window->sent(now);
    l.home->sent();
    ++l.in_flight;
    ++in_flight;
    if (l.order) ++l.order->in_flight;
    e.in_flight = true;
    e.probes = !l.key.exempt_from_global && breaker.sent();
    e.counted_as_waiting = false;
    e.sent_at = now;
    e.taken_back = now + options.answer_deadline;
    if (e.deadline != time_point::max()) e.taken_back = std::max(e.taken_back, e.deadline + owner_grace);
    deadlines.emplace(e.taken_back, t);
    unqueue(t, e);
    ++counters.sent;
  }

  void release(ticket t, entry& e) {
    if (!e.in_flight) return;
    e.in_flight = false;
    deadlines.erase({e.taken_back, t});
    --e.where->home->in_flight;
    --e.where->in_flight;
    --in_flight;
    if (e.where->order) --e.where->order->in_flight;
    if (e.probes) breaker.probe_over();
  }

  void enqueue(ticket t, entry& e, time_point now) {
    if (e.not_before > now && !e.where->order) {  // has no order to keep: nobody waits behind it
      resting.emplace(e.not_before, t);
      ++waiting;
      return;
    }
    e.where->waiting.insert({e.urgency, e.order, t});
    active.insert(e.where);
    ++waiting;
  }

  void unqueue(ticket t, entry& e) {
    lane& l = *e.where;
    if (l.waiting.erase({e.urgency, e.order, t}) != 0 || resting.erase({e.not_before, t}) != 0) --waiting;
    if (l.waiting.empty()) active.erase(&l);
  }

  void end(ticket t, entry& e) {
    release(t, e);
    unqueue(t, e);
    tickets.erase(t);
  }

  void refuse(ticket t, entry& e, refused_request why) {
    refused.push_back(why);
    ++counters.refused;
    end(t, e);
  }

  /// Sends it again not before `then`; the next poll refuses what may not take so long.
  void rest_until(time_point then, ticket t, entry& e, time_point now) {
    e.not_before = then;
    enqueue(t, e, now);
    if (then > e.deadline) hopeless.push_back(t);
  }

  void take_back(time_point now);
  void wake_resting(time_point now);
  void refuse_hopeless();
  void learn(lane& l, const response_info& info, time_point sent_at, time_point now);
  void limited(entry& e, const response_info& info, time_point now);
  void sweep(time_point now);

  rate_limiter_options options;
  rate_limiter_counters counters;
  ticket last_ticket = 0;
  std::size_t waiting = 0;
  std::size_t in_flight = 0;
  int polls = 0;
  sliding_window address;
  std::unordered_map<std::string, sliding_window> windows;  // by sender
  invalid_guard guard;
  circuit breaker;
  bounded_set gone;      // webhooks
  bounded_set rejected;  // senders
  time_point blocked = time_point::min();
  std::optional<time_point> wakeup;
  std::vector<refused_request> refused;
  std::vector<ticket> hopeless;  // to be refused by the next poll, if they are still there

  std::unordered_map<std::string, route_info> routes;
  std::unordered_map<std::string, domain> domains;
  std::unordered_map<std::string, std::unique_ptr<lane>> lanes;
  std::unordered_map<std::string, std::unique_ptr<bucket>> buckets;
  std::unordered_map<ticket, entry> tickets;
  std::set<lane*> active;                             // lanes in which somebody waits
  std::set<std::pair<time_point, ticket>> deadlines;  // of what is in flight
  std::set<std::pair<time_point, ticket>> resting;    // pauses of what has no order to keep
};

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
    const auto found = tickets.find(t);
    if (found == tickets.end()) continue;
    const auto until = found->second.not_before;
    refuse(t, found->second, {t, refused_request::cause::late, wait_reason::backoff, until});
  }
}

/// Takes in what an answer's headers say. The answered request holds no slot any more.
void rate_limiter::state::learn(lane& l, const response_info& info, time_point sent_at, time_point now) {
  const bool has_numbers = info.limit && info.remaining && info.reset_after;
  if (!l.key.trusts_headers || !info.bucket || info.bucket->empty()) {
    if (!l.key.trusts_headers || !has_numbers) l.home->learn_nothing(info.status);
    return;
  }
  if (l.route->bucket_hash != *info.bucket) {
    l.route->bucket_hash = *info.bucket;
    for (auto& [key, other] : lanes)
      if (other->route == l.route) settle(*other);
  }
  if (has_numbers) l.home->learn(*info.limit, *info.remaining, *info.reset_after, sent_at, now);
  else l.home->learn_nothing(info.status);
}

/// A 429 of Discord's own, or of a proxy.
void rate_limiter::state::limited(entry& e, const response_info& info, time_point now) {
  lane& l = *e.where;
  auto pause = std::max(info.retry_after.value_or(info.reset_after.value_or(unexplained_pause)), duration::zero());
  if (++e.strikes > 2) {
    auto more = first_strike;
    for (int i = 3; i < e.strikes && more < worst_strike; ++i) more *= 2;
    pause += std::min(more, worst_strike);
  }
  const auto until = now + pause;
  const auto pause_route = [&] {
    auto& paused = l.key.trusts_headers || !l.order ? l.paused_until : l.order->paused_until;
    paused = std::max(paused, until);
  };
  if (options.none) {
    ++counters.limited_user;
    pause_route();
    return;
  }
  if (info.global || info.scope == limit_scope::global) {
    ++counters.limited_global;
    if (auto* window = window_of(l)) window->pause_until(until);
    else pause_route();
    return;
  }
  learn(l, info, e.sent_at, now);
  const bool shared = info.scope == limit_scope::shared;
  ++(shared ? counters.limited_shared : counters.limited_user);
  // A shared limit, or a refusal although some are left, is about this route alone, not about its bucket.
  if (shared || !l.key.trusts_headers || info.remaining.value_or(0) > 0 || l.home->how != bucket::mode::limited) pause_route();
  else l.home->close_until(until);
}

void rate_limiter::state::sweep(time_point now) {
  std::erase_if(lanes, [&](auto& item) {
    lane& l = *item.second;
    if (!l.waiting.empty() || l.in_flight != 0 || now < l.paused_until) return false;
    if (l.home->reset_at && now < *l.home->reset_at) return false;
    if (std::any_of(resting.begin(), resting.end(), [&](const auto& r) { return tickets.at(r.second).where == &l; })) return false;
    // A bucket that is known to be unlimited, or not learnt, costs one more learning request; that is all.
    --l.home->lanes;
    --l.route->lanes;
    if (l.order) --l.order->lanes;
    return true;
  });
  std::erase_if(buckets, [&](auto& item) { return item.second->lanes == 0 && item.second->in_flight == 0; });
  std::erase_if(domains, [&](auto& item) { return item.second.lanes == 0 && now >= item.second.paused_until; });
  std::erase_if(windows, [&](auto& item) { return item.second.idle(now); });
  if (routes.size() > many_routes) std::erase_if(routes, [&](auto& item) { return item.second.lanes == 0; });
}

rate_limiter::rate_limiter(rate_limiter_options options) : state_(std::make_unique<state>(options)) {}
rate_limiter::~rate_limiter() = default;

rate_limiter::ticket rate_limiter::acquire(const route_key& key, time_point now, priority urgency, time_point deadline,
                                           std::uint64_t order) {
  auto& s = *state_;
  const ticket t = ++s.last_ticket;
  entry& e = s.tickets[t];
  e.where = &s.lane_for(key);
  e.urgency = urgency;
  e.order = order == 0 ? t : order;
  e.since = now;
  e.deadline = deadline;
  s.enqueue(t, e, now);
  ++s.counters.acquired;
  return t;
}

std::vector<rate_limiter::ticket> rate_limiter::poll(time_point now) {
  auto& s = *state_;
  s.take_back(now);
  s.refuse_hopeless();
  s.wake_resting(now);

  // The first waiting request of each lane, the most urgent and then the oldest first; a lane that cannot go leaves
  // this round.
  using front = std::pair<place, lane*>;
  std::priority_queue<front, std::vector<front>, std::greater<>> fronts;
  for (lane* l : s.active) fronts.push({*l->waiting.begin(), l});

  std::vector<ticket> out;
  time_point wake = s.resting.empty() ? time_point::max() : s.resting.begin()->first;
  while (!fronts.empty()) {
    const auto [at, l] = fronts.top();
    fronts.pop();
    const ticket t = std::get<ticket_index>(at);
    entry& e = s.tickets.at(t);
    if (const auto why = s.refusal_of(*l)) {
      s.refuse(t, e, {t, *why, wait_reason::none, now});
    } else {
      const auto held = s.hold_of(*l, e, now);
      l->held_by = held.why;
      if (held.until <= now) {
        s.send(t, e, now);
        out.push_back(t);
      } else if (held.until != time_point::max() && held.until > e.deadline) {
        s.refuse(t, e, {t, refused_request::cause::late, held.why, held.until});
      } else {
        wake = std::min(wake, held.until);
        if (!e.counted_as_waiting) ++s.counter_of(held.why);
        e.counted_as_waiting = true;
        continue;
      }
    }
    if (!l->waiting.empty()) fronts.push({*l->waiting.begin(), l});
  }
  if (!s.deadlines.empty()) wake = std::min(wake, s.deadlines.begin()->first);
  s.wakeup = wake == time_point::max() ? std::nullopt : std::optional<time_point>(wake);
  if (++s.polls >= polls_between_sweeps) {
    s.polls = 0;
    s.sweep(now);
  }
  return out;
}

std::vector<refused_request> rate_limiter::take_refused() { return std::exchange(state_->refused, {}); }

std::optional<time_point> rate_limiter::next_wakeup() const { return state_->wakeup; }

rate_limiter::verdict rate_limiter::answered(ticket t, const response_info& info, time_point now,
                                             std::optional<duration> again_in) {
  auto& s = *state_;
  const auto found = s.tickets.find(t);
  if (found == s.tickets.end() || !found->second.in_flight) return verdict::finished;
  entry& e = found->second;
  lane& l = *e.where;
  ++s.counters.answered;
  s.release(t, e);
  // A 429 says that whoever counts is alive, not that the rest is.
  if (info.status >= 500) s.breaker.failed(e.probes, now);
  else if (info.status != 429) s.breaker.succeeded();
  if (info.status == 401 || info.status == 403 || (info.status == 429 && info.scope != limit_scope::shared))
    s.guard.count(now);

  if (info.status == 429) {
    if (!info.from_discord && !s.options.none) {
      ++s.counters.limited_blocked;
      s.blocked = std::max(s.blocked, now + std::max(info.retry_after.value_or(duration::zero()), s.options.blocked_for));
      s.end(t, e);
      return verdict::blocked;
    }
    s.limited(e, info, now);
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
  s.rest_until(now + *again_in, t, e, now);
  return verdict::again;
}

rate_limiter::verdict rate_limiter::failed(ticket t, time_point now, std::optional<duration> again_in) {
  auto& s = *state_;
  const auto found = s.tickets.find(t);
  if (found == s.tickets.end()) return verdict::finished;
  entry& e = found->second;
  ++s.counters.failed;
  if (e.in_flight) {
    s.release(t, e);
    s.breaker.failed(e.probes, now);
  }
  if (!again_in) {
    s.end(t, e);
    return verdict::finished;
  }
  s.unqueue(t, e);
  s.rest_until(now + *again_in, t, e, now);
  return verdict::again;
}

void rate_limiter::cancel(ticket t, time_point) {
  auto& s = *state_;
  const auto found = s.tickets.find(t);
  if (found == s.tickets.end()) return;
  ++s.counters.cancelled;
  s.end(t, found->second);
}

std::optional<time_point> rate_limiter::blocked_until(time_point now) const noexcept {
  if (state_->blocked > now) return state_->blocked;
  return std::nullopt;
}

std::size_t rate_limiter::invalid_requests(time_point now) { return state_->guard.seen(now); }
std::size_t rate_limiter::waiting() const noexcept { return state_->waiting; }
std::size_t rate_limiter::in_flight() const noexcept { return state_->in_flight; }
std::size_t rate_limiter::buckets() const noexcept { return state_->buckets.size(); }

rate_limiter_counters rate_limiter::counters() const noexcept {
  auto all = state_->counters;
  all.circuit_openings = state_->breaker.openings();
  return all;
}

std::vector<queue_figure> rate_limiter::figures(time_point now) const {
  const auto& s = *state_;
  std::unordered_map<const lane*, queue_figure> found;
  for (const auto& [t, e] : s.tickets) {
    if (e.in_flight) continue;
    auto& figure = found[e.where];
    ++figure.waiting;
    figure.oldest = std::max(figure.oldest, now - e.since);
  }
  std::vector<queue_figure> out;
  for (auto& [l, figure] : found) {
    figure.label = l->key.label.empty() ? l->key.route : l->key.label;
    figure.bucket = l->route->bucket_hash;
    figure.in_flight = l->in_flight;
    figure.waits_for = l->held_by;
    out.push_back(std::move(figure));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.oldest > b.oldest; });
  return out;
}

}  // namespace monochord::protocol
