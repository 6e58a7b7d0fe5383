// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include <monochord/dispatch/counters.hpp>
#include <monochord/dispatch/handler.hpp>
#include <monochord/dispatch/order.hpp>
#include <monochord/json/codec.hpp>
#include "dispatch/event_ids.hpp"
#include "dispatch/event_numbers.hpp"
#include "dispatch/handler_chain.hpp"
#include "dispatch/handler_meter.hpp"
#include "dispatch/schedule.hpp"
#include "dispatch/slow_watch.hpp"
#include "dispatch/taps.hpp"
#include "net/parked.hpp"
#include "net/strand.hpp"
#include "net/task_group.hpp"

namespace monochord::dispatch {

/// What somebody wants who looks at events of a type before anybody else does, like the cache.
struct watch {
  const event_type* type;
  bool (*wants)(std::string_view data);  ///< whether an event that nobody else wants is worth decoding; null: each is
  /// On the shard's strand, before the event is given to anybody. It may change the event, or keep it and look later.
  /// `is_wanted`: by somebody else too.
  void (*see)(void* watcher, const std::shared_ptr<void>& event, const raw_event& sent, bool is_wanted);
  /// Where nobody else wants it: decoded by these to what suffices for the watcher. Null: as for everybody.
  std::shared_ptr<const void> (*decode_alone)(const json::padded_text& data) = nullptr;
  void (*see_alone)(void* watcher, const void* event, const raw_event& sent) = nullptr;
};

struct dispatcher_options {
  /// Starts a job somewhere, on a strand of its own that is the holder's; false when no new work is taken any more.
  std::function<bool(std::shared_ptr<net::long_job>, std::shared_ptr<net::place_holder>)> spawn;
  /// Runs one where those run, in its turn among them; false as above. Empty: plain functions are long jobs too.
  std::function<bool(std::shared_ptr<net::short_job>)> run = {};
  std::shared_ptr<monochord::clock> clock;
  event_order order = event_order::concurrent;
  std::size_t max_running = 1;         ///< handlers that run and do not wait, at least 1
  std::size_t max_queued = SIZE_MAX;   ///< events that wait for their turn
  overflow_policy overflow = {};
  duration slow_after = duration::max();  ///< a handler that works for longer is told of, once
  std::function<bool(task<>)> background = {};  ///< starts a task beside the handlers; false when no new work is taken any more
  std::function<void(const slow_handler&)> on_slow = {};
  std::shared_ptr<handler_meter> meter = {};  ///< is told of each handler; null: nobody is
};

/// Hands events to handlers, and to those who wait for one. `deliver` is called on a shard's strand in the order of the events;
/// handlers are handed to `spawn` in that order as far as `dispatcher_options::order` goes, and no more while `max_running` run. No
/// handler runs within `deliver`, but one that was removed may be destroyed there. Thread-safe.
class dispatcher : public std::enable_shared_from_this<dispatcher> {
 public:
  using error_handler = std::function<void(std::exception_ptr, const raw_event&)>;

  explicit dispatcher(dispatcher_options options);
  dispatcher(const dispatcher&) = delete;
  dispatcher& operator=(const dispatcher&) = delete;
  ~dispatcher();

  handler_id add(const event_type& type, std::unique_ptr<detail::handler> handler, detail::registration how = {});
  handler_id add_raw(std::unique_ptr<detail::handler> handler, detail::registration how = {});
  /// No event reaches the handler any more, queued ones included. A call that runs, or is just beginning on another
  /// thread, goes on; the handler is destroyed after the last of them.
  void remove(handler_id which);
  /// Around each handler of events that are read from now on, within those that were here before.
  void use(std::unique_ptr<detail::middleware> around);
  void on_error(error_handler handler);

  /// Once, before the first event. `rows` belongs to the caller and stays.
  void set_watcher(std::shared_ptr<void> watcher, std::span<const watch> rows);

  /// True when `name` has a handler, or is watched, so that its data is worth decoding.
  bool wants(std::string_view name) const;

  /// The events that have handlers of their own, as they are called on the wire.
  std::vector<std::string> names() const;

  /// Starts the handlers of an event, whose `data` is `text`, or queues them. False when there is no room for another one: then
  /// await `room()` before the next. Handlers hold a claim of `claims`, if there is such, until the last of them has ended; it is
  /// given up when one could not be started, or was cut short by the end.
  /// `told`: what is told from this event, if anything is: its handlers come after the event's own.
  bool deliver(const raw_event& event, const json::padded_text& text, const detail::claim_source* claims = nullptr,
               const event_type* told = nullptr);
  /// The same of an event that was not sent, but is told from many: `event` is of that type.
  void deliver_own(const event_type& type, std::shared_ptr<const void> event);
  /// An event that handlers had before: for the watcher alone.
  void show_again(const raw_event& event, const json::padded_text& text);
  /// Somebody who is given events from now on, where they are read: before any queue, order or limit.
  std::shared_ptr<detail::event_tap> tap(const event_type& type, detail::condition when, detail::event_tap::kind what,
                                         const stream_options& how = {});
  /// The first that `from` is given; null at `deadline`. Throws `error` with `errc::cancelled` after `close()`.
  static task<std::shared_ptr<const void>> next(std::shared_ptr<dispatcher> self, std::shared_ptr<detail::event_tap> from,
                                                time_point deadline);
  /// Completes when there is room again, or after `close()`.
  task<> room();
  /// From now on no handler counts as come to its end: they are about to be cancelled, and may hide that.
  void cut_short() noexcept { cut_short_ = true; }
  /// So many more wait for an answer of Discord whose handlers are not known (less, when negative): what they wait for may stand
  /// behind events for which there is no room.
  void lend(std::ptrdiff_t more);
  /// Lets every waiter of `room()` go, and ends those who wait for events.
  void close();

  std::size_t running() const;
  event_counters counters() const;

 private:
  struct entry;
  using entry_ptr = std::shared_ptr<entry>;
  struct slot {
    const event_type* type = nullptr;
    const watch* watched = nullptr;
    std::vector<entry_ptr> handlers;
  };
  /// Replaced as a whole when a handler comes or goes, so that deliver() reads without holding the lock.
  struct table {
    std::vector<slot> typed = std::vector<slot>(event_count + 1);  // by the number of the type's name; many without type
    std::vector<entry_ptr> raw;
    std::shared_ptr<const detail::middleware_list> around;  // null: there is none
  };
  struct held_event;
  class known_ids;
  class work;
  class told_error;
  using work_ptr = std::shared_ptr<work>;  // keeps the job
  class job;
  using job_ptr = std::shared_ptr<job>;
  using errors = std::vector<std::exception_ptr>;

  std::shared_ptr<const table> current() const;
  bool is_closed() const;
  const slot* find(const table& in, std::string_view name, bool derived) const;
  using decoder = std::shared_ptr<const void> (*)(const json::padded_text&);
  std::shared_ptr<const void> decode(decoder how, const json::padded_text& text, errors& failed);
  bool is_watched(const slot* in, const raw_event& event) const;
  void show(const slot& to, const std::shared_ptr<const void>& event, bool is_wanted, const raw_event& sent);
  void show(const slot& to, const std::shared_ptr<const void>& event, bool is_wanted, const raw_event& sent, errors& failed);
  void show_alone(const slot& to, const raw_event& sent, const json::padded_text& text, errors& failed);
  void report_soon(const errors& failed, job_ptr of, std::string_view data);
  static job_ptr make_job(const raw_event& event, const detail::claim_source* claims, std::size_t number);
  static job_ptr make_job(const raw_event& event, const detail::claim_source* claims);
  static bool anyone_of(const slot& to, known_ids& ids);
  bool deliver_to_all(const table& handlers, const raw_event& event, const json::padded_text& text,
                      const detail::claim_source* claims, const event_type* told, known_ids& ids);
  static entry_ptr make_entry(std::uint64_t id, std::unique_ptr<detail::handler> handler, detail::registration how);
  static void add_calls(job& to, const std::vector<entry_ptr>& handlers, known_ids& ids);
  schedule<job_ptr>::lane_id lane_of(const raw_event& event, known_ids& ids) const;
  bool may_drop(std::string_view name, const event_type* told) const noexcept;

  // Whose turn it is: turns.cpp.
  bool submit(job_ptr&& calls, schedule<job_ptr>::lane_id lane, bool droppable);
  bool submit_later(std::unique_lock<std::mutex> held, job_ptr&& calls, schedule<job_ptr>::lane_id lane, bool droppable);
  void start_next(std::unique_lock<std::mutex>& lock);
  void start_unlocked(std::unique_lock<std::mutex>& lock, job_ptr&& calls, schedule<job_ptr>::lane_id lane);
  void start(const job_ptr& calls, schedule<job_ptr>::lane_id lane);
  void wake_readers(std::unique_lock<std::mutex>& lock);
  void settle(std::unique_lock<std::mutex>& lock);
  bool is_open() const;
  static bool takes(work& mine);
  static task<> call(work& mine);
  static task<> call_in_chain(work& mine);
  slow_watch_options watch_options();
  /// Read from the clock where somebody asks how long handlers work.
  time_point now_if(bool metered) const {
    if (metered || slow_watch_->watches()) [[likely]] return options_.clock->now();
    return {};
  }
  void report(std::exception_ptr error, const raw_event& event);

  const dispatcher_options options_;
  std::shared_ptr<void> watcher_;
  const std::shared_ptr<std::atomic<std::uint64_t>> slow_ = std::make_shared<std::atomic<std::uint64_t>>(0);
  const std::shared_ptr<taps> taps_;
  const std::shared_ptr<slow_watch> slow_watch_;
  std::atomic<bool> cut_short_{false};
  std::atomic<std::size_t> unbegun_{0};  // jobs that were handed to `spawn`: what comes behind them must not begin before

  mutable std::mutex mutex_;  // guards what follows; never held while something of the user is called or destroyed
  std::shared_ptr<const table> table_ = std::make_shared<table>();
  std::uint64_t next_id_ = 1;
  std::shared_ptr<const error_handler> on_error_;

  mutable std::mutex turns_;  // guards what follows; likewise
  schedule<job_ptr> schedule_;
  bool starting_ = false;  // somebody hands jobs to `spawn`: in their order, so only one at a time
  std::vector<std::shared_ptr<net::parked>> waiters_;
  bool closed_ = false;

  std::atomic<std::uint64_t> events_{0}, unwanted_{0}, filtered_{0}, decode_errors_{0}, dropped_{0}, started_{0}, failed_{0},
      waits_{0};
};

}  // namespace monochord::dispatch
