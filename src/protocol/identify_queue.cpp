// SPDX-License-Identifier: MIT
#include "protocol/identify_queue.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace monochord::protocol {
namespace {
using ticket = identify_queue::ticket;

struct entry {
  int shard_id = 0;
  bool granted = false;
  bool sent = false;
  bool waits = true;  // for the next day's budget
  time_point deadline{};
};

/// The shards of one `shard_id % max_concurrency`: one grant at a time, and an interval after each IDENTIFY.
struct lane {
  ticket holder = 0;                            // of the grant that is not yet sent, 0: nobody
  time_point free_at = time_point::min();
};

}  // namespace

struct identify_queue::state {
  int key_of(int shard_id) const { return shard_id % options.max_concurrency; }
  int group_of(int shard_id) const { return shard_id / options.max_concurrency; }

  /// At the start of the process: every expected shard of an earlier group must have arrived, and every one of a
  /// lower id must have been let through.
  bool is_turn(int shard_id) const {
    if (!expected.contains(shard_id)) return true;
    if (group_of(*expected.begin()) < group_of(shard_id)) return false;
    for (const int lower : expected) {
      if (lower >= shard_id) break;
      if (!let_through.contains(lower)) return false;
    }
    return true;
  }

  /// What is left in a window of which nothing is spent but `given`: grants that are out and not yet used will be used
  /// in this window, so that cancelling one gives back what was taken, and never more.
  void open_window(int given, time_point until) {
    remaining = given - static_cast<int>(std::count_if(tickets.begin(), tickets.end(), [](const auto& item) {
                  return item.second.granted && !item.second.sent;
                }));
    reset_at = until;
  }

  void refill(time_point now) {
    if (now >= reset_at) open_window(options.total, now + std::chrono::hours{24});
  }

  void arrived(int shard_id) {
    expected.erase(shard_id);
    let_through.erase(shard_id);
  }

  /// The grant may have been used all the same, just now.
  void give_up(std::map<ticket, entry>::iterator at, time_point now) {
    auto& l = lanes[key_of(at->second.shard_id)];
    if (!at->second.sent) l.free_at = std::max(l.free_at, now + options.interval);
    finish(at);
  }

  void finish(std::map<ticket, entry>::iterator at) {
    const auto& e = at->second;
    auto& l = lanes[key_of(e.shard_id)];
    if (l.holder == at->first) l.holder = 0;
    arrived(e.shard_id);
    tickets.erase(at);
  }

  identify_queue_options options;
  identify_queue_counters counters;
  int remaining = 0;  // below 0 when more grants are out than a new window has
  time_point reset_at{};
  time_point opens_at{};
  ticket last = 0;
  std::size_t waiting = 0;
  std::set<int> expected;           // shards of the start that have not arrived yet
  std::set<int> let_through;        // those of them that hold a grant
  std::map<int, lane> lanes;
  std::map<ticket, entry> tickets;  // in the order of asking
  std::optional<time_point> wakeup;
};

identify_queue::identify_queue(identify_queue_options options, time_point now) : state_(std::make_unique<state>()) {
  options.max_concurrency = std::max(options.max_concurrency, 1);
  state_->options = options;
  state_->remaining = options.remaining;
  state_->reset_at = now + options.reset_after;
  state_->opens_at = now + options.first_after;
}
identify_queue::~identify_queue() = default;
identify_queue::identify_queue(identify_queue&&) noexcept = default;
identify_queue& identify_queue::operator=(identify_queue&&) noexcept = default;

void identify_queue::expect(const std::vector<int>& shard_ids) {
  state_->expected.insert(shard_ids.begin(), shard_ids.end());
}

void identify_queue::arrived(int shard_id) { state_->arrived(shard_id); }

identify_queue::ticket identify_queue::request(int shard_id, time_point, bool waits) {
  auto& s = *state_;
  const ticket t = ++s.last;
  auto& e = s.tickets[t];
  e.shard_id = std::max(shard_id, 0);
  e.waits = waits && s.options.wait_for_budget;
  ++s.waiting;
  ++s.counters.requested;
  return t;
}

std::vector<identify_queue::decision> identify_queue::poll(time_point now) {
  auto& s = *state_;
  s.refill(now);
  time_point wake = time_point::max();

  for (auto it = s.tickets.begin(); it != s.tickets.end();) {
    const auto at = it++;
    if (!at->second.granted) continue;
    if (at->second.deadline <= now) {
      ++s.counters.expired;
      s.give_up(at, now);
    } else {
      wake = std::min(wake, at->second.deadline);
    }
  }

  // In the order of asking; at the start by id, since all of them ask at about the same time.
  std::vector<std::map<ticket, entry>::iterator> order;
  for (auto it = s.tickets.begin(); it != s.tickets.end(); ++it)
    if (!it->second.granted && !s.expected.contains(it->second.shard_id)) order.push_back(it);
  const auto starting = static_cast<std::ptrdiff_t>(order.size());
  for (auto it = s.tickets.begin(); it != s.tickets.end(); ++it)
    if (!it->second.granted && s.expected.contains(it->second.shard_id)) order.push_back(it);
  std::stable_sort(order.begin() + starting, order.end(),
                   [](const auto& a, const auto& b) { return a->second.shard_id < b->second.shard_id; });

  std::vector<decision> out;
  std::set<int> passed;  // keys at which somebody waits already: nobody overtakes
  for (const auto at : order) {
    auto& e = at->second;
    const int key = s.key_of(e.shard_id);
    if (!s.is_turn(e.shard_id)) continue;  // waits for done() or arrived() of others
    auto& l = s.lanes[key];
    const bool is_spent = s.remaining <= 0 && l.holder == 0;
    if (is_spent && !e.waits) {  // whoever is before it waits for another day
      ++s.counters.refused;
      --s.waiting;
      out.push_back({at->first, e.shard_id, make_error_code(errc::identify_budget_spent)});
      s.tickets.erase(at);
      continue;
    }
    if (!passed.insert(key).second) continue;
    if (l.holder != 0) continue;  // waits for its sent(), done(), cancel() or deadline
    if (is_spent) {
      ++s.counters.budget_waits;
      wake = std::min(wake, s.reset_at);
      continue;
    }
    if (const auto free_at = std::max(l.free_at, s.opens_at); free_at > now) {
      wake = std::min(wake, free_at);
      continue;
    }
    --s.remaining;
    --s.waiting;
    ++s.counters.granted;
    e.granted = true;
    e.deadline = now + s.options.grant_deadline;
    wake = std::min(wake, e.deadline);
    l.holder = at->first;
    if (s.expected.contains(e.shard_id)) s.let_through.insert(e.shard_id);
    out.push_back({at->first, e.shard_id, {}});
  }
  s.wakeup = wake == time_point::max() ? std::nullopt : std::optional<time_point>(wake);
  return out;
}

std::optional<time_point> identify_queue::next_wakeup() const { return state_->wakeup; }

void identify_queue::sent(ticket t, time_point now) {
  auto& s = *state_;
  const auto at = s.tickets.find(t);
  if (at == s.tickets.end() || !at->second.granted || at->second.sent) return;
  at->second.sent = true;
  at->second.deadline = now + s.options.ready_deadline;
  auto& l = s.lanes[s.key_of(at->second.shard_id)];
  l.free_at = now + s.options.interval;
  l.holder = 0;
}

void identify_queue::done(ticket t, outcome how, time_point now) {
  auto& s = *state_;
  const auto at = s.tickets.find(t);
  if (at == s.tickets.end() || !at->second.granted) return;
  sent(t, now);
  ++(how == outcome::identified ? s.counters.identified : how == outcome::failed ? s.counters.failed : s.counters.untold);
  s.finish(at);
}

void identify_queue::cancel(ticket t, time_point) {
  auto& s = *state_;
  const auto at = s.tickets.find(t);
  if (at == s.tickets.end()) return;
  if (!at->second.granted) {
    ++s.counters.cancelled;
    --s.waiting;
    s.tickets.erase(at);
    return;
  }
  if (at->second.sent) {
    ++s.counters.failed;
  } else {
    ++s.counters.unused;
    ++s.remaining;
  }
  s.finish(at);
}

void identify_queue::abandon(ticket t, time_point now) {
  auto& s = *state_;
  const auto at = s.tickets.find(t);
  if (at == s.tickets.end()) return;
  if (!at->second.granted || at->second.sent) return cancel(t, now);
  ++s.counters.expired;
  s.give_up(at, now);
}

void identify_queue::identified_elsewhere(int shard_id, time_point now) {
  auto& l = state_->lanes[state_->key_of(std::max(shard_id, 0))];
  l.free_at = std::max(l.free_at, now + state_->options.interval);
}

bool identify_queue::has(ticket t) const noexcept { return state_->tickets.contains(t); }

void identify_queue::opens(time_point now) { state_->opens_at = now + state_->options.first_after; }

void identify_queue::set_budget(int remaining, int total, duration reset_after, time_point now) {
  auto& s = *state_;
  s.options.total = total;
  s.open_window(remaining, now + reset_after);
}

int identify_queue::remaining() const noexcept { return std::max(state_->remaining, 0); }
time_point identify_queue::reset_at() const noexcept { return state_->reset_at; }
std::size_t identify_queue::waiting() const noexcept { return state_->waiting; }
const identify_queue_counters& identify_queue::counters() const noexcept { return state_->counters; }

}  // namespace monochord::protocol
