// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

namespace monochord {

/// What a client has done with events so far, and does now: `client::event_counters`.
struct event_counters {
  std::uint64_t events = 0;         ///< events read
  std::uint64_t unwanted = 0;       ///< of these, of a type that nobody wants: not decoded
  std::uint64_t filtered = 0;       ///< of these, that nobody's ids let through: not decoded
  std::uint64_t decode_errors = 0;  ///< of these, that could not be decoded
  std::uint64_t dropped = 0;        ///< of these, dropped by `client_options::overflow`
  std::uint64_t handlers_started = 0;
  std::uint64_t handlers_failed = 0;  ///< ended by an exception
  std::uint64_t slow_handlers = 0;    ///< worked for longer than `client_options::slow_handler`, each counted once
  std::uint64_t waits_for_room = 0;   ///< times reading stopped because too much was being worked on

  std::size_t handlers_running = 0;  ///< now, those that wait included
  std::size_t handlers_waiting = 0;  ///< of these, in `client::next`, in a stream or for the answer to a gateway command
  std::size_t events_queued = 0;  ///< now, waiting for their turn
};

}  // namespace monochord
