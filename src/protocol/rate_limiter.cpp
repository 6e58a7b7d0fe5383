// SPDX-License-Identifier: MIT
#include "protocol/rate_limiter.hpp"

#include <algorithm>
#include <deque>
#include <queue>
#include <set>
#include <unordered_map>

namespace monochord::protocol {
namespace {

using ticket = rate_limiter::ticket;

constexpr int polls_between_sweeps = 256;
/// A 429 that says neither how long nor why.
constexpr duration unexplained_pause = std::chrono::seconds{1};

/// At most `limit` sendings in any `window`, counted from the sendings themselves: the first use starts it.
class sliding_window {
 public:
  sliding_window(int limit, duration window) : limit_(static_cast<std::size_t>(std::max(limit, 0))), window_(window) {}

  time_point next(time_point now) const {
    const auto free_at = limit_ == 0 || times_.size() < limit_ ? now : times_.front() + window_;
    return std::max({now, free_at, paused_until_});
  }
  void sent(time_point now) {
    if (limit_ == 0) return;
    if (times_.size() == limit_) times_.pop_front();
    times_.push_back(now);
  }
  void pause_until(time_point until) { paused_until_ = std::max(paused_until_, until); }

 private:
  std::size_t limit_;
  duration window_;
  std::deque<time_point> times_;
  time_point paused_until_ = time_point::min();
};

struct lane;

/// One quota of Discord's: a bucket hash together with major parameters; or, before the hash is known, one lane's own.
struct bucket {
  enum class mode : std::uint8_t { learning, limited, unlimited };
  std::string key;
  mode how = mode::learning;
  int limit = 1;
  int remaining = 1;                    // by the last answer, less what was sent since
  std::optional<time_point> reset_at;   // nothing: no answer yet in the present window
  int in_flight = 0;
  int lanes = 0;

  /// When one more may go; time_point::max() when only an answer can tell.
  time_point next(time_point now) {
    if (how == mode::unlimited) return now;
    if (how == mode::learning) return in_flight == 0 ? now : time_point::max();
    if (reset_at && now >= *reset_at) {
      // A new window. What is still in flight may be counted in it; when it ends, the next answer will say.
      remaining = std::max(limit - in_flight, 0);
      reset_at.reset();
    }
    if (remaining > 0) return now;
    if (reset_at) return *reset_at;
    return in_flight == 0 ? now : time_point::max();  // every answer was lost: ask with one
  }
  void sent() {
    ++in_flight;
    if (remaining > 0) --remaining;
  }
};

struct route_info {
  std::string bucket_hash;  // empty: not known
};

/// The requests of one route with the same major parameters, in order.
struct lane {
  std::string key;
  route_info* route = nullptr;
  std::string major;
  bucket* home = nullptr;
  bool exempt = false;
  bool by_address = false;
  std::set<ticket> waiting;
  int in_flight = 0;
  time_point paused_until = time_point::min();  // sub-limits and shared limits
};

struct entry {
  lane* where = nullptr;
  bucket* charged = nullptr;  // in flight: whose slot it holds
  bool in_flight = false;
  bool counted_as_waiting = false;
  time_point deadline{};      // in flight: when its slot is taken back
};

std::string joined(const std::string& a, const std::string& b) { return a + '\n' + b; }

}  // namespace

struct rate_limiter::state {
  explicit state(rate_limiter_options o)
      : options(o), global(o.global_limit, o.global_window), address(o.global_limit, o.global_window) {}

  bucket& bucket_at(const std::string& key) {
    auto& slot = buckets[key];
    if (!slot) {
      slot = std::make_unique<bucket>();
      slot->key = key;
    }
    return *slot;
  }

  std::string bucket_key(const lane& l) const {
    return l.route->bucket_hash.empty() ? joined("?", l.key) : joined(l.route->bucket_hash, l.major);
  }

  void settle(lane& l) {
    bucket& wanted = bucket_at(bucket_key(l));
    if (l.home == &wanted) return;
    if (l.home) {
      --l.home->lanes;
      counters.moved += l.waiting.size();
    }
    l.home = &wanted;
    ++wanted.lanes;
  }

  lane& lane_for(const route_key& key) {
    auto& slot = lanes[joined(key.route, key.major)];
    if (!slot) {
      slot = std::make_unique<lane>();
      slot->key = joined(key.route, key.major);
      slot->route = &routes[key.route];
      slot->major = key.major;
      slot->exempt = key.exempt_from_global;
      slot->by_address = key.by_address;
      settle(*slot);
    }
    return *slot;
  }

  sliding_window* window_of(const lane& l) { return l.exempt ? nullptr : l.by_address ? &address : &global; }

  void release(entry& e) {
    if (!e.in_flight) return;
    e.in_flight = false;
    --e.charged->in_flight;
    --e.where->in_flight;
    --in_flight;
    e.charged = nullptr;
  }

  void end(ticket t, entry& e) {
    release(e);
    if (e.where->waiting.erase(t) != 0) --waiting;
    if (e.where->waiting.empty()) active.erase(e.where);
    tickets.erase(t);
  }

  void learn(lane& l, const response_info& info, time_point now);
  void sweep(time_point now);

  rate_limiter_options options;
  rate_limiter_counters counters;
  ticket last_ticket = 0;
  std::size_t waiting = 0;
  std::size_t in_flight = 0;
  int polls = 0;
  sliding_window global;
  sliding_window address;
  time_point blocked = time_point::min();
  std::optional<time_point> wakeup;

  std::unordered_map<std::string, route_info> routes;
  std::unordered_map<std::string, std::unique_ptr<lane>> lanes;
  std::unordered_map<std::string, std::unique_ptr<bucket>> buckets;
  std::unordered_map<ticket, entry> tickets;
  std::set<lane*> active;                              // lanes in which somebody waits
  std::deque<std::pair<time_point, ticket>> deadlines;  // of sendings, in order
};

/// Takes in what an answer's headers say. The answered request holds no slot any more.
void rate_limiter::state::learn(lane& l, const response_info& info, time_point now) {
  if (!info.bucket || info.bucket->empty()) {
    const bool says_nothing = !info.limit && !info.remaining;
    if (says_nothing && info.status != 429) {
      // Errors of Discord's edge tell nothing about the route; anything else without headers has no limit to obey.
      if (l.home->how == bucket::mode::learning && info.status < 500) l.home->how = bucket::mode::unlimited;
      if (l.home->how == bucket::mode::limited) ++l.home->remaining;
    }
    return;
  }
  if (l.route->bucket_hash != *info.bucket) {
    l.route->bucket_hash = *info.bucket;
    for (auto& [key, other] : lanes)
      if (other->route == l.route) settle(*other);
  }
  if (!info.limit || !info.remaining || !info.reset_after) return;
  bucket& b = *l.home;
  const int reported = std::max(*info.remaining, 0);
  const bool fresh = b.how != bucket::mode::limited || !b.reset_at || now >= *b.reset_at ||
                     reported > b.remaining + b.in_flight;
  // In a window that we have been counting, what is in flight is already taken off; in a new one the answer may have
  // been given before or after the others were counted: assume before.
  b.remaining = fresh ? std::max(reported - b.in_flight, 0) : std::min(b.remaining, reported);
  b.how = bucket::mode::limited;
  b.limit = std::max(*info.limit, 1);
  b.reset_at = now + *info.reset_after;
}

void rate_limiter::state::sweep(time_point now) {
  std::erase_if(lanes, [&](auto& item) {
    lane& l = *item.second;
    if (!l.waiting.empty() || l.in_flight != 0 || now < l.paused_until) return false;
    if (l.home->reset_at && now < *l.home->reset_at) return false;
    // A bucket that is known to be unlimited, or not learnt, costs one more learning request; that is all.
    --l.home->lanes;
    return true;
  });
  std::erase_if(buckets, [&](auto& item) { return item.second->lanes == 0 && item.second->in_flight == 0; });
}

rate_limiter::rate_limiter(rate_limiter_options options) : state_(std::make_unique<state>(options)) {}
rate_limiter::~rate_limiter() = default;

rate_limiter::ticket rate_limiter::acquire(const route_key& key, time_point) {
  auto& s = *state_;
  lane& l = s.lane_for(key);
  const ticket t = ++s.last_ticket;
  s.tickets[t].where = &l;
  l.waiting.insert(t);
  s.active.insert(&l);
  ++s.waiting;
  ++s.counters.acquired;
  return t;
}

std::vector<rate_limiter::ticket> rate_limiter::poll(time_point now) {
  auto& s = *state_;
  while (!s.deadlines.empty() && s.deadlines.front().first <= now) {
    const auto t = s.deadlines.front().second;
    s.deadlines.pop_front();
    const auto found = s.tickets.find(t);
    if (found == s.tickets.end() || !found->second.in_flight || found->second.deadline > now) continue;
    ++s.counters.expired;
    s.end(t, found->second);
  }

  // The oldest waiting request of each lane, oldest first; a lane that cannot go leaves this round.
  using front = std::pair<ticket, lane*>;
  std::priority_queue<front, std::vector<front>, std::greater<>> fronts;
  for (lane* l : s.active) fronts.push({*l->waiting.begin(), l});

  std::vector<ticket> out;
  time_point wake = s.deadlines.empty() ? time_point::max() : s.deadlines.front().first;
  while (!fronts.empty()) {
    const auto [t, l] = fronts.top();
    fronts.pop();
    entry& e = s.tickets.at(t);
    const auto held = [&](time_point until, std::uint64_t& counter) {
      wake = std::min(wake, until);
      if (!e.counted_as_waiting) ++counter;
      e.counted_as_waiting = true;
    };
    if (s.blocked > now) {
      held(s.blocked, s.counters.waits_blocked);
      continue;
    }
    const auto quota = std::max(l->home->next(now), l->paused_until);
    if (quota > now) {
      held(quota, quota == time_point::max() ? s.counters.waits_learning : s.counters.waits_bucket);
      continue;
    }
    if (auto* window = s.window_of(*l)) {
      const auto global = window->next(now);
      if (global > now) {
        held(global, s.counters.waits_global);
        continue;
      }
      window->sent(now);
    }
    l->home->sent();
    ++l->in_flight;
    ++s.in_flight;
    e.charged = l->home;
    e.in_flight = true;
    e.counted_as_waiting = false;
    l->waiting.erase(l->waiting.begin());
    --s.waiting;
    e.deadline = now + s.options.answer_deadline;
    s.deadlines.emplace_back(e.deadline, t);
    wake = std::min(wake, s.deadlines.front().first);
    ++s.counters.sent;
    out.push_back(t);
    if (l->waiting.empty()) s.active.erase(l);
    else fronts.push({*l->waiting.begin(), l});
  }
  s.wakeup = wake == time_point::max() ? std::nullopt : std::optional<time_point>(wake);
  if (++s.polls >= polls_between_sweeps) {
    s.polls = 0;
    s.sweep(now);
  }
  return out;
}

std::optional<time_point> rate_limiter::next_wakeup() const { return state_->wakeup; }

rate_limiter::verdict rate_limiter::answered(ticket t, const response_info& info, time_point now) {
  auto& s = *state_;
  const auto found = s.tickets.find(t);
  if (found == s.tickets.end() || !found->second.in_flight) return verdict::finished;
  entry& e = found->second;
  lane& l = *e.where;
  ++s.counters.answered;
  s.release(e);

  if (info.status != 429) {
    s.learn(l, info, now);
    s.end(t, e);
    return verdict::finished;
  }

  if (!info.from_discord) {
    ++s.counters.limited_blocked;
    s.blocked = std::max(s.blocked, now + std::max(info.retry_after.value_or(duration::zero()), s.options.blocked_for));
    s.end(t, e);
    return verdict::blocked;
  }
  const auto pause = info.retry_after.value_or(info.reset_after.value_or(unexplained_pause));
  const auto until = now + std::max(pause, duration::zero());
  if (info.global || info.scope == limit_scope::global) {
    ++s.counters.limited_global;
    if (auto* window = s.window_of(l)) window->pause_until(until);
    else l.paused_until = std::max(l.paused_until, until);
  } else {
    s.learn(l, info, now);
    const bool shared = info.scope == limit_scope::shared;
    ++(shared ? s.counters.limited_shared : s.counters.limited_user);
    // A shared limit, or a refusal although some are left, is about this route alone, not about its bucket.
    if (shared || info.remaining.value_or(0) > 0 || l.home->how != bucket::mode::limited) {
      l.paused_until = std::max(l.paused_until, until);
    } else {
      l.home->remaining = 0;
      l.home->reset_at = std::max(l.home->reset_at.value_or(until), until);
    }
  }
  l.waiting.insert(t);
  s.active.insert(&l);
  ++s.waiting;
  return verdict::again;
}

void rate_limiter::failed(ticket t, time_point) {
  auto& s = *state_;
  const auto found = s.tickets.find(t);
  if (found == s.tickets.end()) return;
  ++s.counters.failed;
  s.end(t, found->second);
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

std::size_t rate_limiter::waiting() const noexcept { return state_->waiting; }
std::size_t rate_limiter::in_flight() const noexcept { return state_->in_flight; }
std::size_t rate_limiter::buckets() const noexcept { return state_->buckets.size(); }
const rate_limiter_counters& rate_limiter::counters() const noexcept { return state_->counters; }

}  // namespace monochord::protocol
