// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/event_key.hpp"
#include "protocol/reshard_merge.hpp"

namespace monochord::protocol {

/// What a process and the place where the processes of a cluster meet tell each other during a resharding. Numbers are
/// little-endian, in the order of the fields; a format's number comes first.

/// How far a process is.
enum class member_state : std::uint8_t {
  works,     ///< its new shards come up, or the sets do not agree yet
  balanced,  ///< it could take over now
  frozen,    ///< it delivers nothing any more of the guilds that it gives away
  complete,  ///< it knows everything that the others delivered, and will do as is decided
  taken,     ///< its new shards serve
  gave_up,   ///< it has gone back to its old shards
};

/// How far all are.
enum class meeting_phase : std::uint8_t {
  gathering,  ///< not every process is there
  preparing,  ///< all are: each has its merge stand before the first new shard comes up anywhere
  working,
  freezing,  ///< all are balanced: no process delivers what it gives away
  taken,     ///< decided: the new shards serve
  over,      ///< and every process knows
  failed,    ///< decided: everybody goes back
};

enum class meeting_failure : std::uint8_t {
  none,
  mismatch,  ///< the processes do not want the same
  gone,      ///< a process was not heard of for too long, or has begun anew
  gave_up,   ///< a process gave up
  timeout,
  resource,   ///< more has to be remembered than there is room for
  forgotten,  ///< the place knows nothing of this resharding: it has begun anew itself
};

struct member_report {
  std::uint64_t round = 0;  ///< which resharding; 0: not known yet, or its merge does not stand yet
  std::uint64_t run = 0;    ///< which attempt of this process, by chance
  shard_part old_part, new_part;
  member_state state = member_state::works;
  bool last = false;        ///< nothing comes after `events`
  std::uint64_t got = 0;    ///< of what the others told it
  std::uint64_t first = 0;  ///< how many came before `events`
  std::vector<moved_event> events = {};
};

struct meeting_answer {
  std::uint64_t round = 0;
  meeting_phase phase = meeting_phase::gathering;
  meeting_failure failure = meeting_failure::none;
  bool last = false;        ///< nothing comes after `events`
  std::uint64_t got = 0;    ///< of what this process told
  std::uint64_t first = 0;  ///< how many came before `events`
  std::vector<moved_event> events = {};
  std::string text = {};  ///< of a failure, for people
};

inline constexpr std::size_t most_events_told = 1'000;  ///< in one message
inline constexpr std::size_t longest_failure_text = 200;

std::string to_bytes(const member_report& report);
std::string to_bytes(const meeting_answer& answer);
/// Nothing for what is none.
std::optional<member_report> parse_member_report(std::string_view bytes);
std::optional<meeting_answer> parse_meeting_answer(std::string_view bytes);

}  // namespace monochord::protocol
