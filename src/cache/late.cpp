// SPDX-License-Identifier: MIT
#include "cache/late.hpp"

#include <utility>

#include "cache/impl.hpp"

namespace monochord::cached {

namespace {

template <class E>
void take_in(world& to, const void* event) {
  to.take_in(*static_cast<const E*>(event));
}

}  // namespace

// What belongs to no guild may be the first of its kind: then a function of the user's says what is kept of it.
void late::apply(cache& to, std::shared_ptr<const message_create> event) {
  if (!event->guild_id) return to.apply(*event);
  to.world_->late.put(*to.world_, std::move(event), &cached::take_in<message_create>);
}
void late::apply(cache& to, std::shared_ptr<const interaction_create> event) {
  if (!event->interaction.guild_id) return to.apply(*event);
  to.world_->late.put(*to.world_, std::move(event), &cached::take_in<interaction_create>);
}
bool late::waits(const cache& in) noexcept { return in.world_->late.is_there(); }
void late::settle(cache& in) { in.world_->late.settle(*in.world_); }

void late_event::put(world& of, std::shared_ptr<const void> event, taker how) {
  const std::lock_guard hold(mutex_);
  const struct putting {  // also where the one before throws
    late_event& in;
    std::shared_ptr<const void>& event;
    taker how;
    ~putting() {
      in.event_ = std::move(event);
      in.how_ = how;
      in.there_.store(true, std::memory_order_release);
    }
  } at_end{*this, event, how};
  take_in_locked(of);
}

/// Whoever comes meanwhile waits until the world has it.
void late_event::take_in(world& of) {
  const std::lock_guard hold(mutex_);
  take_in_locked(of);
}

void late_event::take_in_locked(world& of) {
  if (!event_) return;
  const struct ending {  // also where it throws
    late_event& in;
    ~ending() {
      in.event_ = nullptr;
      in.there_.store(false, std::memory_order_release);
    }
  } at_end{*this};
  how_(of, event_.get());
}

}  // namespace monochord::cached
