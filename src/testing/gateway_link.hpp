// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include <monochord/core/clock.hpp>
#include "testing/json.hpp"

namespace monochord::testing {

/// What a gateway connection has to do next.
struct outgoing {
  enum class kind {
    payload,  ///< a gateway payload, through the compression
    event,    ///< the same, a dispatch
    raw_text,
    raw_binary,
    raw_bytes,  ///< below the framing
    close,    ///< a close frame with `code` and `text`, then the end
    drop,     ///< the end without a close frame
    stall,    ///< from here on nothing is read or written
  };
  kind what = kind::payload;
  std::shared_ptr<const std::string> text;
  std::uint16_t code = 0;
};

/// A session as Discord keeps it: it outlives connections and remembers what it sent.
struct gateway_session {
  struct sent_event {
    std::uint64_t seq;
    std::shared_ptr<const std::string> text;
  };
  std::string id;
  int shard = 0;
  int shard_count = 1;
  std::uint32_t intents = 0;
  std::size_t large_threshold = 50;
  bool started = false;  ///< READY was sent; events before it are not part of the session
  std::uint64_t seq = 0;
  std::deque<sent_event> ring;
  std::uint64_t forgotten = 0;  ///< highest seq that is no longer in the ring
  std::deque<sent_event> overflow;  ///< what fell out of a full ring, kept where lost events are noted
  std::uint64_t link = 0;       ///< the connection that it is on, 0 when none
  time_point detached{};
  json last_presence;
};

/// One websocket connection, as the mock's brain sees it. No I/O: whoever owns the socket feeds `gateway::receive` and
/// carries `out` away after each `wake`.
struct gateway_link {
  std::uint64_t id = 0;
  bool usable = true;              ///< version and encoding are served
  bool greeted = false;            ///< HELLO was sent, so that heartbeats are due
  bool at_resume_url = false;      ///< it was opened where READY sends those who resume
  bool closing = false;            ///< a close or drop is in `out`; nothing more is taken
  bool stalled = false;            ///< neither reads nor writes
  std::shared_ptr<gateway_session> session;
  bool session_ended = false;      ///< by us, and the client has not begun another one: it may not know yet
  std::deque<outgoing> out;
  std::function<void()> wake;      ///< called under the mock's lock; only posts
  std::deque<time_point> received; ///< within the last minute
  time_point last_heartbeat{};
  std::uint64_t last_position = 0; ///< of the session, as a heartbeat named it
  time_point session_since{};      ///< since when READY or the replay is on its way; meaningless without a session
  time_point ready_at{};           ///< when READY is due while it is held back
  bool ready_pending = false;
};

}  // namespace monochord::testing
