// SPDX-License-Identifier: MIT
#include "rest/limits.hpp"

#include <utility>

namespace monochord {

using verdict = protocol::rate_limiter::verdict;

rest_limits::ticket rest_limits::acquire(const std::shared_ptr<sender>& who, const protocol::route_key& key, time_point now,
                                         protocol::priority urgency, time_point deadline,
                                         std::uint64_t order, bool is_ready, std::string_view name) {
  const std::lock_guard lock(mutex_);
  senders_.try_emplace(who.get(), who);
  if (!name.empty()) limiter_.name_key(name, key);
  return limiter_.acquire(key, now, urgency, deadline, order, {who.get(), who->connections()}, is_ready);
}

std::optional<rest_limits::granted> rest_limits::acquire_at_once(const sender& who, const protocol::route_key& key, time_point now,
                                                                 protocol::priority urgency, time_point deadline,
                                                                 std::uint64_t order, bool starts) {
  const std::lock_guard lock(mutex_);
  const auto t = limiter_.acquire_at_once(key, now, urgency, deadline, order, {&who, who.connections()}, starts);
  if (!t) return std::nullopt;
  return granted{*t, limiter_.next_wakeup().value_or(time_point::max())};
}

std::optional<rest_limits::granted> rest_limits::acquire_at_once(const sender& who, std::string_view name, time_point now,
                                                                 protocol::priority urgency, time_point deadline,
                                                                 std::uint64_t order, bool starts) {
  const std::lock_guard lock(mutex_);
  const auto t = limiter_.acquire_at_once(name, now, urgency, deadline, order, {&who, who.connections()}, starts);
  if (!t) return std::nullopt;
  return granted{*t, limiter_.next_wakeup().value_or(time_point::max())};
}

void rest_limits::join(const std::shared_ptr<sender>& who) {
  const std::lock_guard lock(mutex_);
  senders_.try_emplace(who.get(), who);
}

void rest_limits::ready(ticket t, time_point deadline) {
  const std::lock_guard lock(mutex_);
  limiter_.ready(t, deadline);
}

bool rest_limits::started(ticket t, time_point now) {
  const std::lock_guard lock(mutex_);
  return limiter_.started(t, now);
}

void rest_limits::put_off(ticket t) {
  const std::lock_guard lock(mutex_);
  limiter_.put_off(t);
}

rest_limits::heard rest_limits::answered(ticket t, const protocol::response_info& info, time_point now,
                                         std::optional<duration> again_in) {
  const std::lock_guard lock(mutex_);
  const auto how = limiter_.answered(t, info, now, again_in);
  return {how, limiter_.must_poll(now)};
}

verdict rest_limits::failed(ticket t, time_point now, std::optional<duration> again_in) {
  const std::lock_guard lock(mutex_);
  return limiter_.failed(t, now, again_in);
}

void rest_limits::cancel(ticket t, time_point now) {
  const std::lock_guard lock(mutex_);
  limiter_.cancel(t, now);
}

std::vector<rest_limits::news> rest_limits::pump(const sender& me, time_point now) {
  std::vector<news> mine;
  std::map<const void*, std::vector<news>> theirs;
  std::vector<std::pair<std::shared_ptr<sender>, std::vector<news>>> others;
  {
    const std::lock_guard lock(mutex_);
    const auto of = [&](const void* who) -> std::vector<news>& { return who == &me ? mine : theirs[who]; };
    for (const auto t : limiter_.poll(now)) of(limiter_.client_of(t)).push_back({t, std::nullopt});
    for (const auto& refused : limiter_.take_refused()) of(refused.client).push_back({refused.ticket, refused});
    for (auto& [who, what] : theirs) {
      // Its tickets are cancelled by whoever waits for them, so a sender that is going away needs no news.
      const auto found = senders_.find(who);
      if (found == senders_.end()) continue;
      if (auto alive = found->second.lock()) others.emplace_back(std::move(alive), std::move(what));
    }
  }
  for (auto& [who, what] : others) who->deliver(std::move(what));
  return mine;
}

std::optional<time_point> rest_limits::next_wakeup() const {
  const std::lock_guard lock(mutex_);
  return limiter_.next_wakeup();
}

void rest_limits::leave(const sender& me) {
  std::vector<std::shared_ptr<sender>> others;
  {
    const std::lock_guard lock(mutex_);
    senders_.erase(&me);
    for (const auto& [who, weak] : senders_)
      if (auto alive = weak.lock()) others.push_back(std::move(alive));
  }
  for (const auto& who : others) who->deliver({});
}

rest_limits::report rest_limits::look(time_point now) {
  const std::lock_guard lock(mutex_);
  return {limiter_.counters(), limiter_.figures(now), limiter_.invalid_requests(now)};
}

std::shared_ptr<rest_limits> make_rest_limits(rest_limits_options options) {
  protocol::rate_limiter_options limits;
  limits.global_limit = options.requests_per_second;
  limits.invalid_limit = options.invalid_requests;
  limits.invalid_reserve = options.invalid_requests / 20;
  return std::make_shared<rest_limits>(limits);
}

}  // namespace monochord
