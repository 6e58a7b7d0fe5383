// SPDX-License-Identifier: MIT
#include "gateway/reshard_delegate.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include <monochord/core/random.hpp>
#include "net/deadline.hpp"

namespace monochord::gateway {

namespace asio = boost::asio;
using protocol::meeting_failure;

namespace {

constexpr duration talk_limit = std::chrono::seconds{5};
constexpr duration talk_interval = std::chrono::milliseconds{250};
constexpr duration short_interval = std::chrono::milliseconds{20};
/// As long as the others take to notice (`protocol::meeting_options::contact_limit`).
constexpr duration contact_limit = std::chrono::seconds{20};
/// How long it says that it has taken over, to others that may have to learn it (`protocol::meeting_options::linger`).
constexpr duration linger = std::chrono::minutes{5};
/// By how much what another process says of its time may be wrong, besides the time that it takes to hear it.
constexpr duration clock_slack = std::chrono::seconds{2};

std::uint64_t by_chance() { return static_cast<std::uint64_t>(random_int<std::int64_t>(1, INT64_MAX)); }

reshard_failure to_public(meeting_failure why) noexcept {
  switch (why) {
    case meeting_failure::mismatch: return reshard_failure::disagreement;
    case meeting_failure::timeout: return reshard_failure::too_slow;
    case meeting_failure::resource: return reshard_failure::too_much;
    case meeting_failure::forgotten: return reshard_failure::forgotten;
    case meeting_failure::gave_up: return reshard_failure::gave_up;
    case meeting_failure::gone:
    case meeting_failure::none: break;
  }
  return reshard_failure::gone;
}

}  // namespace

reshard_delegate::reshard_delegate(std::shared_ptr<reshard_exchange> exchange, std::shared_ptr<clock> time,
                                   asio::any_io_executor strand, protocol::shard_part old_part, protocol::shard_part new_part)
    : exchange_(std::move(exchange)),
      time_(std::move(time)),
      strand_(std::move(strand)),
      pause_(time_->make_timer(strand_)),
      alarm_(time_->make_timer(strand_)),
      began_(time_->now()),
      member_(by_chance(), old_part, new_part) {}

void reshard_delegate::start(std::function<void()> changed) {
  runs_ = true;
  try {
    asio::co_spawn(strand_, live(shared_from_this()),
                   [self = shared_from_this(), told = std::move(changed)](std::exception_ptr) {  // `say` throws nothing
                     self->runs_ = false;
                     told();
                   });
  } catch (...) {
    runs_ = false;
    throw;
  }
}

void reshard_delegate::merged(std::shared_ptr<merger> both) {
  merger_ = std::move(both);
  member_.merged();
  pause_->cancel();
}

bool reshard_delegate::give_up() noexcept {
  const bool out = member_.give_up();
  pause_->cancel();
  return out;
}

void reshard_delegate::despair() noexcept { member_.despair(); }

bool reshard_delegate::is_unheard() const {
  return time_->now() - std::max(member_.last_heard(), began_) > contact_limit;
}

std::exception_ptr reshard_delegate::failure(reshard_failure why, std::string text) const {
  if (!trouble_.empty()) text += "; the exchange does not answer: " + trouble_;
  return std::make_exception_ptr(reshard_exchange_error(why, text));
}

std::exception_ptr reshard_delegate::failure() const {
  if (at() != stage::failed) return nullptr;
  const auto why = to_public(member_.failure());
  if (!member_.text().empty())
    return std::make_exception_ptr(reshard_exchange_error(why, "the processes do not reshard together: " + member_.text()));
  return failure(why, "the processes do not reshard together");
}

void reshard_delegate::end_by(time_point when) {
  until_ = std::min(until_, when);
  pause_->cancel();
  alarm_->cancel();
}

/// What others need not hear any more is said no more; nor what nobody wants to hear.
bool reshard_delegate::is_finished() {
  const auto now = time_->now();
  if (was_ != at()) {
    was_ = at();
    if (was_ == stage::failed) until_ = std::min(until_, after(now, contact_limit));
    if (was_ == stage::taken) until_ = std::min(until_, after(now, linger));
  }
  return member_.is_over() || now >= until_;
}

task<> reshard_delegate::live(std::shared_ptr<reshard_delegate> self) {
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!self->is_finished()) {
    self->prepare();
    const auto began = self->time_->now();
    const bool answered = co_await self->say();
    self->react(self->time_->now() - began);
    if (answered && self->member_.has_more()) continue;
    const auto next = after(self->time_->now(), self->hurries() ? short_interval : talk_interval);
    co_await self->pause_->wait_until(std::min(next, self->until_));
  }
}

task<error_code> reshard_delegate::patience() {
  const auto deadline = after(time_->now(), talk_limit);
  for (;;) {
    const auto end = std::min(deadline, until_);
    if (time_->now() >= end) co_return error_code();
    const auto woken = co_await alarm_->wait_until(end);
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (net::is_cancelled(cancellation)) co_return woken;
  }
}

/// Whatever becomes of it: what is not heard is said again.
task<bool> reshard_delegate::say() {
  const auto talk = [](std::shared_ptr<reshard_exchange> to, std::string message, std::string& answer) -> task<> {
    answer = co_await to->talk(std::move(message));
  };
  std::string answer;
  try {
    auto call = talk(exchange_, protocol::to_bytes(member_.report(time_->now())), answer);
    const bool in_time = co_await net::race(std::move(call), patience());
    trouble_ = in_time ? "" : "it takes too long";
    if (!in_time) co_return false;
    if (auto read = protocol::parse_meeting_answer(answer)) {
      member_.hear(std::move(*read), time_->now());
      co_return true;
    }
    trouble_ = "what it says makes no sense";
  } catch (const std::exception& e) {
    trouble_ = e.what();
  } catch (...) {
    trouble_ = "it threw what is no std::exception";
  }
  co_return false;
}

void reshard_delegate::prepare() {
  if (merger_ && (at() == stage::merged || at() == stage::working)) member_.tell(merger_->take_moved());
}

void reshard_delegate::react(duration took) {
  if (!merger_) return;
  merger_->hear(member_.take_heard(), took + clock_slack);
  if (at() != stage::to_freeze) return;
  member_.tell(merger_->freeze());
  member_.froze();
}

}  // namespace monochord::gateway
