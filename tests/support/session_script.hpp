// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "protocol/session.hpp"

namespace monochord::test {

/// A session, the time it lives in, and the words in which tests say what it asks for.
struct session_script {
  using ms = std::chrono::milliseconds;

  protocol::session session;
  time_point now{std::chrono::hours{1000}};
  double random = 0.5;

  static protocol::session_options defaults() {
    protocol::session_options options;
    options.gateway_url = "wss://gateway.discord.gg";
    return options;
  }
  explicit session_script(protocol::session_options options = defaults(),
                          std::optional<protocol::session_snapshot> stored = std::nullopt)
      : session(std::move(options), std::move(stored)) {}

  protocol::moment at() const { return {now, random}; }
  std::uint32_t gen() const { return session.generation(); }

  /// The actions as text: "close 4000, reconnecting (no heartbeat ACK) in 0 ms, connect".
  static std::string tell(const protocol::actions& list) {
    using kind = protocol::action::kind;
    std::string out;
    for (const auto& a : list) {
      if (!out.empty()) out += ", ";
      switch (a.what) {
        case kind::connect: out += "connect"; break;
        case kind::close: out += "close " + std::to_string(a.code); break;
        case kind::send:
          out += a.payload == protocol::payload_kind::heartbeat  ? "send heartbeat"
                 : a.payload == protocol::payload_kind::identify ? "send identify"
                                                                 : "send resume";
          break;
        case kind::deliver: out += "deliver"; break;
        case kind::request_permit: out += "request permit"; break;
        case kind::cancel_permit: out += "cancel permit"; break;
        case kind::settle_permit: out += a.ok ? "settle permit (identified)" : "settle permit (failed)"; break;
        case kind::up: out += a.ok ? "up (resumed)" : "up (ready)"; break;
        case kind::session_lost: out += "session lost"; break;
        case kind::reconnecting:
          out += "reconnecting (" + std::string(protocol::name(a.why)) + ") in " +
                 std::to_string(std::chrono::duration_cast<ms>(a.after).count()) + " ms";
          break;
        case kind::ready_is_late: out += "ready is late"; break;
        case kind::fatal: out += "fatal " + std::to_string(a.code) + ": " + a.error.message(); break;
        case kind::ended: out += "ended"; break;
      }
    }
    return out;
  }

  std::string start() { return tell(session.start(at())); }
  std::string opened() { return tell(session.opened(gen(), at())); }
  std::string closed(int code = 0) { return tell(session.closed(gen(), code, at())); }
  std::string hello(ms interval = ms{40000}) {
    session.frame(gen());
    return tell(session.hello(gen(), interval, at()));
  }
  std::string granted() { return tell(session.permit_granted(gen(), at())); }
  std::string ready(std::int64_t seq = 1, std::string id = "s1", std::string url = "wss://resume.discord.gg") {
    session.frame(gen());
    return tell(session.ready(gen(), seq, id, url, at()));
  }
  std::string dispatch(std::int64_t seq, std::string_view type = "MESSAGE_CREATE") {
    session.frame(gen());
    return tell(session.dispatch(gen(), seq, type, at()));
  }
  std::string ack() {
    session.frame(gen());
    return tell(session.heartbeat_acked(gen(), at()));
  }
  std::string timer() { return tell(session.timer(at())); }

  void wait(duration by) { now += by; }
  /// Moves to the session's next wakeup and lets it act; "" when it waits for nothing.
  std::string next() {
    const auto when = session.wakeup();
    if (!when) return "";
    if (*when > now) now = *when;
    return timer();
  }
  duration until_wakeup() const { return session.wakeup().value_or(now) - now; }

  /// From nothing to READY.
  void come_up() {
    if (session.status() == protocol::session_status::idle) start();
    opened();
    hello();
    if (session.status() == protocol::session_status::queued) {
      granted();
      ready();
    } else {
      dispatch(session.resume_seq() + 1, "RESUMED");
    }
  }
};

}  // namespace monochord::test
