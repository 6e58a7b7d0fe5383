// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <monochord/core/claim.hpp>
#include <mutex>
#include <optional>
#include <utility>

#include "protocol/handled_position.hpp"

namespace monochord::gateway {

/// Up to where everything of a shard's session is dealt with. Whoever deals with an event notes it here at once, from
/// any thread; the shard looks when it needs to know, and is only woken where a store waits for the news. Claims keep
/// this, and not the shard.
class handled_events final : public detail::claim_keeper {
 public:
  /// What a look shows.
  struct standing {
    std::size_t late = 0;            ///< events that it gave up
    std::int64_t position = 0;       ///< as `handled_position::position`
    std::int64_t kept = -1;          ///< what `keep` gave last
    std::optional<time_point> next;  ///< when another one is given up, if none is dealt with before
  };

  /// `wake` is called once after each `keep`, when the position has moved on and no look has shown that. It may come
  /// from within anybody who deals with an event, whatever locks he holds. Empty: nobody wants to know.
  handled_events(std::chrono::milliseconds ack_after, std::function<void()> wake)
      : positions_(ack_after), wake_(std::move(wake)) {}

  /// Another session, of which everything up to `position` is dealt with.
  standing restart(std::uint64_t session_number, std::int64_t position) {
    const std::lock_guard lock(mutex_);
    session_number_ = session_number;
    positions_.restart(position);
    return show(0);
  }
  /// An event has come on which somebody works.
  void claimed(std::int64_t seq, time_point now) {
    const std::lock_guard lock(mutex_);
    positions_.came(seq, true, now);
  }
  /// A look, at an event that nobody works on or is claimed by now.
  standing came(std::int64_t seq, bool is_claimed, time_point now) {
    const std::lock_guard lock(mutex_);
    if (!is_claimed) positions_.came(seq, false, now);
    return show(positions_.give_up(now));
  }
  standing look(time_point now) {
    const std::lock_guard lock(mutex_);
    return show(positions_.give_up(now));
  }
  void dealt_with(std::uint64_t session_number, std::int64_t seq) override {
    {
      const std::lock_guard lock(mutex_);
      if (session_number != session_number_) return;
      positions_.done(seq);
      if (!wake_ || is_known_ || positions_.position() == kept_) return;
      is_known_ = true;
    }
    wake_();
  }

  std::int64_t position() const {
    const std::lock_guard lock(mutex_);
    return positions_.position();
  }
  /// When the oldest event came that is not dealt with; `max()` when there is none.
  time_point oldest() const {
    const std::lock_guard lock(mutex_);
    return positions_.oldest().value_or(time_point::max());
  }
  /// A store is about to be told of the position, which is 0 for every session but the present one.
  standing keep(std::uint64_t session_number) {
    const std::lock_guard lock(mutex_);
    kept_ = session_number == session_number_ ? positions_.position() : 0;
    return show(0);
  }

 private:
  standing show(std::size_t late) {
    is_known_ = positions_.position() != kept_;
    return {late, positions_.position(), kept_, positions_.next()};
  }

  mutable std::mutex mutex_;  // guards what follows
  protocol::handled_position positions_;
  std::uint64_t session_number_ = 0;
  std::int64_t kept_ = -1;
  bool is_known_ = false;  // to the shard, that the position is not `kept_` any more
  const std::function<void()> wake_;
};

}  // namespace monochord::gateway
