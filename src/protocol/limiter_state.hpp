// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/invalid_guard.hpp"
#include "protocol/limiter_parts.hpp"
#include "protocol/rate_limiter.hpp"

namespace monochord::protocol {

/// All that the limiter knows. Who goes next is in limiter_turns.cpp, who goes at once in limiter_at_once.cpp, what answers
/// teach in rate_limiter.cpp.
struct rate_limiter::state {
  using place = limiter::place;
  using bucket = limiter::bucket;
  using quota = limiter::quota;
  using lane = limiter::lane;
  using line = limiter::line;
  using cause = limiter::cause;
  using entry = limiter::entry;

  /// What keeps somebody, the first of all reasons that last.
  struct hold {
    time_point until;  // max: only an event can tell
    wait_reason why;
    cause* by = nullptr;  // of a line
  };

  explicit state(const rate_limiter_options& o);

  // Where requests belong.
  const std::string& name_of(const route_key& wanted);
  lane& lane_for(const route_key& wanted);
  lane* known_lane(const route_key& wanted);
  lane* named_lane(std::string_view name) {
    const auto found = names.find(name);
    return found == names.end() ? nullptr : found->second;
  }
  line& line_for(const lane& l, const entry& e);
  limiter::pool* pool_for(const connections& over) {
    if (over.most == 0) return nullptr;
    auto& p = pools[over.of];
    p.most = over.most;
    return &p;
  }
  void settle(quota& q);
  void sweep(time_point now);

  // Waiting, and its end.
  std::pair<ticket, entry&> make_ticket(lane& where, limiter::pool* over, time_point now, std::uint64_t order);
  void enqueue(ticket t, entry& e, time_point now);
  void unqueue(ticket t, entry& e);
  void rest_until(time_point then, ticket t, entry& e, time_point now);
  void send(ticket t, entry& e, time_point now);
  void start(entry& e, time_point now);
  void set_taken_back(ticket t, entry& e, time_point at);
  void unset_taken_back(ticket t, entry& e);
  void release(ticket t, entry& e);
  void end(ticket t, entry& e);
  void refuse(ticket t, entry& e, refused_request why);

  // Who is to be looked at, because something has changed.
  void touch(lane& l);
  void touch(quota& q);
  void changed(bucket& b);
  void free(limiter::domain& d);
  void let_go(limiter::domain& d);
  void no_longer_unready(ticket t, entry& e);
  void let_go(cause& by);

  // A poll.
  bool must_look(time_point now) const;
  bool may_go(const lane& l, limiter::pool* over, time_point now);
  std::optional<ticket> go_at_once(lane& l, time_point now, priority urgency, time_point deadline, std::uint64_t order,
                                   const connections& over, bool starts);
  bool may_be_forgotten(const lane& l, time_point now) const;
  void take_back(time_point now);
  void refuse_hopeless();
  void wake_resting(time_point now);
  void look_at_the_clock(time_point now);
  std::vector<ticket> take_turns(time_point now);
  std::optional<time_point> next_look() const;

  // What answers say.
  void learn(lane& l, const response_info& info, time_point sent_at, time_point now);
  void limited(entry& e, const response_info& info, time_point now);
  void judge(const entry& e, bool success, time_point now);
  void block_until(time_point until);

  std::uint64_t& counter_of(wait_reason why);

  rate_limiter_options options;
  rate_limiter_counters counters;
  std::size_t waiting = 0;
  std::size_t in_flight = 0;
  std::uint64_t polls = 0;
  std::uint64_t sweeps_at = 0;
  limiter::account address;
  invalid_guard guard;
  circuit breaker;
  std::uint64_t row = 1;  // of failures without a success
  int routes_in_row = 0;
  limiter::bounded_set gone;      // webhooks
  limiter::bounded_set rejected;  // senders
  time_point blocked = time_point::min();
  std::optional<time_point> wakeup;
  std::string key;  // of the lane that is looked for: kept for its memory
  std::vector<refused_request> refused;
  std::vector<ticket> hopeless;  // to be refused by the next poll, if they are still there

  std::unordered_map<std::string, limiter::route_info> routes;
  std::unordered_map<std::string, limiter::account> accounts;  // by sender
  std::unordered_map<std::string, limiter::domain> domains;
  std::unordered_map<std::string, quota> quotas;
  std::unordered_map<std::string, lane> lanes;
  std::unordered_map<std::string, lane*, limiter::text_hash, std::equal_to<>> names;  // of some of these
  std::unordered_map<std::string, bucket> buckets;
  std::unordered_map<const void*, limiter::pool> pools;
  std::map<std::tuple<limiter::route_info*, limiter::account*, limiter::pool*>, line> lines;
  limiter::ticket_table tickets;

  limiter::alarms<ticket> deadlines;  // of what is in flight
  limiter::alarms<ticket> resting;    // pauses of what has no order to keep
  limiter::alarms<lane*> lane_alarms;
  limiter::alarms<cause*> cause_alarms;
  std::vector<lane*> to_look_at;
  cause nothing;     // lines that are to be looked at
  cause block;
  cause guarded;
  cause broken;

 private:
  place front_of(const lane& l) const;
  std::optional<refused_request::cause> refusal_of(const lane& l) const {
    if (gone.empty() && rejected.empty()) [[likely]] return std::nullopt;
    return remembered_refusal_of(l);
  }
  std::optional<refused_request::cause> remembered_refusal_of(const lane& l) const;
  hold hold_of(const lane& l, ticket t, const entry& e, time_point now);
  bool waits_for_files_before(const lane& l, const limiter::place& mine) const;
  hold hold_of(limiter::route_info& route, limiter::account* from, limiter::pool* over, time_point now);
  void look_at(lane& l, time_point now);
  std::optional<ticket> look_at(line& n, time_point now);
  void stand(line& n, cause& at);
  void set_alarm(cause& of, time_point at);
  void regroup(line& n);
  void leave(lane& l);
  void hold_back(lane& l, entry& e, const hold& held);
  void refuse_late(lane& l, const hold& held);
};

// What a request that goes at once comes through.

inline std::pair<limiter::ticket, limiter::entry&> rate_limiter::state::make_ticket(lane& where, limiter::pool* over,
                                                                                    time_point now, std::uint64_t order) {
  const auto made = tickets.add();
  auto& [t, e] = made;
  e.where = &where;
  e.over = over;
  if (over) ++over->tickets;
  e.order = order == 0 ? limiter::ticket_table::number_of(t) : order;
  e.since = now;
  ++counters.acquired;
  return made;
}

/// It is about to be written.
inline void rate_limiter::state::start(entry& e, time_point now) {
  if (limiter::account* const from = e.where->from) {
    if (e.started) [[unlikely]] from->window.started_again(e.sent_at, now);
    else from->window.started(now);
  }
  e.sent_at = now;
  e.started = true;
}

/// What keeps all lanes of a line.
inline rate_limiter::state::hold rate_limiter::state::hold_of(limiter::route_info& route, limiter::account* from,
                                                              limiter::pool* over, time_point now) {
  if (!options.none) {
    if (blocked > now) [[unlikely]] return {blocked, wait_reason::blocked, &block};
    if (!from) return {now, wait_reason::none};
    if (const auto at = guard.next(in_flight, now); at > now) [[unlikely]] return {at, wait_reason::guard, &guarded};
    if (const auto at = route.breaker.next(now); at > now) [[unlikely]] return {at, wait_reason::circuit, &route.broken};
    if (const auto at = breaker.next(now); at > now) [[unlikely]] return {at, wait_reason::circuit, &broken};
    if (const auto at = from->window.next(now); at > now) [[unlikely]] return {at, wait_reason::global, &from->full};
  }
  if (over && over->in_flight >= over->most) [[unlikely]] return {time_point::max(), wait_reason::connection, &over->busy};
  return {now, wait_reason::none};
}

}  // namespace monochord::protocol
