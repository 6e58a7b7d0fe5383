// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include <monochord/dispatch/event_type.hpp>
#include <monochord/dispatch/filter.hpp>
#include <monochord/dispatch/stream.hpp>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dispatch/event_numbers.hpp"
#include "net/parked.hpp"

namespace monochord::dispatch {

class taps;

}  // namespace monochord::dispatch

namespace monochord::detail {

/// Somebody who waits for events beside the handlers: `client::next` or a stream. Is given those that its ids let
/// through where they are read; asks its predicate where it takes them. Thread-safe.
class event_tap : public std::enable_shared_from_this<event_tap> {
 public:
  using event_ptr = std::shared_ptr<const void>;

  enum class kind : std::uint8_t {
    next,    ///< gets what comes while it is awaited, whatever that is; before, as much as its buffer holds
    stream,  ///< gets what its buffer holds
  };

  event_tap(std::shared_ptr<dispatch::taps> among, const event_type& type, condition when, kind what,
            const stream_options& how);
  event_tap(const event_tap&) = delete;
  event_tap& operator=(const event_tap&) = delete;
  ~event_tap();

  /// The next event that passes; null once it has ended, or at `deadline`. Throws `error` with `errc::cancelled` when
  /// the coroutine is cancelled, and what the predicate throws.
  static task<event_ptr> take(std::shared_ptr<event_tap> self, std::shared_ptr<clock> time, time_point deadline);
  /// Who waits gets null, and so does who comes, behind the events that are there.
  void end();
  bool ended() const;
  std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

 private:
  friend class dispatch::taps;
  void put(const event_ptr& event);
  event_ptr pop();
  /// Lets go one who waits, or none.
  void wake_one();
  static task<> until_given(std::shared_ptr<event_tap> self);

  const std::shared_ptr<dispatch::taps> among_;
  const event_type& type_;
  const condition when_;
  const kind what_;
  const stream_options how_;
  std::atomic<std::uint64_t> dropped_{0};

  mutable std::mutex mutex_;  // guards what follows
  std::deque<event_ptr> buffer_;
  std::size_t counted_ = 0;  // the last of these, which `among_` counts
  bool taken_ = false;       // somebody has begun to take
  std::deque<std::shared_ptr<net::parked>> waiting_;  // the longest first; some are done
  std::size_t clean_at_ = 16;                          // so many of them
  bool ended_ = false;
};

}  // namespace monochord::detail

namespace monochord::dispatch {

/// All who wait for events beside the handlers. Thread-safe; no code of the user runs within a call.
class taps {
 public:
  /// `call` when there is room again.
  void on_room(std::function<void()> call);
  /// Nobody waits for events of that name, or number: what is asked of every event, without a lock.
  bool empty(std::size_t number) const noexcept {
    return count_.load(std::memory_order_acquire) == 0 || counts_[number].load(std::memory_order_acquire) == 0;
  }
  bool empty(std::string_view name) const noexcept { return empty(event_number(name)); }
  struct interest {
    const event_type* type = nullptr;  ///< that goes by the name, if somebody waits for events of it at all
    bool passes = false;               ///< somebody waits for such an event
  };
  /// `ids` are asked for where somebody waits.
  template <class Ids>
  interest find(std::string_view name, bool derived, Ids&& ids) const {
    return empty(name) ? interest{} : look_up(name, derived, ids());
  }
  void put(const event_type& type, const event_ids& ids, const std::shared_ptr<const void>& event);
  /// False while too many events wait to be looked at by those who are to be woken for them.
  bool room() const noexcept { return unseen_.load(std::memory_order_relaxed) < most_unseen; }
  /// All end, and those who come.
  void close();

 private:
  friend class detail::event_tap;
  static constexpr std::size_t most_unseen = 10'000;

  /// Those for one type, by the first id that they ask for, so that thousands who wait each for its own cost one
  /// look-up.
  struct shelf {
    const event_type* type = nullptr;
    std::size_t count = 0;
    std::vector<detail::event_tap*> all;
    std::array<std::unordered_multimap<std::uint64_t, detail::event_tap*>, 3> by_id;  // channel, user, guild
  };
  /// Where it stands on a shelf; `by_id.size()`: with `all`.
  static std::pair<std::size_t, std::uint64_t> place_of(const id_filter& ids) noexcept;
  template <class F>
  void for_each(const shelf& on, const event_ids& ids, F f) const;
  void add(detail::event_tap& one);
  void remove(detail::event_tap& one);
  void saw(std::size_t events);
  interest look_up(std::string_view name, bool derived, const event_ids& ids) const;

  std::atomic<std::size_t> count_{0}, unseen_{0};
  std::array<std::atomic<std::uint32_t>, event_count + 1> counts_{};  // by the number of the type's name
  mutable std::mutex mutex_;                             // guards what follows; taken before a tap's own
  std::unordered_map<std::string_view, shelf> shelves_;  // by the type's name, which lives for ever
  std::function<void()> on_room_;
  bool closed_ = false;
};

}  // namespace monochord::dispatch
