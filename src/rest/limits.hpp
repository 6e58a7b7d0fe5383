// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include <monochord/rest/limits.hpp>
#include "protocol/rate_limiter.hpp"

namespace monochord {

/// The rate limiter, and who waits for which of its tickets. Thread-safe: queues share it.
class rest_limits {
 public:
  using ticket = protocol::rate_limiter::ticket;

  /// A ticket that may go, or that never will.
  struct news {
    ticket which = 0;
    std::optional<protocol::refused_request> refused;
  };

  /// Somebody who waits for tickets.
  class sender {
   public:
    virtual ~sender() = default;
    /// From any thread, under another sender's lock: only notes down that it has to take `what` in and to call `pump`.
    virtual void deliver(std::vector<news> what) = 0;
    /// How many requests it can send at once; 0: any number.
    virtual std::size_t connections() const = 0;
  };

  explicit rest_limits(protocol::rate_limiter_options options) : limiter_(options) {}

  /// The key has `name` from now on, if that is not empty: for `acquire_at_once`.
  ticket acquire(const std::shared_ptr<sender>& who, const protocol::route_key& key, time_point now,
                 protocol::priority urgency, time_point deadline, std::uint64_t order, bool is_ready,
                 std::string_view name = {});
  /// What may go at once.
  struct granted {
    ticket which;
    time_point wakeup;  ///< as `next_wakeup`
  };
  /// Nothing where the ticket may have to wait: then `acquire`. After it nobody need pump. Who calls `join` before it lets the
  /// ticket wait after all need not be a sender before.
  std::optional<granted> acquire_at_once(const sender& who, const protocol::route_key& key, time_point now,
                                         protocol::priority urgency, time_point deadline, std::uint64_t order, bool starts);
  /// The same for a key that has been given this name.
  std::optional<granted> acquire_at_once(const sender& who, std::string_view name, time_point now, protocol::priority urgency,
                                         time_point deadline, std::uint64_t order, bool starts);
  /// `who` hears of its tickets from now on.
  void join(const std::shared_ptr<sender>& who);
  void ready(ticket t, time_point deadline);
  /// True: pump.
  bool started(ticket t, time_point now);
  void put_off(ticket t);
  struct heard {
    protocol::rate_limiter::verdict how;
    bool pump;  ///< somebody else is concerned
  };
  heard answered(ticket t, const protocol::response_info& info, time_point now, std::optional<duration> again_in);
  protocol::rate_limiter::verdict failed(ticket t, time_point now, std::optional<duration> again_in);
  void cancel(ticket t, time_point now);

  /// To be called after each of the above that does not say otherwise, and when `next_wakeup` has come. Gives the caller's
  /// news; those of others are delivered.
  std::vector<news> pump(const sender& me, time_point now);
  /// Whoever has pumped wakes up then and pumps again.
  std::optional<time_point> next_wakeup() const;
  /// `me` wakes up no more: the others take over.
  void leave(const sender& me);

  struct report {
    protocol::rate_limiter_counters counters;
    std::vector<protocol::queue_figure> waiting;
    std::size_t invalid_requests = 0;
  };
  report look(time_point now);

 private:
  mutable std::mutex mutex_;
  protocol::rate_limiter limiter_;
  std::map<const void*, std::weak_ptr<sender>> senders_;
};

}  // namespace monochord
