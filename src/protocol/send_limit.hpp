// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>

#include <monochord/core/clock.hpp>

namespace monochord::protocol {

/// Discord's limit for what a gateway connection may send: 120 payloads in any 60 seconds, everything counted; one
/// more and the connection is closed with 4008. User payloads use at most 115, the rest is kept for the session's own
/// (heartbeats, IDENTIFY, RESUME). A sliding window; start afresh on each connection.
/// https://docs.discord.com/developers/events/gateway#rate-limiting
class send_limit {
 public:
  static constexpr std::size_t limit = 120;
  static constexpr std::size_t reserve = 5;
  static constexpr duration window = std::chrono::seconds{60};

  enum class sender { user, session };

  /// The earliest time at which one more payload may go; `now` or before means at once.
  time_point next(sender who, time_point now) const noexcept;
  bool may_send(sender who, time_point now) const noexcept { return next(who, now) <= now; }
  /// A payload goes out now.
  void sent(time_point now) noexcept;
  void reset() noexcept { count_ = 0; }

 private:
  std::array<time_point, limit> times_{};  // ring of the last `count_` sendings, oldest at begin_
  std::size_t begin_ = 0;
  std::size_t count_ = 0;
};

}  // namespace monochord::protocol
