// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <monochord/core/clock.hpp>
#include <monochord/core/snowflake.hpp>
#include <optional>
#include <string>
#include <utility>

namespace monochord::protocol {

/// Names for requests that nobody else uses: letters that were drawn once, so that what an earlier process asked for
/// and a resumed session replays is not taken for ours, and a number.
class nonce_series {
 public:
  explicit nonce_series(std::string prefix) : prefix_(std::move(prefix)) {}
  std::string next() {
    static constexpr char digits[] = "0123456789abcdefghijklmnopqrstuv";
    std::string out = prefix_;
    for (auto left = ++number_; left != 0; left >>= 5U) out += digits[left & 31U];
    return out;
  }

 private:
  std::string prefix_;
  std::uint64_t number_ = 0;
};

/// A request over the gateway that is answered by events: its payloads, what was answered so far, what has to be asked
/// again. A shard is named by a number that no other one has or had. The driver carries `next` away until there is nothing, waits until `wakeup` or an input, and begins again,
/// until `finished`.
class gateway_call {
 public:
  /// A payload for a shard, ready to be sent.
  struct outbound {
    std::size_t part = 0;  ///< for `sent`
    guild_id guild;        ///< one of those that it asks for: they are all on one shard
    std::string key;       ///< its nonce; empty without
    std::string payload;
    bool whole_guild = false;  ///< `whole_guild_spacing::taken` was called for it
  };

  virtual ~gateway_call() = default;

  virtual std::optional<outbound> next(time_point now) = 0;
  /// When `next` may have more without another input.
  virtual std::optional<time_point> wakeup() const = 0;
  /// The socket took it.
  virtual void sent(std::size_t part, const std::string& key, std::uint64_t shard) = 0;
  /// The session that a shard had is gone (READY of another one), and what it had still to tell with it.
  virtual void session_lost(std::uint64_t shard) = 0;
  /// The shard goes on with its session (RESUMED) and has been told what it missed; what it sent last may be lost.
  virtual void session_resumed(std::uint64_t shard) = 0;
  /// All has been answered.
  virtual bool finished() const = 0;

  /// Discord has said that something may not be asked for before that time.
  virtual std::optional<time_point> refused_until() const = 0;

  /// It cannot be answered any more; null while it can.
  const std::exception_ptr& failure() const noexcept { return failure_; }
  void fail(std::exception_ptr why) {
    if (!failure_) failure_ = std::move(why);
  }

 protected:
  static constexpr std::uint64_t unknown_shard = UINT64_MAX;
  /// Of a payload, up to its answer.
  enum class phase : std::uint8_t {
    waiting,  ///< for its time
    queued,   ///< for the socket
    sent,
    receiving,  ///< a part of the answer has come
    done,
  };

 private:
  std::exception_ptr failure_;
};

}  // namespace monochord::protocol
