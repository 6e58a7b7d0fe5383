// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/identify_queue.hpp"
#include "protocol/queue_call.hpp"

namespace monochord::protocol {

struct identify_desk_options {
  identify_queue_options queue;
  std::size_t max_waiting = 4000;
  /// A plain client's IDENTIFY counts from when its answer was written, and so much for the way.
  duration travel_margin = std::chrono::milliseconds{500};
  /// How long a place is kept for whoever was told to ask again.
  duration keep_place = std::chrono::seconds{10};
};

/// An identify queue for visitors whose connections come and go. A question is somebody's (owner, run and number) or a
/// plain client's; each connection that waits for its answer is a visit. Asked again by the same owner, run and number
/// it keeps its place, and its grant if the answer was lost on the way. Another run of an owner means that the one
/// before is dead: what it asked is dropped. Pure, as the queue below it: after every call, `poll(now)`.
class identify_desk {
 public:
  struct visit {
    identify_queue::ticket at = 0;
    std::uint64_t number = 0;  ///< never 0, never reused
  };
  enum class standing : std::uint8_t {
    waiting,
    granted,
    spent,       ///< no session start is left, and the question does not wait for more
    superseded,  ///< by another visit, or another question of the same shard, or another run of the owner
  };

  identify_desk(identify_desk_options options, time_point now);

  /// `identify_queue::opens`.
  void opens(time_point now) { queue_.opens(now); }
  /// Somebody asks, for the first time or again. Nothing when too many wait.
  std::optional<visit> come(const queue_call& question, time_point now);
  standing look(const visit& who) const;
  /// The visitor went away unanswered: a question that nobody waits for any more is withdrawn.
  void leave(const visit& who, time_point now);
  /// It is answered that its turn has not come yet.
  void told_to_ask_again(const visit& who, time_point now);
  /// A grant was written to its visitor, or may have been.
  void told(const visit& who, time_point now);
  /// What an owner says about its grant (sent, done, unused); false when that is unknown here.
  bool hear(const queue_call& report, time_point now);

  /// The visits that stand otherwise than before, by number.
  std::vector<std::uint64_t> poll(time_point now);
  std::optional<time_point> next_wakeup() const;

  void set_budget(int remaining, int total, duration reset_after, time_point now) {
    queue_.set_budget(remaining, total, reset_after, now);
  }
  /// remaining, reset_at, waiting and counters.
  const identify_queue& queue() const noexcept { return queue_; }

 private:
  struct question {
    std::string owner;  // empty: a plain client's
    std::uint64_t number = 0;
    int shard = 0;
    standing now = standing::waiting;
    std::uint64_t visit = 0;  // 0: nobody waits for it just now
    bool told = false;        // of the grant
    bool sent = false;
    time_point kept_until{};  // while nobody waits for it and nothing was told
  };
  struct owner_state {
    std::string run;
    std::map<std::uint64_t, identify_queue::ticket> questions;  // by number
  };
  using place = std::map<identify_queue::ticket, question>::iterator;

  std::optional<visit> come_again(const queue_call& question);
  void drop_others(const queue_call& question, time_point now);
  void drop(identify_queue::ticket t, time_point now);
  place erase(place at);
  void wake(question& what);
  std::optional<identify_queue::ticket> find(const queue_call& call) const;
  question* of(const visit& who);
  std::size_t waiting() const noexcept { return queue_.waiting(); }

  const identify_desk_options options_;
  identify_queue queue_;
  std::uint64_t visits_ = 0;
  std::map<identify_queue::ticket, question> questions_;
  std::map<std::string, owner_state> owners_;  // those that have a question
  std::vector<std::uint64_t> woken_;
};

}  // namespace monochord::protocol
