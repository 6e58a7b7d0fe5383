// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <monochord/core/clock.hpp>
#include <monochord/core/error.hpp>

namespace monochord::protocol {

struct identify_queue_options {
  int max_concurrency = 1;   ///< session_start_limit.max_concurrency
  int remaining = 1000;      ///< session_start_limit.remaining
  int total = 1000;          ///< session_start_limit.total, what `remaining` becomes at the reset
  duration reset_after = std::chrono::hours{24};   ///< session_start_limit.reset_after
  duration interval = std::chrono::seconds{5};     ///< between two IDENTIFYs of one key
  duration grant_deadline = std::chrono::seconds{30};  ///< a grant that nobody uses is taken back as failed
  /// One that was used, and of which nothing more is heard, counts as failed after this: longer than a session waits
  /// for READY (10 min), since until then the next group may not begin.
  duration ready_deadline = std::chrono::minutes{11};
  /// Nobody is let through before this has passed: grants of a queue that this one takes the place of may still be used.
  duration first_after{0};
  bool wait_for_budget = true;  ///< budget spent: wait for the reset, or refuse with `identify_budget_spent`
};

struct identify_queue_counters {
  std::uint64_t requested = 0, granted = 0, identified = 0, failed = 0, untold = 0, unused = 0, cancelled = 0, expired = 0,
                refused = 0, budget_waits = 0;
};

/// Who may IDENTIFY when. Shards of one key (`shard_id % max_concurrency`) go one at a time, 5 s apart, in the order of
/// asking. At the start of a process ids ascend: no shard of group n+1 (`shard_id / max_concurrency`) is let through
/// before every shard of group n has identified, failed once, or resumed. The daily budget is counted down.
/// Pure: no clock, no threads. After every call, `poll(now)` and a timer at `next_wakeup()`.
/// https://docs.discord.com/developers/events/gateway#sharding-max-concurrency
class identify_queue {
 public:
  using ticket = std::uint64_t;  ///< never 0, never reused

  struct decision {
    ticket id = 0;
    int shard_id = 0;
    error_code refused;  ///< no error: IDENTIFY now
  };
  enum class outcome { identified, failed, untold };

  explicit identify_queue(identify_queue_options options, time_point now);
  ~identify_queue();
  identify_queue(identify_queue&&) noexcept;
  identify_queue& operator=(identify_queue&&) noexcept;

  /// The shards that this process is about to start, for the order of groups. Shards that are not named are never
  /// waited for.
  void expect(const std::vector<int>& shard_ids);
  /// A shard needs no more waiting for: it resumed a stored session, or failed before it came to asking.
  void arrived(int shard_id);

  /// With `waits` false it is refused rather than made to wait for the next day's budget, whatever the options say.
  ticket request(int shard_id, time_point now, bool waits = true);
  /// What was decided since the last call: each ticket is named once.
  std::vector<decision> poll(time_point now);
  /// When `poll` can next decide without another call before it.
  std::optional<time_point> next_wakeup() const;

  /// The owner of a grant has written IDENTIFY: the key's 5 s count from here.
  void sent(ticket t, time_point now);
  /// The owner knows how it ended (READY, or the connection ended first).
  void done(ticket t, outcome how, time_point now);
  /// Nobody wants it any more: a waiting request leaves the queue; a grant that was not sent gives its place and its
  /// budget back; one that was sent counts as failed.
  void cancel(ticket t, time_point now);
  /// `first_after` counts from here, and not from the constructor.
  void opens(time_point now);

  /// The same where nobody can say whether a grant was used: its budget counts as used, and the next one of its key comes an
  /// interval from now at the earliest.
  void abandon(ticket t, time_point now);
  /// A shard IDENTIFYs by a grant of another queue, which has counted it: the key's 5 s count from here.
  void identified_elsewhere(int shard_id, time_point now);
  /// Whether it is waiting, or granted and not over yet.
  bool has(ticket t) const noexcept;

  /// What Discord says now (GET /gateway/bot), which is right where our count is not; it does not know yet of the
  /// grants that are not used, which come off it.
  void set_budget(int remaining, int total, duration reset_after, time_point now);
  int remaining() const noexcept;
  time_point reset_at() const noexcept;
  std::size_t waiting() const noexcept;
  const identify_queue_counters& counters() const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace monochord::protocol
