// SPDX-License-Identifier: MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <monochord/core/clock.hpp>
#include <monochord/core/error.hpp>

#include "core/tally.hpp"
#include "protocol/backoff.hpp"
#include "protocol/connect_pace.hpp"
#include "protocol/inflate.hpp"
#include "protocol/send_limit.hpp"

namespace monochord::protocol {

/// When a step happens, and a random number from [0, 1) for whatever jitter it needs.
struct moment {
  time_point now;
  double random = 0.5;
};

/// What a later connection, or a later process, needs to RESUME.
struct session_snapshot {
  std::string session_id;
  std::int64_t seq = 0;
  std::string resume_url;
};

struct session_counters;

struct session_options {
  std::string gateway_url;           ///< where to IDENTIFY, as GET /gateway/bot says
  std::string gateway_url_override;  ///< not empty: instead of it, and the host of every resume URL
  compression compress = compression::zlib_stream;
  bool tracks_handled = false;  ///< heartbeats and snapshots carry `handled()`, else the last received position
  duration connect_timeout = std::chrono::seconds{30};
  duration hello_timeout = std::chrono::seconds{20};
  duration ready_warning = std::chrono::seconds{30};
  duration ready_limit = std::chrono::minutes{10};
  duration stable_after = std::chrono::seconds{5};  ///< a session up for less counts as a failure when it is lost
  backoff_options reconnect_backoff;
  std::shared_ptr<connect_gate> gate;  ///< asked before each attempt to connect; null: none is kept waiting
  std::shared_ptr<session_counters> counters;  ///< where it counts; null: in its own
};

enum class session_status : std::uint8_t {
  idle,         ///< not started
  waiting,      ///< for the time of the next attempt, or for its turn
  connecting,
  hello,        ///< connected, waiting for HELLO
  queued,       ///< waiting for the permit to IDENTIFY
  identifying,  ///< IDENTIFY sent, waiting for READY
  resuming,     ///< RESUME sent, waiting for RESUMED
  ready,
  ended,        ///< stopped, or failed for good
};

enum class reconnect_reason : std::uint8_t {
  asked,            ///< op 7
  invalid_session,  ///< op 9
  zombie,           ///< heartbeats without an answer
  suspended,        ///< this process did not run for longer than a heartbeat interval
  closed,           ///< the peer closed, with or without a code
  connect_failed,
  hello_timeout,
  ready_timeout,
  malformed,        ///< the peer sent garbage
  restarted,        ///< the user asked for it
  count_,
};
std::string_view name(reconnect_reason why) noexcept;

enum class payload_kind : std::uint8_t { heartbeat, identify, resume };

/// One thing for the driver to do, in the order of the list.
struct action {
  enum class kind : std::uint8_t {
    connect,         ///< open `session::url()`, answer with opened() or closed(); the generation is new: drop all that
                     ///< belongs to the old connection, decompression context included
    close,           ///< send a close frame with `code` (0: just drop it). The connection is history for the session:
                     ///< give the handshake <= 2 s on the side, do not wait for it, report nothing about it
    send,            ///< write `payload` with the writers of payload_text.hpp
    deliver,         ///< the payload just fed in is an event: hand it on
    request_permit,  ///< ask the identify queue, answer with permit_granted() or permit_refused()
    cancel_permit,   ///< the request, or the permit not yet used, is not wanted any more
    settle_permit,   ///< the IDENTIFY made with the permit has ended: `ok` says how
    up,              ///< READY (`ok` false) or RESUMED (`ok` true): store the snapshot
    session_lost,    ///< the session cannot be resumed any more: erase the stored one
    reconnecting,    ///< to be logged: the connection was lost because of `why`, next attempt in `after`
    ready_is_late,   ///< to be logged, once: no READY or RESUMED for `ready_warning`
    fatal,           ///< it is over: `error`, `code` is the close code (0: none)
    ended,           ///< after stop(): nothing follows
  };
  kind what = kind::ended;
  payload_kind payload = payload_kind::heartbeat;
  reconnect_reason why = reconnect_reason::closed;
  bool ok = false;
  int code = 0;
  duration after{0};
  error_code error;
};

/// What one step asks for: a small list that lives on the stack.
class actions {
 public:
  actions() noexcept {}  // not what is behind `size_`: one is made for each message
  void add(const action& a) noexcept {
    assert(size_ < most);
    std::construct_at(&items_[size_++], a);
  }
  const action* begin() const noexcept { return items_; }
  const action* end() const noexcept { return items_ + size_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  const action& operator[](std::size_t i) const noexcept { return items_[i]; }
  bool has(action::kind what) const noexcept {
    for (const auto& a : *this)
      if (a.what == what) return true;
    return false;
  }

 private:
  static constexpr std::size_t most = 8;
  static_assert(std::is_trivially_copyable_v<action> && std::is_trivially_destructible_v<action>);
  union {
    action items_[most];
  };
  std::size_t size_ = 0;
};

/// Counted where the session is, to be read from anywhere.
struct session_counters {
  tally frames;       ///< websocket messages, of all connections
  tally events;       ///< op 0 handed on
  tally duplicates;   ///< events replayed although they had come before, dropped
  tally gaps;         ///< sequence numbers that were skipped
  tally stale;        ///< inputs of an old connection, dropped
  tally unknown_ops;
  tally connects;     ///< attempts
  tally opened;       ///< attempts that reached an open websocket
  tally identifies, readies, resumes, resumed, failed_resumes, sessions_lost;
  tally heartbeats, acks, heartbeats_held_back;  ///< held back: the send limit was reached
  tally zombies, malformed;
  tally reconnects[static_cast<std::size_t>(reconnect_reason::count_)] = {};
  std::uint64_t reconnects_by(reconnect_reason why) const noexcept { return reconnects[static_cast<std::size_t>(why)]; }
  session_counters& operator+=(const session_counters& other) noexcept;
};

/// What a close code of the peer permits. https://docs.discord.com/developers/topics/opcodes-and-status-codes
enum class close_verdict : std::uint8_t { resume, new_session, fatal };
close_verdict after_close(int code) noexcept;

/// What becomes of a connection that was closed with a fatal code.
struct fatal_answer {
  bool again = false;  ///< connect once more, with a new session; otherwise the session ends
  duration after{0};   ///< and when: from `session::shortest_fatal_pause` to a day, or what a back-off says if that is longer
};

/// The life of one shard's gateway session over all its connections, as a pure state machine: inputs come in as calls,
/// each returns what the driver has to do, and the driver keeps one timer armed at `wakeup()` and calls `timer` when it
/// fires. No I/O, no clock, no random, no token. Not thread-safe.
///
/// Every connection has a generation (`generation()` after a `connect` action). Inputs of another generation are
/// dropped. https://docs.discord.com/developers/events/gateway#connection-lifecycle
class session {
 public:
  /// A code of our own for closing so that Discord keeps the session (any but 1000 and 1001 does).
  static constexpr int resumable_close = 4000;
  static constexpr int final_close = 1000;
  /// Whoever tries again what Discord refuses uses up the day's session starts.
  static constexpr duration shortest_fatal_pause = std::chrono::seconds{5};
  static constexpr duration longest_fatal_pause = std::chrono::hours{24};

  explicit session(session_options options, std::optional<session_snapshot> stored = std::nullopt);

  // Life.
  actions start(moment at);
  enum class stop_mode { keep_session, discard_session };
  /// Ends it all; the snapshot stays readable after `keep_session`.
  actions stop(stop_mode mode, moment at);
  /// Closes a connection that is up, so that the session goes on on a new one. `fresh` ends the session instead, wherever it
  /// is kept, and the next one begins by IDENTIFY. Nothing to do while a connection that serves is on its way already.
  actions restart(bool fresh, moment at);
  /// The time of `wakeup()` has come; harmless when it has not.
  actions timer(moment at);
  std::optional<time_point> wakeup() const noexcept;

  // The connection.
  actions opened(std::uint32_t generation, moment at);
  /// Could not be opened, or ended. `code` is the peer's close code, 0 when there was none. `on_fatal` counts where
  /// `after_close(code)` is fatal.
  actions closed(std::uint32_t generation, int code, moment at, fatal_answer on_fatal = {});
  /// Could not be opened for a reason that trying again does not mend (certificate, address). Ends a session that was
  /// never up; later it is a failed attempt like any other.
  actions refused(std::uint32_t generation, error_code why, moment at);
  /// A websocket message came, whatever is in it: the connection is alive.
  void frame(std::uint32_t generation) noexcept;
  /// What came cannot be read (websocket protocol, decompression, JSON, a READY without its fields).
  actions malformed(std::uint32_t generation, moment at);

  // Payloads.
  actions hello(std::uint32_t generation, duration heartbeat_interval, moment at);                 // op 10
  actions dispatch(std::uint32_t generation, std::int64_t seq, std::string_view type, moment at);  // op 0, but READY
  /// READY of a new session; while resuming, that of the session that is resumed is one more event of the replay: it
  /// comes when the snapshot was taken before READY was handled, and is handed on then, as it was never dealt with.
  actions ready(std::uint32_t generation, std::int64_t seq, std::string_view session_id, std::string_view resume_url,
                moment at);                                                                        // op 0 READY
  actions heartbeat_requested(std::uint32_t generation, moment at);                                // op 1
  actions heartbeat_acked(std::uint32_t generation, moment at);                                    // op 11
  actions reconnect_requested(std::uint32_t generation, moment at);                                // op 7
  actions invalid_session(std::uint32_t generation, bool resumable, moment at);                    // op 9
  actions unknown_op(std::uint32_t generation);

  // The identify queue's answer.
  actions permit_granted(std::uint32_t generation, moment at);
  actions permit_refused(std::uint32_t generation, error_code why, moment at);

  /// While the driver does not read (back-pressure), missing ACKs mean nothing; after that they get a full interval.
  void reading_paused(bool paused, moment at) noexcept;
  /// Everything up to `seq` of the session with this number is dealt with (ARCHITECTURE: handled position).
  void handled(std::uint64_t session_number, std::int64_t seq) noexcept;

  /// For payloads of the user: when the next may go, and that one goes. Only while `is_up()`.
  time_point user_send_at(time_point now) const noexcept { return limit_.next(send_limit::sender::user, now); }
  void user_sent(time_point now) noexcept { limit_.sent(now); }

  session_status status() const noexcept { return status_; }
  bool is_up() const noexcept { return status_ == session_status::ready; }
  std::uint32_t generation() const noexcept { return generation_; }
  /// Counts sessions (not connections); what `handled` wants.
  std::uint64_t session_number() const noexcept { return session_number_; }
  /// The address for the `connect` just asked for.
  std::string url() const;
  bool connects_to_resume_url() const noexcept { return at_resume_url_; }
  /// The position that a heartbeat carries; nothing when there is none.
  std::optional<std::int64_t> heartbeat_seq() const noexcept;
  /// For RESUME. Empty and 0 without a session.
  const std::string& session_id() const noexcept { return session_id_; }
  std::int64_t resume_seq() const noexcept { return received_; }
  /// What a session store keeps; nothing without a session. With `tracks_handled` its position is 0 until READY is
  /// handled: whoever resumes from there is given READY again, since the process that ends may not have dealt with it.
  std::optional<session_snapshot> snapshot() const;
  /// Between the last heartbeat and its ACK; nothing before the first one.
  std::optional<duration> latency() const noexcept { return latency_; }
  const session_counters& counters() const noexcept { return *counters_; }

 private:
  bool stale(std::uint32_t generation) noexcept;
  bool beats() const noexcept;  // in a state in which heartbeats are sent
  void connect(moment at, actions& out);
  void wait_until(time_point when) noexcept;
  time_point take_turn(moment at);
  void lose(reconnect_reason why, int close_code, duration at_least, moment at, actions& out);
  void settle_permit(actions& out);
  void clear_session(actions& out);
  void fail(error_code error, int code, actions& out);
  void beat(moment at, actions& out);
  void look_for_life(moment at, actions& out);
  time_point silent_at() const noexcept;
  void send(payload_kind what, moment at, actions& out);
  void note_seq(std::int64_t seq) noexcept;
  duration delay_after_loss(moment at);

  session_options options_;
  std::shared_ptr<session_counters> counters_;
  session_status status_ = session_status::idle;
  std::uint32_t generation_ = 0;
  bool permit_open_ = false;   // requested and neither cancelled nor settled
  bool has_turn_ = false;      // to connect, at the end of the wait

  // The session.
  std::string session_id_;     // empty: none
  std::string resume_url_;
  std::int64_t received_ = 0;  // last sequence number that came
  std::int64_t handled_ = 0;
  std::uint64_t session_number_ = 1;
  std::int64_t malformed_at_ = -1;  // received_ when garbage came last: twice at one place is not worth a third resume
  std::int64_t resumed_from_ = 0;     // received_ when RESUME was sent
  int failed_resumes_ = 0;            // in a row, without an event of the replay in between
  bool avoid_resume_url_ = false;
  bool at_resume_url_ = false;

  // The connection.
  time_point deadline_{};   // of waiting, connecting, hello, identifying, resuming
  time_point warn_at_{};
  bool warned_ = false;
  time_point up_since_{};
  send_limit limit_;

  // Heartbeats.
  duration interval_{};
  time_point beat_due_{};
  time_point last_beat_{};
  time_point unacked_since_{};
  time_point silent_at_{};  // when a beat has waited for long enough for anything to come
  bool unacked_ = false;
  bool frame_since_beat_ = false;
  bool paused_ = false;
  std::optional<duration> latency_;

  backoff connect_backoff_;
  backoff flap_backoff_;   // for sessions that come up and are lost at once
  backoff invalid_backoff_;
};

}  // namespace monochord::protocol
