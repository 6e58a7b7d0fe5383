// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/clock.hpp>
#include "protocol/circuit.hpp"

namespace monochord::protocol {

/// What a request is filed under. Requests with equal `route` share what is learnt about the route (its bucket), those
/// with equal `route` and `major` share a quota.
struct route_key {
  std::string route;  ///< "POST /channels/{channel_id}/messages"
  std::string major;  ///< values of the major parameters, "" when there are none; may hold a token: never log it
  /// Whose quotas they are: "" for calls without Authorization, else something that stands for the header.
  std::string sender;
  /// Requests with equal domain go one after the other; "" has no order. May hold a token: never log it.
  std::string domain;
  std::string webhook;  ///< "id" or "id/token": refused from the day that Discord no longer knows it
  bool carries_token = false;       ///< has an Authorization header, whose 401s are about its token
  bool exempt_from_global = false;  ///< interaction endpoints
  bool by_address = false;      ///< calls without Authorization (by webhook token, say): they share the 50/s of the IP
  bool trusts_headers = true;   ///< false: only a 429 says anything (emoji routes)
};

/// For people: the route with its major id, never a token.
std::string label(const route_key& key);

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
  std::optional<std::int64_t> code;          ///< of an error: Discord's, if the body is Discord's
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
  int global_limit = 50;  ///< requests per `global_window`; 0 = no global limit
  duration global_window = std::chrono::milliseconds{1005};  ///< a second, and a little for clocks that differ
  /// How long after its start a request arrives at the latest, unless its answer is there before: so much later it counts.
  duration travel = std::chrono::milliseconds{200};
  duration blocked_for = std::chrono::seconds{60};  ///< pause after a 429 that is not Discord's own, at least
  duration answer_deadline = std::chrono::minutes{5};  ///< a slot whose owner never reports is taken back, at the earliest
  std::size_t invalid_limit = 10'000;  ///< 401, 403, 429 in `invalid_window` after which Discord blocks the address; 0 = none
  std::size_t invalid_reserve = 500;   ///< of these, what is left to interactions and to other processes
  duration invalid_window = std::chrono::minutes{10};
  circuit_options circuit;
  std::size_t remembered_refusals = 1000;  ///< webhooks that are gone, tokens that were rejected
  /// Behind a proxy that does all this: writes keep their order, a 429 is waited for, everything else goes at once.
  bool none = false;
};

struct rate_limiter_counters {
  std::uint64_t acquired = 0, sent = 0, answered = 0, failed = 0, cancelled = 0, expired = 0, refused = 0;
  std::uint64_t waits_bucket = 0, waits_global = 0, waits_learning = 0, waits_blocked = 0, waits_guard = 0,
                waits_circuit = 0, waits_order = 0, waits_files = 0, waits_backoff = 0, waits_connection = 0;
  std::uint64_t limited_user = 0, limited_global = 0, limited_shared = 0, limited_blocked = 0;  ///< 429s by kind
  std::uint64_t moved = 0;  ///< waiting requests that changed bucket
  std::uint64_t circuit_openings = 0;  ///< of single routes too
  std::uint64_t looks = 0;  ///< at queues, to see whether somebody may go: what polls cost
};

/// What a waiting request waits for.
enum class wait_reason : std::uint8_t {
  none,      ///< it can go
  order,     ///< an earlier write to the same channel or webhook
  files,     ///< a look at its files
  learning,  ///< the answer that tells the route's limit, or how much is left of it
  bucket,    ///< the quota of its bucket
  route,     ///< a limit of its route alone (`shared`, sub-limits)
  global,    ///< requests a second
  blocked,   ///< the block of the whole address
  guard,     ///< too many invalid requests
  circuit,   ///< Discord only fails
  backoff,   ///< its own pause before it is sent again
  connection,  ///< one of its client's connections
};
std::string_view name(wait_reason why) noexcept;

/// A request that the limiter ended itself.
struct refused_request {
  enum class cause : std::uint8_t {
    late,            ///< what it waits for lasts longer than it may
    webhook_gone,    ///< Discord answered an earlier call 404 (10015)
    token_rejected,  ///< Discord answered an earlier call 401
  };
  std::uint64_t ticket = 0;
  cause why = cause::late;
  wait_reason waits_for = wait_reason::none;  ///< of `late`
  time_point until{};                         ///< of `late`
  const void* client = nullptr;               ///< whose connections it was to be sent over
};

/// One queue as a watchdog sees it.
struct queue_figure {
  std::string label;   ///< the route with its major id
  std::string bucket;  ///< Discord's hash, empty while it is not known
  std::size_t waiting = 0;
  int in_flight = 0;
  duration oldest{};   ///< how long its oldest waiting request has waited
  wait_reason waits_for = wait_reason::none;
};

/// What a request is sent over.
struct connections {
  const void* of = nullptr;  ///< the client that has them
  std::size_t most = 0;      ///< how many there are; 0: any number
};

/// The queue in front of Discord's REST API, as a plain state machine: no I/O, no clock. Not thread-safe.
///
/// Life of a request: `acquire` gives a ticket; `poll` names the tickets that may be sent now; when its connection is
/// open and it is about to be written, `started`; when the answer is there, `answered`; when there was none (connection
/// lost, timeout), `failed`. `cancel` ends a ticket in any state. After every call that changes something, call
/// `poll(now)` and `take_refused()` again and arm a timer at `next_wakeup()`.
///
/// Requests of one route and major parameter leave in the order of `acquire` (of one priority), those with a domain
/// one after the other: the next when the last is answered, or when it goes again after a failure and is answered then.
/// One that only waits for a limit of its own route holds up nobody else. A route never seen sends one request and learns
/// from its answer; then up to `remaining` requests are in flight at once.
///
/// No call costs more the more requests wait, but for the logarithm.
class rate_limiter {
 public:
  using ticket = std::uint64_t;  ///< never 0, never reused

  /// What the owner of an answered ticket does.
  enum class verdict : std::uint8_t {
    finished,  ///< the ticket is gone; use the answer
    again,     ///< a 429, or `again_in` was given: the ticket is back at the front of its queue and `poll` will name it
               ///< again. A caller who does not want that calls `cancel`
    blocked,   ///< not Discord's 429 (Cloudflare's block): the ticket is gone, tell the caller; the others wait
  };

  explicit rate_limiter(rate_limiter_options options = {});
  ~rate_limiter();
  rate_limiter(const rate_limiter&) = delete;
  rate_limiter& operator=(const rate_limiter&) = delete;

  /// A place in the queue of `key`. It may go as soon as `poll` names it, which can be the very next call. Once it is
  /// certain that it cannot go before `deadline`, it is refused. `order` is its place among those of equal urgency that
  /// wait; 0 is behind all that were acquired before. Unless it is exempt from global limits, it waits until fewer than
  /// all connections of `over` are in use by what was named before: then nobody stands in a queue that knows no order.
  /// One that is not `is_ready` has its place, but goes no sooner than `ready` says.
  ticket acquire(const route_key& key, time_point now, priority urgency = priority::normal,
                 time_point deadline = time_point::max(), std::uint64_t order = 0, const connections& over = {},
                 bool is_ready = true);
  /// The same for what need not wait: a ticket that goes now, as if `poll` had named it. Nothing where it would have to wait,
  /// is the first of its kind, or `poll` has something else to do: then `acquire`. It looks at nobody but the one who asks.
  /// It is `started` as well if it `starts`.
  std::optional<ticket> acquire_at_once(const route_key& key, time_point now, priority urgency, time_point deadline,
                                        std::uint64_t order, const connections& over, bool starts = false);
  /// The same for a call that `name_key` has given a name.
  std::optional<ticket> acquire_at_once(std::string_view name, time_point now, priority urgency, time_point deadline,
                                        std::uint64_t order, const connections& over, bool starts = false);
  /// A key has this short name as well from now on, for as long as something is known of it. A name is that of one key, always.
  void name_key(std::string_view name, const route_key& key);
  /// A ticket that waits may go from now on, and until `deadline`: then poll.
  void ready(ticket t, time_point deadline);

  /// The tickets that may be sent now, in order; each is named once per sending and counts as in flight from here on.
  std::vector<ticket> poll(time_point now);
  /// Whether a poll would have anything to do.
  bool must_poll(time_point now) const;
  /// Whose connections a ticket is sent over: `connections::of`.
  const void* client_of(ticket t) const;
  /// The tickets that were ended by `poll` because they can never be sent. They are gone.
  std::vector<refused_request> take_refused();

  /// A ticket in flight is about to be written, perhaps not for the first time. From here on it counts in its second;
  /// until then nobody can know when that will be. Without this call, its answer says that it has arrived. True when
  /// somebody waits for that: then poll.
  bool started(ticket t, time_point now);
  /// Nothing of a ticket that was `started` has been written, nor will be before it is started again.
  void put_off(ticket t);

  /// When `poll` can next name a ticket without an `answered`, `failed` or `cancel` before it; nothing when only those
  /// can help or nobody waits.
  std::optional<time_point> next_wakeup() const;

  /// The answer to a ticket in flight has come. With `again_in` the caller wants it sent again then, in its old place
  /// (after a 5xx). A ticket that is gone (cancelled, expired) is ignored: `finished`.
  verdict answered(ticket t, const response_info& info, time_point now, std::optional<duration> again_in = {});

  /// No answer will come: the slot is given back. Without `again_in` the ticket is gone, with it the request is sent
  /// again then, in its old place (`again`).
  verdict failed(ticket t, time_point now, std::optional<duration> again_in = {});

  /// The caller gave up, waiting or in flight: the slot is given back, the ticket is gone. What was in flight without
  /// `started` has not been sent.
  void cancel(ticket t, time_point now);

  /// Until when everything is paused by a block of the whole address; nothing when it is not.
  std::optional<time_point> blocked_until(time_point now) const noexcept;
  /// 401s, 403s and 429s that count against the address now.
  std::size_t invalid_requests(time_point now);

  std::size_t waiting() const noexcept;    ///< tickets in queues
  std::size_t in_flight() const noexcept;  ///< tickets between `poll` and their end
  std::size_t buckets() const noexcept;    ///< quotas remembered; idle ones are forgotten by and by
  rate_limiter_counters counters() const noexcept;
  /// Every queue in which somebody waits, as of the last `poll`.
  std::vector<queue_figure> figures(time_point now) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace monochord::protocol
