// SPDX-License-Identifier: MIT
// What becomes of a call that was sent, or that is not.
#include <algorithm>
#include <chrono>
#include <utility>

#include <monochord/core/error.hpp>
#include "core/random.hpp"
#include "rest/answer.hpp"
#include "rest/queue.hpp"
#include "rest/queue_parts.hpp"

namespace monochord::rest {

using verdict = protocol::rate_limiter::verdict;

namespace {

constexpr std::int64_t already_acknowledged = 40060;
constexpr std::int64_t unknown_webhook = 10015;

bool is_callback(const protocol::route& route) { return route.path.starts_with("/interactions/"); }

/// Whether it does no harm that a call is carried out, its answer lost, and sent again.
bool may_act_twice(const call& what) {
  if (what.repeat == repetition::never) return false;
  if (what.repeat == repetition::always) return true;
  switch (what.route.verb) {
    case protocol::method::get:
    case protocol::method::put:
    case protocol::method::del: return true;
    // Its fields are values, not changes, and later writes to the same place wait until it is through; but new files would
    // be added twice.
    case protocol::method::patch: return !what.content_type.starts_with("multipart/");
    case protocol::method::post: return what.repeat == repetition::by_nonce || is_callback(what.route);
  }
  return false;
}

/// What another try would only meet again: the call, or the way to Discord, is wrong.
bool is_hopeless(error_code code) {
  for (const errc one : {errc::certificate_refused, errc::plain_refused, errc::invalid_argument, errc::bad_url, errc::http_malformed,
                         errc::message_too_large, errc::inflate_failed, errc::proxy_refused, errc::upload_failed})
    if (code == one) return true;
  return false;
}

std::string in_seconds(duration time) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  auto fraction = std::to_string(ms % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return std::to_string(ms / 1000) + "." + fraction + " s";
}

}  // namespace

/// What is to become of a call that was sent: its answer, nothing when it is to be sent again, or what it ends with is thrown.
std::optional<answer> queue::judge(place& mine, journey& trip, std::atomic<std::uint64_t> tallies::*& end) {
  const call& what = trip.what;
  sent_one& sent = trip.last;
  net::http_response& response = sent.response;
  const auto now = sent.heard;

  if (const auto& lost = sent.lost) {
    ++trip.failures;
    if (lost->request_written()) trip.may_have_acted(sent.at);
    if (lost->code() == errc::cancelled) throw trip.error(errc::cancelled, is_closed() ? "the client stopped" : "cancelled");
    // What is not Discord's doing must not open its circuit: then `mine` takes the ticket back.
    const bool ours = is_hopeless(lost->code()) ||
                      (lost->code() == errc::timeout && now >= sent.end && now - sent.at < options_.http.response_timeout);
    if (ours) throw trip.error(lost->code(), lost->what());
    mine.enlist();
    if (limits_->failed(mine.ticket, now, again_after(trip)) == verdict::again) {
      ++tallies_.retries;
      if (options_.log.wants(log_level::warning))
        options_.log(log_level::warning, "rest", trip.shown() + ": " + lost->what() + ", trying again");
      look();
      return std::nullopt;
    }
    mine.settled = true;
    throw trip.error(lost->code(), lost->what());
  }

  if (options_.log.wants(log_level::trace))
    options_.log(log_level::trace, "rest", trip.shown() + ": HTTP " + std::to_string(response.status));
  const auto limits = read_limits(response);
  if (response.status == 429) {
    ++tallies_.status_429;
    tell_limited(trip, limits);
  }
  if (response.status >= 500) {
    ++trip.failures;
    trip.may_have_acted(sent.at);
  }
  const auto again_in = response.status >= 500 ? again_after(trip) : wait_for_index(response);
  if (again_in || response.status == 429) mine.enlist();
  const auto heard = limits_->answered(mine.ticket, limits, now, again_in);
  if (heard.how == verdict::again) {
    if (response.status >= 500) {
      ++tallies_.retries;
      if (options_.log.wants(log_level::warning))
        options_.log(log_level::warning, "rest", trip.shown() + ": HTTP " + std::to_string(response.status) + ", trying again");
    }
    look();
    return std::nullopt;
  }
  mine.settled = true;
  mine.alone = !heard.pump;
  // The answer of an earlier sending is lost, and this one says that it was carried out.
  const bool done_before = trip.acted && is_callback(what.route) && limits.code == already_acknowledged;
  if (done_before || (response.status >= 200 && response.status < 300)) {
    end = &tallies::succeeded;
    if (done_before) return answer(204, {});
    return answer(response.status, std::move(response.body));
  }
  end = &tallies::refused;
  throw refused(response, trip.route(), trip.sent, secrets_of(what, trip.request), trip.may_have_been_sent());
}

/// The pause before a call is sent again whose answer is lost or a 5xx; nothing when it must not be.
std::optional<duration> queue::again_after(journey& trip) const {
  const call& what = trip.what;
  if (is_closed() || trip.failures >= options_.attempts) return std::nullopt;
  const auto then = after(clock_->now(), trip.backoff.next(detail::chance(options_.jitter)));
  if (then >= std::min(trip.deadline, trip.covered_until())) return std::nullopt;
  if (trip.acted && !may_act_twice(what)) return std::nullopt;
  return then - clock_->now();
}

rest_error queue::refused_here(const journey& trip, const protocol::refused_request& why) const {
  using cause = protocol::refused_request::cause;
  switch (why.why) {
    case cause::late: break;
    case cause::webhook_gone:
      return trip.error(errc::rest_refused, "Discord no longer knows this webhook; not sent", 404, unknown_webhook);
    case cause::token_rejected: {
      const error_code code = errc::token_rejected;
      return trip.error(code, "not sent: " + code.message(), 401);
    }
  }
  return trip.error(errc::rate_limited, "it would have to wait " + in_seconds(why.until - clock_->now()) + " for " +
                                            std::string(protocol::name(why.waits_for)) + ", longer than it may take");
}

void queue::tell_limited(const journey& trip, const protocol::response_info& info) const {
  const std::string route = trip.route(), shown = trip.shown();
  rest_rate_limit_event event{route, shown, rest_limit_scope::bucket, info.retry_after.value_or(duration::zero())};
  if (!info.from_discord && !options_.limits.none) event.scope = rest_limit_scope::address;
  else if (info.global || info.scope == protocol::limit_scope::global) event.scope = rest_limit_scope::global;
  else if (info.scope == protocol::limit_scope::shared) event.scope = rest_limit_scope::shared;
  if (event.scope == rest_limit_scope::address)
    options_.log(log_level::error, "rest", shown + ": this address is blocked; everything waits");
  else
    options_.log(log_level::debug, "rest", shown + ": rate limited, goes again when Discord allows it");
  call_hook(options_.hooks.rate_limited, event);
}

}  // namespace monochord::rest
