// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/emoji.hpp>
#include <vector>

namespace monochord::cached {

/// What was told last of who reacts to what, and votes for what, of the last ones of a guild. Discord tells that there is one
/// more or one less; with this an event that comes twice, after a restart say, counts once.
class reaction_log {
 public:
  static constexpr std::size_t most = 64;

  /// A thing that somebody may do to a message once.
  struct subject {
    static subject of(const emoji& what, bool burst);
    static subject of_answer(int id);
    std::uint64_t bits = 0;
  };
  struct entry {
    std::uint64_t message = 0;
    std::uint64_t what = 0;
    std::uint64_t told = 0;  ///< the user, and in the lowest bit whether it was done (1) or taken back
  };

  /// False when this is the last that was told already.
  bool turn(message_id message, subject what, user_id user, bool done);
  // What was told before is worth nothing: the counts were told anew.
  void forget_reactions(message_id message);
  void forget_emoji(message_id message, const emoji& what);
  void forget_votes(message_id message);

  void clear() noexcept { entries_ = {}; }
  const std::vector<entry>& entries() const noexcept { return entries_; }  ///< the oldest first
  /// False when there are too many.
  bool restore(const entry& one);
  std::size_t bytes() const noexcept;

 private:
  std::vector<entry> entries_;
};

}  // namespace monochord::cached
