// SPDX-License-Identifier: MIT
#include "dispatch/taps.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>

#include "net/deadline.hpp"
#include "net/strand.hpp"

namespace monochord::detail {

namespace asio = boost::asio;

event_tap::event_tap(std::shared_ptr<dispatch::taps> among, const event_type& type, condition when, kind what,
                     const stream_options& how)
    : among_(std::move(among)), type_(type), when_(std::move(when)), what_(what), how_(how) {
  among_->add(*this);
}

event_tap::~event_tap() {
  among_->remove(*this);
  among_->saw(counted_);
}

/// Called with the lock of `among_` held, so nothing of the user's may end in here: a decoded event is none.
void event_tap::put(const event_ptr& event) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    if (what_ == kind::next &&
        taken_) {  // is looked at as soon as the coroutine has its turn: whoever reads waits for that
      ++counted_;
      among_->unseen_.fetch_add(1, std::memory_order_relaxed);
    } else if (buffer_.size() >= how_.buffer) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      if (how_.overflow == stream_overflow::drop_newest) return;
      buffer_.pop_front();
    }
    buffer_.push_back(event);
  }
  wake_one();
}

// One event is for one of those who wait. Those who were let go and not come yet take what is in the buffer, so that there are
// at least as many of them as events, or nobody waits: who goes without having taken one lets another one go.
void event_tap::wake_one() {
  for (;;) {
    std::shared_ptr<net::parked> next;
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.empty() || buffer_.empty()) return;
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    if (next->complete()) return;
  }
}

event_tap::event_ptr event_tap::pop() {
  event_ptr out;
  bool counted = false;
  {
    const std::lock_guard lock(mutex_);
    taken_ = true;
    if (buffer_.empty()) return nullptr;
    out = std::move(buffer_.front());
    buffer_.pop_front();
    counted = counted_ > buffer_.size();
    if (counted) --counted_;
  }
  if (counted) among_->saw(1);
  return out;
}

void event_tap::end() {
  std::deque<std::shared_ptr<net::parked>> wake;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    wake.swap(waiting_);
  }
  for (const auto& one : wake) one->complete();
}

bool event_tap::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

task<> event_tap::until_given(std::shared_ptr<event_tap> self) {
  std::function<void(std::shared_ptr<net::parked>)> start = [self](std::shared_ptr<net::parked> wait) {
    const std::lock_guard lock(self->mutex_);
    if (self->ended_ || !self->buffer_.empty()) {
      wait->complete();
    } else {
      if (self->waiting_.size() >= self->clean_at_) {
        std::erase_if(self->waiting_, [](const auto& one) { return one->done(); });
        self->clean_at_ = std::max<std::size_t>(16, self->waiting_.size() * 2);
      }
      self->waiting_.push_back(std::move(wait));
    }
  };
  const auto woken = co_await net::park(std::move(start));
  static_cast<void>(woken);
}

task<event_tap::event_ptr> event_tap::take(std::shared_ptr<event_tap> self, std::shared_ptr<clock> time,
                                           time_point deadline) {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  const auto holder = net::holder_of(here);
  struct pass_on {
    event_tap& from;
    bool due = false;
    ~pass_on() {
      if (due) from.wake_one();
    }
  } other{*self};
  for (;;) {
    const bool over = self->ended();  // first: what came before the end is in the buffer then
    while (auto event = self->pop()) {
      other.due = false;
      if (!self->when_.asks || self->when_.asks->passes(event.get())) co_return event;
    }
    if (over || (deadline != time_point::max() && time->now() >= deadline)) co_return nullptr;

    other.due = true;
    {
      const net::waiting_place gives_way(holder);
      if (deadline == time_point::max()) {
        co_await until_given(self);
      } else if (holder) {  // on its strand
        const bool given = co_await net::run_before(*time, deadline, until_given(self));
        static_cast<void>(given);
      } else {  // what races may not run on several threads
        const auto race = [](std::shared_ptr<clock> by, time_point until, std::shared_ptr<event_tap> tap) -> task<> {
          const bool given = co_await net::run_before(*by, until, until_given(std::move(tap)));
          static_cast<void>(given);
        };
        const auto strand = net::make_strand(here);
        co_await net::run_on(strand, race(time, deadline, self));
      }
    }
    const auto state = co_await asio::this_coro::cancellation_state;
    if (net::is_cancelled(state)) throw error(errc::cancelled, "cancelled while it waited for an event");
  }
}

stream_base& stream_base::operator=(stream_base&& other) noexcept {
  if (this != &other) {
    close();
    from_ = std::move(other.from_);
  }
  return *this;
}

stream_base::~stream_base() { close(); }

void stream_base::close() noexcept {
  if (from_) from_->end();
}

bool stream_base::ended() const noexcept { return !from_ || from_->ended(); }

std::uint64_t stream_base::dropped() const noexcept { return from_ ? from_->dropped() : 0; }

task<std::shared_ptr<const void>> stream_base::take() {
  if (!from_) throw error(errc::invalid_argument, "the stream was moved from");
  return event_tap::take(from_, nullptr, time_point::max());
}

}  // namespace monochord::detail

namespace monochord::dispatch {

std::pair<std::size_t, std::uint64_t> taps::place_of(const id_filter& ids) noexcept {
  const auto& wanted = ids.ids();
  if (wanted.channel) return {0, wanted.channel.value()};
  if (wanted.user) return {1, wanted.user.value()};
  if (wanted.guild) return {2, wanted.guild.value()};
  return {3, 0};
}

template <class F>
void taps::for_each(const shelf& on, const event_ids& ids, F f) const {
  for (auto* const one : on.all)
    if (one->when_.ids.passes(ids)) f(*one);
  const std::uint64_t keys[] = {ids.channel.value(), ids.user.value(), ids.guild.value()};
  for (std::size_t i = 0; i < on.by_id.size(); ++i) {
    if (on.by_id[i].empty()) continue;
    const auto [first, last] = on.by_id[i].equal_range(keys[i]);
    for (auto at = first; at != last; ++at)
      if (at->second->when_.ids.passes(ids)) f(*at->second);
  }
}

taps::interest taps::look_up(std::string_view name, bool derived, const event_ids& ids) const {
  const std::lock_guard lock(mutex_);
  const auto found = shelves_.find(name);
  interest out;
  if (found == shelves_.end() || found->second.count == 0 || found->second.type->derived != derived) return out;
  out.type = found->second.type;
  for_each(found->second, ids, [&](const detail::event_tap&) { out.passes = true; });
  return out;
}

void taps::put(const event_type& type, const event_ids& ids, const std::shared_ptr<const void>& event) {
  if (empty(type.name)) return;
  const std::lock_guard lock(mutex_);
  const auto found = shelves_.find(type.name);
  if (found != shelves_.end()) for_each(found->second, ids, [&](detail::event_tap& one) { one.put(event); });
}

void taps::add(detail::event_tap& one) {
  const std::lock_guard lock(mutex_);
  auto& on = shelves_[one.type_.name];
  on.type = &one.type_;
  ++on.count;
  const auto [where, key] = place_of(one.when_.ids);
  if (where == on.by_id.size())
    on.all.push_back(&one);
  else
    on.by_id[where].emplace(key, &one);
  counts_[event_number(one.type_.name)].fetch_add(1, std::memory_order_release);
  count_.fetch_add(1, std::memory_order_release);
  one.ended_ = closed_;
}

void taps::remove(detail::event_tap& one) {
  const std::lock_guard lock(mutex_);
  auto& on = shelves_.at(one.type_.name);
  --on.count;
  const auto [where, key] = place_of(one.when_.ids);
  if (where == on.by_id.size()) {
    std::erase(on.all, &one);
  } else {
    const auto [first, last] = on.by_id[where].equal_range(key);
    on.by_id[where].erase(std::find_if(first, last, [&](const auto& item) { return item.second == &one; }));
  }
  count_.fetch_sub(1, std::memory_order_relaxed);
  counts_[event_number(one.type_.name)].fetch_sub(1, std::memory_order_relaxed);
}

void taps::saw(std::size_t events) {
  if (events == 0) return;
  const auto before = unseen_.fetch_sub(events, std::memory_order_relaxed);
  if (before < most_unseen || before - events >= most_unseen) return;
  std::function<void()> call;
  {
    const std::lock_guard lock(mutex_);
    call = on_room_;
  }
  if (call) call();
}

void taps::on_room(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  if (!on_room_) on_room_ = std::move(call);
}

void taps::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (auto& [name, on] : shelves_) {
    for (auto* const one : on.all) one->end();
    for (auto& shelf : on.by_id)
      for (auto& [key, one] : shelf) one->end();
  }
}

}  // namespace monochord::dispatch
