// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <memory>
#include <monochord/json/payload.hpp>
#include <optional>
#include <string>
#include <utility>

#include "dispatch/dispatcher.hpp"

namespace monochord::dispatch {

struct dispatcher::entry {
  std::uint64_t id = 0;
  std::unique_ptr<detail::handler> handler;
  detail::registration how;
  const event_type* type = nullptr;  // null: raw
  std::atomic<bool> removed{false};
  std::atomic<bool> used{false};  // of `once`

  /// Of one that is for a single event: true for whoever comes first.
  bool take_turn() noexcept { return !how.once || !used.exchange(true); }
  /// Whether it may be given the event: it may still say no itself.
  bool passes(known_ids& ids);
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

inline bool dispatcher::entry::passes(known_ids& ids) {
  if (how.once && used) return false;
  return how.when.ids.passes_all() || how.when.ids.passes(ids.get());
}

/// One event with everything that its handlers may look at, alive until the last of them has ended.
struct dispatcher::held_event {
  held_event(const raw_event& event, std::shared_ptr<detail::claim> claimed)
      : name(event.name), raw(event), claim(std::move(claimed)) {
    raw.name = name;
    raw.claim = claim.get();
  }
  held_event(const held_event&) = delete;
  held_event& operator=(const held_event&) = delete;

  void keep_data() {
    data = json::first_value(raw.data);
    raw.data = data;
  }
  const void* given() const noexcept { return decoded ? decoded.get() : &raw; }
  void give_up() const noexcept {
    if (claim) claim->give_up();
  }

  const std::string name;
  std::string data;                            // only kept for raw handlers and for errors of decoding
  raw_event raw;                               // its views are into name and data
  std::shared_ptr<const void> decoded;         // null for raw handlers
  const std::shared_ptr<detail::claim> claim;  // null: nobody asks whether it was handled
  std::shared_ptr<const detail::middleware_list> around;
  event_ids ids;  // for middleware
};

/// One handler at work on one event, or in the queue for it. However it ends, begun or not, its place is given back;
/// and the event counts as handled only if the handler came to its end, or the event was dropped.
class dispatcher::work final : public net::place_holder, public net::short_job {
 public:
  work(entry_ptr handler, std::shared_ptr<const held_event> with) : to(std::move(handler)), event(std::move(with)) {}
  work(const work&) = delete;
  work& operator=(const work&) = delete;
  ~work() override { let_go(); }

  /// From here on it counts, until `end`.
  void begin(std::shared_ptr<dispatcher> of, schedule<job>::lane_id lane) {
    of_ = std::move(of);
    turn_ = schedule<job>::call_in(lane);
  }
  void end();
  void watch(time_point now);
  /// It is about to be given to `spawn`; and it runs.
  void is_task() noexcept {
    unbegun_ = true;
    of_->unbegun_.fetch_add(1);
  }
  void has_begun() noexcept {
    if (std::exchange(unbegun_, false)) of_->unbegun_.fetch_sub(1);
  }
  dispatcher& owner() const noexcept { return *of_; }

  // As a job: that of a plain function.
  void run() override;
  void drop() noexcept override { end(); }

  void wait() noexcept override;
  void go_on() noexcept override;
  void cut_short() noexcept override { was_cut_short_ = true; }
  /// It came to its end, for all that it knows.
  void came_to_end() noexcept { ended_well_ = true; }

  const entry_ptr to;
  std::shared_ptr<const held_event> event;
  slow_watch::mark slowness;

 private:
  void let_go() noexcept {
    if (event && (!ended_well_ || was_cut_short_)) event->give_up();
    event.reset();
  }
  std::shared_ptr<dispatcher> of_;
  schedule<job>::call turn_;  // guarded by the dispatcher's `turns_`
  bool ended_well_ = false;
  bool unbegun_ = false;
  std::atomic<bool> was_cut_short_{false};
};

/// Held by the coroutine in which the handler runs.
class dispatcher::running_work {
 public:
  explicit running_work(work_ptr of) : of_(std::move(of)) {}
  running_work(running_work&&) noexcept = default;
  running_work& operator=(running_work&&) = delete;
  ~running_work() {
    if (of_) of_->end();
  }
  work& get() const noexcept { return *of_; }

 private:
  work_ptr of_;
};

}  // namespace monochord::dispatch
