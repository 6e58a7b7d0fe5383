// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <monochord/json/payload.hpp>
#include <optional>
#include <string>
#include <utility>

#include "dispatch/dispatcher.hpp"
#include "dispatch/event_numbers.hpp"
#include "dispatch/handler_meter.hpp"

namespace monochord::dispatch {

struct dispatcher::entry {
  std::uint64_t id = 0;
  std::unique_ptr<detail::handler> handler;
  bool is_plain = false;  // as the handler says
  detail::registration how;
  bool takes_any = false;  // each event of its type, as often as one comes
  const event_type* type = nullptr;  // null: raw
  std::atomic<bool> removed{false};
  std::atomic<bool> used{false};  // of `once`

  /// Of one that is for a single event: true for whoever comes first.
  bool take_turn() noexcept { return !how.once || !used.exchange(true); }
  /// Whether it may be given the event: it may still say no itself.
  bool passes(known_ids& ids) { return takes_any || looks_at(ids); }
  bool looks_at(known_ids& ids);
};

/// Where an event happened: read once, and only if somebody asks.
class dispatcher::known_ids {
 public:
  explicit known_ids(const raw_event& of) noexcept : of_(of) {}
  const event_ids& get() {
    if (!ids_) ids_ = read_event_ids(of_.name, of_.data);
    return *ids_;
  }

 private:
  const raw_event& of_;
  std::optional<event_ids> ids_;
};

/// One event with everything that its handlers may look at.
struct dispatcher::held_event {
  /// `claims` null: nobody asks whether it was handled.
  held_event(const raw_event& event, const detail::claim_source* claims, std::size_t its_number)
      : number(its_number), sent(event), claim(claims ? (*claims)() : detail::claim()) {
    if (number == unknown_event) other_name = event.name;
    sent.name = number == unknown_event ? other_name : event_name(number);
    sent.data = {};
    sent.claim = claims ? &claim : nullptr;
    raw = sent;
  }
  held_event(const held_event&) = delete;
  held_event& operator=(const held_event&) = delete;

  void keep_data(std::string_view from) {
    data = json::first_value(from);
    raw.data = data;
  }
  /// What handlers of that type are given; null: raw ones.
  const void* given(const event_type* type) const noexcept {
    if (!type) return &raw;
    return type->derived ? derived.get() : plain.get();
  }
  /// What only handlers of one kind look at, and errors as raw ones.
  enum part : std::size_t { raw_part, plain_part, derived_part, parts };
  static part part_of(const event_type* type) noexcept {
    return !type ? raw_part : type->derived ? derived_part : plain_part;
  }
  void drop(part which) noexcept {
    switch (which) {
      case raw_part:
        raw.data = {};
        std::string().swap(data);
        return;
      case plain_part:
        plain.reset();
        return;
      default:
        derived.reset();
    }
  }

  const std::size_t number;
  std::string other_name;  // of an event that has no number
  std::string data;        // only kept for raw handlers and for errors
  raw_event sent;          // beside a struct
  raw_event raw;           // the same with data
  std::shared_ptr<const void> plain, derived;
  std::shared_ptr<const detail::middleware_list> around;  // null: there is none
  event_ids ids;                                          // for middleware
  detail::claim claim;
};

/// One handler at work on one event, or in the queue for it. However it ends, begun or not, its place is given back;
/// and the event counts as handled only if the handler came to its end, or the event was dropped.
class dispatcher::work final : public net::long_job, public net::short_job, public net::place_holder {
 public:
  /// Part of `with`, of which it holds the event.
  work(entry_ptr handler, job& with) : to(std::move(handler)), in_(with) {}
  work(const work&) = delete;
  work& operator=(const work&) = delete;
  ~work() override { let_go(); }

  /// From here on it counts, until `end`.
  void begin(std::shared_ptr<dispatcher> of, schedule<job_ptr>::lane_id lane) {
    of_ = std::move(of);
    turn_ = schedule<job_ptr>::call_in(lane);
    has_turn_ = true;
  }
  bool has_turn() const noexcept { return has_turn_; }
  void end();
  void watch(time_point now);
  /// It is about to be given to `spawn`.
  void is_long() noexcept {
    unbegun_ = true;
    of_->unbegun_.fetch_add(1);
  }
  dispatcher& owner() const noexcept { return *of_; }
  /// Until `end`.
  const held_event& event() const noexcept;
  const void* given() const noexcept { return event().given(to->type); }
  const raw_event& sent() const noexcept { return to->type ? event().sent : event().raw; }

  // As a job: the short one of a plain function, or a long one.
  void run() override;
  task<> start() override;
  void ended(std::exception_ptr thrown, bool was_cancelled) override;
  void drop() noexcept override { end(); }

  void wait() noexcept override;
  void go_on() noexcept override;
  void cut_short() noexcept override { was_cut_short_ = true; }
  /// It came to its end, for all that it knows.
  void came_to_end() noexcept { ended_well_ = true; }

  entry_ptr to;  // null after `end`: who is removed goes with the last of its own calls
  slow_watch::mark slowness;

 private:
  void let_go() noexcept;
  void has_begun() noexcept {
    if (std::exchange(unbegun_, false)) [[likely]] of_->unbegun_.fetch_sub(1);
  }
  void begin_work();

  job& in_;
  std::shared_ptr<dispatcher> of_;
  std::optional<handler_meter::work> timed_;  // while it is at work
  schedule<job_ptr>::call turn_;  // guarded by the dispatcher's `turns_`
  bool has_turn_ = false;
  bool holds_event_ = true;
  bool ended_well_ = false;
  bool unbegun_ = false;
  std::atomic<bool> was_cut_short_{false};
};

/// An event and the calls of its handlers, in one piece of memory. Each part of the event goes when nobody holds it any more; the
/// rest stays for whoever still knows one of the calls.
class dispatcher::job {
 public:
  job(const raw_event& event, const detail::claim_source* claims, std::size_t number)
      : event_(std::in_place, event, claims, number) {}
  job(const job&) = delete;
  job& operator=(const job&) = delete;

  /// Before the first of them is started.
  void add(const entry_ptr& handler) {
    hold(held_event::part_of(handler->type));
    if (first_) [[unlikely]] return add_more(handler);
    first_.emplace(handler, *this);
  }
  std::size_t size() const noexcept { return first_ ? 1 + more_.size() : 0; }
  template <class F>
  void for_each(F f) {
    if (first_) f(*first_);
    for (work& one : more_) f(one);
  }

  /// As long as somebody holds it, or nobody ever did.
  held_event& event() noexcept { return *event_; }
  void hold(held_event::part which) noexcept {
    part_holders_[which].fetch_add(1, std::memory_order_relaxed);
    holders_.fetch_add(1, std::memory_order_relaxed);
  }
  void let_go(held_event::part which) noexcept {
    if (part_holders_[which].fetch_sub(1, std::memory_order_acq_rel) == 1) event_->drop(which);
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) event_.reset();
  }

 private:
  void add_more(const entry_ptr& handler);

  std::optional<held_event> event_;
  std::array<std::atomic<std::size_t>, held_event::parts> part_holders_{};
  std::atomic<std::size_t> holders_{0};  // of any
  std::optional<work> first_;  // nearly always the only one
  std::list<work> more_;
};

inline const dispatcher::held_event& dispatcher::work::event() const noexcept { return in_.event(); }

inline void dispatcher::work::let_go() noexcept {
  if (!std::exchange(holds_event_, false)) return;
  if (!ended_well_ || was_cut_short_) in_.event().claim.give_up();
  in_.let_go(held_event::part_of(to->type));
}

/// Tells of an error where handlers run, and holds the event for that.
class dispatcher::told_error final : public net::long_job {
 public:
  told_error(std::shared_ptr<dispatcher> by, std::exception_ptr what, job_ptr in) noexcept
      : by_(std::move(by)), what_(std::move(what)), in_(std::move(in)) {
    in_->hold(held_event::raw_part);
  }
  told_error(const told_error&) = delete;
  told_error& operator=(const told_error&) = delete;
  ~told_error() override { in_->let_go(held_event::raw_part); }
  task<> start() override {
    by_->report(what_, in_->event().raw);
    co_return;
  }
  void ended(std::exception_ptr thrown, bool) override {
    if (thrown) std::rethrow_exception(thrown);
  }
  void drop() noexcept override {}

 private:
  const std::shared_ptr<dispatcher> by_;
  const std::exception_ptr what_;
  const job_ptr in_;
};

}  // namespace monochord::dispatch
