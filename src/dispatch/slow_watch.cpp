// SPDX-License-Identifier: MIT
#include "dispatch/slow_watch.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

namespace monochord::dispatch {

void slow_watch::stripe::add(mark& one) noexcept {
  one.before = last;
  one.behind = nullptr;
  (last ? last->behind : first) = &one;
  last = &one;
  one.listed = true;
}

void slow_watch::stripe::take_out(mark& one) noexcept {
  (one.before ? one.before->behind : first) = one.behind;
  (one.behind ? one.behind->before : last) = one.before;
  one.listed = false;
}

void slow_watch::begin(mark& one, std::string_view event, const std::source_location& where, time_point now) {
  if (!watches()) return;
  {
    stripe& in = stripes_[one.stripe];
    const std::lock_guard lock(in.mutex);
    if (one.told || one.listed) return;
    one.event = event;
    one.where = where;
    one.since = now;
    in.add(one);
  }
  // Whoever stops watching says so first and looks into each stripe then: it sees this mark, or this sees that. Nobody
  // watches when everything ends: then there is a limit of its own.
  if (!watching_.load(std::memory_order_relaxed) && !watching_.exchange(true))
    options_.spawn(watch(shared_from_this(), after(now, options_.limit)));
}

void slow_watch::end(mark& one) {
  if (!watches()) return;
  stripe& in = stripes_[one.stripe];
  const std::lock_guard lock(in.mutex);
  if (one.listed) in.take_out(one);
}

time_point slow_watch::look(std::vector<slow_handler>& late) {
  const auto now = options_.clock->now();
  time_point next = time_point::max();
  for (stripe& in : stripes_) {
    const std::lock_guard lock(in.mutex);
    while (in.first && after(in.first->since, options_.limit) <= now) {
      mark& one = *in.first;
      in.take_out(one);
      one.told = true;
      late.push_back({std::string(one.event), one.where});
    }
    if (in.first) next = std::min(next, after(in.first->since, options_.limit));
  }
  return next;
}

// It waits first: nobody is late sooner, and so one begins for many handlers that are quick.
task<> slow_watch::watch(std::shared_ptr<slow_watch> self, time_point due) {
  const auto here = co_await boost::asio::this_coro::executor;
  const auto wait = self->options_.clock->make_timer(here);
  while (due != time_point::max()) {
    const auto cancelled = co_await wait->wait_until(due);
    if (cancelled) co_return;  // by the end
    std::vector<slow_handler> late;
    due = self->look(late);
    if (due == time_point::max()) {
      self->watching_ = false;
      due = self->look(late);
      if (due != time_point::max() && self->watching_.exchange(true)) due = time_point::max();  // another one does
    }
    for (const auto& one : late) self->options_.tell(one);
  }
}

}  // namespace monochord::dispatch
