// SPDX-License-Identifier: MIT
#include "protocol/send_limit.hpp"

namespace monochord::protocol {

time_point send_limit::next(sender who, time_point now) const noexcept {
  const std::size_t allowed = who == sender::user ? limit - reserve : limit;
  // The payload `allowed` places back must have left the window. With fewer than that in the ring there is room.
  if (count_ < allowed) return now;
  const time_point blocking = times_[(begin_ + count_ - allowed) % limit];
  const time_point free_at = blocking + window;
  return free_at > now ? free_at : now;
}

void send_limit::sent(time_point now) noexcept {
  if (count_ == limit) {
    times_[begin_] = now;
    begin_ = (begin_ + 1) % limit;
    return;
  }
  times_[(begin_ + count_) % limit] = now;
  ++count_;
}

}  // namespace monochord::protocol
