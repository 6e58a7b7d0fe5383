// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <monochord/core/task.hpp>
#include <monochord/dispatch/handler.hpp>
#include <monochord/json/codec.hpp>
#include "dispatch/handler_meter.hpp"

namespace monochord::dispatch {

struct counters {
  std::uint64_t events = 0;            ///< events seen
  std::uint64_t unwanted = 0;          ///< of these, that nobody wants: not decoded
  std::uint64_t decode_errors = 0;     ///< of these, that could not be decoded
  std::uint64_t handlers_started = 0;
  std::uint64_t handlers_failed = 0;   ///< ended by an exception
  std::uint64_t waits_for_room = 0;    ///< times reading stopped because `max_running` handlers ran
};

/// What somebody wants who looks at events of a type before their handlers do, like the cache.
struct watch {
  const event_type* type;
  bool (*wants)(std::string_view data);  ///< whether an event without handlers is worth decoding; null: each is
  /// On the shard's strand, before a handler of the event is started. It may change the event, which nobody else has seen yet.
  void (*see)(void* watcher, void* event, const raw_event& sent, bool has_handlers);
};

/// Hands events to handlers. `deliver` is called on a shard's strand in the order of the events; handlers are handed to
/// `spawn` in that order, and no more once `max_running` run. No code of the user runs within `deliver`. Thread-safe.
class dispatcher : public std::enable_shared_from_this<dispatcher> {
 public:
  /// Starts a task somewhere; false when no new work is taken any more.
  using spawner = std::function<bool(task<>)>;
  using error_handler = std::function<void(std::exception_ptr, const raw_event&)>;

  /// `meter`: is told of each handler; null: nobody is.
  dispatcher(spawner spawn, std::size_t max_running, std::shared_ptr<handler_meter> meter = nullptr)
      : spawn_(std::move(spawn)), max_running_(max_running), meter_(std::move(meter)) {}

  handler_id add(const event_type& type, std::unique_ptr<detail::handler> handler);
  handler_id add_raw(std::unique_ptr<detail::handler> handler);
  /// No event reaches the handler any more, queued ones included. A call that runs, or is just beginning on another
  /// thread, goes on; the handler is destroyed after the last of them.
  void remove(handler_id which);
  void on_error(error_handler handler);

  /// Once, before the first event. `rows` belongs to the caller and stays.
  void set_watcher(std::shared_ptr<void> watcher, std::span<const watch> rows);

  /// True when `name` has a handler, or is watched, so that its data is worth decoding.
  bool wants(std::string_view name) const;

  /// The events that have handlers of their own, as they are called on the wire.
  std::vector<std::string> names() const;

  /// Starts the handlers of an event, whose `data` is `text`. False when there is no room for another one: then await
  /// `room()` before the next. Handlers hold a claim of `claims`, if there is such, until the last of them has ended; it is
  /// given up when one could not be started, or was cut short by the end.
  /// `told`: what is told from this event, if anything is: its handlers come after the event's own.
  bool deliver(const raw_event& event, const json::padded_text& text, const detail::claim_source* claims = nullptr,
               const event_type* told = nullptr);
  /// The same of an event that was not sent, but is told from many: `event` is of that type.
  void deliver_own(const event_type& type, std::shared_ptr<const void> event);
  /// An event that handlers had before: for the watcher alone.
  void show_again(const raw_event& event, const json::padded_text& text);
  /// Completes when fewer than `max_running` handlers run, or after `close()`.
  task<> room();
  /// From now on no handler counts as come to its end: they are about to be cancelled, and may hide that.
  void cut_short() noexcept { cut_short_ = true; }
  /// So many handlers more wait for an answer of Discord (less, when negative): they keep their place and take none of the
  /// others', since what they wait for may stand behind events for which there is no room.
  void lend(std::ptrdiff_t more);
  /// Lets every waiter of `room()` go.
  void close();

  std::size_t running() const noexcept { return running_.load(std::memory_order_relaxed); }
  dispatch::counters counters() const;

 private:
  struct entry {
    std::uint64_t id;
    std::unique_ptr<detail::handler> handler;
    std::atomic<bool> removed{false};
  };
  using entry_ptr = std::shared_ptr<entry>;
  struct slot {
    const event_type* type;
    const watch* watched = nullptr;
    std::vector<entry_ptr> handlers;
  };
  struct name_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  /// Replaced as a whole when a handler comes or goes, so that deliver() reads without holding the lock.
  struct table {
    std::unordered_map<std::string, slot, name_hash, std::equal_to<>> typed;
    std::vector<entry_ptr> raw;
  };
  struct held_event;
  class work;

  std::shared_ptr<const table> current() const;
  bool is_closed() const;
  const slot* find(const table& in, std::string_view name, bool derived) const;
  std::shared_ptr<const void> decode(const event_type& type, const raw_event& event, const json::padded_text& text,
                                     const std::shared_ptr<detail::claim>& claim);
  bool is_watched(const slot* in, const raw_event& event) const;
  void show(const slot& to, const void* event, bool has_handlers, const raw_event& sent,
            const std::shared_ptr<detail::claim>& claim);
  void report_soon(std::exception_ptr error, const raw_event& event, const std::shared_ptr<detail::claim>& claim);
  static entry_ptr make_entry(std::uint64_t id, std::unique_ptr<detail::handler> handler);
  void start(entry_ptr to, std::shared_ptr<const held_event> event);
  static task<> run(work mine);
  static task<> tell(std::shared_ptr<dispatcher> self, std::exception_ptr error, std::shared_ptr<const held_event> event);
  void finished();
  void report(std::exception_ptr error, const raw_event& event);

  const spawner spawn_;
  const std::size_t max_running_;
  std::shared_ptr<void> watcher_;
  const std::shared_ptr<handler_meter> meter_;
  bool has_room() const noexcept {
    const auto now = running();
    return now < max_running_ || now - max_running_ < lent_.load(std::memory_order_relaxed);
  }
  void wake_all();

  std::atomic<std::size_t> running_{0};
  std::atomic<std::size_t> lent_{0};
  std::atomic<bool> cut_short_{false};

  mutable std::mutex mutex_;  // guards what follows; never held while something of the user is called or destroyed
  std::shared_ptr<const table> table_ = std::make_shared<table>();
  std::uint64_t next_id_ = 1;
  std::shared_ptr<const error_handler> on_error_;
  std::vector<std::shared_ptr<boost::asio::steady_timer>> waiters_;
  bool closed_ = false;

  std::atomic<std::uint64_t> events_{0}, unwanted_{0}, decode_errors_{0}, started_{0}, failed_{0}, waits_{0};
};

}  // namespace monochord::dispatch
