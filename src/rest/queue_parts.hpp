// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <monochord/core/error.hpp>
#include "net/http_client.hpp"
#include "net/parked.hpp"
#include "protocol/backoff.hpp"
#include "protocol/path_parameters.hpp"
#include "protocol/rate_limiter.hpp"
#include "rest/queue.hpp"

namespace monochord::rest {

using views = protocol::parameter_views;

/// Whether a header can have this value.
bool fits_a_line(std::string_view value) noexcept;

/// Stands for a secret in tables that need to tell one from another.
std::string stands_for(std::string_view secret);

/// For how long Discord is taken to know a nonce: it says "a few minutes".
/// https://docs.discord.com/developers/resources/message#create-message
inline constexpr duration nonce_covers = std::chrono::minutes{2};

/// Holds the mutex. Who was woken meanwhile is told once it is free: a context that is being destroyed may destroy on the spot
/// what it is given, a call among it.
class queue::guard {
 public:
  explicit guard(queue& of) : of_(of), lock_(of.mutex_) {}
  guard(const guard&) = delete;
  guard& operator=(const guard&) = delete;
  ~guard() {
    const auto woken = std::move(of_.woken_);
    of_.woken_.clear();
    lock_.unlock();
    for (const auto& one : woken) one->complete();
  }

 private:
  queue& of_;
  std::unique_lock<std::mutex> lock_;
};

/// A ticket, and who waits for its turn. Whatever happens to the coroutine, the limiter hears how it ended.
struct queue::place {
  place(queue& owner, const journey& trip, time_point now) : owner(owner), ticket(owner.enter(*this, trip, now)) {}
  ~place() {
    if (alone && !listed) return;
    const guard lock(owner);
    if (listed) owner.places_.erase(ticket);
    put_off();
    if (!settled) owner.limits_->cancel(ticket, owner.clock_->now());
    owner.pump();  // also when closed: others may share the limits
  }
  place(const place&) = delete;
  place& operator=(const place&) = delete;

  /// With the mutex held, as `wake`.
  bool decided() const noexcept { return granted || refused; }
  void wake() {
    if (wait) owner.woken_.push_back(std::exchange(wait, nullptr));
  }

  bool is_decided() const {
    if (!listed) return granted;
    const std::lock_guard lock(owner.mutex_);
    return decided();
  }
  /// What was decided; a turn that is taken is not there a second time.
  struct turn {
    bool granted = false, closed = false;
    std::optional<protocol::refused_request> refused = {};
  };
  turn take_turn() {
    if (!listed) return {std::exchange(granted, false), false, std::nullopt};
    const std::lock_guard lock(owner.mutex_);
    return {std::exchange(granted, false), owner.closed_, refused};
  }

  /// It is about to be written.
  void starts(time_point now) {
    if (!std::exchange(started, false)) owner.started(ticket, now);
  }
  /// It is not written yet.
  void put_off() {
    if (std::exchange(started, false)) owner.limits_->put_off(ticket);
  }

  /// Before its ticket may have to wait again: whoever pumps will find it.
  void enlist() {
    if (listed) return;
    const guard lock(owner);
    owner.limits_->join(owner.shared_from_this());
    owner.places_.emplace(ticket, this);
    listed = true;
  }

  queue& owner;
  std::shared_ptr<net::parked> wait;  // while somebody waits
  bool listed = false;  // its caller's: nobody else knows it before
  bool granted = false;
  bool started = false;  // its caller's: with its turn, for it is about to be written
  std::optional<protocol::refused_request> refused;
  const protocol::rate_limiter::ticket ticket;  // after what its turn may change at once
  bool settled = false;  // its caller's: the limiter has forgotten it
  bool alone = false;    // and its end concerned nobody else
};

/// What came of a sending.
struct queue::sent_one {
  net::http_response response{};
  std::optional<net::http_error> lost{};  // nothing: there is a response
  time_point at{}, end{};                 // when it was sent, and until when it was waited for at most
  time_point heard{};
};

/// A call, and what it has gone through so far. Not in the frame of `run`, which would then be too large for
/// its memory to be kept for the next.
struct queue::journey final : net::head_writer {
  journey(const queue& by, call&& given);
  journey(const journey&) = delete;
  journey& operator=(const journey&) = delete;

  void write_head(std::string& out, std::string_view common) const override;

  const queue& by;
  call what;  // its body is that of `request`
  net::http_request request;  // whose head this is
  const bool answers_interaction;  // the first answer to it, or what follows that
  time_point deadline{};
  int sent = 0;
  sent_one last{};  // of these
  int failures = 0;
  bool acted = false;  // an earlier sending may have been carried out
  time_point acted_from{};  // the first of these
  protocol::backoff backoff{};

  std::string route() const { return protocol::display(what.route); }                          // as its template
  std::string shown() const { return protocol::display(what.route, views(what.parameters)); }  // with its ids

  void may_have_acted(time_point sent_at) noexcept {
    if (!std::exchange(acted, true)) acted_from = sent_at;
  }
  bool may_have_been_sent() const noexcept { return acted && what.route.verb != protocol::method::get; }
  /// Until when a retry may be under way, where only a nonce keeps it from acting twice.
  time_point covered_until() const noexcept {
    const bool by_nonce = acted && what.route.verb == protocol::method::post && what.repeat == repetition::by_nonce;
    return by_nonce ? after(acted_from, nonce_covers) : time_point::max();
  }

  rest_error error(error_code code, std::string message, int status = 0, std::int64_t discord_code = 0) const {
    rest_error::details details{status, discord_code, std::move(message), {}, route(), std::max(sent, 1)};
    details.may_have_been_sent = may_have_been_sent();
    if (details.may_have_been_sent) details.message += " (it may have been sent and carried out)";
    return rest_error(code, std::move(details));
  }
};

template <class Hook, class Event>
void queue::call_hook(const Hook& hook, const Event& event) const {
  if (!hook) return;
  std::string failed;
  try {
    const std::lock_guard lock(hooks_mutex_);
    hook(event);
    return;
  } catch (const std::exception& e) {
    failed = e.what();
  } catch (...) {
    failed = "it threw something that is not a std::exception";
  }
  options_.log(log_level::error, "rest", "a hook failed: " + failed);
}

}  // namespace monochord::rest
