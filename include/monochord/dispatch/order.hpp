// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <monochord/dispatch/event_type.hpp>
#include <utility>
#include <vector>

namespace monochord {

/// Which events wait for each other. The handlers of one event always run side by side; where events have an order, one
/// begins when all handlers of the one before it have ended, or wait in `client::next`, in a stream or for the answer
/// to a command of `client::gateway()`.
enum class event_order : std::uint8_t {
  concurrent,  ///< none does: handlers start in the order of a shard's events and run side by side
  per_guild,   ///< those of one guild; of private channels those of one channel; what belongs to neither waits for
               ///< nothing
  per_shard,   ///< those of one shard
};

/// What happens when `client_options::max_queued_events` wait for their turn: by default reading stops until one
/// begins. Made by `drop_oldest`.
class overflow_policy {
 public:
  overflow_policy() = default;
  explicit overflow_policy(std::vector<const event_type*> drops) : drops_(std::move(drops)) {}
  /// Which events may be dropped; empty: none, reading stops.
  const std::vector<const event_type*>& drops() const noexcept { return drops_; }

 private:
  std::vector<const event_type*> drops_;
};

/// Events of these types are dropped, the oldest first, when too many wait for their turn:
/// `mc::drop_oldest<mc::typing_start, mc::presence_update>()`. Reading stops only where none of those that wait may be
/// dropped. An event that is dropped counts as handled; `client::next` and streams have had it.
template <class... E>
overflow_policy drop_oldest() {
  return overflow_policy({&event_type_of<E>()...});
}

}  // namespace monochord
