// SPDX-License-Identifier: MIT
#pragma once

// What the rate limiter is made of. Requests wait in lanes. A lane that its own order, quota or route holds stands alone
// until that lets go. The others stand in lines, sorted by whose turn it is; a line as a whole is held by one cause, with
// the other lines that the same cause holds. So whatever ends, only those are looked at that it can let go, in order.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include <monochord/core/error.hpp>
#include "protocol/circuit.hpp"
#include "protocol/rate_bucket.hpp"
#include "protocol/rate_limiter.hpp"
#include "protocol/sliding_window.hpp"

namespace monochord::protocol::limiter {

/// An owner with a long deadline may hold its slot until then, and this long.
constexpr duration owner_grace = std::chrono::seconds{30};

using ticket = rate_limiter::ticket;

/// Whose turn it is: the most urgent, then the first by order.
using place = std::tuple<priority, std::uint64_t, ticket>;
inline ticket ticket_of(const place& at) { return std::get<2>(at); }

/// When something is to be looked at.
template <class T>
using alarms = std::set<std::pair<time_point, T>>;

/// Members that know where they stand (`stands`, one place each) and until when one of them waits at most (`patience`);
/// both stay as they are while they are in. A member keeps its tree nodes (`nodes`) on its way from one crowd to the next,
/// which it takes several times for each request.
template <class T>
class crowd {
  using by_place = std::map<place, T*>;
  using by_patience = std::map<std::pair<time_point, place>, T*>;

 public:
  struct nodes {
    typename by_place::node_type place;
    typename by_patience::node_type patience;
  };

  bool empty() const { return by_place_.empty(); }
  T* first() const { return by_place_.empty() ? nullptr : by_place_.begin()->second; }
  T* least_patient() const { return by_patience_.empty() ? nullptr : by_patience_.begin()->second; }
  void add(T& one) {
    insert(by_place_, one.nodes.place, one.stands, one);
    if (one.patience != time_point::max()) insert(by_patience_, one.nodes.patience, {one.patience, one.stands}, one);
  }
  void remove(T& one) {
    one.nodes.place = by_place_.extract(one.stands);
    if (one.patience != time_point::max()) one.nodes.patience = by_patience_.extract({one.patience, one.stands});
  }

 private:
  template <class Map>
  static void insert(Map& into, typename Map::node_type& node, const typename Map::key_type& key, T& one) {
    if (node.empty()) {
      into.emplace(key, &one);
      return;
    }
    node.key() = key;
    into.insert(std::move(node));
  }

  by_place by_place_;
  by_patience by_patience_;
};

struct line;
struct lane;
struct quota;

/// Something that holds whole lines: when it lets the first go, it lets go as many as it can.
struct cause {
  crowd<line> lines;
  time_point opens = time_point::max();  // when to look again
};

/// A verb and a path.
struct route_info {
  explicit route_info(const circuit_options& options) : breaker(options) {}
  std::string hash;  // its last bucket, and so a guess where it has not answered yet; empty: none
  circuit breaker;
  cause broken;
  std::uint64_t failed_in = 0;  // the row of failures that it last took part in
  std::size_t lanes = 0;
};

/// Whoever has requests a second of its own: a token, or all calls without one.
struct account {
  explicit account(const rate_limiter_options& o) : window(o.global_limit, o.global_window, o.travel) {}
  sliding_window window;
  cause full;
  std::size_t lanes = 0;
};

/// The connections of one client.
struct pool {
  std::size_t most = 0;
  std::size_t in_flight = 0;
  std::size_t tickets = 0;
  cause busy;
};

struct bucket : rate_bucket {
  std::vector<quota*> users;
};

/// The requests of one route with the same major parameters, or all of a guild's emojis.
struct quota {
  std::string key;
  std::string owner;  // sender and major parameters
  std::string hash;   // of its bucket, a guess before its first answer; empty: not known
  bucket* home = nullptr;
  std::vector<lane*> lanes;
  int in_flight = 0;
  time_point paused_until = time_point::min();  // sub-limits and shared limits
};

/// Writes that go one after the other.
struct domain {
  ticket holder = 0;  // is in flight, or goes again before the others since it may have been carried out
  std::vector<lane*> lanes;
};

/// The requests of one quota and domain, in order.
struct lane {
  route_key key;
  route_info* route = nullptr;
  quota* of = nullptr;
  domain* order = nullptr;
  account* from = nullptr;  // null: exempt from everything that counts for all routes
  std::set<place> waiting;
  std::set<std::pair<time_point, ticket>> deadlines;  // of these
  int in_flight = 0;
  int resting = 0;

  line* in = nullptr;                           // it stands there, unless `held_by` or about to be looked at
  wait_reason held_by = wait_reason::none;
  time_point looks_again = time_point::max();   // when time lets it go
  bool to_look_at = false;
  std::uint64_t joined = 0;                     // its line, in that poll
  place stands{};
  time_point patience{};
  crowd<lane>::nodes nodes;
};

/// Lanes that are held by nothing but what holds all of them.
struct line {
  route_info* route = nullptr;
  account* from = nullptr;
  pool* over = nullptr;
  crowd<lane> lanes;
  cause* at = nullptr;
  cause* let_go_by = nullptr;  // which waits to hear whether the next may go too
  wait_reason held_by = wait_reason::none;
  place stands{};
  time_point patience{};
  crowd<line>::nodes nodes;
};

struct entry {
  lane* where = nullptr;
  pool* over = nullptr;
  priority urgency = priority::normal;
  std::uint64_t order = 0;
  bool ready = true;
  bool queued = false;        // in its lane, or resting
  bool in_flight = false;
  bool started = false;
  bool uncertain = false;     // an earlier sending may have been carried out
  bool counted_as_waiting = false;
  std::uint64_t probe = 0;        // of the circuit of all
  std::uint64_t route_probe = 0;
  int strikes = 0;            // 429s in a row
  time_point since{};
  time_point sent_at{};
  time_point not_before = time_point::min();
  time_point deadline{};      // the caller's
  time_point taken_back{};    // in flight, or not ready: when its slot, or its place, is
  const void* client = nullptr;
  alarms<ticket>::node_type alarm;  // of `taken_back`, while that is not set
};

/// What is known of each ticket, in slots that are used again. A ticket is how many there were before it, and its slot.
class ticket_table {
 public:
  /// Throws `error` with `errc::resource` where there are 16 million already.
  std::pair<ticket, entry&> add() {
    if (first_free_ == none) [[unlikely]] {
      if (slots_.size() > slot_mask) throw error(errc::resource, "16 million REST calls wait already");
      slots_.emplace_back();
      set_free(static_cast<index>(slots_.size() - 1));
    }
    const index at = first_free_;
    take(at);
    slot& one = slots_[at];
    one.holds = ++last_ << slot_bits | at;
    return {one.holds, one.what};
  }
  /// Null for one that is gone.
  entry* find(ticket t) {
    const auto at = t & slot_mask;
    return at < slots_.size() && slots_[at].holds == t ? &slots_[at].what : nullptr;
  }
  const entry& at(ticket t) const { return slots_[t & slot_mask].what; }
  entry& at(ticket t) { return slots_[t & slot_mask].what; }
  void erase(ticket t) {
    const auto at = static_cast<index>(t & slot_mask);
    slot& one = slots_[at];
    one.holds = 0;
    auto alarm = std::move(one.what.alarm);
    one.what = entry();
    if (at < kept) one.what.alarm = std::move(alarm);
    set_free(at);
    for (; slots_.size() > kept && slots_.back().holds == 0; slots_.pop_back()) take(static_cast<index>(slots_.size() - 1));
  }
  /// Its place in the order of all.
  static std::uint64_t number_of(ticket t) { return t >> slot_bits; }

 private:
  static constexpr unsigned slot_bits = 24;
  static constexpr ticket slot_mask = (ticket{1} << slot_bits) - 1;
  static constexpr std::size_t kept = 1024;  // slots, when nobody needs them
  using index = std::uint32_t;
  static constexpr index none = ~index{0};

  struct slot {
    ticket holds = 0;  // 0: it is free
    index before = none, behind = none;  // among those that are free
    entry what;
  };

  /// The first ones are taken first, so that those behind come to be free and go.
  void set_free(index at) noexcept {
    slot& one = slots_[at];
    one.before = at < kept ? none : last_free_;
    one.behind = at < kept ? first_free_ : none;
    (one.before == none ? first_free_ : slots_[one.before].behind) = at;
    (one.behind == none ? last_free_ : slots_[one.behind].before) = at;
  }
  void take(index at) noexcept {
    const slot& one = slots_[at];
    (one.before == none ? first_free_ : slots_[one.before].behind) = one.behind;
    (one.behind == none ? last_free_ : slots_[one.behind].before) = one.before;
  }

  std::deque<slot> slots_;
  index first_free_ = none, last_free_ = none;
  std::uint64_t last_ = 0;
};

/// Finds a string without making one.
struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

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

}  // namespace monochord::protocol::limiter
