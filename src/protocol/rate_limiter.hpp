// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <monochord/core/clock.hpp>

namespace monochord::protocol {

/// What a request is filed under. Requests with equal `route` share what is learnt about the route (its bucket), those
/// with equal `route` and `major` share a quota.
struct route_key {
  std::string route;  ///< "POST /channels/{channel_id}/messages"
  std::string major;  ///< values of the major parameters, "" when there are none; may hold a token: never log it
  bool exempt_from_global = false;  ///< interaction endpoints
  bool by_address = false;  ///< calls by webhook token, without Authorization: they share the 50/s of the IP
};

/// Which of the requests that may go goes first.
enum class priority : std::uint8_t {
  answer,  ///< to an interaction, which waits for 3 seconds only
  normal,
  low,     ///< bulk work
};

enum class limit_scope : std::uint8_t { none, user, global, shared };

/// What an answer says about limits. Durations are Discord's relative ones; wall-clock times are never used.
/// https://docs.discord.com/developers/topics/rate-limits#header-format
struct response_info {
  int status = 200;
  std::optional<std::string> bucket;         ///< X-RateLimit-Bucket
  std::optional<int> limit;                  ///< X-RateLimit-Limit
  std::optional<int> remaining;              ///< X-RateLimit-Remaining
  std::optional<duration> reset_after;       ///< X-RateLimit-Reset-After (fractions of a second are kept)
  std::optional<duration> retry_after;       ///< of a 429: the body's `retry_after`, else the Retry-After header
  limit_scope scope = limit_scope::none;     ///< X-RateLimit-Scope
  bool global = false;                       ///< X-RateLimit-Global, or `global` in a 429's body
  bool from_discord = true;                  ///< false: a 429 without Discord's headers and body (Cloudflare's page)
};

struct rate_limiter_options {
  int global_limit = 50;                            ///< requests per `global_window`; 0 = no global limit
  duration global_window = std::chrono::seconds{1};
  duration blocked_for = std::chrono::seconds{60};  ///< pause after a 429 that is not Discord's own, at least
  duration answer_deadline = std::chrono::minutes{5};  ///< a slot whose owner never reports is taken back
};

struct rate_limiter_counters {
  std::uint64_t acquired = 0, sent = 0, answered = 0, failed = 0, cancelled = 0, expired = 0;
  std::uint64_t waits_bucket = 0, waits_global = 0, waits_learning = 0, waits_blocked = 0;
  std::uint64_t limited_user = 0, limited_global = 0, limited_shared = 0, limited_blocked = 0;  ///< 429s by kind
  std::uint64_t moved = 0;  ///< waiting requests that changed bucket
};

/// The queue in front of Discord's REST API, as a plain state machine: no I/O, no clock. Not thread-safe.
///
/// Life of a request: `acquire` gives a ticket; `poll` names the tickets that may be sent now; when the answer is there,
/// `answered`; when there was none (connection lost, timeout), `failed`. `cancel` ends a ticket in any state. After
/// every call that changes something, call `poll(now)` again and arm a timer at `next_wakeup()`.
///
/// Requests of one bucket leave in the order of `acquire`. A route never seen sends one request and learns from its
/// answer; then up to `remaining` requests are in flight at once.
class rate_limiter {
 public:
  using ticket = std::uint64_t;  ///< never 0, never reused

  /// What the owner of an answered ticket does.
  enum class verdict : std::uint8_t {
    finished,  ///< the ticket is gone; use the answer (also for any 4xx/5xx other than 429)
    again,     ///< a 429: the ticket is back at the front of its queue and `poll` will name it again. A caller who
               ///< does not want that calls `cancel`
    blocked,   ///< not Discord's 429 (Cloudflare's block): the ticket is gone, tell the caller; the others wait
  };

  explicit rate_limiter(rate_limiter_options options = {});
  ~rate_limiter();
  rate_limiter(const rate_limiter&) = delete;
  rate_limiter& operator=(const rate_limiter&) = delete;

  /// A place in the queue of `key`. It may go as soon as `poll` names it, which can be the very next call.
  ticket acquire(const route_key& key, time_point now);

  /// The tickets that may be sent now, in order; each is named once per sending and counts as in flight from here on.
  std::vector<ticket> poll(time_point now);

  /// When `poll` can next name a ticket without an `answered`, `failed` or `cancel` before it; nothing when only those
  /// can help or nobody waits.
  std::optional<time_point> next_wakeup() const;

  /// The answer to a ticket in flight has come. A ticket that is gone (cancelled, expired) is ignored: `finished`.
  verdict answered(ticket t, const response_info& info, time_point now);

  /// No answer will come: the slot is given back, the ticket is gone. Whether to try again is the caller's affair (with a
  /// new ticket).
  void failed(ticket t, time_point now);

  /// The caller gave up, waiting or in flight: like `failed`, but counted as cancelled.
  void cancel(ticket t, time_point now);

  /// Until when everything is paused by a block of the whole address; nothing when it is not.
  std::optional<time_point> blocked_until(time_point now) const noexcept;

  std::size_t waiting() const noexcept;    ///< tickets in queues
  std::size_t in_flight() const noexcept;  ///< tickets between `poll` and their end
  std::size_t buckets() const noexcept;    ///< quotas remembered; idle ones are forgotten by and by
  const rate_limiter_counters& counters() const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace monochord::protocol
