// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>

namespace monochord {

/// Leave to IDENTIFY once. Destroying it unused gives the place and the day's budget back. All members thread-safe.
class identify_permit {
 public:
  virtual ~identify_permit() = default;
  /// IDENTIFY has been written: the 5 seconds until the next one of this key count from here.
  virtual void sent() noexcept = 0;
  /// It has ended: READY came, or the connection ended before it.
  virtual void done(bool identified) noexcept = 0;
};

/// How many sessions may still be started, as a queue knows it.
struct identify_budget {
  int remaining = 0;
  int total = 0;
  duration reset_after{0};
};

/// Who may IDENTIFY when: one queue for all shards of a bot, in this process or elsewhere. Thread-safe.
/// https://docs.discord.com/developers/events/gateway#sharding-max-concurrency
class identify_queue {
 public:
  virtual ~identify_queue() = default;

  /// Waits for the shard's turn. Throws `error` with `errc::identify_budget_spent` when the day's sessions are used up
  /// and the queue does not wait for the next day, and `errc::cancelled` when the awaiting coroutine is cancelled: the
  /// request is withdrawn then. It must end when it is cancelled: the shard waits for it. Called on the shard's executor.
  virtual task<std::unique_ptr<identify_permit>> request(int shard_id) = 0;

  /// The shards that are about to start, for the order of the start. A queue may ignore it. What it throws ends the bot.
  virtual void expect(const std::vector<int>& shard_ids);
  /// A shard needs no waiting for: it resumed, or failed before it came to asking. A queue may ignore it.
  virtual void arrived(int shard_id);
  /// What is left of the day; nothing when the queue does not know.
  virtual std::optional<identify_budget> budget() const;
};

/// What a queue goes by: the defaults are those of a small bot, and a client puts in what GET /gateway/bot says.
/// https://docs.discord.com/developers/events/gateway#session-start-limit-object
struct identify_queue_options {
  int max_concurrency = 1;               ///< `session_start_limit.max_concurrency` of GET /gateway/bot
  int remaining = 1000;                  ///< `session_start_limit.remaining`
  int total = 1000;                      ///< `session_start_limit.total`
  duration reset_after = std::chrono::hours{24};  ///< `session_start_limit.reset_after`
  bool wait_for_budget = true;           ///< false: refuse with `errc::identify_budget_spent` when nothing is left
};

/// The queue for shards of one process.
std::shared_ptr<identify_queue> make_identify_queue(std::shared_ptr<clock> time, identify_queue_options options);

}  // namespace monochord
