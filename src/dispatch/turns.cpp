// SPDX-License-Identifier: MIT
// Whose turn it is, and what happens then.
#include <boost/asio/this_coro.hpp>
#include <functional>
#include <monochord/core/error.hpp>

#include "dispatch/dispatcher.hpp"
#include "dispatch/work.hpp"

namespace monochord::dispatch {

namespace asio = boost::asio;

void dispatcher::work::end() {
  if (!of_) return;  // it has ended before
  timed_.reset();
  has_begun();
  const auto of = std::move(of_);  // the last owner, perhaps
  of->slow_watch_->end(slowness);
  let_go();
  const entry_ptr handler = std::move(to);  // perhaps the last; it goes once the lock is open
  std::unique_lock lock(of->turns_);
  of->schedule_.end(turn_);
  of->settle(lock);
}

void dispatcher::work::watch(time_point now) { of_->slow_watch_->begin(slowness, event().sent.name, to->how.where, now); }

/// After something has come to its end, or waits.
void dispatcher::settle(std::unique_lock<std::mutex>& lock) {
  start_next(lock);
  if (is_open()) return wake_readers(lock);
  lock.unlock();
}

/// Those who await `room()`, without the lock.
void dispatcher::wake_readers(std::unique_lock<std::mutex>& lock) {
  const auto wake = std::exchange(waiters_, {});
  lock.unlock();
  for (const auto& one : wake) one->complete();
}

/// For whoever reads.
bool dispatcher::is_open() const { return closed_ || (schedule_.room() && taps_->room()); }

/// Starts the calls of an event, or queues them. False when there is no room for another one.
bool dispatcher::submit(job_ptr&& calls, schedule<job_ptr>::lane_id lane, bool droppable) {
  std::unique_lock lock(turns_);
  if (starting_ || !schedule_.starts(lane, calls->size())) [[unlikely]]
    return submit_later(std::move(lock), std::move(calls), lane, droppable);
  starting_ = true;
  start_unlocked(lock, std::move(calls), lane);
  starting_ = false;
  if (schedule_.queued() != 0) [[unlikely]] start_next(lock);
  const bool open = is_open();
  // Somebody may have found it full while another one was starting.
  if (open && !waiters_.empty()) [[unlikely]] wake_readers(lock);
  return open;
}

bool dispatcher::submit_later(std::unique_lock<std::mutex> held, job_ptr&& calls, schedule<job_ptr>::lane_id lane,
                              bool droppable) {
  std::optional<job_ptr> dropped;  // ends once the lock is open
  std::unique_lock lock(std::move(held));
  const auto count = calls->size();
  schedule_.add(lane, count, droppable, std::move(calls));
  dropped = schedule_.drop();
  if (dropped) {
    (*dropped)->for_each([](work& one) {
      one.came_to_end();
      if (one.to->how.once && !one.to->how.when.asks) one.to->used = false;  // another event may have it
    });
    dropped_.fetch_add(1, std::memory_order_relaxed);
  }
  start_next(lock);
  const bool open = is_open();
  if (open) wake_readers(lock);
  return open;
}

/// By itself: a list makes more code than a single handler needs.
void dispatcher::job::add_more(const entry_ptr& handler) { more_.emplace_back(handler, *this); }

/// Whatever may start, in its order. Comes back with the lock, which is open while something starts.
void dispatcher::start_next(std::unique_lock<std::mutex>& lock) {
  if (starting_) return;  // whoever does goes on
  starting_ = true;
  while (auto next = schedule_.next()) {
    start_unlocked(lock, std::move(next->job), next->lane);
  }
  starting_ = false;
}

/// The lock is back, and nobody is kept from starting more, also where memory ran out.
void dispatcher::start_unlocked(std::unique_lock<std::mutex>& lock, job_ptr&& calls, schedule<job_ptr>::lane_id lane) {
  lock.unlock();
  try {
    start(calls, lane);
    calls.reset();
  } catch (...) {
    lock.lock();
    calls->for_each([&](work& one) {
      auto turn = schedule<job_ptr>::call_in(lane);
      if (!one.has_turn()) schedule_.end(turn);  // it counts, and will never begin
    });
    starting_ = false;
    lock.unlock();
    calls.reset();
    lock.lock();
    throw;
  }
  lock.lock();
}

void dispatcher::start(const job_ptr& calls, schedule<job_ptr>::lane_id lane) {
  calls->for_each([&](work& call) {
    work_ptr one(calls, &call);
    one->begin(shared_from_this(), lane);
    struct unless_taken {  // also where memory runs out
      work* of;
      ~unless_taken() {
        if (of) of->end();
      }
    } at_end{&call};
    const bool is_short = one->to->is_plain && options_.run && unbegun_ == 0 && !one->event().around;
    if (!is_short) one->is_long();
    std::shared_ptr<net::place_holder> place = is_short ? nullptr : one;
    if (!(is_short ? options_.run(std::move(one)) : options_.spawn(std::move(one), std::move(place)))) return;
    at_end.of = nullptr;
    started_.fetch_add(1, std::memory_order_relaxed);
  });
}

/// Whether the handler is to be called after all, now that its turn has come.
bool dispatcher::takes(work& mine) {
  entry& to = *mine.to;
  if (to.removed) return false;
  if (to.how.when.asks && (!to.how.when.asks->passes(mine.given()) || !to.take_turn())) return false;
  if (to.how.once) mine.owner().remove({to.id});
  return true;
}

/// No coroutine but the handler's own, where there is no middleware around it.
task<> dispatcher::call(work& mine) {
  return mine.event().around ? call_in_chain(mine) : mine.to->handler->call(mine.given(), mine.sent());
}

task<> dispatcher::call_in_chain(work& mine) {
  const entry& to = *mine.to;
  const held_event& event = mine.event();
  const handler_call what(mine.sent(), event.ids, to.type, mine.given(), to.how.where);
  detail::handler_chain chain(*event.around, *to.handler, what, mine.given());
  co_await chain.call(0);
}

void dispatcher::work::begin_work() {
  has_begun();
  handler_meter* const meter = of_->options_.meter.get();
  const time_point now = of_->now_if(meter != nullptr);
  watch(now);
  timed_.emplace(meter, event().number, now);
}

task<> dispatcher::work::start() {
  begin_work();
  return takes(*this) ? call(*this) : []() -> task<> { co_return; }();
}

void dispatcher::work::run() {
  std::exception_ptr thrown;
  try {
    begin_work();
    if (takes(*this)) to->handler->run(given(), sent());
  } catch (...) {
    thrown = std::current_exception();
  }
  ended(thrown, false);
}

/// What a handler makes of its cancellation is its own business: it was cut short all the same.
void dispatcher::work::ended(std::exception_ptr thrown, bool was_cancelled) {
  const struct ending {  // also where a user's error handler throws
    work& of;
    ~ending() { of.end(); }
  } at_end{*this};
  dispatcher& of = *of_;
  const bool by_end = thrown && of.is_closed() && is_cancellation(thrown);  // in whatever it waited for
  if (timed_ && !by_end && !of.cut_short_ && !was_cancelled) came_to_end();  // it has begun
  if (!thrown || by_end) return;  // the end says so itself
  if (timed_) timed_->failed = true;
  of.failed_.fetch_add(1, std::memory_order_relaxed);
  of.report(std::move(thrown), sent());
}

}  // namespace monochord::dispatch

namespace monochord {

task<> inner_handler::operator()() const { return chain_->call(next_); }

}  // namespace monochord

namespace monochord::dispatch {

// --- waiting ---------------------------------------------------------------------------------------------------------

void dispatcher::work::wait() noexcept {
  const auto of = of_;
  if (!of) return;
  std::unique_lock lock(of->turns_);
  const bool worked = of->schedule_.wait(turn_);
  of->settle(lock);
  if (worked) of->slow_watch_->end(slowness);
}

void dispatcher::work::go_on() noexcept {
  if (!of_) return;
  bool works = false;
  {
    const std::lock_guard lock(of_->turns_);
    works = of_->schedule_.go_on(turn_);
  }
  if (works) watch(of_->now_if(false));
}

std::shared_ptr<detail::event_tap> dispatcher::tap(const event_type& type, detail::condition when,
                                                   detail::event_tap::kind what, const stream_options& how) {
  taps_->on_room([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    std::unique_lock lock(self->turns_);
    self->settle(lock);
  });
  return std::make_shared<detail::event_tap>(taps_, type, std::move(when), what, how);
}

task<std::shared_ptr<const void>> dispatcher::next(std::shared_ptr<dispatcher> self,
                                                   std::shared_ptr<detail::event_tap> from, time_point deadline) {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  auto event = co_await detail::event_tap::take(from, self->options_.clock, deadline);
  if (event || !from->ended()) co_return event;
  // What it waited for comes to the next process, which needs the handler's own event for that.
  if (const auto holder = net::holder_of(here)) holder->cut_short();
  throw error(errc::cancelled, "the client is stopping");
}

void dispatcher::lend(std::ptrdiff_t more) {
  std::unique_lock lock(turns_);
  schedule_.lend(more);
  settle(lock);
}

task<> dispatcher::room() {
  waits_.fetch_add(1, std::memory_order_relaxed);
  for (;;) {
    {
      const std::lock_guard lock(turns_);
      if (is_open()) co_return;
    }
    std::function<void(std::shared_ptr<net::parked>)> start =
        [self = shared_from_this()](std::shared_ptr<net::parked> wait) {
          const std::lock_guard lock(self->turns_);
          if (self->is_open()) {
            wait->complete();
          } else {
            std::erase_if(self->waiters_, [](const auto& one) { return one->done(); });
            self->waiters_.push_back(std::move(wait));
          }
        };
    const auto woken = co_await net::park(std::move(start));
    static_cast<void>(woken);
  }
}

bool dispatcher::is_closed() const {
  const std::lock_guard lock(turns_);
  return closed_;
}

void dispatcher::close() {
  {
    std::unique_lock lock(turns_);
    closed_ = true;
    settle(lock);
  }
  taps_->close();  // then: whoever is cut short by it is cut short by the end
}

std::size_t dispatcher::running() const {
  const std::lock_guard lock(turns_);
  return schedule_.running();
}

}  // namespace monochord::dispatch
