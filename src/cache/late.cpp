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

void late::apply(cache& to, int shard, std::shared_ptr<const message_create> event) {
  to.world_->late.put(*to.world_, shard, std::move(event), &cached::take_in<message_create>);
}
void late::apply(cache& to, int shard, std::shared_ptr<const interaction_create> event) {
  to.world_->late.put(*to.world_, shard, std::move(event), &cached::take_in<interaction_create>);
}
bool late::waits(const cache& in, int shard) noexcept { return in.world_->late.waits(shard); }
void late::settle(cache& in, int shard) { in.world_->late.settle(*in.world_, shard); }
void late::settle(cache& in) { in.world_->late.settle(*in.world_); }

void late_events::put(world& of, int shard, std::shared_ptr<const void> event, taker how) {
  place& in = place_of(shard);
  const std::lock_guard hold(in.lock);
  take_in_locked(of, in);
  in.event = std::move(event);
  in.how = how;
  in.taken.store(true, std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_release);
}

void late_events::settle(world& of) {
  if (!any_waits()) return;
  for (place& one : places_)
    if (one.taken.load(std::memory_order_acquire)) take_in(of, one);
}

/// Whoever comes meanwhile waits until the world has it.
void late_events::take_in(world& of, place& in) {
  const std::lock_guard hold(in.lock);
  take_in_locked(of, in);
}

void late_events::take_in_locked(world& of, place& in) {
  if (!in.event) return;
  const struct ending {  // also where it throws
    late_events& all;
    place& in;
    ~ending() {
      in.event = nullptr;
      in.taken.store(false, std::memory_order_release);
      all.count_.fetch_sub(1, std::memory_order_release);
    }
  } at_end{*this, in};
  in.how(of, in.event.get());
}

}  // namespace monochord::cached
