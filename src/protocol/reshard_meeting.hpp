// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "protocol/reshard_talk.hpp"

namespace monochord::protocol {

struct meeting_options {
  duration contact_limit = std::chrono::seconds{20};  ///< a process of which nothing is heard for so long is gone
  duration freeze_limit = std::chrono::seconds{10};   ///< how long all may take to be complete
  duration linger = std::chrono::minutes{5};          ///< how long it is remembered that the new shards take over
  std::size_t max_events = 1'000'000;                 ///< that have not been fetched
  std::size_t max_members = 1'000;
};

/// Where the processes of a cluster meet that reshard together. They have to want the same; what one delivers of guilds
/// that it gives away is passed on to those that gain them; and it is decided once for all: the new shards take over
/// when every process has frozen and knows everything, and not at all when one fails before that. One resharding at a
/// time. Pure; not thread-safe.
class reshard_meeting {
 public:
  explicit reshard_meeting(meeting_options options = {}) : options_(options) {}

  /// `fresh`: a number by chance, not 0, for a resharding that begins with this.
  meeting_answer hear(const member_report& report, time_point now, std::uint64_t fresh);
  std::size_t waiting_events() const noexcept { return events_; }

 private:
  struct member {
    std::uint64_t run = 0;
    shard_part old_part, new_part;
    member_state state = member_state::works;
    bool last = false;
    bool merges = false;  // its merge stands
    bool told = false;    // what was decided
    time_point heard{};
    std::uint64_t got = 0;      // of what it told
    std::uint64_t fetched = 0;  // of `inbox`, all that is there no more
    std::deque<moved_event> inbox;
  };
  struct round {
    round() {}  // not defaulted: clang would not know yet, inside of the class around it, that there is one
    std::uint64_t id = 0;
    meeting_phase phase = meeting_phase::gathering;
    bool recovers = false;  // this place has begun anew, and its members are in doubt
    meeting_failure failure = meeting_failure::none;
    std::string text;
    time_point since{};
    std::map<int, member> members;  // by their first old shard
  };

  bool is_open() const noexcept { return round_ && round_->phase < meeting_phase::taken; }
  void look(time_point now);
  void drop();
  member* known(const member_report& report);
  void fail(meeting_failure why, std::string text, time_point now);
  meeting_answer refuse(const member_report& to, meeting_failure why, std::string text) const;
  meeting_answer join(const member_report& report, time_point now, std::uint64_t fresh);
  meeting_answer recover(const member_report& report, time_point now);
  bool disagrees(const member_report& report, std::string& text) const;
  bool covers_all() const;
  void take_in(member& of, const member_report& report, time_point now);
  void pass_on(const member& from, const moved_event& one, time_point now);
  void decide(time_point now);
  meeting_answer answer(const member& to, time_point now) const;

  const meeting_options options_;
  std::optional<round> round_;
  std::size_t events_ = 0;
};

}  // namespace monochord::protocol
