// SPDX-License-Identifier: MIT
#include "dispatch/slow_watch.hpp"

#include <boost/asio/this_coro.hpp>
#include <utility>
#include <vector>

namespace monochord::dispatch {

void slow_watch::begin(mark& one, std::string_view event, const std::source_location& where) {
  if (options_.limit == duration::max()) return;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (one.told) return;
    one.event = event;
    one.where = where;
    one.since = options_.clock->now();
    one.place = working_.insert(working_.end(), &one);
    one.listed = true;
    first = !std::exchange(watching_, true);
  }
  // Not when everything ends: then there is a limit of its own.
  if (first) options_.spawn(watch(shared_from_this()));
}

void slow_watch::end(mark& one) {
  if (options_.limit == duration::max()) return;
  const std::lock_guard lock(mutex_);
  if (std::exchange(one.listed, false)) working_.erase(one.place);
}

task<> slow_watch::watch(std::shared_ptr<slow_watch> self) {
  const auto here = co_await boost::asio::this_coro::executor;
  const auto wait = self->options_.clock->make_timer(here);
  for (;;) {
    std::vector<slow_handler> late;
    time_point due;
    {
      const std::lock_guard lock(self->mutex_);
      const auto now = self->options_.clock->now();
      auto& working = self->working_;
      while (!working.empty() && after(working.front()->since, self->options_.limit) <= now) {
        mark& one = *working.front();
        working.pop_front();
        one.listed = false;
        one.told = true;
        late.push_back({std::string(one.event), one.where});
      }
      self->watching_ = !working.empty();
      if (self->watching_) due = after(working.front()->since, self->options_.limit);
    }
    for (const auto& one : late) self->options_.tell(one);
    if (due == time_point()) co_return;
    const auto cancelled = co_await wait->wait_until(due);
    if (cancelled) co_return;  // by the end
  }
}

}  // namespace monochord::dispatch
