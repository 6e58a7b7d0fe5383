// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace monochord::dispatch {

struct schedule_limits {
  std::size_t running = 1;        ///< calls that may work at the same time, at least 1
  std::size_t queued = SIZE_MAX;  ///< jobs that may wait for their turn
  bool drops = false;             ///< past that, jobs that may be dropped make room; until then nobody stops
};

/// Which job may start now. A job is one event with the calls of all its handlers. Those of one lane start in the order
/// in which they came, each when no call of the one before it holds the lane any more: a call does until it ends, or
/// waits for the first time. A call that waits does not count as running; when it goes on it does again, without
/// asking, so that nobody ever waits for a place to come back to. Of the jobs whose lane is free the oldest starts
/// first. Pure and not thread-safe.
template <class Job>
class schedule {
 public:
  using lane_id = std::uint64_t;
  static constexpr lane_id no_lane = 0;  ///< of jobs that no other one has to wait for

  /// One call of a job that has started.
  struct call {
    lane_id lane = no_lane;
    bool holds_lane = false;
    bool ended = false;
    unsigned waits = 0;
  };
  struct start {
    Job job;
    lane_id lane;
  };

  explicit schedule(const schedule_limits& limits) : limits_(limits) {}

  /// True when the job may start at once: it has started then, and every one of its calls has to `end`. Otherwise `add`
  /// it.
  bool starts(lane_id lane, std::size_t calls) {
    if (!ready_.empty() || active_ >= limit() || is_busy(lane)) return false;
    begin(lane, calls);
    return true;
  }
  void add(lane_id lane, std::size_t calls, bool droppable, Job job) {
    const auto arrival = ++arrivals_;
    queued_job& added = queue_.emplace(arrival, queued_job{arrival, lane, calls, std::move(job)}).first->second;
    if (is_busy(lane)) {
      lanes_[lane].push(added);
    } else {
      ready_.insert(arrival);
      if (lane != no_lane) lanes_[lane].offered = true;
    }
    if (droppable) droppable_.insert(arrival);
  }
  /// The oldest job that may be dropped, while too many wait.
  std::optional<Job> drop() {
    if (!limits_.drops || queue_.size() <= limits_.queued || droppable_.empty()) return std::nullopt;
    const auto arrival = *droppable_.begin();
    const auto found = queue_.find(arrival);
    const lane_id lane = found->second.lane;
    std::optional<Job> out(std::move(found->second.job));
    const bool was_ready = ready_.erase(arrival) != 0;
    if (!was_ready) lanes_.at(lane).take_out(found->second);
    forget(found);
    if (was_ready) left(lane);
    return out;
  }
  /// The next job that starts now; nothing when none may. As with `starts`, its calls have to `end`.
  std::optional<start> next() {
    if (ready_.empty() || active_ >= limit()) return std::nullopt;
    const auto arrival = *ready_.begin();
    const auto found = queue_.find(arrival);
    const lane_id lane = found->second.lane;
    const auto calls = found->second.calls;
    std::optional<start> out(start{std::move(found->second.job), lane});
    ready_.erase(ready_.begin());
    forget(found);
    begin(lane, calls);
    return out;
  }

  static call call_in(lane_id lane) noexcept { return {lane, lane != no_lane, false, 0}; }
  /// True when it worked until now.
  bool wait(call& of) {
    if (of.ended || of.waits++ != 0) return false;
    --active_;
    release(of);
    return true;
  }
  /// True when it works again: as often as it has begun to wait, in several places at a time perhaps.
  bool go_on(call& of) {
    if (of.ended || of.waits == 0 || --of.waits != 0) return false;
    ++active_;
    return true;
  }
  void end(call& of) {
    if (std::exchange(of.ended, true)) return;
    if (of.waits == 0) --active_;
    --running_;
    release(of);
  }
  /// So many calls more may run (less, when negative), since what others wait for may stand behind them.
  void lend(std::ptrdiff_t more) { lent_ += static_cast<std::size_t>(more); }

  /// Whether another job may come: it would start, or has a place to wait.
  bool room() const noexcept {
    if (limits_.drops)
      return queue_.size() < limits_.queued || (queue_.size() == limits_.queued && !droppable_.empty());
    return active_ < limit() && queue_.size() < limits_.queued;
  }
  std::size_t active() const noexcept { return active_; }        ///< calls that run and do not wait
  std::size_t running() const noexcept { return running_; }      ///< calls that run
  std::size_t queued() const noexcept { return queue_.size(); }  ///< jobs

 private:
  struct queued_job {
    std::uint64_t arrival;
    lane_id lane;
    std::size_t calls;
    Job job;
    queued_job* before = nullptr;  // of those that wait for the lane
    queued_job* behind = nullptr;
  };
  using queued_jobs = std::map<std::uint64_t, queued_job>;  // by arrival
  struct lane {
    std::size_t holding = 0;  // calls of the job that has it
    bool offered = false;     // its first job is in `ready_`
    queued_job* first = nullptr;  // of those that wait for it
    queued_job* last = nullptr;
    bool busy() const noexcept { return holding != 0 || offered; }
    void push(queued_job& one) noexcept {
      one.before = last;
      (last ? last->behind : first) = &one;
      last = &one;
    }
    void take_out(queued_job& one) noexcept {
      (one.before ? one.before->behind : first) = one.behind;
      (one.behind ? one.behind->before : last) = one.before;
      one.before = one.behind = nullptr;
    }
  };

  std::size_t limit() const noexcept { return limits_.running + lent_; }
  bool is_busy(lane_id id) const {
    if (id == no_lane) return false;
    const auto found = lanes_.find(id);
    return found != lanes_.end() && found->second.busy();
  }
  void begin(lane_id id, std::size_t calls) {
    active_ += calls;
    running_ += calls;
    if (id == no_lane) return;
    auto& in = lanes_[id];
    in.offered = false;
    in.holding = calls;
  }
  void release(call& of) {
    if (!std::exchange(of.holds_lane, false)) return;
    if (--lanes_.at(of.lane).holding == 0) left(of.lane);
  }
  /// Nobody has the lane: the first that waits for it may start.
  void left(lane_id id) {
    if (id == no_lane) return;
    const auto found = lanes_.find(id);
    auto& in = found->second;
    in.offered = in.first != nullptr;
    if (!in.offered) {
      lanes_.erase(found);
      return;
    }
    ready_.insert(in.first->arrival);
    in.take_out(*in.first);
  }
  void forget(typename queued_jobs::iterator which) {
    droppable_.erase(which->first);
    queue_.erase(which);
  }

  const schedule_limits limits_;
  std::size_t active_ = 0, running_ = 0, lent_ = 0;
  std::uint64_t arrivals_ = 0;
  queued_jobs queue_;
  std::set<std::uint64_t> ready_, droppable_;  // of the queue: whose lane is free; what may be dropped
  std::unordered_map<lane_id, lane> lanes_;    // those that somebody has, or that are offered
};

}  // namespace monochord::dispatch
