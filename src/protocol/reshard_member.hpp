// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "protocol/reshard_talk.hpp"

namespace monochord::protocol {

/// One process of a cluster that is being resharded: what it says next to the place where all meet, and what it makes
/// of the answers. Whatever is lost on the way is said again. Pure; not thread-safe.
class reshard_member {
 public:
  enum class stage : std::uint8_t {
    waiting,    ///< for the others to come
    to_merge,   ///< all have; the driver is to have its merge stand, with `round()` in its keys, and to call `merged`
    merged,     ///< and waits for theirs
    working,    ///< new shards may come up
    to_freeze,  ///< the driver is to freeze its merge, to `tell` the rest and to call `froze`
    freezing,
    in_doubt,  ///< it has said that it will do as is decided, and does not know what is
    taken,     ///< decided: the new shards serve
    failed,    ///< decided: back to the old ones; `failure()` and `text()` say why
  };

  /// `run`: by chance, another one for each attempt.
  reshard_member(std::uint64_t run, shard_part old_part, shard_part new_part);

  /// The next thing to say. From a report with `member_state::complete` on, it is `in_doubt`.
  member_report report(time_point now);
  void hear(meeting_answer answer, time_point now);
  /// What is to be told of guilds that it gives away.
  void tell(std::vector<moved_event> events);
  /// Whether it could take over now.
  void set_balanced(bool yes) noexcept { balanced_ = yes; }
  void merged() noexcept;
  /// Nothing comes behind what was told.
  void froze() noexcept;
  /// False once it is in doubt, or all is decided.
  bool give_up() noexcept;
  /// It cannot be learnt what was decided: as if it had failed.
  void despair() noexcept;

  stage at() const noexcept { return stage_; }
  /// The same for all processes of this resharding; known from `to_merge` on.
  std::uint64_t round() const noexcept { return round_; }
  /// What others have delivered, since the last call.
  std::vector<moved_event> take_heard();
  /// There is more to say or to hear at once.
  bool has_more() const noexcept { return more_; }
  /// Everybody knows what was decided: nothing need be said any more.
  bool is_over() const noexcept { return over_; }
  /// What was told and has not arrived.
  std::size_t untold() const noexcept { return untold_.size(); }
  time_point last_heard() const noexcept { return last_heard_; }
  meeting_failure failure() const noexcept { return failure_; }
  const std::string& text() const noexcept { return text_; }

 private:
  const std::uint64_t run_;
  const shard_part old_, new_;
  stage stage_ = stage::waiting;
  std::uint64_t round_ = 0;
  bool balanced_ = false, more_ = false, over_ = false;
  std::deque<moved_event> untold_;
  std::uint64_t told_ = 0;  // and arrived
  std::uint64_t heard_ = 0;
  bool heard_all_ = false;
  std::vector<moved_event> fresh_;
  time_point last_heard_{};
  meeting_failure failure_ = meeting_failure::none;
  std::string text_;
};

}  // namespace monochord::protocol
