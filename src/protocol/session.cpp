// SPDX-License-Identifier: MIT
#include "protocol/session.hpp"

#include <algorithm>
#include <utility>

#include "protocol/gateway_url.hpp"

namespace monochord::protocol {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int failed_resumes_allowed = 2;
constexpr duration longest_heartbeat_interval = hours{1};
/// Lateness below this is a busy machine, not a suspended one, however short the interval.
constexpr duration shortest_suspend = seconds{10};
/// What a beat gets for its ACK, or for whatever else shows that the peer lives; never more than an interval.
constexpr duration ack_grace = seconds{15};
/// Timers that are later than this say that we did not run: what came meanwhile may lie in the socket, unread.
constexpr duration own_delay = seconds{1};

action make(action::kind what) {
  action a;
  a.what = what;
  return a;
}

}  // namespace

session::session(session_options options, std::optional<session_snapshot> stored)
    : options_(std::move(options)),
      counters_(options_.counters ? options_.counters : std::make_shared<session_counters>()),
      connect_backoff_(options_.reconnect_backoff),
      flap_backoff_(options_.reconnect_backoff),
      invalid_backoff_({seconds{5}, seconds{60}}) {
  if (stored && !stored->session_id.empty()) {
    session_id_ = std::move(stored->session_id);
    resume_url_ = std::move(stored->resume_url);
    received_ = handled_ = stored->seq;
  }
}

// --- life ------------------------------------------------------------------------------------------------------------

actions session::start(moment at) {
  actions out;
  if (status_ != session_status::idle) return out;
  connect(at, out);
  return out;
}

actions session::stop(stop_mode mode, moment) {
  actions out;
  if (status_ == session_status::ended) return out;
  const bool connected = status_ != session_status::idle && status_ != session_status::waiting;
  const bool open = connected && status_ != session_status::connecting;
  const bool discard = mode == stop_mode::discard_session;
  settle_permit(out);
  if (connected) {
    auto a = make(action::kind::close);
    a.code = !open ? 0 : discard ? final_close : resumable_close;
    out.add(a);
  }
  if (discard) clear_session(out);
  status_ = session_status::ended;
  ++generation_;
  out.add(make(action::kind::ended));
  return out;
}

actions session::restart(bool fresh, moment at) {
  actions out;
  if (status_ == session_status::ended || session_id_.empty()) return out;  // nothing, or a new session is on its way
  if (!fresh) {
    if (is_up()) lose(reconnect_reason::restarted, resumable_close, {}, at, out);
    return out;
  }
  clear_session(out);
  if (status_ == session_status::idle || status_ == session_status::waiting) return out;
  at_resume_url_ = false;  // nothing is wrong with the address
  lose(reconnect_reason::restarted, status_ == session_status::connecting ? 0 : final_close, {}, at, out);
  return out;
}

std::optional<time_point> session::wakeup() const noexcept {
  switch (status_) {
    case session_status::idle:
    case session_status::ended: return std::nullopt;
    case session_status::waiting:
    case session_status::connecting:
    case session_status::hello: return deadline_;
    case session_status::queued:
    case session_status::ready: return std::min(beat_due_, silent_at());
    case session_status::identifying:
    case session_status::resuming: return std::min({beat_due_, silent_at(), warned_ ? deadline_ : warn_at_, deadline_});
  }
  return std::nullopt;
}

actions session::timer(moment at) {
  actions out;
  switch (status_) {
    case session_status::idle:
    case session_status::ended: break;
    case session_status::waiting:
      if (at.now >= deadline_) connect(at, out);
      break;
    case session_status::connecting:
      if (at.now >= deadline_) {
        out.add(make(action::kind::close));
        lose(reconnect_reason::connect_failed, -1, {}, at, out);
      }
      break;
    case session_status::hello:
      if (at.now >= deadline_) lose(reconnect_reason::hello_timeout, resumable_close, {}, at, out);
      break;
    case session_status::identifying:
    case session_status::resuming:
      // Discord may answer late in an outage; as long as it acknowledges heartbeats it is worth waiting.
      if (at.now >= deadline_ && !paused_) {
        lose(reconnect_reason::ready_timeout, resumable_close, {}, at, out);
        break;
      }
      if (at.now >= deadline_) deadline_ = at.now + options_.ready_limit;
      if (!warned_ && at.now >= warn_at_) {
        warned_ = true;
        out.add(make(action::kind::ready_is_late));
      }
      [[fallthrough]];
    case session_status::queued:
    case session_status::ready:
      if (at.now >= beat_due_) beat(at, out);
      else if (at.now >= silent_at()) look_for_life(at, out);
      break;
  }
  return out;
}

// --- connection ------------------------------------------------------------------------------------------------------

void session::wait_until(time_point when) noexcept {
  ++generation_;
  status_ = session_status::waiting;
  deadline_ = when;
}

/// The session has a turn afterwards, which `connect` uses up.
time_point session::take_turn(moment at) {
  has_turn_ = true;
  return options_.gate ? options_.gate->turn(at.now, at.random) : at.now;
}

void session::connect(moment at, actions& out) {
  if (!has_turn_)
    if (const auto turn = take_turn(at); turn > at.now) return wait_until(turn);
  has_turn_ = false;
  ++generation_;
  status_ = session_status::connecting;
  at_resume_url_ = !session_id_.empty() && !resume_url_.empty() && !avoid_resume_url_;
  deadline_ = at.now + options_.connect_timeout;
  paused_ = false;
  unacked_ = false;
  limit_.reset();
  ++counters_->connects;
  out.add(make(action::kind::connect));
}

std::string session::url() const {
  const auto& normal = options_.gateway_url_override.empty() ? options_.gateway_url : options_.gateway_url_override;
  if (!at_resume_url_) return gateway_address(normal, options_.compress);
  if (options_.gateway_url_override.empty()) return gateway_address(resume_url_, options_.compress);
  return gateway_address(with_host_of(resume_url_, options_.gateway_url_override), options_.compress);
}

bool session::stale(std::uint32_t generation) noexcept {
  const bool alive = generation == generation_ && status_ != session_status::idle &&
                     status_ != session_status::waiting && status_ != session_status::ended;
  if (!alive) [[unlikely]] ++counters_->stale;
  return !alive;
}

bool session::beats() const noexcept {
  return status_ == session_status::queued || status_ == session_status::identifying ||
         status_ == session_status::resuming || status_ == session_status::ready;
}

actions session::opened(std::uint32_t generation, moment at) {
  actions out;
  if (stale(generation) || status_ != session_status::connecting) return out;
  ++counters_->opened;
  status_ = session_status::hello;
  deadline_ = at.now + options_.hello_timeout;
  return out;
}

actions session::closed(std::uint32_t generation, int code, moment at, fatal_answer on_fatal) {
  actions out;
  if (stale(generation)) return out;
  if (status_ == session_status::connecting) {
    lose(reconnect_reason::connect_failed, -1, {}, at, out);
    return out;
  }
  const auto verdict = after_close(code);
  const bool fatal = verdict == close_verdict::fatal;
  if (fatal && !on_fatal.again) {
    fail(code == 4004 ? errc::token_rejected : errc::gateway_fatal, code, out);
    return out;
  }
  if (verdict != close_verdict::resume) clear_session(out);
  const auto pause = fatal ? std::clamp(on_fatal.after, shortest_fatal_pause, longest_fatal_pause) : duration::zero();
  lose(reconnect_reason::closed, -1, pause, at, out);
  return out;
}

actions session::refused(std::uint32_t generation, error_code why, moment at) {
  actions out;
  if (stale(generation) || status_ != session_status::connecting) return out;
  const bool was_up = counters_->readies + counters_->resumed != 0;
  if (was_up || at_resume_url_) lose(reconnect_reason::connect_failed, -1, {}, at, out);
  else fail(why, 0, out);
  return out;
}

void session::frame(std::uint32_t generation) noexcept {
  if (generation != generation_) [[unlikely]] return;
  ++counters_->frames;
  frame_since_beat_ = true;
}

actions session::malformed(std::uint32_t generation, moment at) {
  actions out;
  if (stale(generation)) return out;
  ++counters_->malformed;
  // A resume replays what came after the last good payload. Garbage in the same place again would come for ever.
  if (!session_id_.empty() && malformed_at_ == received_) clear_session(out);
  malformed_at_ = received_;
  lose(reconnect_reason::malformed, resumable_close, {}, at, out);
  return out;
}

/// The connection is over, for whatever reason: every way to a reconnect goes through here. `close_code` -1: nothing
/// is left to close.
void session::lose(reconnect_reason why, int close_code, duration at_least, moment at, actions& out) {
  ++counters_->reconnects[static_cast<std::size_t>(why)];
  if (close_code >= 0) {
    auto a = make(action::kind::close);
    a.code = close_code;
    out.add(a);
  }
  settle_permit(out);
  if (status_ == session_status::resuming) {
    ++counters_->failed_resumes;
    // A replay that was cut but got on will come to its end; to give the session up would lose what is left of it.
    failed_resumes_ = received_ > resumed_from_ ? 0 : failed_resumes_ + 1;
    if (failed_resumes_ >= failed_resumes_allowed) clear_session(out);
  }
  // A resume URL that does not even say HELLO is perhaps dead: the same session by the other address next time.
  if (status_ == session_status::connecting || status_ == session_status::hello) avoid_resume_url_ = at_resume_url_;

  const bool wanted = why == reconnect_reason::restarted && is_up();  // no failure, however short it was up
  auto after = wanted ? duration::zero() : std::max(delay_after_loss(at), at_least);
  // Those that wait for longer ask when their time has come: nobody knows yet how many others will be there.
  if (after <= duration::zero()) after = take_turn(at) - at.now;
  auto a = make(action::kind::reconnecting);
  a.why = why;
  a.after = after;
  a.ok = !session_id_.empty();
  out.add(a);
  latency_.reset();
  if (after > duration::zero()) {
    wait_until(at.now + after);
  } else {
    connect(at, out);
  }
}

duration session::delay_after_loss(moment at) {
  if (status_ != session_status::ready) return connect_backoff_.next(at.random);
  if (at.now - up_since_ < options_.stable_after) return flap_backoff_.next(at.random);
  flap_backoff_.reset();
  return duration::zero();
}

void session::settle_permit(actions& out) {
  if (!permit_open_) return;
  permit_open_ = false;
  out.add(make(status_ == session_status::identifying ? action::kind::settle_permit : action::kind::cancel_permit));
}

void session::clear_session(actions& out) {
  failed_resumes_ = 0;
  malformed_at_ = -1;
  avoid_resume_url_ = false;
  received_ = handled_ = 0;
  if (session_id_.empty()) return;
  session_id_.clear();
  resume_url_.clear();
  ++session_number_;
  ++counters_->sessions_lost;
  out.add(make(action::kind::session_lost));
}

void session::fail(error_code error, int code, actions& out) {
  settle_permit(out);
  clear_session(out);
  status_ = session_status::ended;
  ++generation_;
  auto a = make(action::kind::fatal);
  a.error = error;
  a.code = code;
  out.add(a);
}

// --- payloads --------------------------------------------------------------------------------------------------------

void session::send(payload_kind what, moment at, actions& out) {
  limit_.sent(at.now);
  auto a = make(action::kind::send);
  a.payload = what;
  out.add(a);
}

actions session::hello(std::uint32_t generation, duration heartbeat_interval, moment at) {
  actions out;
  if (stale(generation) || status_ != session_status::hello) return out;
  if (heartbeat_interval <= duration::zero() || heartbeat_interval > longest_heartbeat_interval)
    return malformed(generation, at);
  interval_ = heartbeat_interval;
  beat_due_ = at.now + std::chrono::duration_cast<duration>(interval_ * std::clamp(at.random, 0.0, 1.0));
  frame_since_beat_ = true;
  if (session_id_.empty()) {
    status_ = session_status::queued;
    permit_open_ = true;
    out.add(make(action::kind::request_permit));
    return out;
  }
  status_ = session_status::resuming;
  warned_ = false;
  warn_at_ = at.now + options_.ready_warning;
  deadline_ = at.now + options_.ready_limit;
  resumed_from_ = received_;
  ++counters_->resumes;
  send(payload_kind::resume, at, out);
  return out;
}

actions session::permit_granted(std::uint32_t generation, moment at) {
  actions out;
  if (stale(generation) || status_ != session_status::queued) return out;
  status_ = session_status::identifying;
  warned_ = false;
  warn_at_ = at.now + options_.ready_warning;
  deadline_ = at.now + options_.ready_limit;
  ++counters_->identifies;
  send(payload_kind::identify, at, out);
  return out;
}

actions session::permit_refused(std::uint32_t generation, error_code why, moment) {
  actions out;
  if (stale(generation) || status_ != session_status::queued) return out;
  permit_open_ = false;
  auto a = make(action::kind::close);
  a.code = final_close;  // there is no session to keep
  out.add(a);
  fail(why, 0, out);
  return out;
}

void session::note_seq(std::int64_t seq) noexcept {
  if (seq > received_ + 1) [[unlikely]] counters_->gaps += static_cast<std::uint64_t>(seq - received_ - 1);
  received_ = seq;
}

actions session::ready(std::uint32_t generation, std::int64_t seq, std::string_view session_id,
                       std::string_view resume_url, moment at) {
  actions out;
  if (stale(generation)) return out;
  if (status_ == session_status::resuming && session_id == session_id_) {
    // Kept before READY was handled, so from position 0: the replay begins with READY, an event like those after it.
    if (!resume_url.empty()) resume_url_ = resume_url;
    return dispatch(generation, seq, "READY", at);
  }
  if (status_ != session_status::identifying || session_id.empty()) return malformed(generation, at);
  received_ = seq;
  handled_ = 0;
  session_id_ = session_id;
  resume_url_ = resume_url;
  avoid_resume_url_ = false;
  failed_resumes_ = 0;
  malformed_at_ = -1;
  status_ = session_status::ready;
  up_since_ = at.now;
  connect_backoff_.reset();
  invalid_backoff_.reset();
  ++counters_->readies;
  ++counters_->events;
  permit_open_ = false;
  auto settled = make(action::kind::settle_permit);
  settled.ok = true;
  out.add(settled);
  out.add(make(action::kind::up));
  out.add(make(action::kind::deliver));
  return out;
}

actions session::dispatch(std::uint32_t generation, std::int64_t seq, std::string_view type, moment at) {
  actions out;
  if (stale(generation)) return out;
  // Before READY, or RESUME, no event can come: its sequence number would belong to nothing.
  if (status_ != session_status::resuming && status_ != session_status::ready) [[unlikely]] return malformed(generation, at);
  if (status_ == session_status::resuming) [[unlikely]] {
    if (type == "RESUMED") {
      status_ = session_status::ready;
      up_since_ = at.now;
      failed_resumes_ = 0;
      avoid_resume_url_ = false;  // it was one bad connection, not a dead address
      connect_backoff_.reset();
      invalid_backoff_.reset();
      ++counters_->resumed;
      auto up = make(action::kind::up);
      up.ok = true;
      out.add(up);
    } else if (seq <= received_) {
      ++counters_->duplicates;
      return out;
    }
  }
  if (seq > received_) [[likely]] note_seq(seq);
  ++counters_->events;
  out.add(make(action::kind::deliver));
  return out;
}

actions session::heartbeat_requested(std::uint32_t generation, moment at) {
  actions out;
  if (stale(generation) || !beats()) return out;
  // Answered at once; only a flood of requests may not eat the places that the regular beats need.
  const bool room = limit_.may_send(send_limit::sender::user, at.now) ||
                    (limit_.may_send(send_limit::sender::session, at.now) && at.now - last_beat_ >= seconds{1});
  if (!room) {
    ++counters_->heartbeats_held_back;
    return out;
  }
  if (!unacked_) unacked_since_ = at.now;
  unacked_ = true;
  last_beat_ = at.now;
  ++counters_->heartbeats;
  send(payload_kind::heartbeat, at, out);
  return out;
}

actions session::heartbeat_acked(std::uint32_t generation, moment at) {
  actions out;
  if (stale(generation) || !beats()) return out;
  ++counters_->acks;
  if (unacked_) latency_ = at.now - last_beat_;
  unacked_ = false;
  return out;
}

actions session::reconnect_requested(std::uint32_t generation, moment at) {
  actions out;
  if (stale(generation)) return out;
  lose(reconnect_reason::asked, resumable_close, {}, at, out);
  return out;
}

actions session::invalid_session(std::uint32_t generation, bool resumable, moment at) {
  actions out;
  if (stale(generation)) return out;
  if (!resumable) clear_session(out);
  // 1 to 5 s as Discord's documentation wants, longer when it goes on without a session coming up in between.
  const auto jitter = milliseconds{1000} + std::chrono::duration_cast<duration>(milliseconds{4000} * at.random);
  const bool again = invalid_backoff_.failures() > 0;
  const auto growing = invalid_backoff_.next(at.random);
  lose(reconnect_reason::invalid_session, resumable_close, again ? std::max<duration>(jitter, growing) : jitter, at, out);
  return out;
}

actions session::unknown_op(std::uint32_t generation) {
  if (!stale(generation)) ++counters_->unknown_ops;
  return {};
}

// --- heartbeats ------------------------------------------------------------------------------------------------------

time_point session::silent_at() const noexcept {
  return unacked_ && !frame_since_beat_ && !paused_ ? silent_at_ : time_point::max();
}

/// A beat has waited for its ACK, and nothing else came either.
void session::look_for_life(moment at, actions& out) {
  if (at.now - silent_at_ > own_delay) {
    silent_at_ = at.now + own_delay;
    return;
  }
  ++counters_->zombies;
  lose(reconnect_reason::zombie, resumable_close, {}, at, out);
}

void session::beat(moment at, actions& out) {
  const duration late = at.now - beat_due_;
  if (!paused_) {
    if (late > std::max(interval_, shortest_suspend)) {
      // We did not run for a whole interval, so Discord has given the connection up or will. One reconnect.
      ++counters_->zombies;
      lose(reconnect_reason::suspended, resumable_close, {}, at, out);
      return;
    }
    const bool silent = unacked_ && !frame_since_beat_;
    const bool deaf = unacked_ && at.now - unacked_since_ >= 2 * interval_;
    if (silent || deaf) {
      ++counters_->zombies;
      lose(reconnect_reason::zombie, resumable_close, {}, at, out);
      return;
    }
  }
  if (!limit_.may_send(send_limit::sender::session, at.now)) {
    ++counters_->heartbeats_held_back;
    beat_due_ = limit_.next(send_limit::sender::session, at.now);
    return;
  }
  if (!unacked_) unacked_since_ = at.now;
  unacked_ = true;
  frame_since_beat_ = false;
  last_beat_ = at.now;
  beat_due_ = at.now + interval_;
  silent_at_ = at.now + std::min(interval_, ack_grace);
  ++counters_->heartbeats;
  send(payload_kind::heartbeat, at, out);
}

void session::reading_paused(bool paused, moment at) noexcept {
  if (paused == paused_) return;
  paused_ = paused;
  if (paused) return;
  // The ACKs of the pause lie unread in the socket: give them as much time as if the beat went out now.
  unacked_since_ = at.now;
  frame_since_beat_ = true;
}

std::optional<std::int64_t> session::heartbeat_seq() const noexcept {
  const auto seq = options_.tracks_handled ? handled_ : received_;
  if (seq == 0) return std::nullopt;
  return seq;
}

void session::handled(std::uint64_t session_number, std::int64_t seq) noexcept {
  if (session_number == session_number_ && seq <= received_) handled_ = std::max(handled_, seq);
}

std::optional<session_snapshot> session::snapshot() const {
  if (session_id_.empty()) return std::nullopt;
  return session_snapshot{session_id_, options_.tracks_handled ? handled_ : received_, resume_url_};
}

}  // namespace monochord::protocol
